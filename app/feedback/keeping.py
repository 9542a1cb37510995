"""How something said is kept: once, not too often, and out of sight where a moderator should look first."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, or_, select
from sqlalchemy.engine import Connection

from app import outbox
from app.accounts.model import Account, Right
from app.accounts.reading import hold
from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.said import changed
from app.errors import Forbidden, Invalid, TooMany
from app.feedback.model import Kind, Standing
from app.feedback.tables import post
from app.feedback.words import links_in

MOST_AN_HOUR = 10
MOST_A_DAY = 30
MOST_REPLIES_AN_HOUR = 60
"""Of an office, which answers what came in over days."""
MOST_REPORTS_AN_HOUR = 20
MOST_LINKS = 2
"""More in one text wait for a moderator; in the first that an account says, one does."""

_TWICE = timedelta(minutes=10)
"""Within these the same words again are a second click, not a second word."""
_SAME = timedelta(days=1)
_REFUSED = (Standing.HIDDEN, Standing.WITHDRAWN)
"""What was hidden keeps its mark, also once its author took it back; nothing else that was taken back does."""
_IS_REFUSED = post.c.standing.in_(_REFUSED)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says, checked. `same`: what makes another one the same, beside kind and words."""

    dataset_id: str
    kind: Kind
    body: str
    title: str = ""
    link: str = ""
    parent_id: int | None = None
    office: str = ""
    same: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        parts = (self.kind, self.body, self.title, self.link, *self.same)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


class Kept(NamedTuple):
    """`is_new` is False for a second click, which gets what the first one did."""

    id: int
    standing: Standing
    is_new: bool


def may_comment(by: Account) -> None:
    """Raises `Forbidden`."""
    if Right.COMMENT not in by.rights:
        raise Forbidden(
            "这类账号不能发表评论、提交纠错或利用说明。",
            "Accounts of this kind may not comment, send corrections or usage notes.",
        )


def refuse_own(by: Account, publisher: str | None) -> None:
    """Raises `Forbidden` where the account speaks for that publisher, whatever other roles it has."""
    if by.speaks_for(publisher):
        raise Forbidden(
            "不能对本单位的数据发表评论、提交纠错或利用说明，但可以回复。",
            "You speak for the publisher of this data: you can reply, but not comment or send corrections or usage "
            "notes.",
        )


def keep(connection: Connection, draft: Draft, by: Account, now: datetime) -> Kept:
    """
    In a transaction beside which neither an entry changes nor this account says anything. Raises `Invalid` for the same
    words again, also where they were hidden long ago, and `TooMany`.
    """
    hold(connection, by.id)
    mine = post.c.account_id == by.id
    again = connection.execute(
        select(post.c.id, post.c.dataset_id, post.c.at, post.c.standing)
        .where(mine, post.c.mark == draft.mark, or_(post.c.at > now - _SAME, _IS_REFUSED))
        .order_by(_IS_REFUSED.desc())
    ).first()
    if again is not None:
        if again.standing in _REFUSED:
            raise Invalid(
                "同样的内容已被平台管理机构隐藏，不能再次提交。",
                "The operator hid the same before; it can't be sent again.",
            )
        if again.dataset_id == draft.dataset_id and again.at > now - _TWICE:
            return Kept(again.id, Standing(again.standing), is_new=False)
        raise Invalid("同样的内容您已经提交过了。", "You said the same already.")
    hourly = MOST_REPLIES_AN_HOUR if draft.office else MOST_AN_HOUR
    refuse_flood(connection, mine, post.c.at, hourly, timedelta(hours=1), now)
    if not draft.office:
        refuse_flood(connection, mine, post.c.at, MOST_A_DAY, timedelta(days=1), now)
    standing = _standing(connection, draft, by)
    row = {
        "dataset_id": draft.dataset_id,
        "account_id": by.id,
        "kind": draft.kind,
        "parent_id": draft.parent_id,
        "office": draft.office,
        "title": draft.title,
        "body": draft.body,
        "link": draft.link,
        "mark": draft.mark,
        "standing": standing,
        "at": now,
        "shown_at": now if standing is Standing.SHOWN else None,
    }
    made = connection.execute(insert(post).values(row)).inserted_primary_key
    id_ = int(made[0]) if made else 0
    tell(connection, by.id, Action.FEEDBACK_GIVEN, id_, draft.dataset_id, now, kind=draft.kind)
    return Kept(id_, standing, is_new=True)


def refuse_flood(
    connection: Connection, mine: ColumnElement[bool], at: ColumnElement[datetime], most: int, span: timedelta,
    now: datetime,
) -> None:  # fmt: skip
    """Raises `TooMany` where there are `most` within `span` already, until the oldest of them no longer counts."""
    newest = select(at).where(mine, at > now - span).order_by(at.desc()).limit(1).offset(most - 1)
    oldest = connection.scalar(newest)
    if oldest is not None:
        raise TooMany(
            "您提交得太频繁了，请稍后再试。",
            "You send too much at once; try again later.",
            retry_after_s=max(1, int((oldest + span - now).total_seconds())),
        )


def tell(
    connection: Connection, actor: str, action: Action, id_: int, dataset_id: str, at: datetime, **details: object
) -> None:
    """Audit row and outbox row of one step, and when it was."""
    changed(connection, dataset_id, at)
    event = Event(actor, action, f"feedback/{id_}", {"dataset": dataset_id, **details})
    audit.append(connection, [event], at)
    outbox.add(connection, [dataset_id], at)


def _standing(connection: Connection, draft: Draft, by: Account) -> Standing:
    if draft.office:
        return Standing.SHOWN
    links = links_in(f"{draft.title} {draft.body} {' '.join(draft.same)}")
    before = select(func.count()).where(post.c.account_id == by.id, post.c.standing == Standing.SHOWN)
    is_first = not connection.scalar(before)
    return Standing.WAITING if links > MOST_LINKS or (links and is_first) else Standing.SHOWN
