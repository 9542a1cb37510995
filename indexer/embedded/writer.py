"""Writing the embedded index."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import tantivy

from indexer.document import Document
from indexer.embedded.folder import Folder, check_format, damaged
from indexer.embedded.schema import clean, register, schema, to_tantivy
from indexer.embedded.sets import SetNumbers
from indexer.errors import SearchUnavailable

_MEMORY_BYTES = 96_000_000
_ONE_THREAD = 1
"""Few segments count faster than many, and cutting words keeps the other core busy."""


class EmbeddedWriter:
    """
    The one writer of the index at `path`, which is made where it is missing.

    Raises SearchUnavailable while another process writes, and IndexOutdated when the index needs `rebuild`. What is
    not committed is gone after `close`, an error or a kill; a batch may be applied again.
    """

    def __init__(self, path: Path | str) -> None:
        folder = Folder(Path(path))
        lock = folder.lock()
        try:
            generation = folder.current()
            if generation is None or not (generation / "meta.json").exists():
                generation = folder.add()
                self._open(generation, lock)
                self.commit()
                folder.use(generation)
            else:
                check_format(generation)
                self._open(generation, lock)
            folder.sweep()
        except BaseException:
            lock.close()
            raise

    @classmethod
    def _of_generation(cls, generation: Path, lock: IO[bytes]) -> "EmbeddedWriter":
        writer = cls.__new__(cls)
        writer._open(generation, lock)
        return writer

    def _open(self, generation: Path, lock: IO[bytes]) -> None:
        self._generation = generation
        self._lock = lock
        try:
            self._sets = SetNumbers(generation)
            self._index = register(tantivy.Index(schema(), str(generation)))
            self._tantivy: Any = self._index.writer(_MEMORY_BYTES, _ONE_THREAD)
        except Exception as error:
            raise damaged(generation, error) from error

    def apply(self, upserts: Iterable[Document], deletes: Iterable[str]) -> None:
        """A record that is there already is replaced; the last of several with one id counts."""
        latest = {document.id: document for document in upserts}
        try:
            for gone in {*deletes, *latest}:
                self._tantivy.delete_documents_by_term("id", clean(gone))
            for document in latest.values():
                self._tantivy.add_document(to_tantivy(document, self._sets.number))
        except Exception as error:
            with suppress(Exception):
                self._tantivy.rollback()
            raise self._failed(error) from error

    def commit(self) -> None:
        try:
            self._sets.save()
            self._tantivy.commit()
        except Exception as error:
            raise self._failed(error) from error

    def clear(self) -> None:
        """Remove every record, visible at `commit`."""
        try:
            self._tantivy.delete_all_documents()
        except Exception as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Let running merges end, then let go of the index. Does nothing the second time."""
        try:
            self.finish()
        finally:
            self._lock.close()

    def finish(self) -> None:
        """The end of writing: what was not committed is dropped, running merges end, the lock stays."""
        writer, self._tantivy = self._tantivy, None
        if writer is not None:
            with suppress(Exception):
                writer.rollback()
                writer.wait_merging_threads()

    def _failed(self, error: Exception) -> SearchUnavailable:
        return SearchUnavailable(
            f"检索索引无法写入：{self._generation}。The search index at {self._generation} can't be written ({error}); "
            "check disk space and rights."
        )


@contextmanager
def rebuild(path: Path | str) -> Iterator[EmbeddedWriter]:
    """
    A writer on a new, empty index, which takes the place of the one at `path` when the block ends well.

    Until then, and after an error, readers see the old one, if there is one. Raises SearchUnavailable while another
    process, or another writer of this one, holds the index.
    """
    folder = Folder(Path(path))
    lock = folder.lock()
    try:
        folder.sweep()
        generation = folder.add()
        writer = EmbeddedWriter._of_generation(generation, lock)
        try:
            yield writer
            writer.commit()
            writer.finish()
            folder.use(generation)
        except BaseException:
            writer.finish()
            shutil.rmtree(generation, ignore_errors=True)
            raise
    finally:
        lock.close()
