"""
The keeper: the one process that writes the public graph and the search index, each in a thread of its own, so that
the failure of one holds up nothing of the other. Its lease is a lock, so that `suishu harvest`, `reindex` and
`rebuild-graph` do its work by themselves where no server runs, and ask it where one does.
"""

import os
import signal
import threading
import time

import structlog

from app import outbox
from app.errors import Unavailable
from app.processes.digests import make_digests_now_and_then
from app.processes.follower import LOOK_EVERY_S, Follower, silent
from app.processes.letters import deliver_now_and_then
from app.processes.measuring import measure_now_and_then, try_to_measure
from app.processes.projections import (
    KINDS,
    GraphProjection,
    Kind,
    Progress,
    SearchProjection,
    graph_edition,
    search_cursor_name,
)
from app.processes.requests import Request, State
from app.processes.warming import warm_now_and_then
from app.settings import Settings
from app.triplestore.protocol import Mark, StoreUnavailable, StoreUnreachable
from app.wiring import Portal, build
from indexer.errors import SearchUnavailable, SearchUnreachable

LEASE = "keeper"

_NICE = 5
"""People wait for pages, nobody for this."""
_TRIM_EVERY_S = 3_600.0
_MAX_PAUSE_S = 30.0
_FAILURES_TO_REBUILD = 3
"""One that could not be opened so often in a row is damaged and made anew: everything in it stands in the record."""


def catch_up(portal: Portal, progress: Progress | None = None) -> bool:
    """
    Brings graph and index to the record's state and lets readers see it.

    Returns False, having done nothing, when a keeper runs, which does it by itself. Raises `Unavailable` when a
    projection could not follow; the other one has.
    """
    with portal.database.lock(LEASE) as held:
        if held:
            _each_to_its_end(portal, progress or silent)
            try_to_measure(portal)
        return held


def is_followed(portal: Portal) -> bool:
    """Whether graph and index are at the record's state, as far as can be told without opening them."""
    with portal.database.read() as connection:
        latest = outbox.latest(connection)
        search = outbox.cursor(connection, search_cursor_name(portal))
    try:
        mark = portal.published_graph_mark()
    except StoreUnavailable:
        return False
    return mark == Mark(latest, graph_edition(portal)) and search == latest and portal.has_index()


def reindex(portal: Portal, progress: Progress | None = None) -> None:
    """Makes the search index anew from the record alone; searches see the old one until then."""
    _rebuild(portal, SearchProjection, progress or silent)


def rebuild_graph(portal: Portal, progress: Progress | None = None) -> None:
    """Makes the public graph anew from the record alone; queries see the old one until then."""
    _rebuild(portal, GraphProjection, progress or silent)


