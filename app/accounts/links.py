"""
Links in letters: each opens one thing for one account, once, and not for long. Another one for the same ends none, or
a stranger who asks for letters could end those that the owner asked for.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Row

from app import tokens
from app.accounts.tables import account, account_link
from app.errors import NotFound


class Purpose(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"


def make(
    connection: Connection,
    account_id: str,
    purpose: Purpose,
    now: datetime,
    lasts: timedelta,
    sign_up: Mapping[str, str] | None = None,
) -> str:
    """The token of a new link."""
    theirs = account_link.c.account_id == account_id
    connection.execute(delete(account_link).where(theirs, account_link.c.expires_at < now))
    token = tokens.new()
    row = {"hash": tokens.hashed(token), "account_id": account_id, "purpose": purpose, "expires_at": now + lasts}
    if sign_up is not None:
        row["sign_up"] = dict(sign_up)
    connection.execute(insert(account_link).values(row))
    return token


def owner(connection: Connection, token: str, purpose: Purpose, now: datetime) -> Row[tuple[object, ...]]:
    """
    The account that a link is for, and its `sign_up`. Raises `NotFound` for one that was used, is too old or never was.
    """
    link = account_link.c
    query = (
        select(account, link.sign_up)
        .join(account_link, link.account_id == account.c.id)
        .where(link.hash == tokens.hashed(token), link.purpose == purpose, link.expires_at > now)
    )
    row = connection.execute(query).first()
    if row is None:
        raise _no_link()
    return row


def use(connection: Connection, token: str, purpose: Purpose, now: datetime) -> str:
    """Uses a link up; the account's id. Raises `NotFound` as `owner`."""
    id_ = str(owner(connection, token, purpose, now).id)
    used = delete(account_link).where(account_link.c.hash == tokens.hashed(token))
    if not connection.execute(used).rowcount:  # by another request meanwhile
        raise _no_link()
    return id_


def end_all(connection: Connection, account_id: str) -> None:
    """None opens anything any more, whoever had it sent."""
    connection.execute(delete(account_link).where(account_link.c.account_id == account_id))


def _no_link() -> NotFound:
    return NotFound(
        "这个链接已经用过或已经过期，请重新申请。", "This link was used already or is too old; ask for a new one."
    )
