"""Use cases of ratings. A rating, its audit row, its outbox row and when it was share one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from app import outbox
from app.accounts.model import Account, Right
from app.accounts.reading import hold
from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.model import State
from app.catalogue.said import changed
from app.catalogue.tables import dataset
from app.clock import Clock
from app.db import Database, beside_others, in_pieces, one_at_a_time
from app.errors import Forbidden, Invalid, NotFound
from app.ratings.model import STARS, Rating, Summary, summary
from app.ratings.tables import rating


class RatingService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def rate(self, dataset_id: str, stars: int, *, by: Account) -> None:
        """
        Keeps `stars` (1 to 5) as the one rating of this account; a second one takes the place of the first.

        Raises `Forbidden` for roles that may not rate and for data of one's own office, `Invalid` for other stars,
        `NotFound` for what is not public.
        """
        if Right.RATE not in by.rights:
            raise Forbidden("这类账号不能评分。", "Accounts of this kind may not rate.")
        if stars not in STARS:
            raise Invalid("请选择一星到五星。", "Choose one to five stars.")
        now = self._clock()
        with self._database.write() as connection:
            beside_others(connection, "catalogue", f"said {by.id}")  # a second click finds what the first one did
            hold(connection, by.id)
            row = connection.execute(
                select(dataset.c.version, dataset.c.publisher_id).where(
                    dataset.c.id == dataset_id, dataset.c.state == State.PUBLISHED
                )
            ).first()
            if row is None:
                raise NotFound(
                    "没有这个数据集，或者它已不再公开。", "There is no such dataset, or it is no longer public."
                )
            if by.speaks_for(row.publisher_id):
                raise Forbidden("不能给本单位的数据评分。", "You speak for the publisher of this data.")
            mine = (rating.c.dataset_id == dataset_id) & (rating.c.account_id == by.id)
            version = row.version
            values = {"stars": stars, "version": version, "at": now}
            if not connection.execute(update(rating).where(mine).values(values)).rowcount:
                connection.execute(insert(rating).values(dataset_id=dataset_id, account_id=by.id, **values))
            self._tell(connection, by, Action.RATED, [dataset_id], now, stars=stars, version=version)

    def take_back(self, dataset_id: str, *, by: Account) -> None:
        """Takes one's rating back; does nothing where there is none."""
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            mine = (rating.c.dataset_id == dataset_id) & (rating.c.account_id == by.id)
            if connection.execute(delete(rating).where(mine)).rowcount:
                self._tell(connection, by, Action.RATING_WITHDRAWN, [dataset_id], now)

    def take_back_all(self, connection: Connection, at: datetime, *, by: Account) -> None:
        """Inside the transaction that ends the account."""
        one_at_a_time(connection, "catalogue")
        ids = connection.scalars(select(rating.c.dataset_id).where(rating.c.account_id == by.id)).all()
        connection.execute(delete(rating).where(rating.c.account_id == by.id))
        self._tell(connection, by, Action.RATING_WITHDRAWN, ids, at)

    def of_account(self, by: Account) -> list[Rating]:
        """One's own, newest first."""
        query = select(rating).where(rating.c.account_id == by.id).order_by(rating.c.at.desc(), rating.c.dataset_id)
        with self._database.read() as connection:
            return [Rating(row.dataset_id, row.stars, row.version, row.at) for row in connection.execute(query)]

    def of(self, dataset_id: str, by: Account) -> Rating | None:
        """One's own of this dataset."""
        query = select(rating).where(rating.c.dataset_id == dataset_id, rating.c.account_id == by.id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return Rating(row.dataset_id, row.stars, row.version, row.at) if row else None

    def summaries(self, ids: Sequence[str]) -> dict[str, Summary]:
        """What the ratings of those that have any say together."""
        found: dict[str, dict[int, int]] = {}
        with self._database.read() as connection:
            for piece in in_pieces(ids):
                counts = (
                    select(rating.c.dataset_id, rating.c.stars, func.count().label("n"))
                    .where(rating.c.dataset_id.in_(piece))
                    .group_by(rating.c.dataset_id, rating.c.stars)
                )
                for row in connection.execute(counts):
                    found.setdefault(row.dataset_id, {})[row.stars] = row.n
        return {id_: summary(counts) for id_, counts in found.items()}

    def summary(self, dataset_id: str) -> Summary:
        """Of one dataset, also where nobody rated it."""
        return self.summaries([dataset_id]).get(dataset_id) or summary({})

    def _tell(
        self, connection: Connection, by: Account, action: Action, ids: Sequence[str], at: datetime, **details: object
    ) -> None:
        audit.append(connection, (Event(by.id, action, f"dataset/{id_}", details) for id_ in ids), at)
        for id_ in ids:
            changed(connection, id_, at)
        outbox.add(connection, ids, at)
