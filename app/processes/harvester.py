"""
The harvester: begins what is due, each run in a process of its own, and ends what hangs.

All that it knows stands in SQL, so that several machines may have one, and it may be killed at any moment: a run whose
process ended is gone on with by whoever notices. A run's lease is its source's lock, which a dead process lets go.
"""

import os
import resource
import signal
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import ForkProcess

import structlog

from app.audit import origin
from app.errors import Busy
from app.harvesting.limits import run_limits
from app.harvesting.model import Outcome, Run
from app.processes.lifetime import start, stop
from app.settings import Settings
from app.wiring import Portal, build

_LOOK_EVERY_S = 0.5
_PATIENCE_S = 15.0
"""A run that was asked to end, or is over its time, has so long to do it by itself."""
_TURN_S = 900.0
_FRUITLESS = 30
"""A run whose process ended so often in a row, without a single change in between, is given up."""
_MAX_PAUSE_S = 10.0


@dataclass
class _Worker:
    run: Run
    process: ForkProcess
    limit_s: float
    started: float = field(default_factory=time.monotonic)
    sums: tuple[int, int] = (0, 0)
    moved: float = field(default_factory=time.monotonic)
    overdue_since: float = 0.0


@dataclass
class _Deaths:
    """How often the process of one run ended without its having come any further."""

    kept: int = -1
    fruitless: int = 0
    again_at: float = 0.0


class Harvester:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers: dict[int, _Worker] = {}
        self._deaths: dict[int, _Deaths] = {}
        self._ended: set[int] = set()
        """Runs whose processes ended here: nobody has to wait and see whether they are silent."""
        self._portal: Portal = build(settings)
        self.stop = threading.Event()

    def run(self) -> None:
        """Until `stop` is set; a database that does not answer is asked again."""
        log = structlog.get_logger()
        try:
            while not self.stop.wait(_LOOK_EVERY_S):
                try:
                    self._look()
                except Exception as error:
                    log.error("harvester: looking for what is due failed", exc_info=error)
                    self.stop.wait(5)
        finally:
            stop([each.process for each in self._workers.values()], 2.0)

    def _look(self) -> None:
        self._reap()
        for worker in list(self._workers.values()):
            self._watch(worker)
        room = self._settings.harvest_workers - len(self._workers)
        if room > 0:
            left = self._portal.operation.left_behind(running=[*self._workers], ended=self._ended)
            self._ended &= {run.id for run in left}
            for run in [each for each in left if self._may_go_on(each)][:room]:
                self._begin(run)
            for run in self._portal.operation.begin_due(self._settings.harvest_workers - len(self._workers)):
                self._begin(run)

    def _begin(self, run: Run) -> None:
        self._ended.discard(run.id)
        structlog.get_logger().info("harvest: a run begins", source=run.source_id, run=run.id)
        plan = self._portal.operation.state(run.source_id).plan
        self._portal.close()  # no connection is carried over the fork
        process = start(f"harvest {run.source_id}", partial(_harvest, self._settings, run))
        self._workers[run.id] = _Worker(run, process, run_limits(plan.limits, self._settings).run_s)

    def _reap(self) -> None:
        for worker in [each for each in self._workers.values() if each.process.exitcode is not None]:
            del self._workers[worker.run.id]
            worker.process.join()
            self._ended.add(worker.run.id)
            if worker.process.exitcode:
                structlog.get_logger().warning(
                    "harvest: a run's process ended",
                    source=worker.run.source_id,
                    run=worker.run.id,
                    status=worker.process.exitcode,
                )

    def _watch(self, worker: _Worker) -> None:
        """Ends what was cancelled, what is over its time, and what does not get on; it first may end by itself."""
        now = time.monotonic()
        run = self._portal.operation.run_now(worker.run.id)
        if run is None or run.finished_at is not None:
            return
        sums = (run.report.seen, run.report.pages)
        if sums != worker.sums:
            worker.sums, worker.moved = sums, now
        if run.cancel_by:
            why = ("采集已按要求取消。", "The run was cancelled.", Outcome.CANCELLED)
        elif now - worker.started > worker.limit_s:
            limit = f"{worker.limit_s:,.0f}"
            why = (
                f"采集超过 {limit} 秒的时限，已终止；已读到的记录正常保存。",
                f"The run took over {limit} seconds and was ended; what had been read by then is kept.",
                Outcome.STOPPED,
            )
        elif now - worker.moved > self._settings.harvest_stall_limit_s:
            limit = f"{self._settings.harvest_stall_limit_s:,.0f}"
            why = (
                f"采集在 {limit} 秒内没有任何进展，已终止。",
                f"Nothing went on in the run for {limit} seconds, and it was ended.",
                Outcome.STOPPED,
            )
        else:
            worker.overdue_since = 0.0
            return
        worker.overdue_since = worker.overdue_since or now
        is_stuck = why[2] is Outcome.STOPPED and now - worker.moved > self._settings.harvest_stall_limit_s
        if is_stuck or now - worker.overdue_since > _PATIENCE_S:
            worker.process.kill()
            worker.process.join()
            self._workers.pop(worker.run.id)
            self._portal.operation.end(run, why[2], why[0], why[1])

    def _may_go_on(self, run: Run) -> bool:
        """Whether a run that was left behind is worth another attempt now; ends it where not."""
        if run.beat_at is None:  # it never had a process
            return True
        deaths = self._deaths.setdefault(run.id, _Deaths())
        if deaths.again_at:
            if time.monotonic() < deaths.again_at:
                return False
            deaths.again_at = 0.0
            return True
        kept = self._portal.operation.kept(run.id)
        deaths.fruitless = deaths.fruitless + 1 if kept == deaths.kept else 0
        deaths.kept = kept
        if run.cancel_by or deaths.fruitless >= _FRUITLESS:
            self._give_up(run)
            return False
        deaths.again_at = time.monotonic() + min(_MAX_PAUSE_S, 0.5 * deaths.fruitless)
        return False

    def _give_up(self, run: Run) -> None:
        self._deaths.pop(run.id, None)
        if run.cancel_by:
            self._portal.operation.end(run, Outcome.CANCELLED, "采集已按要求取消。", "The run was cancelled.")
            return
        zh = "采集进程多次意外结束，已放弃本次采集；已读到的记录正常保存。请查看服务日志。"
        en = "The run's process ended too often and was given up; what had been read by then is kept. See the log."
        self._portal.operation.end(run, Outcome.STOPPED, zh, en)


def serve(settings: Settings) -> None:
    """Until SIGTERM."""
    harvester = Harvester(settings)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: harvester.stop.set())
    _warm()
    harvester.run()


def _harvest(settings: Settings, run: Run) -> None:
    """One run, in its process."""
    origin.come_from(origin.HARVEST)
    os.nice(settings.harvest_nice)  # people wait for pages, then for the index, and nobody for a harvest
    limit = settings.harvest_memory_limit_mb * 1024**2
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # by which a run that waits is interrupted
    # People wait for their turn to write as long as the settings say, a harvest until it has it.
    portal = build(settings.model_copy(update={"database_busy_timeout_s": _TURN_S, "harvest_pause_ms": 0.0}))
    portal.database.stand_in_line(settings.harvest_pause_ms / 1000)
    try:
        portal.harvesting.harvest(run.source_id, started_by=run.started_by)
    except Busy:
        pass  # another machine, or a person, was faster
    finally:
        portal.close()


def _warm() -> None:
    """Imported before the first fork, so that runs begin at once and share it."""
    import shapes.validate  # noqa: F401
