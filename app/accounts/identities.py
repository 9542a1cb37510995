"""
Use cases of signing in elsewhere: by a provider that the operator named (OpenID Connect). What it says of a person is
an issuer and a subject there, and nothing else tells people apart: an address that has an account here already opens
nothing, since whoever has it there need not be who signed up with it here.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from app.accounts import letters, sessions
from app.accounts.entrance import Entrance
from app.accounts.model import Account, Half, Role, Session
from app.accounts.notices import write_to
from app.accounts.proof import FRESH
from app.accounts.reading import hold
from app.accounts.service import AccountService
from app.accounts.tables import account, account_identity, account_role
from app.accounts.words import name_of, normalised
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Invalid


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Somebody as the provider says. `email` is "" unless the provider has checked it. `proved_at`: when they last proved
    who they are, as far as the provider says; `both`: by two factors that count here.
    """

    issuer: str
    subject: str
    email: str = ""
    proved_at: datetime | None = None
    both: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    issuer: str
    subject: str
    linked_at: datetime


class IdentityService:
    def __init__(
        self, database: Database, clock: Clock, entrance: Entrance, accounts: AccountService, base_url: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._entrance = entrance
        self._proofs = accounts.proofs
        self._base_url = base_url

    def enter(self, identity: Identity) -> Session | Half | None:
        """A session, or half of one, of the account that is linked; None where none is."""
        now = self._clock()
        with self._database.write() as connection:
            id_ = _owner(connection, identity)
            return None if id_ is None else self._open(connection, id_, identity, now)

    def may_join(self, identity: Identity) -> None:
        """Raises `Invalid` where no account can be made: without a checked address, or with one that has an account."""
        with self._database.read() as connection:
            _joinable(connection, identity)

    def join(self, identity: Identity, name: str, *, language: str) -> Session | Half:
        """A new account without a password. Raises `Invalid` as `may_join`, or for the name."""
        name, now = name_of(name), self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, "sign-up")
            if (known := _owner(connection, identity)) is not None:  # sent twice
                return self._open(connection, known, identity, now)
            email, id_ = _joinable(connection, identity), secrets.token_hex(8)
            # Of whoever signed up with this address and never showed that it is theirs, nothing stays.
            connection.execute(delete(account).where(account.c.email == email))
            row = {"password_hash": "", "language": language, "created_at": now, "confirmed_at": now}
            connection.execute(insert(account).values(id=id_, email=email, name=name, **row))
            connection.execute(insert(account_role).values(account_id=id_, role=Role.DATA_USER, scope=""))
            audit.append(connection, [Event(id_, Action.ACCOUNT_CONFIRMED, f"account/{id_}")], now)
            _link(connection, id_, identity, now)
            return self._open(connection, id_, identity, now)

    def link(self, by: Account, identity: Identity, password: str, *, session: str, address: str) -> None:
        """Another way into this account. Raises as `Proofs.require`, `Invalid` where it leads into another one."""
        self._proofs.require(by, password, session=session, address=address)
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, "sign-up")
            hold(connection, by.id)
            known = _owner(connection, identity)
            if known == by.id:
                return
            if known is not None:
                raise Invalid(
                    "这个身份已经关联到另一个账号，请先在那个账号中取消关联。",
                    "This identity is linked to another account; unlink it there first.",
                )
            _link(connection, by.id, identity, now)
            draft = letters.sign_in_linked(by.language, f"{self._base_url}/account/forgotten")
            write_to(connection, by.email, by.language, draft, now)

    def unlink(self, by: Account, password: str, *, session: str, address: str) -> None:
        """Raises as `Proofs.require`, `Invalid` where nothing else leads into the account."""
        row = self._proofs.require(by, password, session=session, address=address)
        if not row.password_hash:
            raise Invalid(
                "这个账号没有密码，取消关联后将无法登录。请先通过“忘记密码”设定密码。",
                "This account has no password, and nothing else leads into it. Set one by “forgotten password” first.",
            )
        with self._database.write() as connection:
            connection.execute(delete(account_identity).where(account_identity.c.account_id == by.id))
            audit.append(connection, [Event(by.id, Action.SIGN_IN_UNLINKED, f"account/{by.id}")], self._clock())

    def prove(self, by: Account, identity: Identity, *, session: str) -> None:
        """The owner of a session has shown again who it is. Raises `Invalid` for somebody else, or long ago."""
        now = self._clock()
        with self._database.write() as connection:
            if _owner(connection, identity) != by.id:
                raise Invalid(
                    "登录的不是当前账号关联的身份，请换用关联的身份重试。",
                    "That was another identity than the one this account is linked to; use that one.",
                )
            if identity.proved_at is None or now - identity.proved_at > FRESH:
                raise Invalid(
                    "对方没有说明您刚刚重新登录过，因此无法确认。请先在那里退出登录，再重试。",
                    "The provider does not say that you signed in anew. Sign out there, and try again.",
                )
            sessions.prove(connection, session, min(identity.proved_at, now))

    def of(self, who: Account) -> list[Linked]:
        mine = select(account_identity).where(account_identity.c.account_id == who.id)
        with self._database.read() as connection:
            return [Linked(row.issuer, row.subject, row.linked_at) for row in connection.execute(mine)]

    def _open(self, connection: Connection, id_: str, identity: Identity, now: datetime) -> Session | Half:
        proved_at = identity.proved_at and min(identity.proved_at, now)
        return self._entrance.open(connection, id_, now, proved_at=proved_at, both=identity.both)


def _owner(connection: Connection, identity: Identity) -> str | None:
    kept = account_identity.c
    query = select(kept.account_id).where(kept.issuer == identity.issuer, kept.subject == identity.subject)
    return connection.scalar(query)


def _joinable(connection: Connection, identity: Identity) -> str:
    """The address of a new account. Raises `Invalid` as `may_join`."""
    if not identity.email:
        raise Invalid(
            "对方没有提供经过核实的邮箱，不能据此新建账号。请先在这里注册，登录后再到“登录与安全”关联。",
            "The provider gives no mail address that it has checked, so no account can be made. Sign up here, and link "
            "the two under “Sign-in and security” once you are signed in.",
        )
    email = normalised(identity.email)
    taken = account.c.confirmed_at.is_not(None) & (account.c.email == email)
    if connection.scalar(select(account.c.id).where(taken)) is not None:
        raise Invalid(
            "这个邮箱在这里已有账号。请先用密码登录（忘了可以重设），再到“登录与安全”关联。",
            "This address has an account here already. Sign in with its password (or set a new one), and link the two "
            "under “Sign-in and security”.",
        )
    return email


def _link(connection: Connection, id_: str, identity: Identity, now: datetime) -> None:
    row = {"issuer": identity.issuer, "subject": identity.subject, "account_id": id_, "linked_at": now}
    connection.execute(insert(account_identity).values(row))
    audit.append(connection, [Event(id_, Action.SIGN_IN_LINKED, f"account/{id_}")], now)
