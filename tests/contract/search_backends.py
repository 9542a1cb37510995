"""The backends that the search contract is run against, each behind the same two doors."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.backend import SearchReader, SearchWriter
from indexer.document import Document
from indexer.embedded import EmbeddedReader, EmbeddedWriter
from indexer.query import Query
from indexer.results import Results

_OTHER_PROCESS = """
import sys
from importlib import import_module
reader = getattr(import_module(sys.argv[1]), sys.argv[2])(sys.argv[3])
for line in sys.stdin:
    print(reader.count(), flush=True)
"""


@dataclass
class Backend:
    """
    An index, empty at first, at the folder or address `place`. `index` makes documents visible; `found` gives the ids
    of a search in order.
    """

    place: Path | str
    reader: SearchReader
    writer: SearchWriter

    def index(self, *documents: Document, deletes: Iterable[str] = ()) -> None:
        self.writer.apply(documents, deletes)
        self.writer.commit()

    def renew(self, documents: Iterable[Document]) -> None:
        self.writer.clear()
        self.index(*documents)

    def search(self, text: str = "", **asked: object) -> Results:
        return self.reader.search(Query(text=text, **asked))  # type: ignore[arg-type]

    def found(self, text: str = "", **asked: object) -> list[str]:
        return [hit.id for hit in self.search(text, **asked).hits]

    def counts_elsewhere(self) -> Iterator[int]:
        """How many records another process, started once, sees at each step."""
        kind = type(self.reader)
        process = subprocess.Popen(
            [sys.executable, "-c", _OTHER_PROCESS, kind.__module__, kind.__qualname__, str(self.place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        assert process.stdout
        try:
            while True:
                process.stdin.write("?\n")
                process.stdin.flush()
                yield int(process.stdout.readline())
        finally:
            process.kill()
            process.communicate()

    def close(self) -> None:
        self.writer.close()


def embedded(folder: Path) -> Backend:
    path = folder / "index"
    return Backend(path, EmbeddedReader(path), EmbeddedWriter(path))


BACKENDS = {"embedded": embedded}
