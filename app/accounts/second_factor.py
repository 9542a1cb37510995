"""
Use cases of the second factor: a code of an app beside the password (or beside another's sign-in). Nobody has a session
before the code was right; a code counts once, wrong ones are counted, and recovery codes stand in for a lost telephone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from app.accounts import letters, recovery, sessions
from app.accounts.entrance import Entrance, end_halves, waiting
from app.accounts.failures import MOST_OF_CODE
from app.accounts.model import Account, Half, Session
from app.accounts.notices import write_to
from app.accounts.reading import account_of
from app.accounts.service import AccountService
from app.accounts.tables import account, second_factor
from app.accounts.words import sought
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Invalid, NotFound, SuishuError


@dataclass(frozen=True, slots=True)
class Setup:
    """What the app that makes codes is given: as a picture by `address`, or typed in by `secret`."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Entered:
    """`codes`: recovery codes that are told now and never again; none unless the factor was set up."""

    session: Session
    codes: list[str]


@dataclass(frozen=True, slots=True)
class State:
    set_at: datetime | None
    codes_left: int
    needed: bool


class SecondFactorService:
    def __init__(
        self, database: Database, clock: Clock, entrance: Entrance, accounts: AccountService, base_url: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._entrance = entrance
        self._failures = accounts.failures
        self._proofs = accounts.proofs
        self._base_url = base_url

    def state(self, by: Account) -> State:
        with self._database.read() as connection:
            row = _kept(connection, by.id)
            left = recovery.left(connection, by.id)
        return State(row and row.set_at, left, self._entrance.staff_needs_second_factor and by.is_staff)

    # On the way in

    def setup(self, half: str) -> Setup | None:
        """What is to be set up; None where a code will do. Raises `NotFound` for half a session that ended."""
        with self._database.read() as connection:
            row = waiting(connection, half, self._clock())
            who = account_of(connection, str(row.account_id))
        if not row.secret:
            return None
        codes = self._entrance.codes
        return Setup(codes.secret(row.secret), codes.address(row.secret, who.email))

    def enter(self, half: str, code: str, *, address: str) -> Entered:
        """
        The other half of a session, by a code of the app or a recovery code. Raises `Invalid` for a wrong one or one
        that was used, `TooMany` after too many, `NotFound` for half a session that ended.
        """
        now = self._clock()
        with self._database.read() as connection:
            id_ = str(waiting(connection, half, now).account_id)
        with self._database.write() as connection:
            one_at_a_time(connection, f"code {id_}")  # else many guesses at once would count as one
            row = waiting(connection, half, now)
            self._failures.refuse(connection, _subject(id_), address, now, MOST_OF_CODE)
            codes = self._set_up(connection, row, code, now) if row.secret else self._counts(connection, id_, code, now)
            if codes is None:
                error = self._failed(connection, id_, address, now)
            else:
                self._failures.forget(connection, _subject(id_), address)
                end_halves(connection, id_)
                roles = account_of(connection, id_).roles
                return Entered(sessions.begin(connection, id_, roles, now, row.proved_at), codes)
        raise error

    # One's own

    def begin(self, by: Account, password: str, *, session: str, address: str) -> Half:
        """Half a session in which a factor is set up. Raises as `Proofs.require`, `Invalid` where there is one."""
        self._proofs.require(by, password, session=session, address=address)
        now = self._clock()
        with self._database.write() as connection:
            if _kept(connection, by.id) is not None:
                raise Invalid("两步验证已经开启。", "The second factor is on already.")
            proved_at = sessions.proved_at(connection, session)
            return self._entrance.half(connection, by.id, now, proved_at, secret=self._entrance.codes.new())

    def remove(self, by: Account, password: str, code: str, *, session: str, address: str) -> None:
        """
        Ends every session: whoever has to have a factor sets up another at the next sign-in. Raises as `Proofs.require`
        and `enter`.
        """
        self._with_both(by, password, code, session, address)
        with self._database.write() as connection:
            self._take_away(connection, by.id, by.id, Action.SECOND_FACTOR_REMOVED)

    def renew_codes(self, by: Account, password: str, code: str, *, session: str, address: str) -> list[str]:
        """New recovery codes. Raises as `remove`."""
        self._with_both(by, password, code, session, address)
        with self._database.write() as connection:
            event = Event(by.id, Action.RECOVERY_CODES_RENEWED, f"account/{by.id}")
            audit.append(connection, [event], self._clock())
            return recovery.renew(connection, by.id)

    # For the operator

    def reset(self, email: str, *, by: str) -> None:
        """For whoever lost both the app and the recovery codes. Raises `NotFound`."""
        with self._database.write() as connection:
            id_ = connection.scalar(select(account.c.id).where(account.c.email == sought(email)))
            if id_ is None or _kept(connection, id_) is None:
                raise NotFound(
                    "这个邮箱没有账号，或者没有开启两步验证。", "No account of this address has a second factor."
                )
            self._take_away(connection, id_, by, Action.SECOND_FACTOR_RESET)

    # Parts

    def _with_both(self, by: Account, password: str, code: str, session: str, address: str) -> None:
        self._proofs.require(by, password, session=session, address=address)
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, f"code {by.id}")
            row = _kept(connection, by.id)
            if row is None:
                raise NotFound("还没有开启两步验证。", "There is no second factor.")
            self._failures.refuse(connection, _subject(by.id), address, now, MOST_OF_CODE)
            if self._counts(connection, by.id, code, now) is not None:
                self._failures.forget(connection, _subject(by.id), address)
                return
            error = self._failed(connection, by.id, address, now)
        raise error

    def _counts(self, connection: Connection, id_: str, code: str, now: datetime) -> list[str] | None:
        """Uses a code up; None for one that is not right."""
        row = _kept(connection, id_)
        if row is None:
            return None
        step = self._entrance.codes.step(row.secret, code, now, after=row.used_step)
        if step is not None:
            mine = second_factor.c.account_id == id_
            connection.execute(update(second_factor).where(mine).values(used_step=step))
        elif recovery.use(connection, id_, code):
            left: dict[str, object] = {"left": recovery.left(connection, id_)}
            audit.append(connection, [Event(id_, Action.RECOVERY_CODE_USED, f"account/{id_}", left)], now)
        else:
            return None
        return []

    def _set_up(
        self, connection: Connection, half: Row[tuple[object, ...]], code: str, now: datetime
    ) -> list[str] | None:
        """The recovery codes of a new factor; None for a code that is not right."""
        id_, secret = str(half.account_id), str(half.secret)
        step = self._entrance.codes.step(secret, code, now, after=-1)
        if step is None:
            return None
        if _kept(connection, id_) is not None:  # set up in another window meanwhile
            raise NotFound("登录已超时，请重新登录。", "Signing in took too long; begin again.")
        sessions.end_all(connection, id_)
        connection.execute(insert(second_factor).values(account_id=id_, secret=secret, used_step=step, set_at=now))
        self._tell(connection, id_, id_, Action.SECOND_FACTOR_SET, letters.second_factor_set, now)
        return recovery.renew(connection, id_)

    def _take_away(self, connection: Connection, id_: str, by: str, action: Action) -> None:
        connection.execute(delete(second_factor).where(second_factor.c.account_id == id_))
        recovery.forget(connection, id_)
        sessions.end_all(connection, id_)
        end_halves(connection, id_)
        self._tell(connection, id_, by, action, letters.second_factor_gone, self._clock())

    def _tell(
        self,
        connection: Connection,
        id_: str,
        by: str,
        action: Action,
        letter: Callable[[str, str], letters.Draft],
        now: datetime,
    ) -> None:
        """To the audit log and the owner."""
        audit.append(connection, [Event(by, action, f"account/{id_}")], now)
        self._write(connection, id_, letter, now)

    def _write(
        self, connection: Connection, id_: str, letter: Callable[[str, str], letters.Draft], now: datetime
    ) -> None:
        who = account_of(connection, id_)
        draft = letter(who.language, f"{self._base_url}/account/forgotten")
        write_to(connection, who.email, who.language, draft, now)

    def _failed(self, connection: Connection, id_: str, address: str, now: datetime) -> SuishuError:
        if self._failures.add(connection, _subject(id_), address, now) == MOST_OF_CODE:
            self._write(connection, id_, letters.codes_guessed, now)  # whoever guesses codes has the password
        return Invalid(
            "验证码不正确或已经用过：请等应用显示下一个，并检查手机的时间。",
            "The code is not right, or was used already: wait for the next one, and check your telephone's clock.",
        )


def _kept(connection: Connection, id_: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(second_factor).where(second_factor.c.account_id == id_)).first()


def _subject(id_: str) -> str:
    """By which wrong codes are counted; no mail address has a space."""
    return f"code of {id_}"
