"""What a decision does to an application, whoever made it. Everything here runs inside the caller's transaction."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Row

from app.accounts.letters import Draft
from app.accounts.notices import write_to
from app.accounts.realname import letters
from app.accounts.realname.model import Application, Claim, Kind, State
from app.accounts.realname.sealing import Sealer
from app.accounts.realname.tables import real_name
from app.accounts.realname.verifier import Verdict
from app.accounts.tables import account
from app.audit import service as audit
from app.audit.events import Action, Event
from app.db import one_at_a_time

ONE = "real name"
"""What every writer of applications waits for; they are rare."""
_LETTER_LASTS = timedelta(days=3)

Found = Row[tuple[object, ...]]


class Decisions:
    def __init__(self, sealer: Sealer, base_url: str) -> None:
        self._sealer = sealer
        self._link = f"{base_url}/account/real-name"

    def claim(self, row: Found) -> Claim | None:
        """None where nothing is kept, or no key opens it."""
        return self._sealer.open(row.sealed, row.account_id)

    def application(self, row: Found) -> Application:
        claim = self.claim(row)
        number, name = (claim.masked_number, claim.masked_name) if claim else ("", "")
        return Application(
            row.id, Kind(row.kind), State(row.state), row.applied_at, row.decided_at, row.reason, number, name
        )

    def elsewhere(self, connection: Connection, row: Found) -> int:
        """How many other accounts have this number, or apply with it."""
        claim = self.claim(row)
        marks = self._sealer.marks(claim) if claim else [row.mark]
        same = real_name.c.mark.in_(marks) & (real_name.c.account_id != row.account_id)
        return connection.scalar(select(func.count(real_name.c.account_id.distinct())).where(same)) or 0

    def heed(self, connection: Connection, id_: str, verdict: Verdict, actor: str, now: datetime) -> None:
        """
        Does what a verifier said. Does nothing where the application does not wait any more, or where another account
        has the number: a person looks at that first.
        """
        one_at_a_time(connection, ONE)
        row = waiting(connection, id_)
        if row is not None and not (verdict.is_approved and self.elsewhere(connection, row)):
            self.decide(connection, row, verdict, actor, now)

    def decide(self, connection: Connection, row: Found, verdict: Verdict, actor: str, now: datetime) -> None:
        """Ends an application that waits, and tells its owner. The caller is alone (`ONE`)."""
        owner = self._owner(connection, row)
        if verdict.is_approved:
            action, draft = Action.REAL_NAME_APPROVED, letters.approved(owner.language, self._link)
            details: dict[str, object] = {"elsewhere": self.elsewhere(connection, row)}
            end(connection, owner.id, State.APPROVED, State.REPLACED, now)
            approved = {"state": State.APPROVED, "decided_at": now}
            connection.execute(update(real_name).where(real_name.c.id == row.id).values(approved))
            connection.execute(update(account).where(account.c.id == owner.id).values(real_named_at=now))
        else:
            action, draft = Action.REAL_NAME_REFUSED, letters.refused(owner.language, self._link, verdict.reason)
            details = {}
            end(connection, owner.id, State.WAITING, State.REFUSED, now, verdict.reason)
        audit.append(connection, [Event(actor, action, f"account/{owner.id}", details)], now)
        self._tell(connection, owner, draft, now)

    def revoke(self, connection: Connection, account_id: str, reason: str, actor: str, now: datetime) -> bool:
        """Takes back that an account is real-named; False where it is not."""
        one_at_a_time(connection, ONE)
        if not end(connection, account_id, State.APPROVED, State.REVOKED, now, reason):
            return False
        owner = connection.execute(select(account).where(account.c.id == account_id)).one()
        audit.append(connection, [Event(actor, Action.REAL_NAME_REVOKED, f"account/{account_id}")], now)
        self._tell(connection, owner, letters.revoked(owner.language, self._link, reason), now)
        return True

    def _owner(self, connection: Connection, row: Found) -> Found:
        return connection.execute(select(account).where(account.c.id == row.account_id)).one()

    def _tell(self, connection: Connection, owner: Found, draft: Draft, now: datetime) -> None:
        write_to(connection, owner.email, owner.language, draft, now, _LETTER_LASTS)


def waiting(connection: Connection, id_: str) -> Found | None:
    """The application of this id, if it waits, with its account held: nobody erases that meanwhile."""
    query = select(real_name).where(real_name.c.id == id_, real_name.c.state == State.WAITING)
    row = connection.execute(query).first() if id_.isalnum() else None  # PostgreSQL takes no NUL
    if row is None:
        return None
    held = select(account.c.id).where(account.c.id == row.account_id).with_for_update()
    return row if connection.scalar(held) else None


def end(connection: Connection, account_id: str, state: State, into: State, now: datetime, reason: str = "") -> bool:
    """Deletes number and name of an account's application in this state; False where there is none."""
    theirs = (real_name.c.account_id == account_id) & (real_name.c.state == state)
    gone = {"state": into, "sealed": None, "mark": None, "decided_at": now, "reason": reason}
    if not connection.execute(update(real_name).where(theirs).values(gone)).rowcount:
        return False
    if state is State.APPROVED:
        connection.execute(update(account).where(account.c.id == account_id).values(real_named_at=None))
    return True
