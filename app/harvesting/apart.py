"""
Refused records tried again, and harvests tried without a write, for a page: in a process of its own, since reading a
source may need more memory and time than a web process has for anybody.
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from enum import Enum, auto
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from app import sandbox
from app.audit import origin
from app.errors import Busy, Invalid, NotFound, SuishuError, Unavailable
from app.harvesting.model import SourceEntry
from app.harvesting.preview import Preview, Sample
from app.harvesting.retry import Retried
from app.settings import Settings
from harvest.errors import without_secrets
from harvest.record import RunReport

PATIENCE_S = 90.0
_COMMAND = (sys.executable, "-m", "app.cli")
_LAST_LINES = 20
_MAX_LINE_CHARACTERS = 500
_ERRORS: dict[str, type[SuishuError]] = {kind.code: kind for kind in (Busy, Invalid, NotFound)}


class Why(Enum):
    LATE = auto()
    MEMORY = auto()
    FAULT = auto()


class NoAnswer(Exception):
    """A command ended without one, or was ended."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.name)
        self.why = why


def retry(settings: Settings, source_id: str, ids: Collection[str], *, by: str) -> Retried:
    """
    As `RetryService.retry`, and raises what that does. Raises `Unavailable` where it takes longer than a page can wait,
    or more memory than there is: a harvest of the source then does the same.
    """
    arguments = ["retry", source_id, "--by", by, "--json", "--origin", origin.current()]
    for id_ in ids:
        arguments += ["--record", id_]
    try:
        said = _said(settings, arguments)
    except NoAnswer as none:
        raise _no_retry(none.why, source_id) from None
    if "error" in said:
        raise _ERRORS.get(said["error"], Unavailable)(said["zh"], said["en"])
    return Retried(**said)


def preview(settings: Settings, source: SourceEntry) -> Preview:
    """
    As `HarvestingService.preview`. Raises `Busy` while another preview is read for a page, `Unavailable` where it takes
    longer, or more memory, than it may, or fails.
    """
    with sandbox.turn(settings.home / "locks", "preview", 1) as free:
        if not free:
            raise Busy("正在预览另一个来源，请稍后再试。", "Another source is being previewed; try again shortly.")
        try:
            said = _said(settings, ["harvest", source.id, "--preview", "--json", "--confined"])
        except NoAnswer as none:
            raise _no_preview(none.why, source.id, settings.harvest_memory_limit_mb) from None
    report = {name: value for name, value in said.items() if name in RunReport.__dataclass_fields__}
    samples = {kind: [_sample(each) for each in listed] for kind, listed in said["changes"].items()}
    return Preview(
        source, RunReport(**report), samples, said["held"], withdrawn=said["would_withdraw"], waiting=said["would_wait"]
    )


def _sample(said: dict[str, Any]) -> Sample:
    lists = {name: tuple(said[name]) for name in ("added", "removed", "rules")}
    return Sample(**(said | lists))


def _said(settings: Settings, arguments: Sequence[str]) -> dict[str, Any]:
    """What the command line answers in JSON. Raises `NoAnswer`."""
    # What a process that was ended had fetched goes with its folder.
    with TemporaryDirectory(prefix="suishu-apart-") as scratch:
        environment = os.environ | settings.environment() | {"TMPDIR": scratch}
        command = [*_COMMAND, *arguments, "--parent", str(os.getpid())]
        try:
            done = sandbox.run(command, PATIENCE_S, environment)
        except subprocess.TimeoutExpired:
            raise NoAnswer(Why.LATE) from None
    try:
        # what is logged on the way stands before the answer
        said: dict[str, Any] = json.loads(done.stdout[done.stdout.index(b"{\n") :])
    except ValueError:
        raise NoAnswer(_why(arguments[0], done)) from None
    return said


def _why(command: str, done: subprocess.CompletedProcess[bytes]) -> Why:
    """For the page; the last words of the command are for the log alone."""
    lines = without_secrets(done.stderr.decode(errors="replace")).strip().splitlines()[-_LAST_LINES:]
    words = [line[:_MAX_LINE_CHARACTERS] for line in lines]
    structlog.get_logger().error("a command gave no answer", command=command, status=done.returncode, said=words)
    # Where memory ends the system ends it, or a library does; Python may come to say so.
    is_memory = done.returncode < 0 or any(line.startswith("MemoryError") for line in words)
    return Why.MEMORY if is_memory else Why.FAULT


def _no_preview(why: Why, source_id: str, memory_mb: int) -> Unavailable:
    command = f"suishu harvest --preview {source_id}"
    zh, en = {
        Why.LATE: (
            f"没有在 {PATIENCE_S:.0f} 秒内读完来源。没有写入任何内容。请在服务器上执行 {command}，那里没有这个时限。",
            f"the source was not read within {PATIENCE_S:.0f} s. Nothing was written. Run {command} on the server, "
            "which waits for as long as it takes.",
        ),
        Why.MEMORY: (
            f"读取来源需要的内存过多（上限 {memory_mb} MB）。没有写入任何内容。"
            f"请在服务器上执行 {command}，那里没有这个上限。",
            f"reading the source takes too much memory (it may take {memory_mb} MB). Nothing was written. "
            f"Run {command} on the server, which has no such limit.",
        ),
        Why.FAULT: (
            f"出现内部错误。没有写入任何内容。请查看门户的日志，或在服务器上执行 {command}，那里会显示原因。",
            f"an internal error stopped it. Nothing was written. Look at the portal's log, or run {command} on the "
            "server, which says why.",
        ),
    }[why]
    return Unavailable(f"预览没有完成：{zh}", f"The preview did not end: {en}")


def _no_retry(why: Why, source_id: str) -> Unavailable:
    zh, en = {
        Why.LATE: (
            f"没有在 {PATIENCE_S:.0f} 秒内读完来源。请改为采集整个来源，结果相同。",
            f"the source was not read within {PATIENCE_S:.0f} s. Harvest the source: it does the same.",
        ),
        Why.MEMORY: (
            "读取来源需要的内存过多。请拆分来源，或改为采集整个来源，结果相同。",
            "reading the source takes too much memory. Split the source, or harvest it: that does the same.",
        ),
        Why.FAULT: (
            f"出现内部错误。请查看门户的日志，或在服务器上执行 suishu retry {source_id}，那里会显示原因。",
            f"an internal error stopped it. Look at the portal's log, or run suishu retry {source_id} on the server, "
            "which says why.",
        ),
    }[why]
    return Unavailable(f"重试没有完成：{zh}", f"The retry did not end: {en}")
