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
    SEE_DESK = "see-desk"
    """What was said of data and how it was rated (Art. 27), what of it waits, and how long answers take."""
    READ_HIDDEN = "read-hidden"
    """What a moderator took out of sight."""
    COMMENT = "comment"
    """Comments, corrections and usage notes."""
    REPLY = "reply"
    DECIDE_CORRECTIONS = "decide-corrections"
    MODERATE = "moderate"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.DATA_USER: frozenset({Right.RATE, Right.COMMENT}),
    Role.PUBLISHER: frozenset({Right.SEE_DESK, Right.REPLY, Right.DECIDE_CORRECTIONS}),
    Role.AUTHORITY: frozenset({Right.SEE_DESK, Right.READ_HIDDEN, Right.REPLY, Right.DECIDE_CORRECTIONS}),
    Role.OPERATOR: frozenset({Right.SEE_DESK, Right.READ_HIDDEN, Right.REPLY, Right.MODERATE}),
}
"""
A publisher may not rate: it would be of its own data or of its neighbours'. Nor may it take away what others say of
its data.
"""


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


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. `secret` is what the browser holds; only its hash is kept."""

    secret: str
    expires_at: datetime
