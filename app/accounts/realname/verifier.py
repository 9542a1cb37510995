"""
Who says that a number is somebody's own. The portal knows no register of its own, so the default leaves it to a person
at the operator's desk; a city that may ask a register puts its own verifier in `app/wiring.py`.
"""

from dataclasses import dataclass
from typing import Protocol

from app.accounts.realname.model import Claim


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` tells the applicant why it was refused, and holds neither number nor name."""

    is_approved: bool
    reason: str = ""


class Verifier(Protocol):
    name: str
    """Names it in audit rows."""

    def judge(self, claim: Claim) -> Verdict | None:
        """
        None where a person has to decide. Called in the request of the applicant, outside of every transaction, so it
        has to give up by itself within seconds; whatever it raises leaves the application waiting for a person.
        """
        ...


class Desk:
    """A person decides."""

    name = "desk"

    def judge(self, claim: Claim) -> Verdict | None:
        return None
