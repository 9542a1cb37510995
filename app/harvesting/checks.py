"""The checks of `shapes` in the words of `harvest`."""

from collections.abc import Iterable
from dataclasses import asdict

from harvest.record import Problem

MAX_PROBLEMS = 50
MAX_VALUE_CHARACTERS = 200


def check(ntriples: bytes, profile: str) -> tuple[Problem, ...]:
    """What a profile finds in one record."""
    from shapes.validate import validate

    return tuple(
        Problem(
            rule=result.rule,
            severity=result.severity,
            path=result.path or "",
            value=str(result.value or "")[:MAX_VALUE_CHARACTERS],
            message_zh=result.message.get("zh-Hans", ""),
            message_en=result.message.get("en", ""),
            article=result.article or "",
        )
        for result in validate(ntriples, profile).results
    )


def stored(problems: Iterable[Problem]) -> tuple[dict[str, str], ...]:
    """Problems as the record keeps them: violations first, at most `MAX_PROBLEMS`."""
    ordered = sorted(problems, key=lambda problem: problem.severity != "violation")
    return tuple(asdict(problem) for problem in ordered[:MAX_PROBLEMS])


def has_violation(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "violation" for problem in problems)
