"""Whose data an account sees on its desk, as conditions of queries."""

from sqlalchemy import ColumnElement, and_, or_, select, true

from app.accounts.model import Account, Right
from app.catalogue.model import State as DatasetState
from app.catalogue.tables import dataset
from app.errors import Forbidden
from app.feedback.model import Standing
from app.feedback.tables import post

_reply = post.alias("shown_reply")
_replies = select(_reply.c.id).where(_reply.c.parent_id == post.c.id, _reply.c.standing == Standing.SHOWN)
IS_REPLIED = _replies.correlate(post).exists()
IS_PUBLIC = dataset.c.state == DatasetState.PUBLISHED


def check(by: Account) -> None:
    """Raises `Forbidden`."""
    if Right.SEE_DESK not in by.rights:
        raise Forbidden(
            "这里只供开放主体、主管部门和平台管理机构查看。", "This is for publishers, the authority and the operator."
        )


def own(by: Account) -> ColumnElement[bool]:
    """Datasets within reach, whatever their state."""
    check(by)
    return _of(by.reach(Right.SEE_DESK))


def visible(by: Account) -> ColumnElement[bool]:
    """Posts of public datasets within reach; what is hidden only for those who may read it."""
    hidden = and_(post.c.standing == Standing.HIDDEN, _of(by.reach(Right.READ_HIDDEN)))
    shown = or_(post.c.standing == Standing.SHOWN, hidden)
    return and_(IS_PUBLIC, own(by), shown)


def _of(publishers: frozenset[str] | None) -> ColumnElement[bool]:
    return true() if publishers is None else dataset.c.publisher_id.in_(sorted(publishers))
