"""`suishu audit` on a home of its own: what it answers, and with which exit status."""

import json
import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.audit import heads, origin
from app.cli import main
from tests.factories.sources import incoming


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("SUISHU_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SUISHU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    origin.come_from("")  # as in a process of its own
    return tmp_path / "home"


@pytest.fixture
def harvested(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.nt"
    path.write_bytes(b"".join(incoming(number).ntriples for number in range(1, 4)))
    assert suishu("harvest", path).exit_code == 0


def suishu(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def tamper(home: Path, *statements: str) -> None:
    database = sqlite3.connect(home / "record.sqlite")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_an_empty_log_has_no_head_and_nothing_wrong() -> None:
    assert suishu("audit", "verify").exit_code == 0
    answer = suishu("audit", "head")
    assert (answer.exit_code, answer.stdout) == (1, "")


def test_what_was_done_here_says_so_and_hangs_together(home: Path, harvested: None) -> None:
    answer = suishu("audit", "verify", "--json")
    assert answer.exit_code == 0
    verdict = json.loads(answer.stdout)
    assert verdict["rows"] == 4
    assert verdict["heads"] >= 1
    head = suishu("audit", "head").stdout.strip()
    assert verdict["head"] == head
    assert suishu("audit", "verify", "--head", head).exit_code == 0
    lines = [json.loads(line) for line in suishu("audit", "export").stdout.splitlines()]
    assert {line["origin"] for line in lines[:-1]} == {"command-line"}


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["DROP TRIGGER audit_event_no_update", "UPDATE audit_event SET actor = 'somebody' WHERE id = 2"], "Row 2"),
        (["DROP TRIGGER audit_event_no_delete", "DELETE FROM audit_event WHERE id = 2"], "2 was taken out"),
        (["DROP TRIGGER audit_event_no_delete", "DELETE FROM audit_event WHERE id = 4"], "end was cut off"),
    ],
)
def test_a_change_is_told_in_words_and_ends_with_1(
    home: Path, harvested: None, statements: list[str], words: str
) -> None:
    tamper(home, *statements)
    answer = suishu("audit", "verify")
    assert answer.exit_code == 1
    assert words in answer.stdout
    assert "not as it was written" in answer.stderr
    assert json.loads(suishu("audit", "verify", "--json").stdout)["findings"]


def test_without_a_head_from_elsewhere_it_says_what_can_not_be_told(home: Path, harvested: None) -> None:
    head = suishu("audit", "head").stdout.strip()
    (home / heads.FILE).unlink()
    assert "No head was noted elsewhere" in suishu("audit", "verify").stderr
    tamper(home, "DROP TRIGGER audit_event_no_delete", "DELETE FROM audit_event WHERE id = 4")
    assert suishu("audit", "verify").exit_code == 0
    assert suishu("audit", "verify", "--head", head).exit_code == 1
    assert suishu("audit", "verify", "--head", "nonsense").exit_code == 2


def test_an_export_is_checked_by_a_file_alone(
    tmp_path: Path, home: Path, harvested: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.jsonl"
    assert suishu("audit", "export", "-o", file).exit_code == 0
    head = suishu("audit", "head").stdout.strip()
    monkeypatch.setenv("SUISHU_HOME", str(tmp_path / "elsewhere"))
    assert suishu("audit", "verify", "--file", file, "--head", head).exit_code == 0
    file.write_bytes(file.read_bytes().replace(b"dataset.published", b"dataset.withdrawn", 1))
    answer = suishu("audit", "verify", "--file", file)
    assert answer.exit_code == 1
    assert "Row" in answer.stdout
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_of_a_time_is_of_that_time(harvested: None) -> None:
    assert suishu("audit", "export", "--until", "2000-01-01").stdout.count("\n") == 1
    assert suishu("audit", "export", "--since", "2000-01-01", "--until", "2999-01-01T00:00").stdout.count("\n") == 5
    for said in ("yesterday", "0001-01-01", "9999-12-31"):
        assert suishu("audit", "export", "--since", said).exit_code == 2