class Keeper:
    """Runs until `stop` is set. A projection that fails is tried again, ever more slowly."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.stop = threading.Event()

    def run(self) -> None:
        log = structlog.get_logger()
        while not self.stop.is_set():
            with self._portal.database.lock(LEASE) as held:
                if held:
                    log.debug("keeper: following the record")
                    self._follow()
                else:
                    self.stop.wait(LOOK_EVERY_S)

    def _follow(self) -> None:
        threads = [threading.Thread(target=self._drive, args=(kind,), name=kind.name) for kind in KINDS]
        threads.append(threading.Thread(target=deliver_now_and_then, args=(self._portal, self.stop), name="letters"))
        threads.append(
            threading.Thread(target=make_digests_now_and_then, args=(self._portal, self.stop), name="digests")
        )
        threads.append(threading.Thread(target=measure_now_and_then, args=(self._portal, self.stop), name="figures"))
        threads.append(threading.Thread(target=warm_now_and_then, args=(self._portal, self.stop), name="answers"))
        for thread in threads:
            thread.start()
        self._trim_now_and_then()
        for thread in threads:
            thread.join()

    def _drive(self, kind: Kind) -> None:
        request = Request.to_rebuild(self._portal.settings.home, kind.name)
        follower = Follower(self._portal, kind)
        failures = 0
        while not self.stop.is_set():
            try:
                if (asked := request.state()) is not None and not asked.failed:
                    self._rebuild(follower, request)
                busy = follower.step()
                failures = 0
            except Exception as error:  # whatever it is, the other projection and the portal go on
                failures += 1
                pause_s = min(_MAX_PAUSE_S, 0.25 * 2**failures)
                structlog.get_logger().error(
                    "keeper: a projection failed", projection=kind.name, again_in_s=pause_s, exc_info=error
                )
                follower.reset()
                self.stop.wait(pause_s)
                if failures == _FAILURES_TO_REBUILD and _may_be_damaged(error):
                    request.make()
                continue
            if not busy:
                self.stop.wait(LOOK_EVERY_S)
        follower.reset()

    def _rebuild(self, follower: Follower, request: Request) -> None:
        def tell(done: int, total: int | None = None, words: str = "") -> None:
            request.tell(State(done, total))

        try:
            follower.rebuild(tell)
        except Exception as error:
            request.tell(State(failed=str(error) or type(error).__name__))
            raise
        request.take_away()

    def _trim_now_and_then(self) -> None:
        """
        Forgets announcements that every projection had followed an hour ago: a store that lost its last moments with
        the power is behind what it was, and has to find the announcements it needs again.
        """
        safe = 0
        while not self.stop.wait(_TRIM_EVERY_S):
            try:
                if safe:
                    with self._portal.database.write() as connection:
                        outbox.trim(connection, safe)
                safe = followed_by_all(self._portal)
            except Exception as error:
                structlog.get_logger().error("keeper: announcements were not trimmed", exc_info=error)


def followed_by_all(portal: Portal) -> int:
    """The last announcement that both projections have followed and published."""
    mark = portal.published_graph_mark()
    with portal.database.read() as connection:
        search = outbox.cursor(connection, search_cursor_name(portal))
    return min(mark.cursor if mark else 0, search)


def _may_be_damaged(error: Exception) -> bool:
    if isinstance(error, StoreUnreachable | SearchUnreachable):
        return False
    return isinstance(error, StoreUnavailable | SearchUnavailable)


def _each_to_its_end(portal: Portal, progress: Progress) -> None:
    failed: dict[str, Exception] = {}

    def run(kind: Kind) -> None:
        follower = Follower(portal, kind, progress)
        try:
            follower.catch_up()
            follower.close()
        except Exception as error:
            failed[kind.name] = error
            follower.reset()

    threads = [threading.Thread(target=run, args=(kind,), name=kind.name) for kind in KINDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, error in failed.items():
        raise _cannot_follow(name, str(error) or type(error).__name__) from error


def _rebuild(portal: Portal, kind: Kind, progress: Progress) -> None:
    """Does it here where no keeper runs, else asks the one that does, and watches it in case it ends before."""
    request = Request.to_rebuild(portal.settings.home, kind.name)
    asked = False
    while True:
        with portal.database.lock(LEASE) as held:
            if held:
                _rebuild_here(portal, kind, progress)
                request.take_away()
                return
        state = request.state()
        if state is None and asked:
            return
        if state is None or (state.failed and not asked):
            request.make()
            asked = True
        elif state.failed:
            request.take_away()
            raise _cannot_follow(kind.name, state.failed)
        else:
            asked = True
            progress(state.done, state.total)
        time.sleep(LOOK_EVERY_S)


def _rebuild_here(portal: Portal, kind: Kind, progress: Progress) -> None:
    follower = Follower(portal, kind, progress)
    try:
        follower.rebuild()
    except Exception as error:
        raise _cannot_follow(kind.name, str(error) or type(error).__name__) from error
    finally:
        follower.reset()


def _cannot_follow(name: str, why: str) -> Unavailable:
    zh = {"graph": "公开图谱", "search": "检索索引"}[name]
    en = {"graph": "public graph", "search": "search index"}[name]
    command = {"graph": "suishu rebuild-graph", "search": "suishu reindex"}[name]
    return Unavailable(
        f"{zh}无法更新：{why}。记录本身完好，可以稍后重试，或运行 {command} 重建。",
        f"The {en} can't be brought up to date: {why}. The record is sound; try again, or run `{command}`.",
    )


def serve(settings: Settings) -> None:
    """The keeper as a process of its own, until SIGTERM."""
    os.nice(_NICE)
    keeper = Keeper(build(settings))
    signal.signal(signal.SIGTERM, lambda *_: keeper.stop.set())
    keeper.run()
