"""
Refused records tried again, and harvests tried without a write, for a page: in a process of its own, since reading a
source may need more memory and time than a web process has for anybody.
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from tempfile import TemporaryDirectory
from typing import Any

from app import sandbox
from app.audit import origin
from app.errors import Busy, Invalid, NotFound, SuishuError, Unavailable
from app.harvesting.model import SourceEntry
from app.harvesting.preview import Preview, Sample
from app.harvesting.retry import Retried
from app.settings import Settings
from harvest.record import RunReport

PATIENCE_S = 90.0
_ERRORS: dict[str, type[SuishuError]] = {kind.code: kind for kind in (Busy, Invalid, NotFound)}


def retry(settings: Settings, source_id: str, ids: Collection[str], *, by: str) -> Retried:
    """
    As `RetryService.retry`, and raises what that does. Raises `Unavailable` where it takes longer than a page can wait:
    a harvest of the source then does the same.
    """
    arguments = ["retry", source_id, "--by", by, "--json", "--origin", origin.current()]
    for id_ in ids:
        arguments += ["--record", id_]
    said = _said(settings, arguments)
    if said is None:
        raise Unavailable(
            "重试没有完成：来源太大或没有应答。请改为采集整个来源，结果相同。",
            "The retry did not end: the source is too large, or does not answer. Harvest the source: it does the same.",
        )
    if "error" in said:
        raise _ERRORS.get(said["error"], Unavailable)(said["zh"], said["en"])
    return Retried(**said)


def preview(settings: Settings, source: SourceEntry, *, patience_s: float = PATIENCE_S) -> Preview:
    """
    As `HarvestingService.preview`. Raises `Busy` while another preview is read for a page, `Unavailable` where it takes
    longer, or more memory, than it may.
    """
    with sandbox.turn(settings.home / "locks", "preview", 1) as free:
        if not free:
            raise Busy("正在预览另一个来源，请稍后再试。", "Another source is being previewed; try again shortly.")
        said = _said(settings, ["harvest", source.id, "--preview", "--json", "--confined"], patience_s)
    if said is None:
        raise Unavailable(
            f"预览没有完成：来源太大，或没有在 {patience_s:.0f} 秒内读完。没有写入任何内容。"
            f"请在服务器上执行 suishu harvest --preview {source.id}，那里没有这个时限。",
            f"The preview did not end: the source is too large, or was not read within {patience_s:.0f} s. Nothing was "
            f"written. Run suishu harvest --preview {source.id} on the server, which waits for as long as it takes.",
        )
    report = {name: value for name, value in said.items() if name in RunReport.__dataclass_fields__}
    samples = {kind: [_sample(each) for each in listed] for kind, listed in said["changes"].items()}
    return Preview(
        source, RunReport(**report), samples, said["held"], withdrawn=said["would_withdraw"], waiting=said["would_wait"]
    )


def _sample(said: dict[str, Any]) -> Sample:
    lists = {name: tuple(said[name]) for name in ("added", "removed", "rules")}
    return Sample(**(said | lists))


def _said(settings: Settings, arguments: Sequence[str], patience_s: float = PATIENCE_S) -> dict[str, Any] | None:
    """What the command line answers in JSON; None where it gave no answer in time."""
    # What a process that was ended had fetched goes with its folder.
    with TemporaryDirectory(prefix="suishu-apart-") as scratch:
        environment = os.environ | settings.environment() | {"TMPDIR": scratch}
        try:
            run = subprocess.run(  # noqa: S603 (our own program, no shell)
                [sys.executable, "-m", "app.cli", *arguments],
                capture_output=True, timeout=patience_s, env=environment, check=False,
            )  # fmt: skip
            # what is logged on the way stands before the answer
            said: dict[str, Any] = json.loads(run.stdout[run.stdout.index(b"{\n") :])
        except (subprocess.TimeoutExpired, ValueError):
            return None
    return said
