"""Accounts as the record has them."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection

from app.accounts.divisions import with_publishers
from app.accounts.model import Account, Role
from app.accounts.tables import account, account_role
from app.errors import Forbidden


class Ended(Forbidden):
    """The account was there when the request came, and ended meanwhile."""

    def __init__(self) -> None:
        super().__init__("这个账号已经注销，操作没有保存。", "This account has ended; nothing was saved.")


def hold(connection: Connection, id_: str) -> None:
    """
    Keeps an account from ending before this transaction does. Raises `Ended`. Whoever takes a lock by name takes it
    before: the end of an account does so too.
    """
    there = select(account.c.id).where(account.c.id == id_).with_for_update(read=True, key_share=True)
    if connection.scalar(there) is None:
        raise Ended


def account_of(connection: Connection, id_: str) -> Account:
    """Raises `Ended`."""
    found = account_where(connection, account.c.id == id_)
    if found is None:
        raise Ended
    return found


def account_where(connection: Connection, holds: ColumnElement[bool]) -> Account | None:
    """The one of which that holds, in one question: each request of somebody who is signed in asks."""
    both = select(account, account_role.c.role, account_role.c.scope).outerjoin(account_role)
    rows = connection.execute(both.where(holds)).all()
    if not rows:
        return None
    row = rows[0]
    roles: dict[Role, set[str]] = {}
    for each in rows:
        if each.role is not None:
            roles.setdefault(Role(each.role), set()).update({each.scope} - {""})
    return Account(
        row.id,
        row.email,
        row.name,
        row.language,
        row.created_at,
        with_publishers(connection, roles),
        real_named_at=row.real_named_at,
        has_password=bool(row.password_hash),
    )
