"""When what people say of a dataset, or how they rate it, changed last: what pages show beside the record."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, insert, outerjoin, select, update
from sqlalchemy.engine import Connection

from app.catalogue.tables import dataset, said_change
from app.db import at_the_end, in_pieces

_CHANGED_AT = select(said_change.c.at).where(said_change.c.dataset_id == bindparam("id"))
"""Asked for each page of a dataset, and of most nothing was ever said."""


class _Waiting:
    """Changes of one transaction until its end, where others that say something of the same dataset wait for it."""

    def __init__(self) -> None:
        self.moments: dict[str, datetime] = {}

    def before_commit(self, connection: Connection) -> None:
        both = outerjoin(dataset, said_change, said_change.c.dataset_id == dataset.c.id)
        for ids in in_pieces(sorted(self.moments)):
            query = select(dataset.c.id, dataset.c.recorded_at, said_change.c.at).select_from(both)
            for id_, *before in connection.execute(query.where(dataset.c.id.in_(ids))).all():
                seconds = (each.replace(microsecond=0) + timedelta(seconds=1) for each in before if each)
                later = max([self.moments[id_], *seconds])
                if before[1] is None:
                    connection.execute(insert(said_change).values(dataset_id=id_, at=later))
                else:
                    connection.execute(update(said_change).where(said_change.c.dataset_id == id_).values(at=later))

    def after_commit(self, home: Path) -> None: ...


def changed(connection: Connection, dataset_id: str, at: datetime) -> None:
    """
    Notes a change: at least a second after the change before and after the record itself, also where the clock was set
    back, as whoever asks for a page by its time knows only whole seconds.
    """
    at_the_end(connection, "said", _Waiting).moments[dataset_id] = at


def changed_at(connection: Connection, dataset_id: str) -> datetime | None:
    """None where nobody ever said anything or rated it."""
    return connection.scalar(_CHANGED_AT, {"id": dataset_id})
