"""Sessions: browsers that are signed in, and when that ends by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from app import tokens
from app.accounts.model import STAFF, Account, Role, Session
from app.accounts.reading import account_where
from app.accounts.tables import account, account_session

LASTS = timedelta(days=14)
STAFF_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session without what opens it."""

    created_at: datetime
    expires_at: datetime


def begin(
    connection: Connection, account_id: str, roles: Collection[Role], now: datetime, proved_at: datetime | None
) -> Session:
    connection.execute(delete(account_session).where(account_session.c.expires_at < now))
    session = Session(tokens.new(), now + (LASTS if STAFF.isdisjoint(roles) else STAFF_LASTS))
    row = {"account_id": account_id, "created_at": now, "expires_at": session.expires_at, "proved_at": proved_at}
    connection.execute(insert(account_session).values(hash=tokens.hashed(session.secret), **row))
    return session


def owner(connection: Connection, secret: str, now: datetime) -> Account | None:
    """Whose session it is; None for one that ended."""
    held = account_session.c
    its = select(held.account_id).where(held.hash == tokens.hashed(secret), held.expires_at > now)
    return account_where(connection, account.c.id == its.scalar_subquery())


def of_account(connection: Connection, account_id: str, now: datetime) -> list[Opened]:
    """Those that have not ended, newest first."""
    held = account_session.c
    mine = select(held.created_at, held.expires_at).where(held.account_id == account_id, held.expires_at > now)
    return [Opened(*row) for row in connection.execute(mine.order_by(held.created_at.desc()))]


def proved_at(connection: Connection, secret: str) -> datetime | None:
    """When the owner of a session last proved who it is."""
    return connection.scalar(select(account_session.c.proved_at).where(account_session.c.hash == tokens.hashed(secret)))


def prove(connection: Connection, secret: str, at: datetime) -> None:
    held = account_session.c.hash == tokens.hashed(secret)
    connection.execute(update(account_session).where(held).values(proved_at=at))


def end(connection: Connection, secret: str) -> None:
    connection.execute(delete(account_session).where(account_session.c.hash == tokens.hashed(secret)))


def end_all(connection: Connection, account_id: str) -> None:
    connection.execute(delete(account_session).where(account_session.c.account_id == account_id))
