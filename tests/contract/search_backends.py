"""The backends that the search contract is run against, each behind the same two doors."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from indexer.backend import SearchReader, SearchWriter
from indexer.document import Document
from indexer.embedded import EmbeddedReader, EmbeddedWriter
from indexer.query import Query
from indexer.results import Results

_OTHER_PROCESS = """
import sys
from indexer.embedded import EmbeddedReader
reader = EmbeddedReader(sys.argv[1])
for line in sys.stdin:
    print(reader.count(), flush=True)
"""


@dataclass
class Backend:
    """An index, empty at first. `index` makes documents visible; `found` gives the ids of a search in order."""

    path: Path
    writer: SearchWriter = field(init=False)
    reader: SearchReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = EmbeddedReader(self.path)
        self.writer = EmbeddedWriter(self.path)

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
        process = subprocess.Popen(
            [sys.executable, "-c", _OTHER_PROCESS, str(self.path)],
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
    return Backend(folder / "index")


BACKENDS = {"embedded": embedded}
