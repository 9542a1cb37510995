"""
How long answers take, and what ratings say, over the last months. Sums are the database's; of what was answered only
the spans are read, for the percentiles. Each function takes a connection inside a transaction.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, union_all
from sqlalchemy.engine import Connection

from app.catalogue.tables import dataset
from app.desk import reach
from app.desk.model import MONTHS, Answering, Figures, Ranked, times
from app.desk.moments import month_of, seconds_between
from app.feedback.model import Kind, Standing, State
from app.feedback.tables import correction, post
from app.ratings.model import PRIOR_MEAN, PRIOR_WEIGHT, STARS
from app.ratings.tables import rating
from app.working_days import HERE

_RANKED = 10


@dataclass(slots=True)
class _Sums:
    """What `Answering` is made of, while rows come in."""

    said: int = 0
    answered: int = 0
    replied: list[float] = field(default_factory=list)
    decided: list[float] = field(default_factory=list)
    due: int = 0
    in_time: int = 0
    ratings: int = 0
    stars: int = 0

    def answering(self) -> Answering:
        mean = self.stars / self.ratings if self.ratings else 0.0
        replied, decided = times(self.replied), times(self.decided)
        return Answering(self.said, self.answered, replied, decided, self.due, self.in_time, self.ratings, mean)

    def add(self, other: "_Sums") -> None:
        self.said += other.said
        self.answered += other.answered
        self.replied += other.replied
        self.decided += other.decided
        self.due += other.due
        self.in_time += other.in_time
        self.ratings += other.ratings
        self.stars += other.stars


_Book = dict[tuple[str, str | None], _Sums]
"""By month and publisher, as a defaultdict; what is told of either, or of all, is added up from it."""


def read(connection: Connection, own: ColumnElement[bool], now: datetime) -> Figures:
    """`own`: the datasets that are meant, those no longer public included: their answers were given."""
    names = months_until(now.astimezone(HERE).date())
    year, month = map(int, names[0].split("-"))
    start = datetime(year, month, 1, tzinfo=HERE)
    book: _Book = defaultdict(_Sums)
    _comments(connection, own, start, book)
    _corrections(connection, own, start, now.astimezone(HERE).date(), book)
    distribution = _ratings(connection, own, start, book)
    best, worst = _ranked(connection, own)
    whole, months, publishers = _Sums(), defaultdict[str, _Sums](_Sums), defaultdict[str, _Sums](_Sums)
    for (name, publisher), sums in book.items():
        for together in (whole, months[name], publishers[publisher or ""]):
            together.add(sums)
    return Figures(
        whole=whole.answering(),
        months={name: months[name].answering() for name in names},
        publishers={id_: sums.answering() for id_, sums in sorted(publishers.items())},
        distribution=distribution,
        best=best,
        worst=worst,
        most_commented=_most_commented(connection, own),
    )


def months_until(today: date) -> list[str]:
    """`MONTHS` months, the oldest first, this one last."""
    last = today.year * 12 + today.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - MONTHS + 1, last + 1)]


def _comments(connection: Connection, own: ColumnElement[bool], start: datetime, book: _Book) -> None:
    reply = post.alias("reply")
    is_shown = reply.c.parent_id.is_not(None) & (reply.c.standing == Standing.SHOWN)
    first = select(reply.c.parent_id, func.min(reply.c.at).label("at")).where(is_shown).group_by(reply.c.parent_id)
    answer = first.subquery("answer")
    came, answered = month_of(post.c.at), month_of(answer.c.at)
    query = (
        select(dataset.c.publisher_id, came, answered, seconds_between(post.c.at, answer.c.at))
        .select_from(
            post.join(dataset, dataset.c.id == post.c.dataset_id).outerjoin(answer, answer.c.parent_id == post.c.id)
        )
        .where(
            own,
            post.c.kind == Kind.COMMENT,
            or_(post.c.standing == Standing.SHOWN, answer.c.at.is_not(None)),
            or_(post.c.at >= start, answer.c.at >= start),
        )
    )
    oldest = f"{start:%Y-%m}"
    for publisher, came_in, answered_in, seconds in connection.execute(query):
        if came_in >= oldest:
            sums = book[came_in, publisher]
            sums.said += 1
            sums.answered += answered_in is not None
        if answered_in is not None:
            book[answered_in, publisher].replied.append(seconds)


def _corrections(connection: Connection, own: ColumnElement[bool], start: datetime, today: date, book: _Book) -> None:
    counts = or_(post.c.standing == Standing.SHOWN, correction.c.state != State.RECEIVED)
    recent = or_(correction.c.decided_at >= start, correction.c.due_on >= start.date())
    query = (
        select(dataset.c.publisher_id, post.c.at, correction.c.due_on, correction.c.decided_at)
        .select_from(
            correction.join(post, post.c.id == correction.c.post_id).join(dataset, dataset.c.id == post.c.dataset_id)
        )
        .where(own, counts, recent)
    )
    for publisher, at, due_on, decided_at in connection.execute(query):
        decided = decided_at.astimezone(HERE).date() if decided_at else None
        if decided and decided_at >= start:
            book[f"{decided:%Y-%m}", publisher].decided.append((decided_at - at).total_seconds())
        if start.date() <= due_on < today:
            sums = book[f"{due_on:%Y-%m}", publisher]
            sums.due += 1
            sums.in_time += decided is not None and decided <= due_on


def _ratings(connection: Connection, own: ColumnElement[bool], start: datetime, book: _Book) -> tuple[int, ...]:
    """How many of the months' ratings gave 1, 2, 3, 4 and 5 stars."""
    month = month_of(rating.c.at)
    query = (
        select(month, dataset.c.publisher_id, rating.c.stars, func.count())
        .join_from(rating, dataset, dataset.c.id == rating.c.dataset_id)
        .where(own, rating.c.at >= start)
        .group_by(month, dataset.c.publisher_id, rating.c.stars)
    )
    distribution = dict.fromkeys(STARS, 0)
    for name, publisher, stars, number in connection.execute(query):
        distribution[stars] += number
        sums = book[name, publisher]
        sums.ratings += number
        sums.stars += number * stars
    return tuple(distribution.values())


