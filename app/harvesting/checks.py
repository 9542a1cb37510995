"""The checks of `shapes` in the words of `harvest`."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

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


@lru_cache(maxsize=1)
def version() -> str:
    """
    Another word for each set of rules: what passed or failed under one must be judged again under the next. It is a
    hash of all that the checks are made of, so that nobody has to think of raising a number.
    """
    import shapes

    folder = Path(shapes.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".ttl") and "examples" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def stored(problems: Iterable[Problem]) -> tuple[dict[str, str], ...]:
    """Problems as the record keeps them: violations first, at most `MAX_PROBLEMS`."""
    ordered = sorted(problems, key=lambda problem: problem.severity != "violation")
    return tuple(asdict(problem) for problem in ordered[:MAX_PROBLEMS])


def broken(problems: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The rules that stored problems say were broken."""
    return tuple(dict.fromkeys(problem["rule"] for problem in problems if problem["severity"] == "violation"))


def has_violation(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "violation" for problem in problems)
