"""The commit that a reader looks at, and following the writer from one to the next."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import tantivy

from indexer.embedded import sets
from indexer.embedded.counting import Counted
from indexer.embedded.folder import Folder, Stamp, check_format, in_words
from indexer.errors import IndexOutdated, SearchUnavailable


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One commit of the index. Counts of what finds much, and of questions without words, are kept with it."""

    stamp: Stamp
    generation: Path
    index: tantivy.Index
    searcher: tantivy.Searcher
    sets: dict[str, list[sets.Values]]
    counts: dict[object, Counted] = field(default_factory=dict)


class Snapshots:
    """The newest commit of a folder: one `stat` where nothing has changed. Safe for many threads."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: Snapshot | None = None

    def newest(self) -> Snapshot:
        """Raises SearchUnavailable where there is no index, or none that can be read."""
        stamp = self._folder.stamp()
        held = self._held
        if held is not None and held.stamp == stamp:
            return held
        with self._lock:
            held = self._held
            if held is None or held.stamp != stamp:
                held = self._held = self._open(held)
            return held

    def _open(self, held: Snapshot | None) -> Snapshot:
        """Tries twice, since the index may be exchanged and the old one removed between two steps."""
        try:
            return self._open_once(held)
        except IndexOutdated:
            raise
        except SearchUnavailable:
            return self._open_once(None)

    def _open_once(self, held: Snapshot | None) -> Snapshot:
        # The stamp comes first: a commit in between then only costs another opening. The sets come last: numbers
        # are saved before the commit that uses them.
        stamp = self._folder.stamp()
        generation = self._folder.current()
        with in_words(self._folder.path):
            if held is not None and held.generation == generation:
                index = held.index
            else:
                check_format(generation)
                index = tantivy.Index.open(str(generation))
                index.config_reader("manual")
            index.reload()
            return Snapshot(stamp, generation, index, index.searcher(), sets.read(generation))