def _ranked(connection: Connection, own: ColumnElement[bool]) -> tuple[tuple[Ranked, ...], tuple[Ranked, ...]]:
    """Those with the highest and those with the lowest Bayesian mean of all their ratings, from the first on."""
    number = func.count().label("number")
    mean = ((PRIOR_WEIGHT * PRIOR_MEAN + func.sum(rating.c.stars)) / (PRIOR_WEIGHT + number)).label("mean")
    each = select(rating.c.dataset_id, number, mean).group_by(rating.c.dataset_id).subquery()
    joined = select(dataset.c.id, each.c.number, each.c.mean).join_from(
        each, dataset, dataset.c.id == each.c.dataset_id
    )
    placed = joined.where(own, reach.IS_PUBLIC).cte()  # reckoned once
    ends = union_all(
        select(select(placed).order_by(placed.c.mean.desc(), placed.c.id).limit(_RANKED).subquery()),
        select(select(placed).order_by(placed.c.mean, placed.c.id).limit(_RANKED).subquery()),
    ).subquery()
    query = select(ends, dataset.c.public_title).join_from(ends, dataset, dataset.c.id == ends.c.id)
    found = {row.id: Ranked(row.id, row.public_title or "", row.number, row.mean) for row in connection.execute(query)}
    best = sorted(found.values(), key=lambda one: (-one.mean, one.dataset_id))
    worst = sorted(found.values(), key=lambda one: (one.mean, one.dataset_id))
    return tuple(best[:_RANKED]), tuple(worst[:_RANKED])


def _most_commented(connection: Connection, own: ColumnElement[bool]) -> tuple[Ranked, ...]:
    is_shown = (post.c.kind == Kind.COMMENT) & (post.c.standing == Standing.SHOWN)
    # Counted before datasets are joined: SQLite would look for each of them through all that is shown.
    each = (
        select(post.c.dataset_id, func.count().label("number")).where(is_shown).group_by(post.c.dataset_id).subquery()
    )
    query = select(dataset.c.id, dataset.c.public_title, each.c.number).join_from(
        each, dataset, dataset.c.id == each.c.dataset_id
    )
    order = (each.c.number.desc(), dataset.c.id)
    rows = connection.execute(query.where(own, reach.IS_PUBLIC).order_by(*order).limit(_RANKED))
    return tuple(Ranked(id_, title or "", n) for id_, title, n in rows)
