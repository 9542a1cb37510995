"""How letters leave: over SMTP, or as files in a folder where somebody tries the portal out."""

import os
import smtplib
import ssl
from email import policy
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.clock import Clock
from app.mail.service import Letter, Undeliverable

_TIMEOUT_S = 20
_NEVER = frozenset({550, 551, 553, 554})
"""Replies of RFC 5321 4.2.3 that will be the same tomorrow."""


class _Addresses(UnstructuredHeader):
    """One line however long: the library would fold an address as encoded words, which RFC 2369 does not know."""

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("list-unsubscribe", _Addresses)  # type: ignore[arg-type]
_POLICY = policy.default.clone(header_factory=_REGISTRY)


class SmtpCarrier:
    """
    `url` is smtp://user:password@host:port (STARTTLS where the server offers it, demanded with a password) or
    smtps://…; `sender` is the address in From. A connection a letter: there are few.
    """

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._clock = clock

    def carry(self, letter: Letter) -> None:
        try:
            with self._connection() as server:
                server.send_message(message(letter, self._sender, self._clock))
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code in _NEVER for code, _ in refused.recipients.values()):
                raise Undeliverable from refused
            raise

    def _connection(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._url.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port or 465, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, port or 25, timeout=_TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._url.password:
                server.close()
                raise smtplib.SMTPNotSupportedError("no STARTTLS: the password would be sent for all to read")
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


class FolderCarrier:
    """Writes each letter to a file that only the portal's user may read."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def carry(self, letter: Letter) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{self._clock():%Y%m%dT%H%M%S}-{os.urandom(4).hex()}.eml"
        with os.fdopen(os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message(letter, self._sender, self._clock).as_bytes())


def message(letter: Letter, sender: str, clock: Clock) -> EmailMessage:
    """The letter as RFC 5322 has it."""
    made = EmailMessage(_POLICY)
    made["From"] = sender
    name, _, domain = letter.recipient.rpartition("@")
    made["To"] = Address(addr_spec=f"{name}@{domain.encode('idna').decode()}")  # 例子.中国 as every server takes it
    subject = " ".join(letter.subject.split())
    made["Subject"] = subject.replace("=?", "= ?")  # the library decodes encoded words, which may hold line ends
    made["Date"] = format_datetime(clock())
    for name, value in letter.headers.items():
        made[name] = " ".join(value.split())
    if "Message-ID" not in made:
        made["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    made["Content-Language"] = letter.language
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    made.set_content(letter.body)
    return made
