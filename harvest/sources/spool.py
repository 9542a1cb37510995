"""
Statements of a large document on disk, findable by subject: memory holds an offset a subject, never the statements.
"""

import os
import re
import tempfile
from collections.abc import Iterator

from vocab.namespaces import DCAT, RDF

_RUN = re.compile(rb"([^ \n]+ )[^\n]*+\n(?:\1[^\n]*+\n)*+")
"""Neighbouring lines of one subject."""
_TYPED = re.compile(
    rb" <%s> <%s(Dataset|Catalog|CatalogRecord)> \.\n" % (str(RDF.type).encode(), re.escape(str(DCAT).encode()))
)
_LENGTH_BITS = 32
_WINDOW_BYTES = 32 * 1024
"""Read at once: what one record is made of mostly stands close together."""


class Spool:
    """N-Triples lines by subject. `datasets` keeps the order of first appearance; use it as a context manager."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="suishu-spool-")  # noqa: SIM115  (closed by __exit__)
        self._size = 0
        self._first: dict[bytes, int] = {}
        self._more: dict[bytes, list[int]] = {}
        self._end: int | None = None
        self._flushed = 0
        self._window = b""
        self._window_start = 0
        self.datasets: dict[bytes, None] = {}
        self.catalogues: set[bytes] = set()
        """Catalogues and catalogue records: what no dataset's record may contain."""

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, subject: bytes) -> bool:
        return subject in self._first

    @property
    def size(self) -> int:
        return self._size

    def add(self, chunk: bytes) -> None:
        """Takes a block of whole lines."""
        self._file.write(chunk)
        for match in _RUN.finditer(chunk):
            start, end = match.span()
            run = (self._size + start) << _LENGTH_BITS | (end - start)
            subject = match[1][:-1]
            if self._first.setdefault(subject, run) != run:
                self._more.setdefault(subject, []).append(run)
        for match in _TYPED.finditer(chunk):
            at = match.start()
            subject = chunk[chunk.rfind(b"\n", 0, at) + 1 : at]
            if match[1] == b"Dataset":
                self.datasets.setdefault(subject)
            else:
                self.catalogues.add(subject)
        self._size += len(chunk)

    def forget_from(self, size: int) -> None:
        """Takes back everything added since the spool had this size: a document that broke off half-way."""
        self._end = size
        for subject in [s for s in self.datasets if self._first[s] >> _LENGTH_BITS >= size]:
            del self.datasets[subject]

    def read(self, subject: bytes, limit: int) -> bytes:
        """The subject's lines, at most `limit` bytes and one run more."""
        first = self._first.get(subject)
        if first is None:
            return b""
        if self._flushed < self._size:
            self._file.flush()
            self._flushed = self._size
            self._window = b""
        more = self._more.get(subject)
        return self._run(first) if more is None else b"".join(self._runs([first, *more], limit))

    def _runs(self, runs: list[int], limit: int) -> Iterator[bytes]:
        for run in runs:
            text = self._run(run)
            if not text or limit < 0:
                return
            limit -= len(text)
            yield text

    def _run(self, run: int) -> bytes:
        """Neighbouring lines; b"" for those of a document that was taken back."""
        start, length = run >> _LENGTH_BITS, run & ((1 << _LENGTH_BITS) - 1)
        if self._end is not None and start >= self._end:
            return b""
        if length > _WINDOW_BYTES:
            return os.pread(self._file.fileno(), length, start)
        at = start - self._window_start
        if at < 0 or at + length > len(self._window):
            self._window = os.pread(self._file.fileno(), _WINDOW_BYTES, start)
            self._window_start, at = start, 0
        return self._window[at : at + length]
