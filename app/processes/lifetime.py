"""How the portal's processes are started and ended, and how none of them outlives the supervisor."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkProcess

import structlog

from app.sparql.confine import die_with_parent


def start(name: str, work: Callable[[], None]) -> ForkProcess:
    """
    Forks a process that does `work` and ends when this one does, however that happens.

    By fork, because what is imported here need not be imported there again: that is most of the time of a start. So
    this process has no other thread, and no engine or connection that is open.
    """
    process = multiprocessing.get_context("fork").Process(target=_work, args=(os.getpid(), work), name=name)
    process.start()
    return process


def _work(parent: int, work: Callable[[], None]) -> None:
    die_with_parent(parent)
    os.setpgid(0, 0)  # Ctrl-C in a terminal reaches the supervisor alone, so that the end is in order
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    work()


def stop(processes: Sequence[ForkProcess], patience_s: float) -> None:
    """Asks all to end, and ends those that have not after a while."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + patience_s
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.exitcode is None:
            process.kill()
            process.join()


def log_to_stderr(level: str) -> None:
    """A server's log goes to standard error. No values of variables are in it: they may be what nobody is to read."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
