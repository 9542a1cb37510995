"""A document that a source is read from, wherever it came from. Reading it belongs to `harvest.sources`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is what the document is called where it came from; `address` is its URL, "" for a file."""

    path: Path
    name: str
    content_type: str = ""
    address: str = ""

    def head(self, size: int = 8192) -> bytes:
        with self.path.open("rb") as file:
            return file.read(size)
