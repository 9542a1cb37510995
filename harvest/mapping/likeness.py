"""How alike a heading is to the names that catalogues have for the fields of the profile."""

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from harvest.mapping.fields import key

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LEAST = 0.55
_GENERIC = 4
"""Letters of names such as link, code, name and url, which in a longer name say nothing alone."""
_AROUND = re.compile(
    r"^(?:公共|政务|开放|开放的|所属|本|该)?(?:数据集|数据|資料集|資料|目录|信息资源|资源|信息)?(?:的)?"
)
"""What a heading may begin with without meaning anything else: 资源所属领域, 数据集发布时间."""

Names = Mapping[str, Sequence[str]]
"""Field -> names as `fields.key` writes them."""


def nearest(heading: str, names: Names, *, most: int = 4) -> list[tuple[str, float, str]]:
    """(field, likeness from 0 to 1, the name that it is like), best first and each field once."""
    best: dict[str, tuple[float, str]] = {}
    for field, known in names.items():
        for name in known:
            score = likeness(heading, name)
            if score >= _LEAST and score > best.get(field, (0.0, ""))[0]:
                best[field] = (score, name)
    ranked = sorted(best.items(), key=lambda each: -each[1][0])
    return [(field, score, name) for field, (score, name) in ranked[:most]]


def likeness(heading: str, name: str) -> float:
    """1 for the same word; less where one holds the other at an end, or where few letters differ."""
    said = key(heading)
    if not said or not name:
        return 0.0
    if said == name:
        return 1.0
    plain = _plain(said)
    if plain == _plain(name):
        return 0.95
    held = _held(heading, said, name)
    shorter, longer = sorted((len(said), len(name)))
    if longer > 2 * shorter + 2 or shorter < 3:
        return held
    matcher = difflib.SequenceMatcher(None, said, name, autojunk=False)
    if matcher.quick_ratio() < 0.7:
        return held
    return max(held, 0.9 * matcher.ratio() if matcher.ratio() >= 0.7 else 0.0)


def _held(heading: str, said: str, name: str) -> float:
    """A name at the end of the heading counts most, in Chinese as in English: 资源所属领域, resUpdateCycle."""
    if _CHINESE.search(name):
        if len(name) < 2:
            return 0.0
        if said.endswith(name):
            return 0.75 + 0.15 * len(name) / len(said)
        if said.startswith(name):
            return 0.6 + 0.15 * len(name) / len(said)
        return 0.55 + 0.1 * len(name) / len(said) if name in said and len(name) > 2 else 0.0
    if len(name) <= _GENERIC:
        return 0.0
    words = _segments(heading)
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            if "".join(words[start:end]) == name and end - start < len(words):
                return (0.75 if end == len(words) else 0.62) + 0.15 * len(name) / max(len(said), len(name))
    return 0.0


@lru_cache(maxsize=4_096)
def _plain(said: str) -> str:
    return _AROUND.sub("", said) or said


@lru_cache(maxsize=4_096)
def _segments(heading: str) -> tuple[str, ...]:
    """resUpdateCycle, res_update_cycle -> res, update, cycle."""
    return tuple(word.lower() for word in _CAMEL.split(heading) if word)
