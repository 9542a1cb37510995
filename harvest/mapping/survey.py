"""What stands in the columns of a table or under the keys of a JSON: how often, and which words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harvest.mapping import values

MAX_DISTINCT = 2_000
"""Different words of a column that are kept apart. What comes after them is counted, but not by its words."""
MAX_WORD = 300
"""Characters of a value that are looked at."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column. `words`: what its filled cells say -> in how many rows, most frequent first; elements of real lists are
    words of their own. `rows`: the rows of the source, `filled`: those with a value here. `cut`: there were more words.
    """

    heading: str
    rows: int
    filled: int
    words: Mapping[str, int]
    cut: bool = False

    @property
    def distinct(self) -> float:
        """Share of different words, 0 to 1."""
        return len(self.words) / max(1, self.filled)

    @property
    def length(self) -> float:
        """Characters of a word, in the mean."""
        return sum(map(len, self.words)) / max(1, len(self.words))


def survey(headings: Sequence[str], rows: Iterable[Mapping[str, object]]) -> list[Column]:
    """One `Column` a heading, in their order; headings without a name are left out."""
    names = [heading for heading in dict.fromkeys(headings) if heading.strip()]
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    filled: Counter[str] = Counter()
    cut: set[str] = set()
    total = 0
    for row in rows:
        total += 1
        for name in names:
            words = _words(row.get(name))
            filled[name] += bool(words)
            for word in words:
                if word in counts[name] or len(counts[name]) < MAX_DISTINCT:
                    counts[name][word] += 1
                else:
                    cut.add(name)
    return [
        Column(name, total, filled[name], dict(counts[name].most_common()), name in cut) for name in names
    ]  # fmt: skip


def _words(value: object) -> list[str]:
    """Long text by its beginning; nothing for the many ways to write nothing."""
    if isinstance(value, list):
        found = (values.text(each)[:MAX_WORD] for each in value if not isinstance(each, dict | list))
        return [word for word in dict.fromkeys(found) if word and not values.is_nothing(word)]
    word = values.text(value)[:MAX_WORD]
    return [] if not word or values.is_nothing(word) else [word]
