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
    READ_OWN_RATINGS = "read-own-ratings"
    READ_AUDIT = "read-audit"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.DATA_USER: frozenset({Right.RATE}),
    Role.PUBLISHER: frozenset({Right.READ_OWN_RATINGS}),
    Role.AUTHORITY: frozenset({Right.READ_ALL_RATINGS, Right.READ_AUDIT}),
    Role.OPERATOR: frozenset({Right.READ_ALL_RATINGS, Right.READ_AUDIT}),
}
"""A publisher may not rate: it would be of its own data or of its neighbours'."""


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

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset(right for role in self.roles for right in RIGHTS[role])


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. `secret` is what the browser holds; only its hash is kept."""

    secret: str
    expires_at: datetime
