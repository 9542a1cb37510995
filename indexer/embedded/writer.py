"""Writing the embedded index."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import tantivy

from indexer.analysis import clean
from indexer.document import Document
from indexer.embedded.folder import Folder, check_format, in_words
from indexer.embedded.schema import register, schema, to_tantivy
from indexer.embedded.sets import SetNumbers

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
            if not (generation / "meta.json").exists():
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
        with in_words(generation):
            self._sets = SetNumbers(generation)
            self._index = register(tantivy.Index(schema(), str(generation)))
            self._tantivy: Any = self._index.writer(_MEMORY_BYTES, _ONE_THREAD)
            # A kill in the middle of a commit leaves files that belong to none; the same commit, made again, would
            # find them in its way.
            self._tantivy.garbage_collect_files()

    def apply(self, upserts: Iterable[Document], deletes: Iterable[str]) -> None:
        """
        A record that is there already is replaced; the last of several with one id counts.

        After an error nothing of what was not committed stays.
        """
        latest = {document.id: document for document in upserts}
        try:
            with in_words(self._generation):
                for gone in {*deletes, *latest}:
                    self._tantivy.delete_documents_by_term("id", clean(gone))
                for document in latest.values():
                    self._tantivy.add_document(to_tantivy(document, self._sets.number))
        except BaseException:
            with suppress(Exception):
                self._tantivy.rollback()
            raise

    def commit(self) -> None:
        with in_words(self._generation):
            self._sets.save()
            self._tantivy.commit()

    def clear(self) -> None:
        """Remove every record, visible at `commit`."""
        with in_words(self._generation):
            self._tantivy.delete_all_documents()

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
