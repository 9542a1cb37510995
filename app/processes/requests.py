"""
How a command asks the keeper that runs for what only the keeper may do: a file in the home, which the keeper takes
away when it is done. A keeper that is killed finds it again.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """How far a request has come."""

    done: int = 0
    total: int | None = None
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to make one projection anew."""

    path: Path

    @classmethod
    def to_rebuild(cls, home: Path, projection: str) -> "Request":
        return cls(home.resolve() / "run" / f"rebuild-{projection}.json")

    def make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.tell(State())

    def state(self) -> State | None:
        """None when it is not there (any more)."""
        try:
            return State(**json.loads(self.path.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return State()

    def tell(self, state: State) -> None:
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(asdict(state)))
        draft.replace(self.path)

    def take_away(self) -> None:
        self.path.unlink(missing_ok=True)
