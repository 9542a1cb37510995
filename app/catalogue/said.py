"""When what people say of a dataset, or how they rate it, changed last: what pages show beside the record."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from app.catalogue.tables import dataset, said_change

_CHANGED_AT = select(said_change.c.at).where(said_change.c.dataset_id == bindparam("id"))
"""Asked for each page of a dataset, and of most nothing was ever said."""


def changed(connection: Connection, dataset_id: str, at: datetime) -> None:
    """
    Notes a change: at least a second after the change before and after the record itself, also where the clock was set
    back, as whoever asks for a page by its time knows only whole seconds. Others who do so wait for this transaction.
    """
    held = select(dataset.c.recorded_at).where(dataset.c.id == dataset_id).with_for_update(key_share=True)
    recorded, last = connection.scalar(held), changed_at(connection, dataset_id)
    later = max([at, *(each.replace(microsecond=0) + timedelta(seconds=1) for each in (last, recorded) if each)])
    if last is None:
        connection.execute(insert(said_change).values(dataset_id=dataset_id, at=later))
    else:
        connection.execute(update(said_change).where(said_change.c.dataset_id == dataset_id).values(at=later))


def changed_at(connection: Connection, dataset_id: str) -> datetime | None:
    """None where nobody ever said anything or rated it."""
    return connection.scalar(_CHANGED_AT, {"id": dataset_id})
