"""Links in letters: each opens one thing for one account, once, and not for long."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Row

from app import tokens
from app.accounts.tables import account, account_link
from app.errors import NotFound


class Purpose(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"


def make(connection: Connection, account_id: str, purpose: Purpose, expires_at: datetime) -> str:
    """The token of a new link."""
    token = tokens.new()
    row = {"hash": tokens.hashed(token), "account_id": account_id, "purpose": purpose, "expires_at": expires_at}
    connection.execute(insert(account_link).values(row))
    return token


def owner(connection: Connection, token: str, purpose: Purpose, now: datetime) -> Row[tuple[object, ...]]:
    """The account that a link is for. Raises `NotFound` for one that was used, is too old or never was."""
    link = account_link.c
    query = (
        select(account)
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


def forget(connection: Connection, account_id: str, purpose: Purpose) -> None:
    """Those that were sent before open nothing any more."""
    older = (account_link.c.account_id == account_id) & (account_link.c.purpose == purpose)
    connection.execute(delete(account_link).where(older))


def _no_link() -> NotFound:
    return NotFound(
        "这个链接已经用过或已经过期，请重新申请。", "This link was used already or is too old; ask for a new one."
    )
