"""Programs of ours that are waited for: whatever ends the wait ends all that they started."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest

from app import sandbox
from tests.waiting import has_ended, wait_until

ENVIRONMENT = dict(os.environ)


def _program(folder: Path, then: str) -> list[str]:
    """Starts a process that sleeps, as reading a workbook starts one, and notes its id."""
    note = folder / "child"
    return ["sh", "-c", f"sleep 300 >/dev/null 2>&1 & echo $! > {note}.part; mv {note}.part {note}; {then}"]


def _has_ended(folder: Path) -> bool:
    return has_ended(int((folder / "child").read_text()))


def test_at_its_limit_a_program_ends_with_all_that_it_started(tmp_path: Path) -> None:
    before = psutil.Process().children()
    with pytest.raises(subprocess.TimeoutExpired):
        sandbox.run(_program(tmp_path, "wait"), 1.0, ENVIRONMENT)
    wait_until(lambda: _has_ended(tmp_path))
    assert psutil.Process().children() == before


def test_a_wait_that_ends_by_an_error_ends_all_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(BaseException):
        pass

    def communicate(*_: object, **__: object) -> None:
        wait_until((tmp_path / "child").exists)
        raise Interrupted

    before = psutil.Process().children()
    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    with pytest.raises(Interrupted):
        sandbox.run(_program(tmp_path, "wait"), 60.0, ENVIRONMENT)
    wait_until(lambda: _has_ended(tmp_path))
    assert psutil.Process().children() == before


@pytest.mark.parametrize(("end", "status"), [("kill -9 $$", -9), ("echo done; exit 1", 1)])
def test_a_program_that_ends_before_leaves_nothing_behind(tmp_path: Path, end: str, status: int) -> None:
    done = sandbox.run(_program(tmp_path, end), 60.0, ENVIRONMENT)
    assert done.returncode == status
    wait_until(lambda: _has_ended(tmp_path))
