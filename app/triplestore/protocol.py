"""
The one protocol that every triple store fulfils. A store is a projection: it holds named graphs of public statements,
beside them their merged default graph, and how far it has followed the record. It can be thrown away at any time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol


class StoreUnavailable(Exception):
    """The store can't be opened or reached now, or another process is writing to it."""


class StoreUnreachable(StoreUnavailable):
    """It lies on a server that does not answer: nothing here is damaged, and making it anew would not help."""


@dataclass(frozen=True, slots=True)
class Mark:
    """
    What a store says of itself, never part of an answer: the number of the last announcement it has followed, and
    the `edition` it was built for (base address and form of the projection); another edition has to be rebuilt.
    """

    cursor: int = 0
    edition: str = ""


def mark_of(line: bytes) -> int:
    """A number for one statement, the same in one process, whose sum stands for a set of statements."""
    return hash(line)


class GraphReader(Protocol):
    """A state that stands still. Every method may raise `StoreUnavailable`."""

    def mark(self) -> Mark: ...

    def state(self) -> str:
        """A name that this state has and no other ever had, "" where there is none (a server changes at any time)."""
        ...

    def names(self) -> Iterator[str]:
        """IRIs of the named graphs, in no order."""
        ...

    def graph(self, name: str) -> frozenset[bytes]:
        """The statements of one graph as lines of N-Triples; "" names the default graph."""
        ...

    def fingerprint(self, name: str) -> int:
        """The sum of `mark_of` of a graph's statements, in memory that does not grow with it."""
        ...

    def stored_form(self, ntriples: bytes) -> frozenset[bytes]:
        """The same for a document that this store would have been given: stores normalise literals."""
        ...

    def table(self, query: str) -> Iterator[tuple[str, ...]]:
        """The rows of a SELECT of the portal's own over the default graph, each term as its bare text."""
        ...

    def merge_faults(self) -> tuple[int, int]:
        """How many statements of named graphs the default graph lacks, and how many it has beyond them."""
        ...

    def close(self) -> None: ...


class TripleStore(GraphReader, Protocol):
    """One process at a time holds one. Repeating a call changes nothing."""

    def apply(self, upserts: Mapping[str, bytes], deletes: Iterable[str], cursor: int) -> int:
        """
        Makes each named graph exactly these N-Triples, drops others, and notes the cursor: all of it or nothing.
        Returns how many statements changed.
        """
        ...

    def rebuild(self, graphs: Iterable[tuple[str, bytes]], mark: Mark) -> None:
        """
        Replaces everything by these graphs. Whoever reads sees the old state until then; where there are no
        snapshots (a server), a mixture of old and new, but at no moment nothing.
        """
        ...

    def publish(self) -> None:
        """Lets readers see what was applied, where they did not see it at once."""
        ...
