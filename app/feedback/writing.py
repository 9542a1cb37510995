"""Letters to whoever said something, where that account is still there."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.accounts.letters import Draft
from app.accounts.notices import write_to
from app.accounts.tables import account

_OF_USE = timedelta(days=7)


def write_to_author(
    connection: Connection, account_id: str | None, draft: Callable[[str], Draft], now: datetime
) -> None:
    """`draft`: language -> what to write."""
    row = connection.execute(select(account).where(account.c.id == account_id)).first()
    if row is not None:
        write_to(connection, row.email, row.language, draft(row.language), now, _OF_USE)
