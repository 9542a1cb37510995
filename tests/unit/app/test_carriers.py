"""Letters as a mail server gets them."""

import os
import smtplib
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from app.mail.carriers import FolderCarrier, SmtpCarrier, message
from app.mail.service import Letter, Undeliverable
from tests.services import smtp
from tests.services.ports import free_port
from tests.services.smtp import Inbox

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
LETTER = Letter(
    "ada@example.org", "请确认\r\nBcc: all@example.org", "您好：\n\nhttps://data.example/x\n", "zh-Hans", AT
)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    with smtp.running() as found:
        yield found


def test_a_letter_reaches_a_server_whole_and_its_subject_adds_no_header(inbox: tuple[Inbox, str]) -> None:
    received, url = inbox
    SmtpCarrier(url, "suishu@data.example", lambda: AT).carry(LETTER)
    (envelope,) = received.envelopes
    assert envelope.rcpt_tos == ["ada@example.org"]
    sent = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
    assert (sent["From"], sent["Subject"]) == ("suishu@data.example", "请确认 Bcc: all@example.org")
    assert sent["Bcc"] is None
    assert sent["Auto-Submitted"] == "auto-generated"
    body = sent.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == LETTER.body


def test_an_address_that_is_refused_for_good_is_told_from_one_that_is_busy(inbox: tuple[Inbox, str]) -> None:
    received, url = inbox
    carrier = SmtpCarrier(url, "suishu@data.example", lambda: AT)
    received.refuses = {LETTER.recipient: "550 no such mailbox"}
    with pytest.raises(Undeliverable):
        carrier.carry(LETTER)
    received.refuses = {LETTER.recipient: "451 try again later"}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        carrier.carry(LETTER)


def test_a_password_is_never_sent_where_others_could_read_it(inbox: tuple[Inbox, str]) -> None:
    _received, url = inbox
    with pytest.raises(smtplib.SMTPNotSupportedError):
        SmtpCarrier(url.replace("//", "//user:word@"), "suishu@data.example", lambda: AT).carry(LETTER)


def test_a_server_that_is_not_there_is_an_error_that_may_pass() -> None:
    with pytest.raises(OSError):  # noqa: PT011 (whatever the system says)
        SmtpCarrier(f"smtp://127.0.0.1:{free_port()}", "suishu@data.example", lambda: AT).carry(LETTER)


def test_a_folder_keeps_each_letter_for_the_portals_user_alone(tmp_path: Path) -> None:
    carrier = FolderCarrier(tmp_path / "mail", "suishu@data.example", lambda: AT)
    carrier.carry(LETTER)
    carrier.carry(replace(LETTER, subject="another"))
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(os.stat(file).st_mode) for file in files} == {0o600}


def test_an_address_that_could_be_two_is_no_recipient() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the library's words)
        message(replace(LETTER, recipient="a@example.org, b@example.org"), "suishu@data.example", lambda: AT)


def test_a_chinese_domain_is_written_as_every_server_takes_it() -> None:
    made = message(replace(LETTER, recipient="ada@例子.广东"), "suishu@data.example", lambda: AT)
    assert made["To"] == "ada@xn--fsqu00a.xn--xhq521b"
