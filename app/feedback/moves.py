"""How a correction moves, and who is asked what. Pure: check, button and audit event are made from this table."""

from dataclasses import dataclass
from enum import StrEnum

from app.audit.events import Action
from app.feedback.model import State

DAYS = 15
"""Working days from receipt to decision (Art. 29: errors and omissions); counted also where no evidence was given."""


class Step(StrEnum):
    """What the publisher of the data, or the authority, does with a correction."""

    ACCEPT = "accept"
    REJECT = "reject"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Move:
    """`needs_answer`: words for everybody belong to it."""

    before: State
    after: State
    action: Action
    needs_answer: bool


MOVES = {
    Step.ACCEPT: Move(State.RECEIVED, State.ACCEPTED, Action.CORRECTION_ACCEPTED, needs_answer=True),
    Step.REJECT: Move(State.RECEIVED, State.REJECTED, Action.CORRECTION_REJECTED, needs_answer=True),
    Step.FINISH: Move(State.ACCEPTED, State.DONE, Action.CORRECTION_DONE, needs_answer=False),
}


def steps(state: State) -> list[Step]:
    """What can be done now."""
    return [step for step, move in MOVES.items() if move.before is state]
