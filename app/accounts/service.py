"""
Use cases of accounts. Nothing that a stranger can call tells whether an address has an account: the answers are the
same, passwords are hashed all the same, and what is to be said is said by mail. Asking for a reset writes a letter down
only where there is an account, which takes some milliseconds.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from app.accounts import letters, links, sessions, unconfirmed
from app.accounts.access_tokens import ending
from app.accounts.browsers import Browsers
from app.accounts.entrance import Entrance, end_halves
from app.accounts.failures import Failures
from app.accounts.granting import grant
from app.accounts.links import Purpose
from app.accounts.model import Account, Half, Role, Session
from app.accounts.notices import write_to
from app.accounts.passwords import hashed, is_right
from app.accounts.proof import Proofs
from app.accounts.reading import account_of, hold
from app.accounts.tables import account, account_identity, account_role
from app.accounts.totp import Codes
from app.accounts.words import name_of, normalised, sought
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Invalid, NotFound
from app.mail.service import take_back

_CONFIRM_HOURS = 24
_RESET_HOURS = 2
Also = Callable[[Connection, datetime], None]
"""What else belongs to the same transaction."""


class AccountService:
    """
    `key` marks what is counted against guessing; `base_url` is where links in letters lead; `entrance` gives sessions,
    without one to whoever has no second factor; `also_renewed`: what else of an account must change with its password.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        key: Callable[[], str],
        base_url: str,
        entrance: Entrance | None = None,
        also_renewed: Callable[[Connection, str], None] = lambda connection, id_: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self.failures = Failures(key)
        self._browsers = Browsers(key)
        self.proofs = Proofs(database, clock, self.failures)
        self._base_url = base_url
        self._also_renewed = also_renewed
        self._entrance = entrance or Entrance(Codes(key, base_url), staff_needs_second_factor=False)

    # Becoming somebody

    def sign_up(self, email: str, password: str, name: str, *, language: str) -> None:
        """
        Makes an account that waits for a click in a letter; one that is there already gets another letter instead. Of
        several sign-ups of one address the one whose letter is followed counts.

        Raises `Invalid` for what can't be an address, a name or a password.
        """
        email, name = normalised(email), name_of(name)
        kept = hashed(password, beside=(email.partition("@")[0], name))
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, "sign-up")  # one who clicks twice comes as a second one with the same address
            unconfirmed.forget(connection, now - timedelta(hours=_CONFIRM_HOURS))
            known = connection.execute(select(account).where(account.c.email == email)).first()
            if known is not None and known.confirmed_at is not None:
                draft = letters.known_already(known.language, f"{self._base_url}/account/forgotten")
                write_to(connection, known.email, known.language, draft, now)
                return
            id_ = known.id if known else secrets.token_hex(8)
            row = {"name": name, "password_hash": kept, "language": language}
            if known:
                connection.execute(update(account).where(account.c.id == id_).values(created_at=now))
            else:
                connection.execute(insert(account).values(id=id_, email=email, created_at=now, **row))
                connection.execute(insert(account_role).values(account_id=id_, role=Role.DATA_USER, scope=""))
            link = self._link(connection, id_, Purpose.CONFIRM, now, _CONFIRM_HOURS, sign_up=row)
            write_to(connection, email, language, letters.confirm(language, link, _CONFIRM_HOURS), now)

    def confirm(self, secret: str, password: str) -> Session | Half:
        """
        The address is its owner's, who also knows the password: else somebody could sign up with another's address,
        have its owner click, and share the account. Raises `NotFound` for a link that was used, is too old or never
        was, `Invalid` for another password.
        """
        now = self._clock()
        with self._database.read() as connection:
            row = links.owner(connection, secret, Purpose.CONFIRM, now)
        sign_up = row.sign_up or {"password_hash": row.password_hash}  # of a link from before it was kept
        if not is_right(password, sign_up["password_hash"]):
            raise Invalid(
                "这不是注册时设定的密码。如果忘了，请重新注册一次，会收到新的确认邮件。",
                "That is not the password of the sign-up. If you forgot it, sign up again; a new mail will come.",
            )
        with self._database.write() as connection:
            one_at_a_time(connection, "sign-up")  # beside which an account that waits may go
            id_ = links.use(connection, secret, Purpose.CONFIRM, now)
            links.end_all(connection, id_)
            connection.execute(update(account).where(account.c.id == id_).values(confirmed_at=now, **sign_up))
            audit.append(connection, [Event(id_, Action.ACCOUNT_CONFIRMED, f"account/{id_}")], now)
            opened = self._entrance.open(connection, id_, now, proved_at=now)
        return replace(opened, browser=self._browsers.word(id_, sign_up["password_hash"]))

    # Being somebody

    def sign_in(self, email: str, password: str, *, address: str, browser: str = "") -> Session | Half:
        """
        A new session, or half of one where a second factor is to follow. Raises `Invalid` when address and password do
        not belong together or the account waits for its confirmation, `TooMany` after too many of those; `address` is
        where the request comes from, `browser` what the browser got when somebody last signed in there.
        """
        email, now = sought(email), self._clock()
        with self._database.read() as connection:
            row = connection.execute(select(account).where(account.c.email == email)).first()
            known = self._browsers.known(browser, row)
            place = f"browser {known}" if known else address
            self.failures.refuse(connection, email, place, now, alone=bool(known))
        right = is_right(password, row.password_hash if row else "")
        with self._database.write() as connection:
            if row is None or not right or row.confirmed_at is None or not self._has_still(connection, row):
                self.failures.add(connection, email, place, now)
                opened = None
            else:
                self.failures.forget(connection, email, place)
                opened = self._entrance.open(connection, row.id, now, proved_at=now)
        if row is None or opened is None:
            raise Invalid(
                "邮箱或密码不正确，或者账号尚未确认：请检查输入，或查看确认邮件。",
                "The address or the password is not right, or the account is not confirmed yet: check both, or look "
                "for the mail.",
            )
        return replace(opened, browser=self._browsers.word(row.id, row.password_hash))

    def who(self, secret: str) -> Account | None:
        """Whose session this is; None for one that ended."""
        with self._database.read() as connection:
            return sessions.owner(connection, secret, self._clock())

    def sessions_of(self, by: Account) -> list[sessions.Opened]:
        with self._database.read() as connection:
            return sessions.of_account(connection, by.id, self._clock())

    def sign_out(self, secret: str) -> None:
        with self._database.write() as connection:
            sessions.end(connection, secret)

    # Passwords

    def ask_for_reset(self, email: str) -> None:
        """Sends a letter with a link where there is such an account, and says nothing of it."""
        email, now = sought(email), self._clock()
        with self._database.write() as connection:
            known = account.c.confirmed_at.is_not(None) & (account.c.email == email)
            row = connection.execute(select(account).where(known)).first()
            if row is None:
                return
            link = self._link(connection, row.id, Purpose.RESET, now, _RESET_HOURS)
            write_to(connection, email, row.language, letters.reset(row.language, link, _RESET_HOURS), now)

    def reset(self, secret: str, password: str, *, address: str = "") -> str:
        """
        Sets a new password by a link; gives by what this browser is known from here on. Every session ends, and every
        sign-in elsewhere that was linked, by whomever; the second factor stays. Raises `NotFound` as `confirm`,
        `Invalid` if too weak.
        """
        now = self._clock()
        with self._database.read() as connection:
            row = links.owner(connection, secret, Purpose.RESET, now)
        kept = hashed(password, beside=(row.email.partition("@")[0], row.name))
        with self._database.write() as connection:
            links.use(connection, secret, Purpose.RESET, now)
            linked = account_identity.c.account_id == row.id
            unlinked = connection.execute(delete(account_identity).where(linked)).rowcount > 0
            if unlinked:
                audit.append(connection, [Event(row.id, Action.SIGN_IN_UNLINKED, f"account/{row.id}")], now)
            self._set_password(connection, row, kept, now, unlinked=unlinked)
            self.failures.forget(connection, row.email, address, anywhere=True)
        return self._browsers.word(str(row.id), kept)

    def change_password(self, by: Account, old: str, new: str, *, session: str = "", address: str = "") -> Session:
        """
        The new session of this browser; all others end. Raises `Invalid` for a wrong old or a weak new password,
        `TooMany` as `sign_in`.
        """
        now = self._clock()
        row = self.proofs.require(by, old, session=session, address=address)
        kept = hashed(new, beside=(row.email.partition("@")[0], row.name))
        with self._database.write() as connection:
            self._set_password(connection, row, kept, now)
            opened = sessions.begin(connection, by.id, by.roles, now, now)
        return replace(opened, browser=self._browsers.word(by.id, kept))

    # One's own

    def rename(self, by: Account, name: str, *, also: Also | None = None) -> None:
        """`also` is told of it where the name stands beside what was said."""
        name = name_of(name)
        with self._database.write() as connection:
            if also is not None:
                also(connection, self._clock())
            connection.execute(update(account).where(account.c.id == by.id).values(name=name))
            audit.append(connection, [Event(by.id, Action.ACCOUNT_RENAMED, f"account/{by.id}")], self._clock())

    def erase(
        self, by: Account, password: str, *, also: Also | None = None, session: str = "", address: str = ""
    ) -> None:
        """Deletes the account and all that hangs on it; `also` takes back what it said. Raises as `Proofs.require`."""
        row, now = self.proofs.require(by, password, session=session, address=address), self._clock()
        with self._database.write() as connection:
            if also is not None:
                also(connection, now)
            self.failures.forget(connection, row.email, address, anywhere=True)
            take_back(connection, row.email)
            if connection.execute(delete(account).where(account.c.id == by.id)).rowcount:  # else by a second click
                audit.append(connection, [Event(by.id, Action.ACCOUNT_ERASED, f"account/{by.id}")], now)

    # For the operator

    def add(self, email: str, password: str, name: str, roles: Sequence[tuple[Role, str]], *, by: str) -> Account:
        """A confirmed account, such as the first operator's. Raises `Invalid` as `grant`, and where there is one."""
        email, name, now = normalised(email), name_of(name), self._clock()
        kept = hashed(password, beside=(email.partition("@")[0], name))
        with self._database.write() as connection:
            one_at_a_time(connection, "sign-up")
            # Of whoever signed up with this address and never showed that it is theirs, nothing stays.
            connection.execute(delete(account).where(account.c.email == email, account.c.confirmed_at.is_(None)))
            if connection.scalar(select(account.c.id).where(account.c.email == email)) is not None:
                raise Invalid("这个邮箱已有账号。", "This address has an account already.")
            id_ = secrets.token_hex(8)
            row = {"password_hash": kept, "language": "zh-Hans", "created_at": now, "confirmed_at": now}
            connection.execute(insert(account).values(id=id_, email=email, name=name, **row))
            audit.append(connection, [Event(by, Action.ACCOUNT_CONFIRMED, f"account/{id_}")], now)
            grant(connection, id_, roles, by, now)
            return account_of(connection, id_)

    def grant(self, email: str, roles: Sequence[tuple[Role, str]], *, by: str) -> Account:
        """
        These roles and no others, each with its scope ("" for all); sessions end. Raises `NotFound`, and `Invalid` for
        a division that nobody knows.
        """
        now = self._clock()
        with self._database.write() as connection:
            id_ = connection.scalar(select(account.c.id).where(account.c.email == email.strip().lower()))
            if id_ is None:
                raise NotFound("没有这个邮箱的账号。", "No account has this address.")
            connection.execute(delete(account_role).where(account_role.c.account_id == id_))
            sessions.end_all(connection, id_)
            end_halves(connection, id_)
            grant(connection, id_, roles, by, now)
            return account_of(connection, id_)

    # Parts

    def _set_password(
        self, connection: Connection, row: Row[tuple[object, ...]], kept: str, now: datetime, *, unlinked: bool = False
    ) -> None:
        hold(connection, str(row.id))
        connection.execute(update(account).where(account.c.id == row.id).values(password_hash=kept))
        sessions.end_all(connection, str(row.id))
        end_halves(connection, str(row.id))
        ending.end_all(connection, str(row.id))
        links.end_all(connection, str(row.id))
        self._also_renewed(connection, str(row.id))
        audit.append(connection, [Event(row.id, Action.PASSWORD_CHANGED, f"account/{row.id}")], now)
        draft = letters.password_changed(row.language, f"{self._base_url}/account/forgotten", unlinked=unlinked)
        write_to(connection, row.email, row.language, draft, now)

    @staticmethod
    def _has_still(connection: Connection, row: Row[tuple[object, ...]]) -> bool:
        """Whether an account is there with the password that was read; hashing takes long enough to change it."""
        same = (account.c.id == row.id) & (account.c.password_hash == row.password_hash)
        return connection.scalar(select(account.c.id).where(same)) is not None

    def _link(self, connection: Connection, id_: str, purpose: Purpose, now: datetime, hours: int, **more: Any) -> str:
        lasts = timedelta(hours=hours)
        return f"{self._base_url}/account/{purpose}/{links.make(connection, id_, purpose, now, lasts, **more)}"
