"""What the command line does with real names."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from app.accounts.model import Role
from app.accounts.realname.model import Kind, State
from app.cli import main
from app.settings import load
from app.wiring import build

NUMBER = "11010519491231002X"
EMAIL = "ada@example.org"
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def suishu(*words: str, keys: str = OLD) -> Result:
    return CliRunner(env={"SUISHU_IDENTITY_KEYS": keys}).invoke(main, words)


@pytest.fixture(autouse=True)
def applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is real-named."""
    monkeypatch.setenv("SUISHU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("SUISHU_IDENTITY_KEYS", OLD)
    portal = build(load())
    ada = portal.accounts.add(EMAIL, "long and dry words", "Ada", [(Role.DATA_USER, "")], by="test")
    clerk = portal.accounts.add("op@example.org", "long and dry words", "Op", [(Role.OPERATOR, "")], by="test")
    portal.real_names.apply(Kind.PERSON, NUMBER, "张三丰", by=ada)
    portal.real_name_desk.approve(portal.real_names.of_account(ada)[0].id, by=clerk)
    portal.close()


def kept(keys: str) -> tuple[State, str]:
    """State and masked number, as whoever has these keys sees them."""
    portal = build(load().model_copy(update={"identity_keys": type(load().identity_keys)(keys)}))
    secret = portal.accounts.sign_in(EMAIL, "long and dry words", address="a").secret
    ada = portal.accounts.who(secret)
    assert ada is not None
    (found,) = portal.real_names.of_account(ada)
    portal.close()
    return found.state, found.number


def test_keys_are_changed_in_three_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    done = suishu("real-name", "reseal", keys=f"{NEW},{OLD}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert re.search(r"\b1 sealed", done.stderr)
    assert kept(NEW) == (State.APPROVED, "1101**********002X")
    assert kept(OLD) == (State.APPROVED, "")
    lost = suishu("real-name", "reseal", keys=OLD)
    assert lost.exit_code == 1
    assert "No key opens 1" in lost.stderr


def test_a_real_name_is_revoked_with_a_reason_that_tells_no_number() -> None:
    assert suishu("real-name", "revoke", EMAIL).exit_code == 2
    told = suishu("real-name", "revoke", EMAIL, "--reason", f"{NUMBER} is not hers")
    assert told.exit_code == 2
    assert NUMBER not in told.output
    assert suishu("real-name", "revoke", "nobody@example.org", "--reason", "a mistake").exit_code == 2
    assert suishu("real-name", "revoke", EMAIL, "--reason", "somebody else's card").exit_code == 0
    assert kept(OLD) == (State.REVOKED, "")
