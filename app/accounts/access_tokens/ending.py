"""The end of every token of an account, inside the transaction that has a reason for it."""

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from app.accounts.access_tokens.tables import access_token


def end_all(connection: Connection, account_id: str) -> None:
    connection.execute(delete(access_token).where(access_token.c.account_id == account_id))
