"""
Use cases of following. Nothing of it is public, and nothing of it stands in the audit log: what somebody reads is
nobody else's matter.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from app.accounts.model import Account
from app.accounts.reading import hold
from app.catalogue import changes as catalogue_changes
from app.catalogue.model import State, Text
from app.catalogue.tables import dataset
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Invalid, NotFound
from app.follow.addresses import Addresses
from app.follow.changes import Among, Changes
from app.follow.model import (
    MAX_FOLLOWED,
    MAX_NAME_CHARACTERS,
    MAX_SEARCH_CHARACTERS,
    MAX_SEARCHES,
    Choice,
    Every,
    Followed,
    Kind,
    Section,
    mark_of,
    next_due,
)
from app.follow.names import Names
from app.follow.reading import read_followed
from app.follow.tables import followed, follower
from app.i18n import language
from app.mail.words import one_line
from vocab import codelists

FEED_ENTRIES = 50
FEED_CHANGES = 1_000
"""A feed is of the newest of so many changes of the catalogue: what it costs does not grow with time."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says. `names` and `titles`: mark and dataset's id -> what it is called."""

    language: str
    sections: list[Section]
    names: dict[str, Text]
    titles: dict[str, Text]


class FollowService:
    def __init__(
        self, database: Database, clock: Clock, zone: ZoneInfo, names: Names, addresses: Addresses, among: Among
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._names = names
        self._addresses = addresses
        self._among = among

    # One's own

    def follow(
        self, kind: Kind, target: str, name: str = "", *, by: Account, every: Every = Every.WEEKLY, language: str
    ) -> Followed:
        """
        Follows from now on; what is followed already stays as it is. `name` is of a search; `every` and `language` are
        those of the first time. Raises `NotFound` for what is not public, `Invalid` where there would be too many.
        """
        now, mark = self._clock(), mark_of(kind, target)
        each = Followed(kind, target, _name(name) if kind is Kind.SEARCH else "", now)
        with self._database.write() as connection:
            one_at_a_time(connection, f"follow {by.id}")  # two pages at once count the same
            hold(connection, by.id)
            self._require(connection, kind, target)
            last = catalogue_changes.latest(connection)
            if self._choice(connection, by) is None:
                row = self._chosen(every, language, now)
                connection.execute(insert(follower).values(account_id=by.id, told_seq=last, told_at=now, **row))
            own = followed.c.account_id == by.id
            kinds = connection.scalars(select(followed.c.kind).where(own, followed.c.mark != mark)).all()
            if connection.scalar(select(followed.c.mark).where(own, followed.c.mark == mark)):
                return each
            if len(kinds) >= MAX_FOLLOWED:
                raise Invalid(
                    f"最多关注 {MAX_FOLLOWED} 项，请先取消一些。",
                    f"You can follow at most {MAX_FOLLOWED} things; stop following some first.",
                )
            if kind is Kind.SEARCH and kinds.count(Kind.SEARCH) >= MAX_SEARCHES:
                raise Invalid(
                    f"最多关注 {MAX_SEARCHES} 个检索，请先取消一些。",
                    f"You can follow at most {MAX_SEARCHES} searches; stop following some first.",
                )
            row = {"kind": kind, "target": target, "name": each.name, "since": now, "since_seq": last}
            connection.execute(insert(followed).values(account_id=by.id, mark=mark, **row))
        return each

    def stop(self, mark: str, *, by: Account) -> None:
        """Does nothing where that is not followed."""
        with self._database.write() as connection:
            _stop(connection, by.id, mark)

    def rename(self, mark: str, name: str, *, by: Account) -> None:
        """Of a search. Raises `Invalid` for a name that says nothing, `NotFound` where there is no such search."""
        name = _name(name)
        search = (followed.c.account_id == by.id) & (followed.c.mark == mark) & (followed.c.kind == Kind.SEARCH)
        with self._database.write() as connection:
            if not connection.execute(update(followed).where(search).values(name=name)).rowcount:
                raise _not_followed()

    def of(self, by: Account) -> list[Followed]:
        """What somebody follows, by kind and age."""
        with self._database.read() as connection:
            return [each for each, _ in read_followed(connection, [by.id]).get(by.id, [])]

    def names(self, follows: list[Followed]) -> dict[str, Text]:
        """Mark -> what it is called."""
        return self._names.of(follows)

    def choice(self, by: Account) -> Choice | None:
        """How somebody is told; None who never followed anything."""
        with self._database.read() as connection:
            return self._choice(connection, by)

    def choose(self, every: Every, language: str, *, by: Account) -> None:
        """How often a digest comes from now on, and in which language. What happened while none did is not told."""
        now = self._clock()
        with self._database.write() as connection:
            before = self._choice(connection, by)
            row = self._chosen(every, language, now)
            if before is not None and before.every is Every.NEVER:
                row |= {"told_seq": catalogue_changes.latest(connection), "told_at": now}
            connection.execute(update(follower).where(follower.c.account_id == by.id).values(row))

    # A feed of one's own

    def open_feed(self, *, by: Account) -> None:
        """Gives the feed an address that nobody knows; one that it had before leads nowhere from now on."""
        self._set_feed(by, _word())

    def close_feed(self, *, by: Account) -> None:
        self._set_feed(by, "")

    def feed_address(self, by: Account) -> str:
        """ "" where there is no feed."""
        choice = self.choice(by)
        return self._addresses.to_feed(by.id, choice.feed) if choice and choice.feed else ""

    def feed(self, token: str) -> Feed:
        """The newest of what became of all that somebody follows. Raises `NotFound`, the address leading nowhere."""
        account_id, word = self._addresses.feed(token)
        with self._database.read() as connection:
            own = (follower.c.account_id == account_id) & (follower.c.feed == word) & (follower.c.feed != "")
            tag = connection.scalar(select(follower.c.language).where(own))
            if tag is None:
                raise NotFound("这个订阅地址已停用。", "This feed has another address now, or none.")
            upto = catalogue_changes.latest(connection)
            follows = read_followed(connection, [account_id]).get(account_id, [])
            changes = Changes(connection, max(0, upto - FEED_CHANGES), upto, self._among)
        sections = changes.sections([(each, 0) for each, _ in follows], 0, {}, FEED_ENTRIES)
        told = {one.dataset_id for section in sections for one in section.news}
        return Feed(tag, sections, self._names.of(each.followed for each in sections), self._names.titles(told))

    # Without a sign-in, by a link in a letter

    def ends(self, token: str) -> Followed | None:
        """
        What a link in a letter ends: one thing that is followed, or, None, all digests. Raises `NotFound` for one that
        is no link of ours, or whose thing is not followed any more.
        """
        account_id, mark = self._addresses.end(token)
        with self._database.read() as connection:
            if not mark:
                return None
            own = {each.mark: each for each, _ in read_followed(connection, [account_id]).get(account_id, [])}
        if mark not in own:
            raise _not_followed()
        return own[mark]

    def end(self, token: str, *, everything: bool = False) -> None:
        """Does it, as often as it is asked. Raises `NotFound` for what is no link of ours."""
        account_id, mark = self._addresses.end(token)
        with self._database.write() as connection:
            if mark and not everything:
                _stop(connection, account_id, mark)
            else:
                never = {"every": Every.NEVER, "due_at": None}
                connection.execute(update(follower).where(follower.c.account_id == account_id).values(never))

    # Parts

    def _choice(self, connection: Connection, by: Account) -> Choice | None:
        row = connection.execute(select(follower).where(follower.c.account_id == by.id)).first()
        return Choice(Every(row.every), row.language, row.feed) if row else None

    def _chosen(self, every: Every, tag: str, now: datetime) -> dict[str, object]:
        found = language(tag)
        if found is None:
            raise Invalid("请选择摘要的语言。", "Choose the language of the digest.")
        return {"every": every, "language": found.tag, "due_at": next_due(every, now, self._zone)}

    def _require(self, connection: Connection, kind: Kind, target: str) -> None:
        if "\0" in target:  # no database takes it, and nothing is called so
            there: object = None
        elif kind is Kind.SEARCH:
            there = True
        elif kind is Kind.THEME:
            there = target in (concept.notation for concept in codelists.scheme("theme"))
        else:
            column = dataset.c.id if kind is Kind.DATASET else dataset.c.publisher_id
            public = (column == target) & (dataset.c.state == State.PUBLISHED)
            there = connection.scalar(select(dataset.c.id).where(public).limit(1))
        if not there:
            raise NotFound(
                "没有可以关注的这一项，或者它已不再公开。", "There is no such thing, or it is no longer public."
            )
        if len(target) > MAX_SEARCH_CHARACTERS:
            raise Invalid("这个检索的条件过多，请减少一些再关注。", "This search has too many filters to be followed.")

    def _set_feed(self, by: Account, word: str) -> None:
        with self._database.write() as connection:
            connection.execute(update(follower).where(follower.c.account_id == by.id).values(feed=word))


def _stop(connection: Connection, account_id: str, mark: str) -> None:
    connection.execute(delete(followed).where(followed.c.account_id == account_id, followed.c.mark == mark))


def _name(name: str) -> str:
    name = one_line(name, MAX_NAME_CHARACTERS)
    if not name:
        raise Invalid("请给这个检索起个名字。", "Give this search a name.")
    return name


def renew_feed(connection: Connection, account_id: str) -> None:
    """Another address for the feed that somebody has: whoever knew the password may know the old one."""
    own = (follower.c.account_id == account_id) & (follower.c.feed != "")
    connection.execute(update(follower).where(own).values(feed=_word()))


def _word() -> str:
    return secrets.token_urlsafe(16)


def _not_followed() -> NotFound:
    return NotFound("您没有关注这一项，或者已经取消。", "You do not follow this, or no longer.")
