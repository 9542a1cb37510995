"""
How long answers take, and what ratings say, over the last months. Sums are the database's; of what was answered only
the spans are read, for the percentiles. Each function takes a connection inside a transaction.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
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


class _Book:
    """Sums of the whole, of each month and of each publisher."""

    def __init__(self) -> None:
        self.whole = _Sums()
        self.months: dict[str, _Sums] = defaultdict(_Sums)
        self.publishers: dict[str, _Sums] = defaultdict(_Sums)

    def of(self, month: str, publisher: str | None) -> Iterator[_Sums]:
        yield self.whole
        yield self.months[month]
        yield self.publishers[publisher or ""]


def read(connection: Connection, own: ColumnElement[bool], now: datetime) -> Figures:
    """`own`: the datasets that are meant, those no longer public included: their answers were given."""
    names = months_until(now.astimezone(HERE).date())
    year, month = map(int, names[0].split("-"))
    start = datetime(year, month, 1, tzinfo=HERE)
    book = _Book()
    _comments(connection, own, start, book)
    _corrections(connection, own, start, now.astimezone(HERE).date(), book)
    _ratings(connection, own, start, book)
    none = Answering()
    done = {name: sums.answering() for name, sums in book.months.items()}
    return Figures(
        whole=book.whole.answering(),
        months={name: done.get(name, none) for name in names},
        publishers={id_: sums.answering() for id_, sums in sorted(book.publishers.items())},
        distribution=_distribution(connection, own),
        best=_rated(connection, own, best=True),
        worst=_rated(connection, own, best=False),
        most_commented=_most_commented(connection, own),
    )


def months_until(today: date) -> list[str]:
    """`MONTHS` months, the oldest first, this one last."""
    last = today.year * 12 + today.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - MONTHS + 1, last + 1)]


def _comments(connection: Connection, own: ColumnElement[bool], start: datetime, book: _Book) -> None:
    of_dataset = post.join(dataset, dataset.c.id == post.c.dataset_id)
    is_comment = and_(post.c.kind == Kind.COMMENT, own)
    month = month_of(post.c.at)
    came = (
        select(month, dataset.c.publisher_id, func.count(), func.sum(case((reach.IS_REPLIED, 1), else_=0)))
        .select_from(of_dataset)
        .where(is_comment, post.c.at >= start, or_(post.c.standing == Standing.SHOWN, reach.IS_REPLIED))
        .group_by(month, dataset.c.publisher_id)
    )
    for name, publisher, said, answered in connection.execute(came):
        for sums in book.of(name, publisher):
            sums.said += said
            sums.answered += answered
    reply = post.alias("reply")
    first = func.min(reply.c.at)
    answers = (
        select(month_of(first), dataset.c.publisher_id, seconds_between(post.c.at, first))
        .select_from(of_dataset.join(reply, reply.c.parent_id == post.c.id))
        .where(is_comment, reply.c.standing == Standing.SHOWN)
        .group_by(post.c.id, dataset.c.publisher_id)
        .having(first >= start)
    )
    for name, publisher, seconds in connection.execute(answers):
        for sums in book.of(name, publisher):
            sums.replied.append(seconds)


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
            for sums in book.of(f"{decided:%Y-%m}", publisher):
                sums.decided.append((decided_at - at).total_seconds())
        if start.date() <= due_on and (due_on < today or decided):
            for sums in book.of(f"{due_on:%Y-%m}", publisher):
                sums.due += 1
                sums.in_time += decided is not None and decided <= due_on


def _ratings(connection: Connection, own: ColumnElement[bool], start: datetime, book: _Book) -> None:
    month = month_of(rating.c.at)
    query = (
        select(month, dataset.c.publisher_id, func.count(), func.sum(rating.c.stars))
        .join_from(rating, dataset, dataset.c.id == rating.c.dataset_id)
        .where(own, rating.c.at >= start)
        .group_by(month, dataset.c.publisher_id)
    )
    for name, publisher, number, stars in connection.execute(query):
        for sums in book.of(name, publisher):
            sums.ratings += number
            sums.stars += stars


def _distribution(connection: Connection, own: ColumnElement[bool]) -> tuple[int, ...]:
    query = (
        select(rating.c.stars, func.count())
        .join_from(rating, dataset, dataset.c.id == rating.c.dataset_id)
        .where(own)
        .group_by(rating.c.stars)
    )
    found = {row.stars: row[1] for row in connection.execute(query)}
    return tuple(found.get(stars, 0) for stars in STARS)


def _rated(connection: Connection, own: ColumnElement[bool], *, best: bool) -> tuple[Ranked, ...]:
    number = func.count().label("number")
    mean = ((PRIOR_WEIGHT * PRIOR_MEAN + func.sum(rating.c.stars)) / (PRIOR_WEIGHT + number)).label("mean")
    query = (
        select(dataset.c.id, dataset.c.public_title, number, mean)
        .join_from(rating, dataset, dataset.c.id == rating.c.dataset_id)
        .where(own, reach.IS_PUBLIC)
        .group_by(dataset.c.id)
        .order_by(mean.desc() if best else mean, dataset.c.id)
        .limit(_RANKED)
    )
    return tuple(Ranked(id_, title or "", n, float(mean)) for id_, title, n, mean in connection.execute(query))


def _most_commented(connection: Connection, own: ColumnElement[bool]) -> tuple[Ranked, ...]:
    number = func.count().label("number")
    query = (
        select(dataset.c.id, dataset.c.public_title, number)
        .join_from(post, dataset, dataset.c.id == post.c.dataset_id)
        .where(own, reach.IS_PUBLIC, post.c.kind == Kind.COMMENT, post.c.standing == Standing.SHOWN)
        .group_by(dataset.c.id)
        .order_by(number.desc(), dataset.c.id)
        .limit(_RANKED)
    )
    return tuple(Ranked(id_, title or "", n) for id_, title, n in connection.execute(query))
