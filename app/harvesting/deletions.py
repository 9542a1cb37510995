"""Deletions that wait for a person: so much of a source is missing that it may be the source's fault."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from app.catalogue.tables import dataset
from app.db import Database, in_pieces
from app.harvesting.model import DeletionState, HeldDeletion
from app.harvesting.tables import held_deletion, held_deletion_entry

_ROWS = 5_000


class Deletions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_id(self, id_: int) -> HeldDeletion | None:
        with self._database.read() as connection:
            row = connection.execute(select(held_deletion).where(held_deletion.c.id == id_)).first()
        return _held(row) if row else None

    def all(self, source_id: str = "", *, decided: bool = False, limit: int = 100) -> list[HeldDeletion]:
        """The newest first; those that wait, or with `decided` those that do not any more."""
        waits = held_deletion.c.state == DeletionState.HELD
        query = select(held_deletion).where(~waits if decided else waits)
        if source_id:
            query = query.where(held_deletion.c.source_id == source_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(held_deletion.c.id.desc()).limit(limit))
            return [_held(row) for row in rows]

    def entries(self, id_: int, after: str = "", limit: int = 50) -> list[tuple[str, str]]:
        """(id, title) of what is missing, in the order of ids. Titles are for the operator: some may not be public."""
        entries = held_deletion_entry.c
        query = (
            select(entries.dataset_id, dataset.c.title)
            .outerjoin(dataset, dataset.c.id == entries.dataset_id)
            .where(entries.deletion_id == id_, entries.dataset_id > after)
            .order_by(entries.dataset_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.dataset_id, row.title or "") for row in connection.execute(query)]

    def still_missing(self, id_: int) -> list[str]:
        """Its entries that the source has not had since."""
        entries = held_deletion_entry.c
        query = (
            select(entries.dataset_id)
            .join(dataset, dataset.c.id == entries.dataset_id)
            .where(entries.deletion_id == id_, dataset.c.missing_since.is_not(None))
            .order_by(entries.dataset_id)
        )
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def spared(self, source_id: str, missing_since: Mapping[str, datetime]) -> set[str]:
        """Those that a person said are not gone, and that the source has not had since."""
        entries = held_deletion_entry.c
        query = (
            select(entries.dataset_id, held_deletion.c.decided_at)
            .join(held_deletion, held_deletion.c.id == entries.deletion_id)
            .where(held_deletion.c.source_id == source_id, held_deletion.c.state == DeletionState.REJECTED)
        )
        with self._database.read() as connection:
            return {
                row.dataset_id
                for row in connection.execute(query)
                if row.dataset_id in missing_since and missing_since[row.dataset_id] <= row.decided_at
            }

    def hold(self, source_id: str, run_id: int, ids: Sequence[str], total: int, at: datetime) -> int:
        """Notes what is missing now; the deletion that waits already is brought up to date. Returns its id."""
        with self._database.write() as connection:
            found = connection.scalar(select(held_deletion.c.id).where(_waiting(source_id)))
            said = {"run_id": run_id, "missing": len(ids), "total": total}
            if found is None:
                row = {"source_id": source_id, "at": at, "state": DeletionState.HELD, "decided_by": "", **said}
                result = connection.execute(insert(held_deletion).values(**row))
                found = int((result.inserted_primary_key or (0,))[0])
            else:
                connection.execute(update(held_deletion).where(held_deletion.c.id == found).values(**said))
            _name(connection, found, ids)
        return found


def decide(connection: Connection, id_: int, state: DeletionState, by: str, at: datetime) -> bool:
    """False where it was decided already."""
    waits = (held_deletion.c.id == id_) & (held_deletion.c.state == DeletionState.HELD)
    decided = update(held_deletion).where(waits).values(state=state, decided_by=by, decided_at=at)
    return bool(connection.execute(decided).rowcount)


def lapse(connection: Connection, source_id: str, at: datetime) -> bool:
    """What waited need not be asked any more. False where nothing waited."""
    lapsed = update(held_deletion).where(_waiting(source_id)).values(state=DeletionState.LAPSED, decided_at=at)
    return bool(connection.execute(lapsed).rowcount)


def _waiting(source_id: str) -> Any:
    return (held_deletion.c.source_id == source_id) & (held_deletion.c.state == DeletionState.HELD)


def _name(connection: Connection, id_: int, ids: Collection[str]) -> None:
    entries = held_deletion_entry.c
    before = set(connection.scalars(select(entries.dataset_id).where(entries.deletion_id == id_)))
    over, new = sorted(before - set(ids)), sorted(set(ids) - before)
    for piece in in_pieces(over):
        gone = entries.dataset_id.in_(piece)
        connection.execute(delete(held_deletion_entry).where(entries.deletion_id == id_, gone))
    for piece in in_pieces(new, _ROWS):
        rows = [{"deletion_id": id_, "dataset_id": each} for each in piece]
        connection.execute(insert(held_deletion_entry), rows)


def _held(row: Row[Any]) -> HeldDeletion:
    return HeldDeletion(
        row.id, row.source_id, row.run_id, row.at, row.missing, row.total, DeletionState(row.state), row.decided_at,
        row.decided_by,
    )  # fmt: skip
