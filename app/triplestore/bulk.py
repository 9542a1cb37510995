"""Bulk loads: graphs as N-Quads in pieces that the engine takes at once."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyoxigraph as ox

from app.triplestore.statements import as_data, as_line, parse

_CHUNK_BYTES = 16_000_000
"""Of N-Quads a bulk load takes at once: smaller ones leave more to merge, larger ones take memory in proportion."""


def load(store: ox.Store, chunks: Iterator[bytes]) -> int:
    """
    Two at a time, for the engine loads one on one core; no more, for each takes memory. Returns how many there were.
    """
    count = 0
    with ThreadPoolExecutor(2) as pool:
        pending: deque[Future[None]] = deque()
        for chunk in chunks:
            count += 1
            pending.append(pool.submit(store.bulk_load, input=chunk, format=ox.RdfFormat.N_QUADS))
            if len(pending) == 3:
                pending.popleft().result()
        for loaded in pending:
            loaded.result()
    return count


def chunks(graphs: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """(name, N-Triples) of graphs as N-Quads, each statement in its graph and in the default graph."""
    chunk: list[bytes] = []
    size = 0
    for name, ntriples in graphs:
        chunk.append(_twice(name, ntriples))
        size += len(chunk[-1])
        if size >= _CHUNK_BYTES:
            yield b"".join(chunk)
            chunk, size = [], 0
    yield b"".join(chunk)


def _twice(name: str, ntriples: bytes) -> bytes:
    lines = ntriples.count(b"\n")
    if b"_:" in ntriples or lines != ntriples.count(b" .\n") or not ntriples.endswith(b"\n"):
        # Not the canonical form that the record keeps; the long way round gives it, each statement once.
        ntriples = as_data(map(as_line, set(parse(ntriples, name)))).encode()
    return ntriples + ntriples.replace(b" .\n", f" <{name}> .\n".encode())
