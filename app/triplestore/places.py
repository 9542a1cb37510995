"""
Where the embedded store keeps its folders. Knows no engine, so that whoever only looks for the published snapshot
needs none.

    graph/stores/{n}      what the keeper writes; `graph/store` points to the one in use
    graph/snapshots/{n}   data: a read-only copy by hard links, mark.json: what it holds (nobody's data, so not inside
                          it); `graph/current` points to the published one
"""

import fcntl
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.triplestore.protocol import Mark

_MARK = "mark.json"


@dataclass(frozen=True, slots=True)
class Places:
    root: Path

    @classmethod
    def in_home(cls, home: Path) -> "Places":
        return cls(home.resolve() / "graph")

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def current(self) -> Path:
        return self.root / "current"

    def new_store(self) -> Path:
        return _next(self.root / "stores")

    def new_snapshot(self) -> Path:
        return _next(self.root / "snapshots")

    def take_snapshot(self) -> "Snapshot | None":
        """The published snapshot, None before the first. It stays whole until it is let go."""
        for _ in range(5):  # one that is replaced at this moment is gone; the next one is there
            folder = _target(self.current)
            if folder is None:
                return None
            taken = _take(folder, fcntl.LOCK_SH)
            if taken is not None:
                return taken
        return None

    def published_name(self) -> str:
        """Of the published snapshot a name that no other ever has, "" before the first; costs microseconds."""
        for _ in range(2):  # one that is replaced at this moment is gone; the next one is there
            with suppress(OSError):
                return _name(os.stat(f"{self.root}/current/{_MARK}"))
        return ""

    def published_mark(self) -> Mark | None:
        """What the published snapshot holds, None before the first."""
        snapshot = self.take_snapshot()
        if snapshot is None:
            return None
        with snapshot:
            return snapshot.mark

    def drop_old_snapshots(self) -> None:
        """Removes all that are neither published nor in a reader's hands. The engine opens files late: a folder
        that vanishes under a running query makes it fail."""
        folder = self.root / "snapshots"
        current = _target(self.current)
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry == current:
                continue
            if not (entry / _MARK).exists():
                shutil.rmtree(entry, ignore_errors=True)  # never finished
            elif (taken := _take(entry, fcntl.LOCK_EX)) is not None:
                with taken:
                    shutil.rmtree(entry, ignore_errors=True)

    def drop_old_stores(self) -> None:
        """Removes the stores that were replaced or never finished; only while none is being built."""
        folder = self.root / "stores"
        used = _target(self.store)
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry != used:
                shutil.rmtree(entry, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published snapshot in a reader's hands. It is let go by `close` and by the death of the process."""

    data: Path
    mark: Mark
    name: str
    """See `Places.published_name`."""
    _lock: int

    def close(self) -> None:
        os.close(self._lock)

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _take(folder: Path, kind: int) -> Snapshot | None:
    try:
        lock = os.open(folder / _MARK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
        said = json.loads(os.pread(lock, 4096, 0))
        mark = Mark(int(said["cursor"]), str(said["edition"]))
        found = os.fstat(lock)
        if found.st_nlink:
            return Snapshot(folder / "data", mark, _name(found), lock)
    except (OSError, ValueError, KeyError):
        pass
    os.close(lock)
    return None


def _name(mark: os.stat_result) -> str:
    """The file's number alone comes again."""
    return f"{mark.st_ino}-{mark.st_mtime_ns}"


def point(link: Path, target: Path) -> None:
    """Lets `link` point to its sibling's child `target` in one step; readers see the old or the new, never nothing."""
    draft = link.with_name(f".{link.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    draft.symlink_to(target.relative_to(link.parent))
    draft.replace(link)


def write_mark(snapshot: Path, mark: Mark) -> None:
    (snapshot / _MARK).write_text(json.dumps({"cursor": mark.cursor, "edition": mark.edition}))


def _target(link: Path) -> Path | None:
    """None where there is no link."""
    try:
        return link.parent / os.readlink(link)
    except OSError:
        return None


def _next(folder: Path) -> Path:
    """A child that is not there yet, numbered after all that are."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = [int(name.split(".")[0]) for entry in folder.iterdir() if (name := entry.name).split(".")[0].isdigit()]
    return folder / str(max(taken, default=0) + 1)
