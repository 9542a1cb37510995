"""Use cases of access tokens: their owner makes and revokes them, programs show them."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from app import tokens
from app.accounts.access_tokens import letters
from app.accounts.access_tokens.model import PREFIX, AccessToken, Granted, Scope
from app.accounts.access_tokens.tables import access_token
from app.accounts.model import Account
from app.accounts.notices import write_to
from app.accounts.reading import account_of, hold
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Invalid

MOST = 20
MAX_NAME_CHARACTERS = 50
MAX_DAYS = 365
_HINT_CHARACTERS = 4
_USED_EVERY = timedelta(minutes=10)


class AccessTokenService:
    """`base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._link = f"{base_url}/account/tokens"

    def make(self, name: str, scopes: Collection[str], days: int, *, by: Account) -> str:
        """
        The new token, told here and kept nowhere; its owner gets a letter. Raises `Invalid` for a name that is empty or
        taken, for no or unknown scopes, for other times than 1 to `MAX_DAYS` days, and beyond `MOST` tokens.
        """
        name, wanted = _name(name), _scopes(scopes)
        if not 1 <= days <= MAX_DAYS:
            raise Invalid(
                f"有效期为 1 到 {MAX_DAYS} 天。", f"A token is valid for 1 to {MAX_DAYS} days; choose how many."
            )
        now, id_, token = self._clock(), secrets.token_hex(8), PREFIX + tokens.new()
        row = {
            "id": id_,
            "account_id": by.id,
            "name": name,
            "hash": tokens.hashed(token),
            "hint": token[-_HINT_CHARACTERS:],
            "scopes": " ".join(sorted(wanted)),
            "created_at": now,
            "expires_at": now + timedelta(days=days),
        }
        with self._database.write() as connection:
            one_at_a_time(connection, f"access tokens {by.id}")
            hold(connection, by.id)
            self._refuse_another(connection, name, by, now)
            connection.execute(insert(access_token).values(row))
            details: dict[str, object] = {"token": id_, "scopes": sorted(wanted), "days": days}
            audit.append(connection, [Event(by.id, Action.ACCESS_TOKEN_MADE, f"account/{by.id}", details)], now)
            draft = letters.made(by.language, name, self._link)
            write_to(connection, by.email, by.language, draft, now)
        return token

    def of_account(self, by: Account) -> list[AccessToken]:
        """One's own, newest first; also those that have expired, until another is made."""
        mine = access_token.c.account_id == by.id
        query = select(access_token).where(mine).order_by(access_token.c.created_at.desc(), access_token.c.id)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query)]

    def revoke(self, id_: str, *, by: Account) -> None:
        """Ends one's own token at once; does nothing where there is none."""
        if not id_.isalnum():  # PostgreSQL takes no NUL
            return
        with self._database.write() as connection:
            mine = (access_token.c.id == id_) & (access_token.c.account_id == by.id)
            if connection.execute(delete(access_token).where(mine)).rowcount:
                event = Event(by.id, Action.ACCESS_TOKEN_REVOKED, f"account/{by.id}", {"token": id_})
                audit.append(connection, [event], self._clock())

    def granted(self, token: str) -> Granted | None:
        """Whose token this is, and when it was used; None for one that expired, was revoked or never was."""
        if not token.startswith(PREFIX):
            return None
        now = self._clock()
        valid = (access_token.c.hash == tokens.hashed(token)) & (access_token.c.expires_at > now)
        with self._database.read() as connection:
            row = connection.execute(select(access_token).where(valid)).first()
            if row is None:
                return None
            found = Granted(account_of(connection, row.account_id), _token(row))
        if row.used_at is None or now - row.used_at > _USED_EVERY:  # not a write for each request
            with self._database.write() as connection:
                connection.execute(update(access_token).where(access_token.c.id == row.id).values(used_at=now))
        return found

    def _refuse_another(self, connection: Connection, name: str, by: Account, now: datetime) -> None:
        mine = access_token.c.account_id == by.id
        connection.execute(delete(access_token).where(mine, access_token.c.expires_at <= now))
        names = connection.scalars(select(access_token.c.name).where(mine)).all()
        if name in names:  # also what a form that is sent twice meets
            raise Invalid("已有同名的访问令牌，请换一个名称。", "You have a token of this name; choose another one.")
        if len(names) >= MOST:
            raise Invalid(
                f"最多 {MOST} 个访问令牌，请先作废不用的。", f"You have {MOST} tokens; revoke one you do not use."
            )


def _name(name: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise Invalid(
            f"请填写令牌的名称，不超过 {MAX_NAME_CHARACTERS} 个字符。",
            f"Give the token a name of at most {MAX_NAME_CHARACTERS} characters.",
        )
    return name


def _scopes(said: Collection[str]) -> frozenset[Scope]:
    try:
        scopes = frozenset(Scope(each) for each in said)
    except ValueError:
        scopes = frozenset()
    if not scopes:
        raise Invalid("请至少选择一项权限。", "Choose at least one thing that the token may do.")
    return scopes


def _token(row: Row[tuple[object, ...]]) -> AccessToken:
    kept = row.scopes.split()
    scopes = frozenset(scope for scope in Scope if scope in kept)
    return AccessToken(row.id, row.name, row.hint, scopes, row.created_at, row.expires_at, row.used_at)
