"""Accounts as other rooms see them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The parts that the measures give people (Art. 4, 5); the value stands in the database."""

    DATA_USER = "data-user"
    PUBLISHER = "publisher"
    AUTHORITY = "authority"
    OPERATOR = "operator"


class Right(StrEnum):
    """What a role lets somebody do."""

    RATE = "rate"
    READ_ALL_RATINGS = "read-all-ratings"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.DATA_USER: frozenset({Right.RATE}),
    Role.PUBLISHER: frozenset(),
    Role.AUTHORITY: frozenset({Right.READ_ALL_RATINGS}),
    Role.OPERATOR: frozenset({Right.READ_ALL_RATINGS}),
}
"""A publisher may not rate: it would be of its own data or of its neighbours'."""

STAFF = frozenset({Role.OPERATOR, Role.AUTHORITY, Role.PUBLISHER})
"""Whose accounts are worth more to a thief: sessions are short, and a second factor is asked for."""


@dataclass(frozen=True, slots=True)
class Account:
    """
    Somebody who signed up. `name` is what others may read, chosen freely; `email` is for the account's owner alone.
    `roles`: role -> the publishers or districts it is limited to, empty for all.
    """

    id: str
    email: str
    name: str
    language: str
    created_at: datetime
    roles: Mapping[Role, frozenset[str]] = field(default_factory=dict)

    has_password: bool = True
    """Without one it is entered by another's sign-in alone."""

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset(right for role in self.roles for right in RIGHTS[role])

    @property
    def is_staff(self) -> bool:
        return not STAFF.isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. `secret` is what the browser holds; only its hash is kept."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Half:
    """
    One browser whose owner has shown one proof of two: no session, and good for nothing but the second. `secret` as of
    a session.
    """

    secret: str
    expires_at: datetime
