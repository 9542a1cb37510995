"""What a reader has to say about a document that it could read, but not as it stood."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_KEPT = 50


class Kind(StrEnum):
    """What was done. The value is the key under which reports count it."""

    ENCODING = "encoding-guessed"
    IRI = "iri-mended"
    DROPPED = "statement-dropped"
    TERM = "term-undefined"
    LANGUAGE = "language-tag-dropped"
    LITERAL = "literal-simplified"
    PREFIX = "prefix-added"
    BASE = "relative-iri-without-base"
    CONTEXT = "context-bundled"
    PARSER = "read-by-rdflib"


@dataclass(frozen=True, slots=True)
class Note:
    """One remark in Chinese and English; `line` counts from 1 where it is known."""

    kind: Kind
    zh: str
    en: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class Notes:
    """
    The remarks on one document, in order. Only the first fifty of a kind are kept; `count` is exact.

    A document of a million broken addresses must not become a million remarks in memory.
    """

    def __init__(self) -> None:
        self._kept: list[Note] = []
        self._counts: Counter[Kind] = Counter()

    def add(self, kind: Kind, zh: str, en: str, line: int | None = None) -> None:
        self._counts[kind] += 1
        if self._counts[kind] <= _KEPT:
            self._kept.append(Note(kind, zh, en, line))

    def extend(self, other: "Notes") -> None:
        for note in other._kept:
            if sum(kept.kind is note.kind for kept in self._kept) < _KEPT:
                self._kept.append(note)
        self._counts.update(other._counts)

    def count(self, kind: Kind) -> int:
        return self._counts[kind]

    @property
    def counts(self) -> dict[Kind, int]:
        return dict(self._counts)

    def __iter__(self) -> Iterator[Note]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
