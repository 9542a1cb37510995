"""Letters to the owner of an account, in the transaction that has a reason for them."""

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from app.accounts.letters import Draft
from app.mail.service import Letter, post

_OF_USE = timedelta(hours=24)


def write_to(
    connection: Connection, email: str, language: str, draft: Draft, now: datetime, lasts: timedelta = _OF_USE
) -> None:
    """`lasts`: for how long it is tried to hand the letter over."""
    post(connection, [Letter(email, draft.subject, draft.body, language, now + lasts)], now)
