"""
Counts that begin where there is least. Pure.

`?d dct:publisher/foaf:name ?name` is two statements, and the engine, which knows no numbers, takes them as they stand:
of a hundred thousand datasets it looks up the publisher's name one by one. Begun at the names, of which there are
hundreds, it reads the datasets of each in a row, ten times as fast. Which property is the rarer one, the figures of the
snapshot say. The order of statements side by side changes no answer, so the rarer one is put before the other.

A path of two steps is told as the two statements that it is: https://www.w3.org/TR/sparql11-query/#sparqlTranslatePathExpressions
"""

from collections.abc import Callable, Iterator, Sequence

from app.sparql.guard import may_say
from app.sparql.implied import Change, Piece, Reader, rewritten

Count = Callable[[str], int]
"""How many statements a property has."""

_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP")
_RARER = 10
_ENDS = (";", ".", "}")


def rarest_first(query: str, count: Count) -> str:
    """The same query; itself where nothing is to be won, or it can't be told for certain."""
    if "_:" in query or not may_say(query, _AGGREGATES):
        return query
    return rewritten(query, lambda pieces: _Steps(pieces, count).changes())


class _Steps(Reader):
    def __init__(self, pieces: Sequence[Piece], count: Count) -> None:
        super().__init__(pieces)
        self._count = count
        self._nodes = 0

    def changes(self) -> Iterator[Change]:
        """Raises ValueError as `declares` does."""
        for at in range(len(self.pieces)):
            if not self.declares(at) and self.begins(at):
                yield from self._of_statement(at)

    def _of_statement(self, at: int) -> Iterator[Change]:
        start, i = self.pieces[at].start, at + 1
        while self.resolved(i) or self.text(i) == "a":
            if self.text(i + 1) == "/":
                if not self._is_two_steps(i):
                    return
                if self._is_rarer(self.resolved(i + 2), self.resolved(i)):
                    node = f"_:step{self._nodes}"
                    self._nodes += 1
                    last = self.pieces[i + 3]
                    yield start, start, f"{node} {self.text(i + 2)} {last.text} . "
                    yield self.pieces[i + 1].start, last.start + len(last.text), f" {node}"
                i += 2
            if self.text(i + 2) == "." and self.text(i + 1) == self.text(i + 3) and self._is_last(i + 3):
                yield from self._moved(start, self.resolved(i), i + 3)
            if self.kind(i + 1) not in ("variable", "iri", "name", "string") or self.text(i + 2) != ";":
                return
            i += 3

    def _is_two_steps(self, at: int) -> bool:
        return bool(self.resolved(at + 2)) and self.kind(at + 3) == "variable" and self.text(at + 4) in _ENDS

    def _is_last(self, at: int) -> bool:
        """Whether a whole statement of three terms stands there."""
        return bool(
            self.kind(at) == "variable"
            and self.resolved(at + 1)
            and self.kind(at + 2) == "variable"
            and self.text(at + 3) in (".", "}")
        )

    def _moved(self, start: int, before: str, at: int) -> Iterator[Change]:
        """The statement at `at` to `start`, where it is the rarer one."""
        if not before or not self._is_rarer(self.resolved(at + 1), before):
            return
        text = " ".join(self.text(at + i) for i in range(3))
        end = self.pieces[at + 2].start + len(self.text(at + 2))
        if self.text(at + 3) == ".":
            end = self.pieces[at + 3].start + 1
        yield start, start, f"{text} . "
        yield self.pieces[at].start, end, " "

    def _is_rarer(self, this: str, other: str) -> bool:
        return 0 < self._count(this) * _RARER <= self._count(other)
