"""One projection that follows the outbox step by step, and is made anew where that is faster or nothing else helps."""

import threading
import time
from contextlib import suppress

import structlog

from app import outbox
from app.processes.projections import Kind, Progress, Projection, distinct
from app.triplestore.protocol import StoreUnavailable, StoreUnreachable
from app.wiring import Portal
from indexer.errors import SearchUnavailable

LOOK_EVERY_S = 0.15
_ROWS = 500
"""Announcements followed in one step."""
_BULK = 2_000
"""From so many announcements on, if they are most of the catalogue, making a projection anew is faster."""
_PUBLISH_EVERY_S = 0.3


def silent(done: int, total: int | None = None, words: str = "") -> None:
    """Progress that nobody sees."""


class Follower:
    """Has one projection follow the outbox. Opens it at the first step, and anew after a failure."""

    def __init__(self, portal: Portal, kind: Kind, progress: Progress = silent) -> None:
        self._portal = portal
        self._kind = kind
        self._progress = progress
        self._projection: Projection | None = None
        self._unseen = False
        self._published_at = 0.0
        self._keeps_pace = False
        """It has followed since it was last idle: what is left is what came meanwhile."""

    def projection(self, *, anew: bool = False) -> Projection:
        if self._projection is None:
            self._projection = self._kind(self._portal, anew=anew)
            self._unseen = True  # what was followed before a kill may not have been published
        return self._projection

    def step(self) -> bool:
        """Follows some announcements, or publishes what was followed. Returns False when there is nothing to do."""
        return self._advance() or self._publish()

    def _advance(self) -> bool:
        projection = self.projection()
        with self._portal.database.read() as connection:
            latest = outbox.latest(connection)
        if projection.is_foreign(latest):
            self.rebuild()
            return True
        cursor = projection.cursor()
        if cursor >= latest:
            self._keeps_pace = False
            return False
        if not self._keeps_pace and self._is_mostly_behind(latest - cursor):
            self.rebuild()
            return True
        with self._portal.database.read() as connection:
            changes = outbox.changes(connection, cursor, _ROWS)
        projection.follow(distinct(changes), changes[-1][0])
        self._unseen = self._keeps_pace = True
        self._progress(changes[-1][0] - cursor, latest - cursor)
        return True

    def _is_mostly_behind(self, waiting: int) -> bool:
        return waiting > _BULK and 2 * waiting > self._portal.catalogue.totals().datasets

    def rebuild(self, progress: Progress | None = None) -> None:
        try:
            self.projection()
        except StoreUnreachable:
            raise
        except (StoreUnavailable, SearchUnavailable) as error:
            # It can't be opened, and we hold the lease, so nobody else has it open: it is damaged.
            structlog.get_logger().warning("a projection can't be opened and is left behind", error=str(error))
            self.projection(anew=True)
        self.projection().rebuild(progress or self._progress)
        self._unseen, self._keeps_pace = False, True

    def catch_up(self) -> None:
        while self.step():
            pass

    def follow_until(self, ended: threading.Event) -> None:
        """Follows until `ended`, and publishes then."""
        while True:
            last = ended.is_set()  # asked first, so that what was recorded before the end is seen
            if self._advance():
                continue
            if last:
                break
            ended.wait(LOOK_EVERY_S)
        self._publish()

    def reset(self) -> None:
        if self._projection is not None:
            with suppress(Exception):  # it failed before: whatever it says now, it is let go
                self._projection.close()
        self._projection = None

    def close(self) -> None:
        if self._projection is not None:
            self._projection.close()
        self._projection = None

    def _publish(self) -> bool:
        if not self._unseen:
            return False
        # Not after each of many small steps: a snapshot costs some fifty milliseconds.
        time.sleep(max(0.0, self._published_at + _PUBLISH_EVERY_S - time.monotonic()))
        self.projection().publish()
        self._published_at = time.monotonic()
        self._unseen = False
        return True
