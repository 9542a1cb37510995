"""
Use cases of the operator's access: a link that opens once, a session that ends by itself or by a person's word.

A link and a session end where their row does: a link's row goes when it is used, so that of two who come with one link
at the same time one gets in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, insert, select
from sqlalchemy.engine import Connection

from app import tokens
from app.access.tables import operator_link, operator_session
from app.audit import service as audit
from app.audit.events import COMMAND_LINE, Action, Event
from app.clock import Clock
from app.db import Database
from app.errors import Invalid

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=8)
"""A working day; whoever needs longer takes another link."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts. `session` is a piece of the session's hash: it tells sessions apart in the audit log and opens none."""

    session: str
    until: datetime

    @property
    def actor(self) -> str:
        """As audit rows name who did something."""
        return f"operator:{self.session}"


@dataclass(frozen=True, slots=True)
class Revoked:
    sessions: int
    links: int


class AccessService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def make_link(self, lasts: timedelta = LINK_LASTS) -> str:
        """The token of a link that opens once, and only for so long. It is told here and kept nowhere."""
        token = tokens.new()
        now = self._clock()
        row = {"hash": tokens.hashed(token), "made_at": now, "expires_at": now + lasts}
        with self._database.write() as connection:
            connection.execute(delete(operator_link).where(operator_link.c.expires_at <= now))
            connection.execute(insert(operator_link).values(row))
            audit.append(connection, [Event(COMMAND_LINE, Action.OPERATOR_LINK_MADE, _link(token))], now)
        return token

    def enter(self, token: str) -> tuple[str, Operator]:
        """
        Uses up a link: the secret of a new session, and who acts in it. Raises `Invalid` for a link that was used, has
        expired, was revoked or never was; which of them it was is not told.
        """
        now = self._clock()
        secret = tokens.new()
        until = now + SESSION_LASTS
        with self._database.write() as connection:
            used = delete(operator_link).where(
                operator_link.c.hash == tokens.hashed(token), operator_link.c.expires_at > now
            )
            if not _went(connection, used):
                raise Invalid(
                    "这个入口链接无效：可能已经使用过、已过期或已作废。请用 suishu operator-link 生成新的链接。",
                    "This link opens nothing: it was used before, has expired, or was revoked. "
                    "Make another with `suishu operator-link`.",
                )
            connection.execute(delete(operator_session).where(operator_session.c.expires_at <= now))
            row = {"hash": tokens.hashed(secret), "begun_at": now, "expires_at": until}
            connection.execute(insert(operator_session).values(row))
            operator = Operator(_mark(secret), until)
            event = Event(operator.actor, Action.OPERATOR_ENTERED, f"operator-session/{operator.session}",
                          {"link": _mark(token)})  # fmt: skip
            audit.append(connection, [event], now)
        return secret, operator

    def operator(self, secret: str) -> Operator | None:
        """Who acts in a session; None where it has ended or never was."""
        if not secret:
            return None
        query = select(operator_session.c.expires_at).where(operator_session.c.hash == tokens.hashed(secret))
        with self._database.read() as connection:
            until = connection.scalar(query)
        return Operator(_mark(secret), until) if until is not None and until > self._clock() else None

    def leave(self, secret: str) -> None:
        """Ends one session."""
        now = self._clock()
        with self._database.write() as connection:
            if _went(connection, delete(operator_session).where(operator_session.c.hash == tokens.hashed(secret))):
                mark = _mark(secret)
                event = Event(f"operator:{mark}", Action.OPERATOR_LEFT, f"operator-session/{mark}")
                audit.append(connection, [event], now)

    def revoke(self) -> Revoked:
        """Ends every session, and every link that was not used."""
        now = self._clock()
        with self._database.write() as connection:
            sessions = _went(connection, delete(operator_session))
            links = _went(connection, delete(operator_link))
            details: dict[str, object] = {"sessions": sessions, "links": links}
            event = Event(COMMAND_LINE, Action.OPERATOR_REVOKED, "operator-session/all", details)
            audit.append(connection, [event], now)
        return Revoked(sessions, links)


def _went(connection: Connection, statement: Delete) -> int:
    return connection.execute(statement).rowcount


def _mark(word: str) -> str:
    return tokens.hashed(word)[:12]


def _link(token: str) -> str:
    return f"operator-link/{_mark(token)}"
