"""Recovery codes, for whoever lost what makes the codes of a second factor: each opens once, only a hash stays."""

import re
import secrets

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from app import tokens
from app.accounts.tables import recovery_code

COUNT = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that look like another."""
_LENGTH = 16
"""79 bits: as of a token, a quick hash will do."""


def renew(connection: Connection, account_id: str) -> list[str]:
    """New codes as people write them down; those before open nothing any more."""
    forget(connection, account_id)
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    rows = [{"account_id": account_id, "hash": tokens.hashed(code)} for code in codes]
    connection.execute(insert(recovery_code), rows)
    return ["-".join(re.findall("....", code)) for code in codes]


def use(connection: Connection, account_id: str, code: str) -> bool:
    """Uses one up."""
    said = re.sub(r"[\s-]", "", code[:100]).lower()
    held = (recovery_code.c.account_id == account_id) & (recovery_code.c.hash == tokens.hashed(said))
    return connection.execute(delete(recovery_code).where(held)).rowcount == 1


def left(connection: Connection, account_id: str) -> int:
    mine = recovery_code.c.account_id == account_id
    return connection.scalar(select(func.count()).select_from(recovery_code).where(mine)) or 0


def forget(connection: Connection, account_id: str) -> None:
    connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
