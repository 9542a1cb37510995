"""How the portal's processes are started, and how none of them outlives the supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import structlog

from app.settings import Settings
from app.sparql.confine import die_with_parent


def start(arguments: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """
    Starts a Python process that ends when this one does, however that happens.

    To be called from the main thread: the system ends the child when the *thread* that started it ends. In a process
    group of its own, so that Ctrl-C in a terminal reaches the supervisor alone and the end is in order.
    """
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 (our own programs)
        [sys.executable, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=lambda: die_with_parent(parent),
    )


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a child reads the same settings as we have."""
    own = {
        f"SUISHU_{name.upper()}": str(getattr(settings, name))
        for name in type(settings).model_fields
        if name not in ("secret_key", "home")
    }
    secret = {"SUISHU_SECRET_KEY": settings.secret(), "SUISHU_HOME": str(settings.home.resolve())}
    return os.environ | own | secret


def stop(children: Sequence[subprocess.Popen[bytes]], patience_s: float) -> None:
    """Asks all to end, and ends those that have not after a while."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def log_to_stderr(level: str) -> None:
    """A server's log goes to standard error; a process that ends unexpectedly has said why."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
