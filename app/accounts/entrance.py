"""
From a proof of who somebody is to a session. Where there is a second factor, or has to be one, the way leads past it:
until then the browser holds half a session, which opens nothing else.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Row

from app import tokens
from app.accounts import sessions
from app.accounts.model import Half, Session
from app.accounts.reading import account_of, hold
from app.accounts.tables import account_half, second_factor
from app.accounts.totp import Codes
from app.errors import NotFound

_LASTS = timedelta(minutes=15)
"""Somebody may have to install an app first."""


class Entrance:
    """`staff_needs_second_factor`: those of staff who have none are led to set one up before they get a session."""

    def __init__(self, codes: Codes, *, staff_needs_second_factor: bool) -> None:
        self.codes = codes
        self.staff_needs_second_factor = staff_needs_second_factor

    def open(
        self, connection: Connection, id_: str, now: datetime, *, proved_at: datetime | None, both: bool = False
    ) -> Session | Half:
        """`both`: a second factor was shown already. `proved_at` as of a session."""
        who = account_of(connection, id_)
        has = connection.scalar(select(second_factor.c.account_id).where(second_factor.c.account_id == id_)) is not None
        if both or not (has or (self.staff_needs_second_factor and who.is_staff)):
            return sessions.begin(connection, id_, who.roles, now, proved_at)
        return self.half(connection, id_, now, proved_at, secret="" if has else self.codes.new())

    @staticmethod
    def half(connection: Connection, id_: str, now: datetime, proved_at: datetime | None, *, secret: str) -> Half:
        """`secret`: of a second factor that is to be set up, seen by this browser alone."""
        hold(connection, id_)
        connection.execute(delete(account_half).where(account_half.c.expires_at < now))
        half = Half(tokens.new(), now + _LASTS)
        row = {"hash": tokens.hashed(half.secret), "account_id": id_, "secret": secret, "proved_at": proved_at}
        connection.execute(insert(account_half).values(**row, expires_at=half.expires_at))
        return half


def waiting(connection: Connection, half: str, now: datetime) -> Row[tuple[object, ...]]:
    """The row of half a session. Raises `NotFound` for one that ended."""
    held = (account_half.c.hash == tokens.hashed(half)) & (account_half.c.expires_at > now)
    row = connection.execute(select(account_half).where(held)).first()
    if row is None:
        raise NotFound("登录已超时，请重新登录。", "Signing in took too long; begin again.")
    return row


def end_halves(connection: Connection, account_id: str) -> None:
    connection.execute(delete(account_half).where(account_half.c.account_id == account_id))
