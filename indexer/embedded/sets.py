"""
Numbers for sets of facet values, so that a record has one number a facet, however many values.

Counting numbers of a dense column is about three times faster than counting values, and the sets are few. They stand
in a file that only grows: written and synced before the commit that uses them, so that a number in the index always
has its line. A number that no record uses does no harm.
"""

import json
import os
from pathlib import Path

from indexer.query import FACETS

_FILE = "sets.jsonl"

Values = tuple[str, ...]


def read(generation: Path) -> dict[str, list[Values]]:
    """For each facet the sets in the order of their numbers. An unfinished last line counts for nothing."""
    found: dict[str, list[Values]] = {facet: [] for facet in FACETS}
    try:
        data = (generation / _FILE).read_bytes()
    except FileNotFoundError:
        return found
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        facet, values = json.loads(line)
        found[facet].append(tuple(values))
    return found


class SetNumbers:
    """The writer's side: gives numbers, and keeps new ones by `save`."""

    def __init__(self, generation: Path) -> None:
        self._path = generation / _FILE
        self._numbers = {
            facet: {values: number for number, values in enumerate(sets)} for facet, sets in read(generation).items()
        }
        self._new: list[bytes] = []
        self._cut_unfinished_line()

    def number(self, facet: str, values: Values) -> int:
        numbers = self._numbers[facet]
        found = numbers.get(values)
        if found is None:
            found = numbers[values] = len(numbers)
            line = json.dumps([facet, values], ensure_ascii=False, separators=(",", ":"))
            self._new.append(line.encode("utf-8", "replace") + b"\n")
        return found

    def save(self) -> None:
        """Must come before the commit of the records that use the new numbers."""
        if not self._new:
            return
        with self._path.open("ab") as file:
            file.write(b"".join(self._new))
            file.flush()
            os.fsync(file.fileno())
        self._new.clear()

    def _cut_unfinished_line(self) -> None:
        if self._path.exists():
            data = self._path.read_bytes()
            if not data.endswith(b"\n"):
                os.truncate(self._path, data.rfind(b"\n") + 1)
