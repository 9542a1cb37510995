"""Accounts that wait for a click in a letter."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from app.accounts.tables import account, account_link, account_role


def forget(connection: Connection, before: datetime) -> None:
    """Those for which nobody signed up since."""
    old = account.c.confirmed_at.is_(None) & (account.c.created_at < before)
    ids = connection.scalars(select(account.c.id).where(old)).all()
    for table in (account_link, account_role):
        connection.execute(delete(table).where(table.c.account_id.in_(ids)))
    connection.execute(delete(account).where(account.c.id.in_(ids)))
