"""
Proof that whoever holds a session is its owner, asked for before what can't be undone or opens the account to others:
the password, or, where there is none, a sign-in of the last minutes.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.engine import Row

from app.accounts import sessions
from app.accounts.failures import Failures
from app.accounts.model import Account
from app.accounts.passwords import is_right
from app.accounts.reading import Ended
from app.accounts.tables import account
from app.clock import Clock
from app.db import Database
from app.errors import Invalid

FRESH = timedelta(minutes=10)


class Proofs:
    def __init__(self, database: Database, clock: Clock, failures: Failures) -> None:
        self._database = database
        self._clock = clock
        self._failures = failures

    def require(self, by: Account, password: str, *, session: str = "", address: str = "") -> Row[tuple[object, ...]]:
        """
        The account's row. `session` is the secret of the session, `address` where the request comes from. Raises
        `Invalid` without a proof, `TooMany` after too many wrong passwords in this session, or where there is none, as
        `AccountService.sign_in`, and `Ended`.
        """
        now = self._clock()
        with self._database.read() as connection:
            row = connection.execute(select(account).where(account.c.id == by.id)).first()
            if row is None:
                raise Ended
            if row.password_hash:
                place = f"session {session}" if session else address
                self._failures.refuse(connection, row.email, place, now, alone=bool(session))
            else:
                proved_at = sessions.proved_at(connection, session)
        if row.password_hash:
            if not is_right(password, row.password_hash):
                with self._database.write() as connection:
                    self._failures.add(connection, row.email, place, now)
                raise Invalid("当前密码不正确。", "The current password is not right.")
        elif proved_at is None or now - proved_at > FRESH:
            raise Invalid(
                "这一步需要确认是您本人：请先重新登录，并在 10 分钟内完成。",
                "This step needs a proof that it is you: sign in again, and do it within 10 minutes.",
            )
        return row

    def is_fresh(self, session: str) -> bool:
        """Whether a session was proved within the last minutes."""
        with self._database.read() as connection:
            proved_at = sessions.proved_at(connection, session)
        return proved_at is not None and self._clock() - proved_at <= FRESH

    def renew(self, session: str) -> None:
        """Its owner has just shown again who it is."""
        with self._database.write() as connection:
            sessions.prove(connection, session, self._clock())
