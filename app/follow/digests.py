"""
Digests: letters that tell people what became of what they follow, made where they are due.

Of each person a transaction moves the time of the next digest and writes the letter, or does neither; it does so only
where that time is still the one that was read. So two processes that make digests at once write one letter, and one
that is killed leaves nothing half done.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.engine import Row

from app.accounts.tables import account
from app.clock import Clock
from app.db import Database, in_pieces, one_at_a_time
from app.follow.addresses import Addresses
from app.follow.changes import Among, Changes
from app.follow.letters import MOST_LISTED, Links, digest
from app.follow.model import Every, Followed, Kind, Section, next_due
from app.follow.names import Names
from app.follow.reading import read_followed
from app.follow.tables import follower
from app.mail.service import Letter, is_waiting, post
from indexer.errors import SearchUnavailable

Said = Mapping[str, Mapping[str, int]]
"""Dataset's id -> account -> how much that account said of it."""
SaidSince = Callable[[Sequence[str], datetime], Said]
"""Datasets' ids, a time -> what was said after it, of those where anything was."""

_AT_ONCE = 500
"""People for whom what changed is read together."""
_A_TRANSACTION = 50
_ENDS = "List-Unsubscribe"
"""A header that no other letter has."""
_LASTS = timedelta(days=60)
"""Of each person one digest waits at most, so that nobody gets many at once when the mail goes again."""


@dataclass(frozen=True, slots=True)
class _Told:
    row: Row[Any]
    sections: list[Section]


class DigestService:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        zone: ZoneInfo,
        names: Names,
        addresses: Addresses,
        among: Among,
        said_since: SaidSince = lambda ids, since: {},
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._names = names
        self._addresses = addresses
        self._among = among
        self._said_since = said_since

    def make_due(self, upto: int) -> int:
        """
        Makes the digests that are due, of changes up to number `upto`, which the index has; returns how many letters.
        Who follows searches waits while the index can't be asked, and whose last digest no mail server took yet gets
        the next one after it. Nothing new: no letter, and the next time is moved.
        """
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")  # who said something before this moment is waited for
            now = self._clock()
        letters = 0
        among = _OnceDown(self._among)
        place: tuple[datetime, str] | None = None
        while waiting := self._waiting(now, place):
            held_up = self._held_up(waiting)
            if ready := [row for row in waiting if row.email not in held_up]:
                letters += self._write(self._tell(ready, upto, among), upto, now)
            place = waiting[-1].due_at, waiting[-1].account_id
        return letters

    def _waiting(self, now: datetime, place: tuple[datetime, str] | None) -> Sequence[Row[Any]]:
        due, id_ = follower.c.due_at, follower.c.account_id
        query = select(follower, account.c.email).join(account, account.c.id == id_).where(due <= now)
        if place is not None:
            query = query.where(or_(due > place[0], and_(due == place[0], id_ > place[1])))
        with self._database.read() as connection:
            return connection.execute(query.order_by(due, id_).limit(_AT_ONCE)).all()

    def _held_up(self, waiting: Sequence[Row[Any]]) -> set[str]:
        """The addresses to which a digest is still on its way."""
        with self._database.read() as connection:
            return is_waiting(connection, [row.email for row in waiting], _ENDS)

    def _tell(self, waiting: Sequence[Row[Any]], upto: int, among: Among) -> list[_Told]:
        with self._database.read() as connection:
            follows = read_followed(connection, [row.account_id for row in waiting])
            changes = Changes(connection, min(row.told_seq for row in waiting), upto, among)
        said = self._said(waiting, follows)
        told = []
        for row in waiting:
            own = follows.get(row.account_id, [])
            words = {
                each.target: sum(n for who, n in said[since].get(each.target, {}).items() if who != row.account_id)
                for each, since in _since(own, row.told_at)
            }
            try:
                told.append(_Told(row, changes.sections(own, row.told_seq, words, MOST_LISTED)))
            except SearchUnavailable as error:
                structlog.get_logger().warning("a digest waits for the index", why=type(error).__name__)
        return told

    def _said(
        self, waiting: Sequence[Row[Any]], follows: Mapping[str, list[tuple[Followed, int]]]
    ) -> dict[datetime, Said]:
        wanted: dict[datetime, set[str]] = defaultdict(set)
        for row in waiting:
            for each, since in _since(follows.get(row.account_id, []), row.told_at):
                wanted[since].add(each.target)
        return {since: self._said_since(sorted(ids), since) for since, ids in wanted.items()}

    def _write(self, told: Sequence[_Told], upto: int, now: datetime) -> int:
        sections = [section for each in told for section in each.sections]
        names = self._names.of(section.followed for section in sections)
        titles = self._names.titles({one.dataset_id for section in sections for one in section.news})
        written = 0
        for piece in in_pieces(told, _A_TRANSACTION):
            letters = {each.row.account_id: self._letter(each, names, titles, now) for each in piece if each.sections}
            with self._database.write() as connection:
                for row in (each.row for each in piece):
                    still = (follower.c.account_id == row.account_id) & (follower.c.due_at == row.due_at)
                    values = {
                        "told_seq": max(upto, row.told_seq),
                        "told_at": now,
                        "due_at": next_due(Every(row.every), now, self._zone),
                    }
                    moved = connection.execute(update(follower).where(still).values(values)).rowcount
                    if moved and row.account_id in letters:
                        post(connection, [letters[row.account_id]], now)
                        written += 1
        return written

    def _letter(self, told: _Told, names: Mapping[str, Any], titles: Mapping[str, Any], now: datetime) -> Letter:
        id_, addresses = told.row.account_id, self._addresses
        marks = [section.followed.mark for section in told.sections]
        links = Links(addresses.base_url, addresses.to_end(id_), {mark: addresses.to_end(id_, mark) for mark in marks})
        since = told.row.told_at.astimezone(self._zone).date()
        draft = digest(told.row.language, told.sections, names, titles, since, links)
        base = urlsplit(addresses.base_url)
        # One made now: a letter that is handed over twice is one letter for whoever gets it.
        headers = {"Message-ID": make_msgid(domain=base.hostname), _ENDS: f"<{links.end}>"}
        if base.scheme == "https":  # RFC 8058 3.1
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return Letter(told.row.email, draft.subject, draft.body, told.row.language, now + _LASTS, headers)


class _OnceDown:
    """Asks the index no more in this round once it could not be asked."""

    def __init__(self, among: Among) -> None:
        self._among = among
        self._failed: SearchUnavailable | None = None

    def __call__(self, saved: str, ids: Sequence[str], /) -> Collection[str]:
        if self._failed is not None:
            raise self._failed
        try:
            return self._among(saved, ids)
        except SearchUnavailable as error:
            self._failed = error
            raise


def _since(follows: Sequence[tuple[Followed, int]], told_at: datetime) -> list[tuple[Followed, datetime]]:
    """The datasets among them, each with the time from which on what is said of it is news."""
    return [(each, max(told_at, each.since)) for each, _ in follows if each.kind is Kind.DATASET]
