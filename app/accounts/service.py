"""
Use cases of accounts. Nothing that a stranger can call tells whether an address has an account: the answers are the
same, passwords are hashed all the same, and what is to be said is said by mail. Asking for a reset writes a letter down
only where there is an account, which takes some milliseconds.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from app.accounts import letters, links, sessions
from app.accounts.failures import WINDOW, Failures
from app.accounts.links import Purpose
from app.accounts.model import Account, Role, Session
from app.accounts.passwords import hashed, is_right
from app.accounts.tables import account, account_link, account_role, account_session
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Invalid, NotFound, TooMany
from app.mail.service import Letter, post, take_back

MAX_NAME_CHARACTERS = 30
_CONFIRM = timedelta(hours=24)
_RESET = timedelta(hours=2)
Also = Callable[[Connection, datetime], None]
"""What else belongs to the same transaction."""


class AccountService:
    """`key` marks what is counted against guessing; `base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, key: Callable[[], str], base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._failures = Failures(key)
        self._base_url = base_url

    # Becoming somebody

    def sign_up(self, email: str, password: str, name: str, *, language: str) -> None:
        """
        Makes an account that waits for a click in a letter; one that is there already gets another letter instead.

        Raises `Invalid` for what can't be an address, a name or a password.
        """
        email, name = normalised(email), _name(name)
        kept = hashed(password, beside=(email.partition("@")[0], name))
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, "sign-up")  # one who clicks twice comes as a second one with the same address
            self._forget_unconfirmed(connection, now)
            known = connection.execute(select(account).where(account.c.email == email)).first()
            if known is not None and known.confirmed_at is not None:
                draft = letters.known_already(known.language, f"{self._base_url}/account/forgotten")
                self._write_to(connection, known.email, known.language, draft, now)
                return
            id_ = known.id if known else secrets.token_hex(8)
            row = {"name": name, "password_hash": kept, "language": language, "created_at": now}
            if known:
                connection.execute(update(account).where(account.c.id == id_).values(row))
                links.forget(connection, id_, Purpose.CONFIRM)
            else:
                connection.execute(insert(account).values(id=id_, email=email, **row))
                connection.execute(insert(account_role).values(account_id=id_, role=Role.DATA_USER, scope=""))
            link = self._link(connection, id_, Purpose.CONFIRM, now + _CONFIRM)
            self._write_to(connection, email, language, letters.confirm(language, link, _hours(_CONFIRM)), now)

    def confirm(self, secret: str, password: str) -> Session:
        """
        The address is its owner's, who also knows the password: else somebody could sign up with another's address,
        have its owner click, and share the account. Raises `NotFound` for a link that was used, is too old or never
        was, `Invalid` for another password.
        """
        now = self._clock()
        with self._database.read() as connection:
            row = links.owner(connection, secret, Purpose.CONFIRM, now)
        if not is_right(password, row.password_hash):
            raise Invalid(
                "这不是注册时设定的密码。如果忘了，请重新注册一次，会收到新的确认邮件。",
                "That is not the password of the sign-up. If you forgot it, sign up again; a new mail will come.",
            )
        with self._database.write() as connection:
            id_ = links.use(connection, secret, Purpose.CONFIRM, now)
            connection.execute(update(account).where(account.c.id == id_).values(confirmed_at=now))
            audit.append(connection, [Event(id_, Action.ACCOUNT_CONFIRMED, f"account/{id_}")], now)
            return self._session(connection, id_, now)

    # Being somebody

    def sign_in(self, email: str, password: str, *, address: str) -> Session:
        """
        A new session. Raises `Invalid` when address and password do not belong together or the account waits for its
        confirmation, `TooMany` after too many of those; `address` is where the request comes from.
        """
        email, now = _sought(email), self._clock()
        with self._database.read() as connection:
            if self._failures.are_too_many(connection, email, address, now):
                raise TooMany(
                    "登录失败次数过多，请过 15 分钟再试，或重设密码。",
                    "Signing in failed too often; try again in 15 minutes, or set a new password.",
                    retry_after_s=int(WINDOW.total_seconds()),
                )
            row = connection.execute(select(account).where(account.c.email == email)).first()
        right = is_right(password, row.password_hash if row else "")
        with self._database.write() as connection:
            if row is None or not right or row.confirmed_at is None:
                self._failures.add(connection, email, address, now)
                session = None
            else:
                self._failures.forget(connection, email)
                session = self._session(connection, row.id, now)
        if session is None:
            raise Invalid(
                "邮箱或密码不正确，或者账号尚未确认：请检查输入，或查看确认邮件。",
                "The address or the password is not right, or the account is not confirmed yet: check both, or look "
                "for the mail.",
            )
        return session

    def who(self, secret: str) -> Account | None:
        """Whose session this is; None for one that ended."""
        with self._database.read() as connection:
            id_ = sessions.owner(connection, secret, self._clock())
            return None if id_ is None else _account(connection, id_)

    def sign_out(self, secret: str) -> None:
        with self._database.write() as connection:
            sessions.end(connection, secret)

    # Passwords

    def ask_for_reset(self, email: str) -> None:
        """Sends a letter with a link where there is such an account, and says nothing of it."""
        email, now = _sought(email), self._clock()
        with self._database.write() as connection:
            known = account.c.confirmed_at.is_not(None) & (account.c.email == email)
            row = connection.execute(select(account).where(known)).first()
            if row is None:
                return
            links.forget(connection, row.id, Purpose.RESET)
            link = self._link(connection, row.id, Purpose.RESET, now + _RESET)
            self._write_to(connection, email, row.language, letters.reset(row.language, link, _hours(_RESET)), now)

    def reset(self, secret: str, password: str) -> None:
        """Sets a new password by a link; every session ends. Raises `NotFound` as `confirm`, `Invalid` if too weak."""
        now = self._clock()
        with self._database.read() as connection:
            row = links.owner(connection, secret, Purpose.RESET, now)
        kept = hashed(password, beside=(row.email.partition("@")[0], row.name))
        with self._database.write() as connection:
            links.use(connection, secret, Purpose.RESET, now)
            self._set_password(connection, row, kept, now)
            self._failures.forget(connection, row.email)

    def change_password(self, by: Account, old: str, new: str) -> Session:
        """The new session of this browser; all others end. Raises `Invalid` for a wrong old or a weak new password."""
        now = self._clock()
        row = self._proved(by, old)
        kept = hashed(new, beside=(row.email.partition("@")[0], row.name))
        with self._database.write() as connection:
            self._set_password(connection, row, kept, now)
            return self._session(connection, by.id, now)

    # One's own

    def rename(self, by: Account, name: str) -> None:
        with self._database.write() as connection:
            connection.execute(update(account).where(account.c.id == by.id).values(name=_name(name)))

    def erase(self, by: Account, password: str, *, also: Also | None = None) -> None:
        """Deletes the account and all that hangs on it; `also` takes back what it said. Raises `Invalid`."""
        row, now = self._proved(by, password), self._clock()
        with self._database.write() as connection:
            if also is not None:
                also(connection, now)
            self._failures.forget(connection, row.email)
            take_back(connection, row.email)
            for table in (account_session, account_link, account_role):
                connection.execute(delete(table).where(table.c.account_id == by.id))
            connection.execute(delete(account).where(account.c.id == by.id))
            audit.append(connection, [Event(by.id, Action.ACCOUNT_ERASED, f"account/{by.id}")], now)

    # For the operator

    def add(self, email: str, password: str, name: str, roles: Sequence[tuple[Role, str]], *, by: str) -> Account:
        """A confirmed account, such as the first operator's. Raises `Invalid` also where there is one already."""
        email, name, now = normalised(email), _name(name), self._clock()
        kept = hashed(password, beside=(email.partition("@")[0], name))
        with self._database.write() as connection:
            if connection.scalar(select(account.c.id).where(account.c.email == email)) is not None:
                raise Invalid("这个邮箱已有账号。", "This address has an account already.")
            id_ = secrets.token_hex(8)
            row = {"password_hash": kept, "language": "zh-Hans", "created_at": now, "confirmed_at": now}
            connection.execute(insert(account).values(id=id_, email=email, name=name, **row))
            audit.append(connection, [Event(by, Action.ACCOUNT_CONFIRMED, f"account/{id_}")], now)
            self._grant(connection, id_, roles, by, now)
            return _account(connection, id_)

    def grant(self, email: str, roles: Sequence[tuple[Role, str]], *, by: str) -> Account:
        """These roles and no others, each with its scope ("" for all); sessions end. Raises `NotFound`."""
        now = self._clock()
        with self._database.write() as connection:
            id_ = connection.scalar(select(account.c.id).where(account.c.email == email.strip().lower()))
            if id_ is None:
                raise NotFound("没有这个邮箱的账号。", "No account has this address.")
            connection.execute(delete(account_role).where(account_role.c.account_id == id_))
            sessions.end_all(connection, id_)
            self._grant(connection, id_, roles, by, now)
            return _account(connection, id_)

    # Parts

    def _grant(
        self, connection: Connection, id_: str, roles: Sequence[tuple[Role, str]], by: str, now: datetime
    ) -> None:
        rows = [{"account_id": id_, "role": role, "scope": scope} for role, scope in dict.fromkeys(roles)]
        if rows:
            connection.execute(insert(account_role), rows)
        said = [f"{role}:{scope}" if scope else str(role) for role, scope in roles]
        audit.append(connection, [Event(by, Action.ROLES_GRANTED, f"account/{id_}", {"roles": said})], now)

    def _session(self, connection: Connection, id_: str, now: datetime) -> Session:
        return sessions.begin(connection, id_, _account(connection, id_).roles, now)

    def _set_password(self, connection: Connection, row: Row[tuple[object, ...]], kept: str, now: datetime) -> None:
        connection.execute(update(account).where(account.c.id == row.id).values(password_hash=kept))
        sessions.end_all(connection, str(row.id))
        theirs = account_link.c.account_id == row.id  # also a link that somebody else may have had sent
        connection.execute(delete(account_link).where(theirs))
        audit.append(connection, [Event(row.id, Action.PASSWORD_CHANGED, f"account/{row.id}")], now)
        draft = letters.password_changed(row.language, f"{self._base_url}/account/forgotten")
        self._write_to(connection, row.email, row.language, draft, now)

    def _proved(self, by: Account, password: str) -> Row[tuple[object, ...]]:
        with self._database.read() as connection:
            row = connection.execute(select(account).where(account.c.id == by.id)).one()
        if not is_right(password, row.password_hash):
            raise Invalid("当前密码不正确。", "The current password is not right.")
        return row

    def _link(self, connection: Connection, id_: str, purpose: Purpose, expires_at: datetime) -> str:
        return f"{self._base_url}/account/{purpose}/{links.make(connection, id_, purpose, expires_at)}"

    def _forget_unconfirmed(self, connection: Connection, now: datetime) -> None:
        old = account.c.confirmed_at.is_(None) & (account.c.created_at < now - _CONFIRM)
        ids = connection.scalars(select(account.c.id).where(old)).all()
        for table in (account_link, account_role):
            connection.execute(delete(table).where(table.c.account_id.in_(ids)))
        connection.execute(delete(account).where(account.c.id.in_(ids)))

    def _write_to(self, connection: Connection, email: str, language: str, draft: letters.Draft, now: datetime) -> None:
        post(connection, [Letter(email, draft.subject, draft.body, language, now + _CONFIRM)], now)


def normalised(email: str) -> str:
    """An address as it is kept. Raises `Invalid`."""
    try:
        # Before the @ in ASCII alone: few mail servers take anything else.
        checked = validate_email(email.strip()[:400], check_deliverability=False, allow_smtputf8=False)
        return checked.normalized.lower()
    except EmailNotValidError as error:
        raise Invalid("邮箱地址不正确，请检查。", "That is no mail address; check it.") from error


def _sought(email: str) -> str:
    """An address as somebody typed it, as it would be kept; what can't be one is nobody's."""
    try:
        return normalised(email)
    except Invalid:
        return email.strip().lower()[:254].replace("\0", "\ufffd")


def _name(name: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise Invalid(
            f"请填写昵称，不超过 {MAX_NAME_CHARACTERS} 个字符。",
            f"Give a name that others may see, of at most {MAX_NAME_CHARACTERS} characters.",
        )
    return name


def _account(connection: Connection, id_: str) -> Account:
    row = connection.execute(select(account).where(account.c.id == id_)).one()
    roles: dict[Role, set[str]] = {}
    for held in connection.execute(select(account_role).where(account_role.c.account_id == id_)):
        roles.setdefault(Role(held.role), set()).update({held.scope} - {""})
    return Account(
        row.id, row.email, row.name, row.language, row.created_at, {role: frozenset(s) for role, s in roles.items()}
    )


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
