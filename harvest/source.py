"""What a source is read from, and what must stay as it was when it is read again. Reading is `harvest.sources`."""

from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Memory:
    """
    What was chosen when a source was first read, and holds from then on: whoever keeps the source keeps this beside it.

    `keys`: the fields of a table by which its rows are known again; None before any choice. Were it made anew each
    time, a table whose codes became equal would get other keys, and what its rows close now would stay open.

    `validators` and `since` say what need not be sent again. They change only when a run was read to its end, and only
    a run whose records were all kept may be remembered by them. Whoever keeps the source empties them (`forget`) when
    its address, dialect, mapping or the checks change, and from time to time, so that the source is read whole.
    """

    keys: tuple[str, ...] | None = None
    title: str = ""
    """What the source calls itself, for a source that nobody named."""
    validators: dict[str, str] = field(default_factory=dict)
    """Address -> the `ETag`, else the `Last-Modified`, of its last answer (RFC 9110 8.8)."""
    since: str = ""
    """The newest time of a change that was seen, as the source wrote it."""

    def forget(self) -> None:
        """The next run reads everything."""
        self.validators = {}
        self.since = ""
