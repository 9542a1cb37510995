"""Use cases of the desk. All of them only read; whoever has no desk gets `Forbidden`."""

from collections.abc import Callable, Iterator
from datetime import date

from app.accounts.model import Account
from app.catalogue.tables import dataset
from app.clock import Clock
from app.db import Database
from app.desk import figures, lists, reach
from app.desk.model import Figures, Line, Page, Part, Waiting, Wish
from app.working_days import HERE

SIZE = 30
_PIECE = 500


class DeskService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def said(self, by: Account, wish: Wish, after: str = "", *, size: int = SIZE) -> Page:
        """Comments, corrections, usage notes and ratings of data within reach, newest first."""
        with self._database.read() as connection:
            return lists.said(connection, by, wish, after, size, self.today())

    def waiting(self, by: Account, part: Part, wish: Wish, after: str = "", *, size: int = SIZE) -> Page:
        """What this account's offices have to answer, the longest due first."""
        with self._database.read() as connection:
            return lists.waiting(connection, by, part, wish, after, size)

    def counts(self, by: Account, wish: Wish) -> Waiting:
        with self._database.read() as connection:
            return lists.counts(connection, by, wish, self.today())

    def figures(self, by: Account, publisher_id: str = "") -> Figures:
        """Of everything within reach, or of one publisher's part of it."""
        own = reach.own(by)
        if publisher_id:
            own &= dataset.c.publisher_id == publisher_id
        with self._database.read() as connection:
            return figures.read(connection, own, self._clock())

    def publishers(self, by: Account) -> dict[str, dict[str, str]]:
        """Id -> names of the publishers within reach that have data here."""
        with self._database.read() as connection:
            return lists.publishers(connection, by)

    def today(self) -> date:
        """In the city, where terms end."""
        return self._clock().astimezone(HERE).date()


def whole(read: Callable[[str, int], Page]) -> Iterator[Line]:
    """Every line of a list, page by page; each is a short read of its own."""
    after = ""
    while True:
        page = read(after, _PIECE)
        yield from page.lines
        if not (after := page.after):
            return
