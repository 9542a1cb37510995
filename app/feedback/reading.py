"""Rows as what they are to whoever reads them. Each function takes a connection inside a transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.engine import Connection

from app.accounts.tables import account
from app.catalogue.model import State as DatasetState
from app.catalogue.tables import dataset
from app.errors import NotFound
from app.feedback.model import Correction, Fault, Kind, Post, Standing, State, Wrong
from app.feedback.tables import correction, post

_reply, _fault = post.alias("reply"), correction.alias("decided")


def _exists(column: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of the post that a query is about."""
    return select(column).where(*where).correlate(post).exists()


HAS_REPLY = _exists(_reply.c.id, _reply.c.parent_id == post.c.id)
"""One that is shown, or was."""
IS_DECIDED = _exists(_fault.c.post_id, _fault.c.post_id == post.c.id, _fault.c.state != State.RECEIVED)
_HANGS = or_(
    _exists(_reply.c.id, _reply.c.parent_id == post.c.id, _reply.c.standing == Standing.SHOWN),
    IS_DECIDED,
)
"""Somebody answered it, so that a line tells where it was when its words are gone."""
IS_PUBLISHED = _exists(dataset.c.id, dataset.c.id == post.c.dataset_id, dataset.c.state == DatasetState.PUBLISHED)

PUBLIC: ColumnElement[bool] = and_(
    post.c.parent_id.is_(None),
    or_(post.c.standing == Standing.SHOWN, and_(post.c.standing.in_((Standing.HIDDEN, Standing.WITHDRAWN)), _HANGS)),
)
"""What stands on a dataset's pages, words or the line in their place; replies hang on it."""


def posts() -> Select[Any]:
    """Posts with their authors' names and what a correction says beside."""
    beside = [correction.c[name] for name in _BESIDE]
    return select(post, account.c.name.label("author"), *beside).select_from(
        post.outerjoin(account, account.c.id == post.c.account_id).outerjoin(
            correction, correction.c.post_id == post.c.id
        )
    )


_BESIDE = ("fault", "item", "row", "expected", "evidence", "state", "due_on", "answer", "decided_at", "done_at")


def public(connection: Connection, rows: Iterable[Row[Any]]) -> list[Post]:
    """Each as everybody may read it, with the replies that are shown."""
    rows = list(rows)
    replies: dict[int, list[Post]] = defaultdict(list)
    ids = [row.id for row in rows]
    asked = posts().where(post.c.parent_id.in_(ids), post.c.standing == Standing.SHOWN).order_by(post.c.id)
    for row in connection.execute(asked) if ids else ():
        replies[row.parent_id].append(said(row))
    return [said(row, replies=tuple(replies[row.id])) for row in rows]


def said(row: Row[Any], *, replies: tuple[Post, ...] = (), whole: bool = False) -> Post:
    """`whole`: with its words although it is not shown, for its author and for moderators."""
    shown = whole or row.standing == Standing.SHOWN
    by_name = row.kind != Kind.REPLY  # an office replies, not one who works there
    return Post(
        id=row.id,
        dataset_id=row.dataset_id,
        kind=Kind(row.kind),
        standing=Standing(row.standing),
        at=row.at,
        author=row.author or "" if shown and by_name else "",
        office=row.office,
        title=row.title if shown else "",
        body=row.body if shown else "",
        link=row.link if shown else "",
        correction=_correction(row, shown=shown) if row.fault is not None else None,
        replies=replies,
    )


def _correction(row: Row[Any], *, shown: bool) -> Correction:
    wrong = Wrong(
        Fault(row.fault),
        item=row.item if shown else "",
        row=row.row if shown else "",
        expected=row.expected if shown else "",
        evidence=row.evidence if shown else "",
    )
    answer = row.answer if shown else ""  # it may repeat what was hidden
    return Correction(wrong, State(row.state), row.due_on, answer, row.decided_at, row.done_at)


def publisher_of(connection: Connection, dataset_id: str) -> str | None:
    """Whose data it is, None where that is not said. Raises `NotFound` for what is not public."""
    row = connection.execute(
        select(dataset.c.publisher_id).where(dataset.c.id == dataset_id, dataset.c.state == DatasetState.PUBLISHED)
    ).first()
    if row is None:
        raise NotFound("没有这个数据集，或者它已不再公开。", "There is no such dataset, or it is no longer public.")
    return cast("str | None", row.publisher_id)


def shown(connection: Connection, post_id: int) -> Row[Any]:
    """A post that everybody may read. Raises `NotFound` for any other."""
    row = connection.execute(
        posts().where(post.c.id == post_id, post.c.standing == Standing.SHOWN, IS_PUBLISHED)
    ).first()
    if row is None:
        raise NotFound("没有这条内容，或者它已不再公开。", "There is no such thing, or it is no longer public.")
    return row


def newest_of_each(ids: Sequence[str], most: int) -> Select[Any]:
    """The ids of the newest `most` shown posts of each dataset."""
    place = func.row_number().over(partition_by=post.c.dataset_id, order_by=post.c.id.desc()).label("place")
    shown = post.c.dataset_id.in_(ids) & post.c.parent_id.is_(None) & (post.c.standing == Standing.SHOWN)
    ranked = select(post.c.id, place).where(shown).subquery()
    return select(ranked.c.id).where(ranked.c.place <= most)
