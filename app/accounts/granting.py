"""What an account may do, as the operator says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from app.accounts import divisions
from app.accounts.model import Role
from app.accounts.tables import account_role
from app.audit import service as audit
from app.audit.events import Action, Event


def grant(connection: Connection, id_: str, roles: Sequence[tuple[Role, str]], by: str, now: datetime) -> None:
    """To an account that has none. Raises `Invalid` for a division that nobody knows."""
    for role, scope in roles:
        divisions.require(role, scope)
    rows = [{"account_id": id_, "role": role, "scope": scope} for role, scope in dict.fromkeys(roles)]
    if rows:
        connection.execute(insert(account_role), rows)
    said = [f"{role}:{scope}" if scope else str(role) for role, scope in roles]
    audit.append(connection, [Event(by, Action.ROLES_GRANTED, f"account/{id_}", {"roles": said})], now)
