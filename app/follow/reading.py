"""Rows of what is followed, as the model has them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.db import in_pieces
from app.follow.model import Followed, Kind
from app.follow.tables import followed

_ORDER = list(Kind)


def read_followed(connection: Connection, ids: Sequence[str]) -> dict[str, list[tuple[Followed, int]]]:
    """Account's id -> what it follows, by kind and age, each with the number of the last change before."""
    found: dict[str, list[tuple[Followed, int]]] = defaultdict(list)
    for piece in in_pieces(ids):
        for row in connection.execute(select(followed).where(followed.c.account_id.in_(piece))):
            each = Followed(Kind(row.kind), row.target, row.name, row.since)
            found[row.account_id].append((each, row.since_seq))
    for own in found.values():
        own.sort(key=lambda pair: (_ORDER.index(pair[0].kind), pair[0].since, pair[0].mark))
    return found
