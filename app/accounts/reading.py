"""Accounts as the record has them."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.accounts.divisions import with_publishers
from app.accounts.model import Account, Role
from app.accounts.tables import account, account_role


def account_of(connection: Connection, id_: str) -> Account:
    row = connection.execute(select(account).where(account.c.id == id_)).one()
    roles: dict[Role, set[str]] = {}
    for held in connection.execute(select(account_role).where(account_role.c.account_id == id_)):
        roles.setdefault(Role(held.role), set()).update({held.scope} - {""})
    return Account(
        row.id,
        row.email,
        row.name,
        row.language,
        row.created_at,
        with_publishers(connection, roles),
        real_named_at=row.real_named_at,
        has_password=bool(row.password_hash),
    )
