"""What each run did to which entry, and the statements that differ since. Noted in the transaction that did it."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import and_, delete, func, insert, literal, select
from sqlalchemy.engine import Connection

from app.catalogue.model import State
from app.catalogue.tables import dataset, dataset_version
from app.db import Database, in_pieces
from app.harvesting.model import ChangeKind, RunChange
from app.harvesting.tables import run_change
from harvest.record import Outcome

PAGE_SIZE = 50
_KEPT = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.QUARANTINED)


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, run_id: int) -> dict[ChangeKind, int]:
        query = select(run_change.c.what, func.count().label("n")).where(run_change.c.run_id == run_id)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(run_change.c.what))
            return {ChangeKind(row.what): row.n for row in rows}

    def changes(self, run_id: int, what: ChangeKind, page: int = 1) -> list[RunChange]:
        """One page in the order of ids. Titles only where they are public."""
        query = (
            select(run_change, dataset.c.public_title, dataset.c.state)
            .outerjoin(dataset, dataset.c.id == run_change.c.dataset_id)
            .where(run_change.c.run_id == run_id, run_change.c.what == what)
            .order_by(run_change.c.dataset_id)
            .limit(PAGE_SIZE)
            .offset((max(page, 1) - 1) * PAGE_SIZE)
        )
        with self._database.read() as connection:
            return [
                RunChange(
                    row.dataset_id, ChangeKind(row.what), row.version, row.public_title or "",
                    row.state in (State.PUBLISHED, State.WITHDRAWN),
                )
                for row in connection.execute(query)
            ]  # fmt: skip

    def difference(self, dataset_id: str, version: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(added, removed) N-Triples lines of the full record against the version before. Not for the public."""
        versions = dataset_version.c
        query = select(versions.version, versions.ntriples).where(
            versions.dataset_id == dataset_id, versions.version.in_((version - 1, version))
        )
        with self._database.read() as connection:
            said = {row.version: set(row.ntriples.decode().splitlines()) for row in connection.execute(query)}
        after, before = said.get(version, set()), said.get(version - 1, set())
        return tuple(sorted(after - before)), tuple(sorted(before - after))

    def earlier(self, run_id: int) -> dict[str, Outcome]:
        """What an earlier attempt of the same run did, by id, so that its report stays right when it goes on."""
        query = select(run_change.c.dataset_id, run_change.c.what).where(
            run_change.c.run_id == run_id, run_change.c.what.in_(_KEPT)
        )
        with self._database.read() as connection:
            return {row.dataset_id: Outcome(row.what) for row in connection.execute(query)}


def note(connection: Connection, run_id: int, what: ChangeKind, ids: Collection[str], *, again: bool = False) -> None:
    """Notes entries with the version they have now. `again`: an earlier attempt of the run may have noted them."""
    for chunk in in_pieces(list(ids)):
        if again:
            kinds = _KEPT if what in _KEPT else (what,)
            mine = and_(run_change.c.run_id == run_id, run_change.c.what.in_(kinds))
            connection.execute(delete(run_change).where(mine, run_change.c.dataset_id.in_(chunk)))
        if what is ChangeKind.QUARANTINED:  # which need have no entry
            rows = [{"run_id": run_id, "what": what, "dataset_id": id_, "version": 0} for id_ in chunk]
            connection.execute(insert(run_change), rows)
            continue
        found = select(literal(run_id), literal(what.value), dataset.c.id, dataset.c.version)
        columns = ["run_id", "what", "dataset_id", "version"]
        connection.execute(insert(run_change).from_select(columns, found.where(dataset.c.id.in_(chunk))))


def by_kind(done: Iterable[tuple[str, ChangeKind | None]]) -> Mapping[ChangeKind, list[str]]:
    """Ids by what was done to them; the later of two counts, and None is nothing."""
    found: dict[ChangeKind, list[str]] = {}
    for id_, what in dict(done).items():
        if what is not None:
            found.setdefault(what, []).append(id_)
    return found
