"""
Use cases of what people say of datasets. What is said, its audit row and its outbox row share one transaction; all
writers wait in the order in which every writer of the outbox waits, so that a second click finds what the first did.
The time of each is taken in that order too: whoever holds the same lock knows all that was said until now.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.accounts.model import Account, Right
from app.accounts.reading import hold
from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.said import changed, changed_at
from app.catalogue.tables import said_change
from app.clock import Clock
from app.db import Database, beside_others, in_pieces, one_at_a_time
from app.errors import Forbidden, NotFound
from app.feedback import letters, reading, words
from app.feedback.keeping import (
    MOST_REPORTS_AN_HOUR,
    Draft,
    Kept,
    keep,
    may_comment,
    refuse_flood,
    refuse_own,
    tell,
)
from app.feedback.model import Kind, Own, Post, Report, Standing
from app.feedback.tables import correction, post, report
from app.feedback.writing import write_to_author

MOST_IN_GRAPH = 100
"""The newest of a dataset stand in its RDF; the interface has them all."""
_TALKED_OF = select(said_change.c.dataset_id).where(said_change.c.dataset_id.in_(bindparam("ids", expanding=True)))
_NO_WORDS = {"title": "", "body": "", "link": "", "mark": "", "reason": "", "standing": Standing.WITHDRAWN}
_NOTHING_BESIDE = {"item": "", "row": "", "expected": "", "evidence": "", "answer": ""}
"""Also of what was decided only the state is left: the words for it may repeat what was taken back."""


class FeedbackService:
    """`base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._base_url = base_url

    # Saying something

    def comment(self, dataset_id: str, body: str, *, by: Account) -> Kept:
        """
        Keeps a comment; the same one again within minutes is a second click.

        Raises `Forbidden` for roles that may not, `Invalid` for words that can't be kept or were said already,
        `NotFound` for what is not public, `TooMany`.
        """
        may_comment(by)
        body = words.checked(body, words.MAX_BODY_CHARACTERS, "评论", "the comment")
        return self._keep(Draft(dataset_id, Kind.COMMENT, body), by)

    def tell_usage(self, dataset_id: str, title: str, body: str, link: str, *, by: Account) -> Kept:
        """Keeps what somebody made of the data; raises as `comment`, and `Invalid` for what is no web address."""
        may_comment(by)
        title = words.one_line(words.checked(title, words.MAX_TITLE_CHARACTERS, "标题", "the title"))
        body = words.checked(body, words.MAX_BODY_CHARACTERS, "说明", "the description")
        link = words.web_address(link)
        return self._keep(Draft(dataset_id, Kind.USAGE, body, title, link, same=(dataset_id,)), by)

    def reply(self, post_id: int, body: str, *, by: Account) -> Kept:
        """
        Answers in the name of an office: the publisher of that data, the authority or the operator. Raises
        `Forbidden` for everybody else, `NotFound` for what is not shown, and as `comment`.
        """
        body = words.checked(body, words.MAX_BODY_CHARACTERS, "回复", "the reply")
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            now = self._clock()
            row = reading.shown(connection, post_id)
            role = by.role_for(Right.REPLY, reading.publisher_of(connection, row.dataset_id))
            if role is None or row.kind == Kind.REPLY:
                raise Forbidden(
                    "只有该数据的开放主体、主管部门和平台管理机构可以回复。",
                    "The publisher of this data, the authority and the operator may reply.",
                )
            draft = Draft(row.dataset_id, Kind.REPLY, body, parent_id=post_id, office=role, same=(str(post_id),))
            made = keep(connection, draft, by, now)
            if made.is_new and row.account_id != by.id:
                link = f"{self._base_url}/dataset/{row.dataset_id}/feedback?kind={row.kind}#post-{post_id}"
                about = role, Kind(row.kind), body, link
                write_to_author(connection, row.account_id, lambda tag: letters.replied(tag, *about), now)
            return made

    def report(self, post_id: int, reason: str, *, by: Account) -> None:
        """Asks a moderator to look; a second time does nothing. Raises `Invalid`, `NotFound` and `TooMany`."""
        reason = words.checked(reason, words.MAX_REASON_CHARACTERS, "举报理由", "the reason")
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            now = self._clock()
            hold(connection, by.id)
            reading.shown(connection, post_id)
            mine = report.c.account_id == by.id
            if connection.scalar(select(report.c.id).where(mine, report.c.post_id == post_id, report.c.outcome == "")):
                return
            refuse_flood(connection, mine, report.c.at, MOST_REPORTS_AN_HOUR, timedelta(hours=1), now)
            row = {"post_id": post_id, "account_id": by.id, "reason": reason, "at": now}
            connection.execute(insert(report).values(row))
            audit.append(connection, [Event(by.id, Action.FEEDBACK_REPORTED, f"feedback/{post_id}")], now)

    # Taking it back

    def withdraw(self, post_id: int, *, by: Account) -> None:
        """Deletes one's own words for good; does nothing where that was done. Raises `NotFound` for others' posts."""
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            now = self._clock()
            mine = (post.c.id == post_id) & (post.c.account_id == by.id)
            row = connection.execute(select(post).where(mine)).first()
            if row is None:
                raise NotFound("您没有提交过这条内容。", "You did not say this.")
            if row.standing == Standing.WITHDRAWN:
                return
            self._empty(connection, [post_id])
            if row.standing == Standing.HIDDEN:  # or it could be said again
                connection.execute(update(post).where(mine).values(mark=row.mark))
            tell(connection, by.id, Action.FEEDBACK_WITHDRAWN, post_id, row.dataset_id, now)

    def name_changed(self, connection: Connection, at: datetime, *, by: Account) -> None:
        """Inside the transaction that changes it: the pages on which the old name stands are others now."""
        one_at_a_time(connection, "catalogue")
        named = (post.c.account_id == by.id) & (post.c.kind != Kind.REPLY) & (post.c.standing == Standing.SHOWN)
        for id_ in connection.scalars(select(post.c.dataset_id).where(named).distinct()).all():
            changed(connection, id_, at)

    def erase_all(self, connection: Connection, at: datetime, *, by: Account) -> None:
        """
        Inside the transaction that ends the account. What it said in its own name is deleted; where an answer hangs
        on that, an empty line without a name stays. What it replied for an office is the office's, and stays; so does
        a report that a moderator has yet to see.
        """
        one_at_a_time(connection, "catalogue")
        mine = (post.c.account_id == by.id) & (post.c.kind != Kind.REPLY)
        rows = connection.execute(select(post.c.id, post.c.dataset_id).where(mine)).all()
        for piece in in_pieces([row.id for row in rows]):
            self._empty(connection, piece)
            unanswered = post.c.id.in_(piece) & ~reading.HAS_REPLY & ~reading.IS_DECIDED
            loose = connection.scalars(select(post.c.id).where(unanswered)).all()
            for table, column in ((report, report.c.post_id), (correction, correction.c.post_id), (post, post.c.id)):
                connection.execute(delete(table).where(column.in_(loose)))
        connection.execute(delete(report).where(report.c.account_id == by.id, report.c.outcome != ""))
        for table in (post, report):
            connection.execute(update(table).where(table.c.account_id == by.id).values(account_id=None))
        for row in rows:
            tell(connection, by.id, Action.FEEDBACK_ERASED, row.id, row.dataset_id, at)

    # Reading

    def of_dataset(
        self, dataset_id: str, *, kind: Kind | None = None, page: int = 1, size: int = 20
    ) -> tuple[list[Post], int]:
        """What everybody may read of a dataset, newest first, and how much of it there is."""
        wanted = reading.PUBLIC & (post.c.dataset_id == dataset_id)
        if kind is not None:
            wanted &= post.c.kind == kind
        query = reading.posts().where(wanted).order_by(post.c.id.desc()).limit(size).offset((page - 1) * size)
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).select_from(post).where(wanted)) or 0
            return reading.public(connection, connection.execute(query).all()), total

    def counts(self, dataset_id: str) -> dict[Kind, int]:
        """How much of each kind everybody may read."""
        wanted = reading.PUBLIC & (post.c.dataset_id == dataset_id)
        query = select(post.c.kind, func.count()).where(wanted).group_by(post.c.kind)
        with self._database.read() as connection:
            return {Kind(kind): number for kind, number in connection.execute(query)}

    def changed_at(self, dataset_id: str) -> datetime | None:
        """
        When anything of it, or of its ratings, changed last, also by being taken away; None where there never was any.
        """
        with self._database.read() as connection:
            return changed_at(connection, dataset_id)

    def shown_post(self, post_id: int) -> Post:
        """One that is shown, with its replies. Raises `NotFound`."""
        with self._database.read() as connection:
            return reading.public(connection, [reading.shown(connection, post_id)])[0]

    def may_reply(self, dataset_id: str, by: Account) -> bool:
        with self._database.read() as connection:
            return by.role_for(Right.REPLY, reading.publisher_of(connection, dataset_id)) is not None

    def in_graph(self, ids: Sequence[str]) -> dict[str, list[Post]]:
        """Of each dataset the newest that are shown, oldest first; for public RDF."""
        found: dict[str, list[Post]] = defaultdict(list)
        with self._database.read() as connection:
            for piece in in_pieces(ids):
                some = connection.scalars(_TALKED_OF, {"ids": piece}).all()
                if not some:
                    continue
                newest = reading.newest_of_each(some, MOST_IN_GRAPH)
                rows = connection.execute(reading.posts().where(post.c.id.in_(newest)).order_by(post.c.id)).all()
                for each in reading.public(connection, rows):
                    found[each.dataset_id].append(each)
        return dict(found)

    def numbers_since(self, ids: Sequence[str], moment: datetime) -> dict[str, dict[str, int]]:
        """
        How many posts and replies on these datasets everybody could read only after a moment, or were decided since,
        for those that have any: by the account that said them, "" where it is gone or what is new is the decision.
        """
        decided = or_(correction.c.decided_at > moment, correction.c.done_at > moment)
        who = case((decided, ""), else_=func.coalesce(post.c.account_id, "")).label("who")
        moved = or_(post.c.shown_at > moment, decided)
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._database.read() as connection:
            for piece in in_pieces(ids):
                here = post.c.dataset_id.in_(piece) & (post.c.standing == Standing.SHOWN) & reading.IS_PUBLISHED & moved
                both = post.outerjoin(correction, correction.c.post_id == post.c.id)
                each = select(post.c.dataset_id, who).select_from(both).where(here).subquery()
                counts = select(each, func.count().label("n")).group_by(each.c.dataset_id, each.c.who)
                for row in connection.execute(counts):
                    found[row.dataset_id][row.who] = row.n
        return dict(found)

    def of_account(self, by: Account) -> list[Own]:
        """One's own, newest first, with words and standing."""
        query = reading.posts().where(post.c.account_id == by.id).order_by(post.c.id.desc())
        with self._database.read() as connection:
            return [Own(reading.said(row, whole=True), row.reason) for row in connection.execute(query)]

    def reports_of(self, by: Account) -> list[Report]:
        """What one reported, newest first."""
        query = select(report).where(report.c.account_id == by.id).order_by(report.c.id.desc())
        with self._database.read() as connection:
            return [Report(row.post_id, row.reason, row.at, row.outcome) for row in connection.execute(query)]

    # Parts

    def _keep(self, draft: Draft, by: Account) -> Kept:
        with self._database.write() as connection:
            beside_others(connection, "catalogue", f"said {by.id}")
            now = self._clock()
            refuse_own(by, reading.publisher_of(connection, draft.dataset_id))
            return keep(connection, draft, by, now)

    @staticmethod
    def _empty(connection: Connection, ids: Sequence[int]) -> None:
        """Deletes words, and ends the reports of them."""
        connection.execute(update(post).where(post.c.id.in_(ids)).values(_NO_WORDS))
        connection.execute(update(correction).where(correction.c.post_id.in_(ids)).values(_NOTHING_BESIDE))
        is_open = report.c.post_id.in_(ids) & (report.c.outcome == "")
        connection.execute(update(report).where(is_open).values(outcome="withdrawn"))
