"""Accounts that wait for a click in a letter."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from app.accounts.tables import account


def forget(connection: Connection, before: datetime) -> None:
    """Those for which nobody signed up since."""
    old = account.c.confirmed_at.is_(None) & (account.c.created_at < before)
    connection.execute(delete(account).where(old))  # with its links and role
