"""Links and sessions of the operator on every database that can hold them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.access.service import LINK_LASTS, SESSION_LASTS, AccessService
from app.audit import service as audit
from app.audit.events import Action
from app.db import Database
from app.errors import Invalid

START = datetime(2026, 11, 27, 8, tzinfo=UTC)


def test_a_link_opens_one_session_and_the_audit_log_says_so(database: Database) -> None:
    access = AccessService(database, lambda: START)
    token = access.make_link()
    secret, who = access.enter(token)
    assert access.operator(secret) == who
    assert who.until == START + SESSION_LASTS
    with pytest.raises(Invalid):
        access.enter(token)
    access.leave(secret)
    access.leave(secret)
    assert access.operator(secret) is None
    with database.read() as connection:
        told = [event for _, event in audit.of_subject(connection, f"operator-session/{who.session}")]
    assert [(event.action, event.actor) for event in told] == [
        (Action.OPERATOR_LEFT, who.actor),
        (Action.OPERATOR_ENTERED, who.actor),
    ]


def test_of_many_who_come_with_one_link_one_gets_in(database: Database) -> None:
    access = AccessService(database, lambda: START)
    token = access.make_link()

    def enter(_: int) -> bool:
        try:
            access.enter(token)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(8))) == 1


def test_what_has_expired_opens_nothing_and_is_forgotten(database: Database) -> None:
    now = START
    access = AccessService(database, lambda: now)
    late = access.make_link()
    secret, _ = access.enter(access.make_link())
    now = START + LINK_LASTS
    with pytest.raises(Invalid):
        access.enter(late)
    assert access.operator(secret) is not None
    now = START + SESSION_LASTS
    assert access.operator(secret) is None
    access.make_link()
    assert access.revoke().links == 1


def test_revoking_ends_all_sessions_and_unused_links(database: Database) -> None:
    access = AccessService(database, lambda: START)
    secrets = [access.enter(access.make_link())[0] for _ in range(3)]
    unused = access.make_link()
    ended = access.revoke()
    assert (ended.sessions, ended.links) == (3, 1)
    assert [access.operator(secret) for secret in secrets] == [None] * 3
    with pytest.raises(Invalid):
        access.enter(unused)
