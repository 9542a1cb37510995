"""An answer while it is written: in memory as long as it is small, then in a file without a name."""

import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

SMALL_BYTES = 65_536


class Body:
    """
    What a worker writes into. There is no file before one is needed: for more than `SMALL_BYTES`, or to be kept. Use it
    as a context manager.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._memory = BytesIO()
        self._file: BinaryIO | None = None
        self.size = 0

    def __enter__(self) -> "Body":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self._file is None and self.size > SMALL_BYTES:
            self._open()
        return (self._file or self._memory).write(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """The engine asks for it; a file is flushed before it is passed on."""

    def small(self) -> bytes | None:
        """The whole of it, None where it is too large to be passed on like that."""
        return self._memory.getvalue() if self.size <= SMALL_BYTES else None

    def file(self) -> int:
        """The number of an open file, positioned at its beginning, that holds it and may be given a name."""
        file = self._file or self._open()
        file.flush()
        file.seek(0)
        return file.fileno()

    def _open(self) -> BinaryIO:
        try:
            self._file = os.fdopen(os.open(self._folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600), "w+b")
        except OSError:  # a file system that has none that can be given a name
            self._file = cast(BinaryIO, tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115 (closed by __exit__)
        self._file.write(self._memory.getvalue())
        return self._file
