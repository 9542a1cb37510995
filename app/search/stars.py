"""The stars that a search can be limited to, defined once: parameters, reading, and their OpenAPI entries."""

from collections.abc import Callable, Sequence
from typing import Any

from indexer.document import MOST_STARS

LEAST, MOST = "rating_from", "rating_to"

Stars = tuple[int | None, int | None]


def stars_from(values: Callable[[str], Sequence[str]]) -> Stars:
    """What is no number of stars is left out; a range the wrong way round is turned."""
    least, most = _stars(values(LEAST)), _stars(values(MOST))
    return (most, least) if least is not None and most is not None and least > most else (least, most)


def openapi() -> list[dict[str, Any]]:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_STARS}
    ends = ((LEAST, "At least so many stars"), (MOST, "At most so many stars"))
    return [
        {
            "name": name,
            "in": "query",
            "description": f"{words}, by the Bayesian mean of the ratings; datasets that nobody rated are left out.",
            "required": False,
            "schema": schema,
        }
        for name, words in ends
    ]


def _stars(given: Sequence[str]) -> int | None:
    text = given[-1].strip() if given else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 and 1 <= int(text) <= MOST_STARS else None
