"""
Use cases of somebody who wants to be known by their real name. What a number and a name are is read in few places, and
never told to the audit log, to a letter or in an error.
"""

import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from app.accounts.model import Account, Right
from app.accounts.reading import hold
from app.accounts.realname.deciding import ONE, Decisions, end
from app.accounts.realname.model import KEPT, Application, Claim, Kind, State
from app.accounts.realname.numbers import checked
from app.accounts.realname.sealing import Sealer
from app.accounts.realname.tables import real_name
from app.accounts.realname.verifier import Verdict, Verifier
from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Forbidden, Invalid, TooMany, Unavailable

MOST_A_DAY = 3
_DAY = timedelta(days=1)


class RealNameService:
    """`base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer, verifier: Verifier, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._verifier = verifier
        self._decisions = Decisions(sealer, base_url)

    @property
    def is_offered(self) -> bool:
        """False without a key: numbers are never kept unsealed."""
        return self._sealer.is_ready

    # One's own

    def apply(self, kind: Kind, number: str, name: str, *, by: Account) -> None:
        """
        Keeps an application that waits for the verifier; one that was found right before goes on until this one is.

        Raises `Forbidden` for roles that stand for an office, `Unavailable` where there is no key, `Invalid` for what
        can't be a number or a name and while another application waits, `TooMany` after too many in a day.
        """
        if Right.PROVE_NAME not in by.rights:
            raise Forbidden("这类账号不需要实名认证。", "Accounts of this kind need no real name.")
        if not self.is_offered:
            raise Unavailable("本门户没有开通实名认证。", "This portal does not verify real names.")
        now = self._clock()
        claim = checked(kind, number, name, now.date())
        id_ = secrets.token_hex(8)
        with self._database.write() as connection:
            one_at_a_time(connection, ONE)
            hold(connection, by.id)
            self._refuse_too_many(connection, by, now)
            row = {
                "id": id_,
                "account_id": by.id,
                "kind": kind,
                "state": State.WAITING,
                "applied_at": now,
                "reason": "",
            }
            sealed = {"sealed": self._sealer.seal(claim, by.id), "mark": self._sealer.marks(claim)[0]}
            connection.execute(insert(real_name).values(row | sealed))
            audit.append(connection, [Event(by.id, Action.REAL_NAME_CLAIMED, f"account/{by.id}", {"kind": kind})], now)
        verdict = self._asked(claim)
        if verdict is not None:
            with self._database.write() as connection:
                self._decisions.heed(connection, id_, verdict, f"verifier:{self._verifier.name}", self._clock())

    def of_account(self, by: Account) -> list[Application]:
        """One's own, newest first."""
        mine = real_name.c.account_id == by.id
        query = select(real_name).where(mine).order_by(real_name.c.applied_at.desc(), real_name.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [self._decisions.application(row) for row in rows]

    def withdraw(self, state: State, *, by: Account) -> None:
        """
        Deletes number and name of one's application in this state, if there is one: `WAITING` ends it, after `APPROVED`
        the account is no longer real-named. Raises `Invalid` for other states.
        """
        if state not in KEPT:
            raise Invalid("没有可以撤回的内容。", "There is nothing to withdraw.")
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, ONE)
            if end(connection, by.id, state, State.WITHDRAWN, now):
                audit.append(connection, [Event(by.id, Action.REAL_NAME_WITHDRAWN, f"account/{by.id}")], now)

    # Parts

    def _refuse_too_many(self, connection: Connection, by: Account, now: datetime) -> None:
        mine = real_name.c.account_id == by.id
        waiting = select(real_name.c.id).where(mine, real_name.c.state == State.WAITING)
        if connection.scalar(waiting) is not None:
            raise Invalid("已有一份申请正在等待核验。", "Another application of yours waits already.")
        recent = select(func.count(), func.min(real_name.c.applied_at)).where(mine, real_name.c.applied_at > now - _DAY)
        count, first = connection.execute(recent).one()
        if count >= MOST_A_DAY:
            raise TooMany(
                f"一天内最多申请 {MOST_A_DAY} 次，请明天再试。",
                f"You may apply {MOST_A_DAY} times a day; try again tomorrow.",
                retry_after_s=max(1, int((first + _DAY - now).total_seconds())),
            )

    def _asked(self, claim: Claim) -> Verdict | None:
        try:
            return self._verifier.judge(claim)
        except Exception as error:  # a register that does not answer leaves it to a person
            # Not the error's words: what was asked may stand in them.
            structlog.get_logger().error("the verifier failed", verifier=self._verifier.name, why=type(error).__name__)
            return None
