"""Letters to whoever said something, where that account is still there, and to the office that it concerns."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.accounts.letters import Draft
from app.accounts.model import Role
from app.accounts.notices import write_to
from app.accounts.tables import account, account_role
from app.catalogue.tables import dataset
from app.feedback import letters
from app.feedback.tables import correction, post

_OF_USE = timedelta(days=7)


def write_to_author(
    connection: Connection, account_id: str | None, draft: Callable[[str], Draft], now: datetime
) -> None:
    """`draft`: language -> what to write."""
    row = connection.execute(select(account).where(account.c.id == account_id)).first()
    if row is not None:
        write_to(connection, row.email, row.language, draft(row.language), now, _OF_USE)


def write_to_publisher(connection: Connection, post_id: int, base_url: str, now: datetime) -> None:
    """Of a correction that everybody can read from now on, to the accounts that speak for the publisher of the data."""
    about = (
        select(dataset.c.publisher_id, dataset.c.public_title, correction.c.due_on)
        .join(post, post.c.dataset_id == dataset.c.id)
        .join(correction, correction.c.post_id == post.c.id)
        .where(post.c.id == post_id)
    )
    row = connection.execute(about).one()
    speaks = (account_role.c.role == Role.PUBLISHER) & (account_role.c.scope == row.publisher_id)
    people = select(account.c.email, account.c.language).join(account_role, account_role.c.account_id == account.c.id)
    link = f"{base_url}/account/said/{post_id}"
    for who in connection.execute(people.where(speaks, account.c.confirmed_at.is_not(None))).all():
        draft = letters.correction_came(who.language, row.public_title or "", row.due_on, link)
        write_to(connection, who.email, who.language, draft, now, _OF_USE)
