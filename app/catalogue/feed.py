"""
What the public came to see and ceased to see, in order, in pages that never move.

A page is a range of the numbers of `public_change`. A change is told as long as its version is public and no later
change rewrote it: what was closed or withdrawn since is in no page any more, and its end is told at its own place.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from app.catalogue import terms
from app.catalogue.changes import END
from app.catalogue.tables import dataset_version, public_change
from app.db import Database

PAGE_CHANGES = 100
NODE_PAGES = 100
"""Pages that one inner node leads to."""


@dataclass(frozen=True, slots=True)
class Change:
    """`ntriples` is the public RDF of the version, our base address in place; None where the entry ended."""

    seq: int
    dataset_id: str
    at: datetime
    ntriples: bytes | None


@dataclass(frozen=True, slots=True)
class Part:
    """A range of changes: of its first change and, unless it is still filling, of the first after it the time."""

    number: int
    since: datetime
    until: datetime | None


class FeedService:
    def __init__(self, database: Database, base_url: str) -> None:
        self._database = database
        self._base_url = base_url

    def nodes(self) -> list[Part]:
        """The inner nodes, one for each `NODE_PAGES` pages, oldest first."""
        with self._database.read() as connection:
            last = connection.scalar(select(func.max(public_change.c.seq))) or 0
            return _parts(connection, PAGE_CHANGES * NODE_PAGES, 0, -(-last // (PAGE_CHANGES * NODE_PAGES)))

    def pages(self, node: int) -> list[Part]:
        """The pages of an inner node, oldest first; none where there is no such node."""
        first = node * NODE_PAGES
        with self._database.read() as connection:
            last = connection.scalar(select(func.max(public_change.c.seq))) or 0
            return _parts(connection, PAGE_CHANGES, first, min(first + NODE_PAGES, -(-last // PAGE_CHANGES)))

    def part(self, page: int) -> Part | None:
        with self._database.read() as connection:
            return next(iter(_parts(connection, PAGE_CHANGES, page, page + 1)), None)

    def changes(self, page: int) -> list[Change]:
        """What is still told of a page, oldest first."""
        low = page * PAGE_CHANGES
        return self._read(public_change.c.seq > low, public_change.c.seq <= low + PAGE_CHANGES)

    def change(self, seq: int) -> Change | None:
        return next(iter(self._read(public_change.c.seq == seq)), None)

    def exists(self, seq: int) -> bool:
        """Whether there was such a change, told still or not."""
        with self._database.read() as connection:
            return connection.scalar(select(public_change.c.seq).where(public_change.c.seq == seq)) is not None

    def _read(self, *which: object) -> list[Change]:
        later = public_change.alias()
        rewritten = (
            select(later.c.seq)
            .where(
                later.c.dataset_id == public_change.c.dataset_id,
                later.c.version == public_change.c.version,
                later.c.seq > public_change.c.seq,
            )
            .exists()
        )
        version = and_(
            dataset_version.c.dataset_id == public_change.c.dataset_id,
            dataset_version.c.version == public_change.c.version,
        )
        query = (
            select(public_change, dataset_version.c.public_ntriples)
            .outerjoin(dataset_version, version)
            .where(*which, (public_change.c.version == END) | ~rewritten)  # type: ignore[arg-type]
            .order_by(public_change.c.seq)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        found = []
        for row in rows:
            if row.version == END:
                found.append(Change(row.seq, row.dataset_id, row.at, None))
            elif row.public_ntriples is not None:
                shown = terms.with_base(row.public_ntriples, self._base_url)
                found.append(Change(row.seq, row.dataset_id, row.at, shown))
        return found


def _parts(connection: Connection, width: int, first: int, end: int) -> list[Part]:
    """Parts `first` to before `end`, each of `width` numbers; one in which every number was lost is left out."""
    starts: list[tuple[int, int, datetime]] = []
    for number in range(first, end + 1):
        row = connection.execute(
            select(public_change.c.seq, public_change.c.at)
            .where(public_change.c.seq > number * width)
            .order_by(public_change.c.seq)
            .limit(1)
        ).first()
        if row is None:
            break
        starts.append((number, row.seq, row.at))
    found = []
    for place, (number, seq, at) in enumerate(starts):
        if number == end or seq > (number + 1) * width:
            continue
        found.append(Part(number, at, starts[place + 1][2] if place + 1 < len(starts) else None))
    return found
