"""Tells, from a thread of its own, that a harvest goes on and how far it is, and hears when it is to end."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from app.harvesting.runs import Runs
from harvest.record import RunReport

BEAT_S = 2.0
_PATIENCE_S = 4.0
"""A run that reads nothing for so long after it was asked to end is interrupted where it waits."""


class Cancelled(BaseException):
    """Somebody asked for the end of this run. No `Exception`: nothing that goes on after failures may hold it up."""


class Heart:
    """
    `progress` is called by the run, again and again, and ends it when that was asked for. `run_id` gives 0 as long as
    the run stands nowhere.
    """

    def __init__(self, runs: Runs, run_id: Callable[[], int], report: RunReport) -> None:
        self._runs = runs
        self._run_id = run_id
        self.report = report
        self.source: object = None
        self.cancelled_by = ""
        self._over = threading.Event()
        self._runner = threading.current_thread()

    def progress(self, report: RunReport) -> None:
        self.report = report
        self._count_pages()
        if self.cancelled_by:
            raise Cancelled

    @contextmanager
    def beating(self) -> Iterator[None]:
        thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self) -> None:
        asked_at = 0.0
        while not self._over.wait(BEAT_S):
            try:
                if run_id := self._run_id():
                    self._count_pages()
                    self.cancelled_by = self._runs.beat(run_id, self.report)
            except Exception as error:  # the next one may get through
                structlog.get_logger().warning("harvest: a heartbeat was not written", error=str(error))
            if self.cancelled_by:
                asked_at = asked_at or time.monotonic()
                if time.monotonic() - asked_at > _PATIENCE_S:
                    self._interrupt()
                    asked_at = time.monotonic()

    def _count_pages(self) -> None:
        self.report.pages = getattr(self.source, "asked", 0)

    def _interrupt(self) -> None:
        """Only where Python turns the signal into an exception in the very thread that runs the harvest."""
        is_main = self._runner is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler and self._runner.ident:
            signal.pthread_kill(self._runner.ident, signal.SIGINT)
