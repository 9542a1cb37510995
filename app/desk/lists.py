"""
The lists of a desk, page by page. Each function takes a connection inside a transaction; whose data is seen comes first
in every query, and what an address asks for only narrows it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select, true, tuple_
from sqlalchemy.engine import Connection

from app.accounts.model import Account
from app.catalogue.tables import dataset, publisher
from app.columns import Moment
from app.desk import cursors, reach
from app.desk.model import Line, Matter, Page, Part, Stage, Waiting, Wish
from app.feedback import reading
from app.feedback.model import Kind, Standing, State
from app.feedback.tables import correction, post
from app.ratings.tables import rating

_WITH_DATASET = post.join(dataset, dataset.c.id == post.c.dataset_id).outerjoin(
    correction, correction.c.post_id == post.c.id
)
_IS_SHOWN = post.c.standing == Standing.SHOWN
_PARTS: dict[Part, ColumnElement[bool]] = {
    Part.CORRECTIONS: and_(_IS_SHOWN, correction.c.state == State.RECEIVED),
    Part.COMMENTS: and_(_IS_SHOWN, post.c.kind == Kind.COMMENT, ~reach.IS_REPLIED),
    Part.ACCEPTED: and_(_IS_SHOWN, correction.c.state == State.ACCEPTED),
}


def said(connection: Connection, by: Account, wish: Wish, cursor: str, size: int, today: date) -> Page:
    """What was said and rated, newest first."""
    at = cursors.said(cursor)
    posts = _posts(connection, by, wish, at.post_id, size, today)
    rated = _rated(connection, by, wish, at.rated, size)
    found: list[Line] = []
    while len(found) < size and (posts or rated):
        if posts and (not rated or posts[0].at >= rated[0].at):
            found.append(posts.pop(0))
            at = cursors.Said(_number(found[-1]), at.rated)
        else:
            found.append(rated.pop(0))
            at = cursors.Said(at.post_id, _after(found[-1], at.rated))
    return Page(tuple(found), str(at) if posts or rated else "")


def waiting(connection: Connection, by: Account, part: Part, wish: Wish, cursor: str, size: int) -> Page:
    """One part of what waits: corrections by their last day, all else the oldest first."""
    at = cursors.due(cursor)
    wanted = and_(reach.visible(by), _PARTS[part], _narrowed(wish))
    if part is Part.CORRECTIONS:
        order: Sequence[ColumnElement[Any]] = (correction.c.due_on, post.c.id)
        if at.day:
            wanted &= tuple_(*order) > tuple_(literal(date.fromordinal(at.day)), literal(at.post_id))
    else:
        order = (post.c.id,)
        wanted &= post.c.id > at.post_id
    rows = connection.execute(_of_posts().where(wanted).order_by(*order).limit(size + 1)).all()
    lines = _lines(connection, rows[:size])
    if len(rows) <= size:
        return Page(lines)
    last = rows[size - 1]
    return Page(lines, str(cursors.Due(last.due_on.toordinal() if part is Part.CORRECTIONS else 0, last.id)))


def counts(connection: Connection, by: Account, wish: Wish, today: date) -> Waiting:
    """How much waits, of everything that `waiting` lists."""
    is_overdue = case((correction.c.due_on < today, 1), else_=0)

    def counted(part: Part, *columns: ColumnElement[Any]) -> Row[Any]:
        wanted = and_(reach.visible(by), _PARTS[part], _narrowed(wish))
        return connection.execute(select(func.count(), *columns).select_from(_WITH_DATASET).where(wanted)).one()

    received, overdue = tuple(counted(Part.CORRECTIONS, func.coalesce(func.sum(is_overdue), 0)))
    return Waiting(received, int(overdue), counted(Part.COMMENTS)[0], counted(Part.ACCEPTED)[0])


def publishers(connection: Connection, by: Account) -> dict[str, dict[str, str]]:
    """Id -> names of those within reach that have data here, public or once public."""
    has_data = select(dataset.c.publisher_id).where(reach.own(by))
    query = select(publisher.c.id, publisher.c.names).where(publisher.c.id.in_(has_data)).order_by(publisher.c.id)
    return {id_: dict(names) for id_, names in connection.execute(query)}


def _of_posts() -> Select[Any]:
    titled = reading.posts().join(dataset, dataset.c.id == post.c.dataset_id)
    return titled.add_columns(dataset.c.public_title.label("dataset_title"), dataset.c.publisher_id)


def _posts(
    connection: Connection, by: Account, wish: Wish, after: int | None, size: int, today: date
) -> list[Line]:  # fmt: skip
    if wish.matter is Matter.RATING:
        return []
    wanted = and_(reach.visible(by), post.c.parent_id.is_(None), _narrowed(wish))
    if wish.matter is not None:
        wanted &= post.c.kind == wish.matter
    if wish.stage is not None:
        wanted &= _at_stage(wish.stage, today)
    if after is not None:
        wanted &= post.c.id < after
    query = _of_posts().where(wanted).order_by(post.c.id.desc()).limit(size + 1)
    return list(_lines(connection, connection.execute(query).all()))


def _rated(connection: Connection, by: Account, wish: Wish, after: cursors.Rated | None, size: int) -> list[Line]:
    if wish.matter not in (None, Matter.RATING) or wish.stage is not None:
        return []
    order = (rating.c.at, rating.c.dataset_id, rating.c.stars)
    query = (
        select(*order, dataset.c.public_title, dataset.c.publisher_id)
        .join(dataset, dataset.c.id == rating.c.dataset_id)
        .where(reach.IS_PUBLIC, reach.own(by), _narrowed(wish))
        .order_by(*(column.desc() for column in order))
        .limit(size + 1)
    )
    if after is not None:
        here = tuple_(literal(after.at, Moment()), literal(after.dataset_id), literal(after.stars))
        query = query.where(tuple_(*order) <= here).offset(after.shown)
    return [
        Line(Matter.RATING, row.at, row.dataset_id, row.public_title or "", row.publisher_id or "", stars=row.stars)
        for row in connection.execute(query)
    ]


def _narrowed(wish: Wish) -> ColumnElement[bool]:
    """By dataset and publisher; what is asked for in vain finds nothing."""
    wanted: ColumnElement[bool] = true()
    if wish.dataset_id:
        wanted &= dataset.c.id == wish.dataset_id
    if wish.publisher_id:
        wanted &= dataset.c.publisher_id == wish.publisher_id
    return wanted


def _at_stage(stage: Stage, today: date) -> ColumnElement[bool]:
    is_decided = correction.c.state.in_((State.ACCEPTED, State.REJECTED, State.DONE))
    if stage is Stage.HIDDEN:
        return post.c.standing == Standing.HIDDEN
    if stage is Stage.UNANSWERED:
        return and_(_IS_SHOWN, ~reach.IS_REPLIED, or_(correction.c.state.is_(None), ~is_decided))
    if stage is Stage.ANSWERED:
        return or_(reach.IS_REPLIED, is_decided)
    if stage is Stage.OVERDUE:
        return and_(_PARTS[Part.CORRECTIONS], correction.c.due_on < today)
    return correction.c.state == State(stage)


def _lines(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Line, ...]:
    """Posts with the replies that are shown; of what is hidden the words, for those whose query let it through."""
    return tuple(
        Line(
            Matter(row.kind),
            row.at,
            row.dataset_id,
            row.dataset_title or "",
            row.publisher_id or "",
            reading.said(row, whole=True) if row.standing == Standing.HIDDEN else each,
        )
        for row, each in zip(rows, reading.public(connection, rows), strict=True)
    )


def _number(line: Line) -> int:
    assert line.post is not None  # noqa: S101 (a line of a post)
    return line.post.id


def _after(line: Line, before: cursors.Rated | None) -> cursors.Rated:
    here = cursors.Rated(line.at, line.dataset_id, line.stars, 1)
    if before is None or not here.is_same(before):
        return here
    return cursors.Rated(line.at, line.dataset_id, line.stars, before.shown + 1)
