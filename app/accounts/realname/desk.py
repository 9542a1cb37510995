"""Use cases of whoever verifies real names for the operator, and of the operator's command line."""

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from app.accounts.model import Account, Right
from app.accounts.realname.deciding import ONE, Decisions, Found, waiting
from app.accounts.realname.model import Claim, State, Waiting
from app.accounts.realname.sealing import Sealer
from app.accounts.realname.tables import real_name
from app.accounts.realname.verifier import Verdict
from app.accounts.tables import account
from app.accounts.words import normalised
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Forbidden, Invalid, NotFound, Unavailable

MAX_REASON_CHARACTERS = 500
SHOWN = 20


class RealNameDesk:
    """`base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._decisions = Decisions(sealer, base_url)

    def waiting(self, *, by: Account) -> list[Waiting]:
        """The oldest applications that wait, masked. Raises `Forbidden`."""
        _require(by)
        query = (
            select(real_name, account.c.name.label("account_name"))
            .join(account, account.c.id == real_name.c.account_id)
            .where(real_name.c.state == State.WAITING)
            .order_by(real_name.c.applied_at, real_name.c.id)
            .limit(SHOWN)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            return [self._seen(connection, row) for row in rows]

    def count(self) -> int:
        """How many applications wait."""
        applied = select(func.count()).select_from(real_name).where(real_name.c.state == State.WAITING)
        with self._database.read() as connection:
            return connection.scalar(applied) or 0

    def read(self, id_: str, *, by: Account) -> Claim:
        """
        Number and name of an application that waits, unmasked; that somebody read them stands in the audit log before
        they are told. Raises `Forbidden`, `NotFound`, `Unavailable` where no key opens them.
        """
        now = self._clock()
        with self._database.write() as connection:
            row = self._waiting(connection, id_, by)
            claim = self._decisions.claim(row)
            if claim is None:
                raise Unavailable("没有能解开这份申请的密钥。", "There is no key that opens this application.")
            audit.append(connection, [Event(by.id, Action.REAL_NAME_READ, f"account/{row.account_id}")], now)
            return claim

    def approve(self, id_: str, *, by: Account, though_elsewhere: bool = False) -> None:
        """
        Makes the account real-named. Raises `Forbidden`, `NotFound`, and `Invalid` where another account has the number
        and `though_elsewhere` does not say that this was seen.
        """
        with self._database.write() as connection:
            row = self._waiting(connection, id_, by)
            if self._decisions.claim(row) is None:
                raise Unavailable("没有能解开这份申请的密钥。", "There is no key that opens this application.")
            if not though_elsewhere and self._decisions.elsewhere(connection, row):
                raise Invalid(
                    "另有账号使用同一号码。请核实，确认后勾选“已知悉”再通过。",
                    "Another account has the same number. Look into it, and say that you know before you approve.",
                )
            self._decisions.decide(connection, row, Verdict(True), by.id, self._clock())

    def refuse(self, id_: str, reason: str, *, by: Account) -> None:
        """Refuses, with a reason for the applicant. Raises `Forbidden`, `NotFound`, `Invalid` without a good reason."""
        with self._database.write() as connection:
            row = self._waiting(connection, id_, by)
            verdict = Verdict(False, _reason(reason, self._decisions.claim(row)))
            self._decisions.decide(connection, row, verdict, by.id, self._clock())

    def revoke(self, email: str, reason: str, *, by: str) -> None:
        """For the command line: an account is real-named no longer. Raises `NotFound`, `Invalid`."""
        with self._database.write() as connection:
            id_ = connection.scalar(select(account.c.id).where(account.c.email == normalised(email)))
            kept = select(real_name).where(real_name.c.account_id == id_, real_name.c.state == State.APPROVED)
            row = connection.execute(kept).first()
            claim = self._decisions.claim(row) if row else None
            if not id_ or not self._decisions.revoke(connection, id_, _reason(reason, claim), by, self._clock()):
                raise NotFound("没有这个邮箱的实名账号。", "No real-named account has this address.")

    def reseal(self, *, by: str) -> tuple[int, int]:
        """For the command line: seals all that is kept with the first key. How many were, and how many no key opens."""
        with self._database.write() as connection:
            one_at_a_time(connection, ONE)
            rows = connection.execute(select(real_name).where(real_name.c.sealed.is_not(None))).all()
            opened = sum(self._resealed(connection, row) for row in rows)
            details: dict[str, object] = {"resealed": opened, "closed": len(rows) - opened}
            audit.append(connection, [Event(by, Action.REAL_NAMES_RESEALED, "real-name/all", details)], self._clock())
        return opened, len(rows) - opened

    def _resealed(self, connection: Connection, row: Found) -> bool:
        claim = self._decisions.claim(row)
        if claim is None:
            return False
        sealed = {"sealed": self._sealer.seal(claim, row.account_id), "mark": self._sealer.marks(claim)[0]}
        connection.execute(update(real_name).where(real_name.c.id == row.id).values(sealed))
        return True

    def _seen(self, connection: Connection, row: Found) -> Waiting:
        elsewhere = self._decisions.elsewhere(connection, row)
        return Waiting(self._decisions.application(row), row.account_name, elsewhere)

    def _waiting(self, connection: Connection, id_: str, by: Account) -> Found:
        """An application that `by` may decide about, with everybody else kept out until the transaction ends."""
        _require(by)
        one_at_a_time(connection, ONE)
        row = waiting(connection, id_)
        if row is None:
            raise NotFound("这份申请已经处理或撤回。", "This application was decided on, or withdrawn.")
        if row.account_id == by.id:
            raise Forbidden("不能核验自己的申请。", "Nobody verifies their own name.")
        return row


def _require(by: Account) -> None:
    if Right.VERIFY not in by.rights:
        raise Forbidden("这里只供平台管理机构核验实名。", "This is for the operator, who verifies real names.")


def _reason(said: str, claim: Claim | None) -> str:
    """What the applicant is told. It is kept and mailed, so neither number nor name may stand in it."""
    reason = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    if not 2 <= len(reason) <= MAX_REASON_CHARACTERS:
        raise Invalid(
            f"请写明理由，2 到 {MAX_REASON_CHARACTERS} 个字符。",
            f"Give the reason, in 2 to {MAX_REASON_CHARACTERS} characters.",
        )
    if claim is not None and (claim.number in "".join(reason.upper().split()) or claim.name in reason):
        raise Invalid("理由中不要写出号码和姓名。", "Neither number nor name may stand in the reason.")
    return reason
