"""
Refused records tried again for a page: in a process of its own, since reading a source may need more memory and time
than a web process has for anybody.
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection

from app.audit import origin
from app.errors import Busy, Invalid, NotFound, SuishuError, Unavailable
from app.harvesting.retry import Retried
from app.settings import Settings

_PATIENCE_S = 90.0
_ERRORS: dict[str, type[SuishuError]] = {kind.code: kind for kind in (Busy, Invalid, NotFound)}


def retry(settings: Settings, source_id: str, ids: Collection[str], *, by: str) -> Retried:
    """
    As `RetryService.retry`, and raises what that does. Raises `Unavailable` where it takes longer than a page can wait:
    a harvest of the source then does the same.
    """
    command = [sys.executable, "-m", "app.cli", "retry", source_id, "--by", by, "--json"]
    command += ["--origin", origin.current()]
    for id_ in ids:
        command += ["--record", id_]
    try:
        run = subprocess.run(  # noqa: S603 (our own program, no shell)
            command, capture_output=True, timeout=_PATIENCE_S, env=os.environ | settings.environment(), check=False
        )
        # what is logged on the way stands before the answer
        said = json.loads(run.stdout[run.stdout.index(b"{\n") :])
    except (subprocess.TimeoutExpired, ValueError):
        raise Unavailable(
            "重试没有完成：来源太大或没有应答。请改为采集整个来源，结果相同。",
            "The retry did not end: the source is too large, or does not answer. Harvest the source: it does the same.",
        ) from None
    if "error" in said:
        raise _ERRORS.get(said["error"], Unavailable)(said["zh"], said["en"])
    return Retried(**said)
