"""
What became of datasets between two points of `public_change`, read once for everybody who is to be told.

What it costs grows with what changed. Themes and searches are told what is new and what changed: of an entry that was
withdrawn nothing is left that says what it was about.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.catalogue.changes import END
from app.catalogue.model import State
from app.catalogue.tables import dataset, dataset_term, public_change
from app.db import in_pieces
from app.follow.model import Followed, Happened, Kind, News, Section


class Among(Protocol):
    """Which of these entries a saved search finds; may raise `indexer.errors.SearchUnavailable`."""

    def __call__(self, saved: str, ids: Sequence[str], /) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class _Step:
    seq: int
    version: int
    at: datetime


class Changes:
    """All changes after number `since`, up to `upto`; `among` is asked once for each search and `since`."""

    def __init__(self, connection: Connection, since: int, upto: int, among: Among) -> None:
        self._steps: dict[str, list[_Step]] = defaultdict(list)
        query = select(public_change).where(public_change.c.seq > since, public_change.c.seq <= upto)
        for row in connection.execute(query.order_by(public_change.c.seq)):
            self._steps[row.dataset_id].append(_Step(row.seq, row.version, row.at))
        self._before: dict[str, int] = {}
        self._public: set[str] = set()
        self._of_publisher: dict[str, list[str]] = defaultdict(list)
        self._of_theme: dict[str, list[str]] = defaultdict(list)
        for piece in in_pieces(list(self._steps)):
            self._read(connection, piece, since)
        self._among = among
        self._told: dict[tuple[str, int], Sequence[News]] = {}

    def _read(self, connection: Connection, ids: Sequence[str], since: int) -> None:
        last = (
            select(func.max(public_change.c.seq))
            .where(public_change.c.dataset_id.in_(ids), public_change.c.seq <= since)
            .group_by(public_change.c.dataset_id)
        )
        before = select(public_change.c.dataset_id, public_change.c.version).where(public_change.c.seq.in_(last))
        self._before |= {row.dataset_id: row.version for row in connection.execute(before)}
        entries = select(dataset.c.id, dataset.c.state, dataset.c.publisher_id).where(dataset.c.id.in_(ids))
        for entry in connection.execute(entries):
            if entry.state == State.PUBLISHED:
                self._public.add(entry.id)
            if entry.publisher_id:
                self._of_publisher[entry.publisher_id].append(entry.id)
        themes = select(dataset_term.c.value, dataset_term.c.dataset_id).where(
            dataset_term.c.dataset_id.in_(ids), func.coalesce(dataset_term.c.kind, "") == "theme"
        )
        for theme in connection.execute(themes):
            self._of_theme[theme.value].append(theme.dataset_id)

    def __bool__(self) -> bool:
        return bool(self._steps)

    def sections(
        self, follows: Iterable[tuple[Followed, int]], told: int, said: Mapping[str, int], most: int
    ) -> list[Section]:
        """
        What there is to tell of each thing that somebody follows since it was followed (its number of a change) and
        since number `told`, each at most `most` news; a dataset that several of them concern is told of once, with the
        first. `said`: dataset's id -> words of others on it.
        """
        found = []
        seen: set[str] = set()
        for each, since in follows:
            news = [one for one in self._all_news(each, max(told, since)) if one.dataset_id not in seen]
            words = said.get(each.target, 0) if each.kind is Kind.DATASET else 0
            if news or words:
                seen.update(one.dataset_id for one in news)
                found.append(Section(each, tuple(news[:most]), len(news), words))
        return found

    def _all_news(self, each: Followed, since: int) -> Sequence[News]:
        """Newest first; the same for everybody who was told as much."""
        key = each.mark, since
        if key not in self._told:
            news = [one for id_ in self._concerned(each) if (one := self._news(id_, since))]
            self._told[key] = sorted(news, key=lambda one: (one.at, one.dataset_id), reverse=True)
        return self._told[key]

    def _concerned(self, each: Followed) -> Collection[str]:
        if not self._steps:
            return ()
        if each.kind is Kind.DATASET:
            return (each.target,) if each.target in self._steps else ()
        if each.kind is Kind.PUBLISHER:
            return self._of_publisher.get(each.target, ())
        if each.kind is Kind.THEME:
            return self._of_theme.get(each.target, ())
        return self._among(each.target, sorted(self._public))

    def _news(self, id_: str, since: int) -> News | None:
        steps = self._steps[id_]
        last = steps[-1]
        if last.seq <= since:
            return None
        before = self._before.get(id_, END)
        for step in steps:
            if step.seq > since:
                break
            before = step.version
        if last.version == END:
            return News(id_, Happened.GONE, last.at) if before != END else None
        if id_ not in self._public or last.version == before:  # ended meanwhile: that is told next time
            return None
        return News(id_, Happened.NEW if before == END else Happened.CHANGED, last.at)
