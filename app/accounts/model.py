"""Accounts as other rooms see them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The parts that the measures give people (Art. 4, 5, 25); the value stands in the database."""

    DATA_USER = "data-user"
    DATA_SUBJECT = "data-subject"
    PUBLISHER = "publisher"
    AUTHORITY = "authority"
    OPERATOR = "operator"


class Right(StrEnum):
    """What a role lets somebody do."""

    RATE = "rate"
    SEE_DESK = "see-desk"
    """What was said of data and how it was rated (Art. 27), what of it waits, and how long answers take."""
    READ_HIDDEN = "read-hidden"
    """What a moderator took out of sight."""
    READ_AUDIT = "read-audit"
    COMMENT = "comment"
    """Comments, corrections and usage notes."""
    REPLY = "reply"
    DECIDE_CORRECTIONS = "decide-corrections"
    MODERATE = "moderate"
    PROVE_NAME = "prove-name"
    VERIFY = "verify"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.DATA_USER: frozenset({Right.RATE, Right.COMMENT, Right.PROVE_NAME}),
    Role.DATA_SUBJECT: frozenset({Right.PROVE_NAME}),
    Role.PUBLISHER: frozenset({Right.SEE_DESK, Right.REPLY, Right.DECIDE_CORRECTIONS}),
    Role.AUTHORITY: frozenset(
        {Right.SEE_DESK, Right.READ_HIDDEN, Right.READ_AUDIT, Right.REPLY, Right.DECIDE_CORRECTIONS}
    ),
    Role.OPERATOR: frozenset(
        {Right.SEE_DESK, Right.READ_HIDDEN, Right.READ_AUDIT, Right.REPLY, Right.MODERATE, Right.VERIFY}
    ),
}
"""
A publisher may not rate: it would be of its own data or of its neighbours'. Nor may it take away what others say of
its data.
"""

OF_THE_WHOLE = frozenset({Right.READ_AUDIT, Right.MODERATE, Right.VERIFY})
"""What is not divided by publishers: a role that is limited to some of them does not give it."""

STAFF = frozenset({Role.OPERATOR, Role.AUTHORITY, Role.PUBLISHER})
"""Whose accounts are worth more to a thief: sessions are short, and a second factor is asked for."""


@dataclass(frozen=True, slots=True)
class Account:
    """
    Somebody who signed up. `name` is what others may read, chosen freely; `email` is for the account's owner alone.
    `roles`: role -> the publishers it is limited to, beside the codes of the divisions that stand for some of them;
    empty for all. `real_named_at`: since when it is known who this is (Art. 15); None where it is not.
    """

    id: str
    email: str
    name: str
    language: str
    created_at: datetime
    roles: Mapping[Role, frozenset[str]] = field(default_factory=dict)
    real_named_at: datetime | None = None
    has_password: bool = True
    """Without one it is entered by another's sign-in alone."""

    @property
    def is_real_named(self) -> bool:
        return self.real_named_at is not None

    @property
    def rights(self) -> frozenset[Right]:
        given = ((right, scope) for role, scope in self.roles.items() for right in RIGHTS[role])
        return frozenset(right for right, scope in given if not (scope and right in OF_THE_WHOLE))

    def role_for(self, right: Right, publisher: str | None) -> Role | None:
        """The role that gives this right over data of that publisher; a publisher's reaches what it names alone."""
        for role, scope in self.roles.items():
            if right in RIGHTS[role] and (publisher in scope or not (scope or role is Role.PUBLISHER)):
                return role
        return None

    def reach(self, right: Right) -> frozenset[str] | None:
        """The publishers over whose data this account has a right; None for all."""
        scopes = [(role, scope) for role, scope in self.roles.items() if right in RIGHTS[role]]
        if any(not scope and role is not Role.PUBLISHER for role, scope in scopes):
            return None
        return frozenset().union(*(scope for _, scope in scopes))

    def speaks_for(self, publisher: str | None) -> bool:
        """As that publisher, by name: whose data one may neither rate nor moderate what is said of it."""
        return publisher is not None and publisher in self.roles.get(Role.PUBLISHER, ())

    @property
    def is_staff(self) -> bool:
        return not STAFF.isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class Session:
    """
    One browser that is signed in. `secret` is what the browser holds; only its hash is kept. `browser`: by what it is
    known again when a password is next typed there, "" where none was typed.
    """

    secret: str
    expires_at: datetime
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Half:
    """
    One browser whose owner has shown one proof of two: no session, and good for nothing but the second. `secret` and
    `browser` as of a session.
    """

    secret: str
    expires_at: datetime
    browser: str = ""
