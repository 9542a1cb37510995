"""
Counts that were made before anybody asked. Pure.

`SELECT ?theme (COUNT(?d) AS ?n) { ?d a dcat:Dataset ; dcat:theme ?theme } GROUP BY ?theme` asks of each dataset only
that it is there. How many state each value, the figures of the very snapshot say: so the statement is replaced by the
values with their numbers, and the count by the sum of those. What else the query does with the values, a name to look
up, a month to cut out, it does with a few in place of a hundred thousand.

A query is left alone unless the thing that is counted stands in that one statement alone, the first of the query.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.sparql.guard import may_say
from app.sparql.implied import TYPE, Change, Piece, Reader, rewritten
from app.triplestore.tallies import two_steps

TallyOf = Callable[[str, str], Mapping[str, int] | None]
"""Property (or `two_steps`) and class ("" for any) by IRI -> a value as N-Triples -> how many such entities have it."""

_BY_SOLUTION = frozenset(["SUM", "AVG", "CONCAT", "RAND", "UUID", "STRUUID", "BNODE"])
"""What another number of solutions would change, besides COUNT; of GROUP_CONCAT the last word stands by itself."""
_AFTER_GROUPS = frozenset(["ORDER", "LIMIT", "OFFSET", "HAVING", "VALUES"])
_NUMBER, _VALUE = "?tallied", "?tallied_value"


def with_tallies(query: str, tally: TallyOf) -> str:
    """The same query; itself where no tally serves it, or it can't be told for certain."""
    if not may_say(query, ("COUNT",)) or _NUMBER[1:] in query:
        return query
    return rewritten(query, lambda pieces: _Count(pieces, tally).changes())


class _Count(Reader):
    def __init__(self, pieces: Sequence[Piece], tally: TallyOf) -> None:
        super().__init__(pieces)
        self._tally = tally

    def changes(self) -> Iterator[Change]:
        """Raises ValueError as `declares` does."""
        words = [piece.word for piece in self.pieces]
        if words.count("SELECT") != 1 or not _BY_SOLUTION.isdisjoint(words):
            return
        first = self.first_group() + 1
        if first == 1 or self.kind(first) != "variable":
            return
        counts = [at for at, word in enumerate(words) if word == "COUNT"]
        each_once = all(self._is_distinct(at) for at in counts)
        if not counts or (statement := self._statement(first, each_once=each_once)) is None:
            return
        end, values, value = statement
        found = [self._counted(at, first, value) for at in counts]
        named = [at for at, piece in enumerate(self.pieces) if piece.kind == "variable" and self.is_same(at, first)]
        inside = sum(first <= at < end for at in named) + sum(self.is_same(close - 1, first) for close, _ in found)
        if not all(close for close, _ in found) or inside != len(named):
            return
        yield self.pieces[first].start, self._end(end - 1), values
        for at, (close, sum_) in zip(counts, found, strict=True):
            yield self.pieces[at].start, self._end(close), sum_

    def _statement(self, at: int, *, each_once: bool) -> tuple[int, str, int] | None:
        """
        Of `?d [a C ;] p[/q] ?v` there: where it ends, what replaces it, and where the variable stands whose values are
        tallied, 0 where it has none. `each_once` says that however often a thing has a value, it counts as one.
        """
        rest = self.after_type(at)
        class_, start = (self.resolved(at + 2), rest) if rest else ("", at + 1)
        last = self._after_steps(start + 1)
        if self.kind(last) != "variable" or self.is_same(last, at) or self.text(last + 1) in (";", ","):
            return None
        name = TYPE if self.text(start) == "a" else self.resolved(start)
        whole = last == start + 1
        if each_once and last == start + 3:
            name, whole = two_steps(name, self.resolved(start + 2)), True
        tally = self._tally(name, class_) if name else None
        if not tally:
            return None
        rows = " ".join(f"({term} {number})" for term, number in tally.items())
        if whole:
            return last + 1, f"VALUES ({self.text(last)} {_NUMBER}) {{ {rows} }}", last
        path = "".join(piece.text for piece in self.pieces[start + 2 : last])
        return last + 1, f"VALUES ({_VALUE} {_NUMBER}) {{ {rows} }} {_VALUE} {path} {self.text(last)}", 0

    def _after_steps(self, at: int) -> int:
        while self.text(at) == "/" and self.resolved(at + 1):
            at += 2
        return at

    def _counted(self, at: int, subject: int, value: int) -> tuple[int, str]:
        """Of `COUNT(?d)` there: where it ends, 0 where it is another, and what replaces it."""
        distinct = self._is_distinct(at)
        what = at + 2 + distinct
        if self.text(at + 1) != "(" or self.text(what + 1) != ")":
            return 0, ""
        if distinct:  # each once for each value, so the values must be what is told apart
            return (what + 1, f"MAX({_NUMBER})") if self.is_same(what, subject) and self._by(value) else (0, "")
        return (what + 1, f"SUM({_NUMBER})") if self.text(what) == "*" or self.is_same(what, subject) else (0, "")

    def _is_distinct(self, at: int) -> bool:
        return self.text(at + 2).upper() == "DISTINCT"

    def _by(self, value: int) -> bool:
        """Whether the query is grouped by that variable and nothing else."""
        at = next((at for at, piece in enumerate(self.pieces) if piece.word == "GROUP"), 0)
        alone = at + 3 == len(self.pieces) or self.text(at + 3).upper() in _AFTER_GROUPS
        return bool(value and at) and self.is_same(at + 2, value) and alone

    def _end(self, at: int) -> int:
        return self.pieces[at].start + len(self.pieces[at].text)
