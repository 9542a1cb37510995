"""Sums over what is published."""

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.catalogue.model import State, Totals
from app.catalogue.tables import dataset


def read(connection: Connection) -> Totals:
    sums = connection.execute(
        select(
            func.count(),
            func.count(func.distinct(dataset.c.publisher_id)),
            func.coalesce(func.sum(dataset.c.data_items), 0),
            func.coalesce(func.sum(dataset.c.row_count), 0),
            func.coalesce(func.sum(dataset.c.distributions), 0),
            func.coalesce(func.sum(dataset.c.apis), 0),
        ).where(dataset.c.state == State.PUBLISHED)
    ).one()
    return Totals(*map(int, sums))
