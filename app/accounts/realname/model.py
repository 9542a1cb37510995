"""Real names as other rooms see them: what somebody says of themselves, and what became of it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """Whose number it is; the value stands in the database."""

    PERSON = "person"
    ORGANISATION = "organisation"


class State(StrEnum):
    """Of an application; the value stands in the database."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    REVOKED = "revoked"


KEPT = frozenset({State.WAITING, State.APPROVED})
"""Number and name are deleted with every other state: nobody needs them any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says to be. Number and name are left out of everything that prints a claim."""

    kind: Kind
    number: str = field(repr=False)
    name: str = field(repr=False)

    @property
    def masked_number(self) -> str:
        """4401**********123X: neither the county nor the day of birth of a person stands in it."""
        return f"{self.number[:4]}{'*' * (len(self.number) - 8)}{self.number[-4:]}"

    @property
    def masked_name(self) -> str:
        """*三 of a person, as payment services do it; 广州****公司 of an organisation."""
        if self.kind is Kind.PERSON:
            return f"{'*' * (len(self.name) - 1)}{self.name[-1]}"
        shown = 2 if len(self.name) > 6 else 1
        return f"{self.name[:shown]}****{self.name[-shown:]}"


@dataclass(frozen=True, slots=True)
class Application:
    """
    `number` and `name` are masked; both are "" where nothing is kept any more, or no key opens what is kept. `reason`
    is the verifier's word to the applicant.
    """

    id: str
    kind: Kind
    state: State
    applied_at: datetime
    decided_at: datetime | None
    reason: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    An application as the verifier sees it. `elsewhere`: how many other accounts gave the same number and either wait
    or have been found to be right.
    """

    application: Application
    account_name: str
    elsewhere: int
