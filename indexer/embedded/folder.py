"""
The folder of an index: `current` is a link to the generation in use, `lock` is held by the one process that writes.

    index/lock
    index/current -> generation-3f9a…
    index/generation-3f9a…/   tantivy's files, sets.jsonl, format.txt

A rebuilt index takes the old one's place by renaming a link, so a reader sees the one or the other, whole.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from indexer import analysis
from indexer.embedded.schema import SCHEMA_VERSION
from indexer.errors import CursorInvalid, IndexOutdated, SearchUnavailable

_CURRENT = "current"
_FORMAT = "format.txt"
_REINDEX = "请运行 suishu reindex。Run `suishu reindex`."

Stamp = tuple[int, int, int]


class Folder:
    """Paths of one index, and what is atomic about them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._meta = os.path.join(path, _CURRENT, "meta.json")

    def stamp(self) -> Stamp:
        """Differs after every commit and every exchange; 4 µs. SearchUnavailable where there is no index."""
        try:
            found = os.stat(self._meta)
        except OSError as error:
            raise SearchUnavailable(
                f"检索索引尚未建立：{self.path}。No search index at {self.path}. {_REINDEX}"
            ) from error
        return found.st_ino, found.st_mtime_ns, found.st_size

    def current(self) -> Path:
        """The generation in use; where there is none, a path at which nothing is."""
        try:
            return self.path / os.readlink(self.path / _CURRENT)
        except OSError:
            return self.path / "generation-none"

    def add(self) -> Path:
        """A new generation, empty and not yet in use."""
        generation = self.path / f"generation-{secrets.token_hex(6)}"
        generation.mkdir(parents=True)
        (generation / _FORMAT).write_text(format_now(), encoding="utf-8")
        return generation

    def use(self, generation: Path) -> None:
        """From now on readers open `generation`."""
        link = self.path / f".{generation.name}"
        link.symlink_to(generation.name)
        os.replace(link, self.path / _CURRENT)
        _sync(self.path)

    def sweep(self) -> None:
        """Remove generations that are not in use: what a rebuild replaced, and what a killed one left."""
        current = self.current()
        for stray in (*self.path.glob("generation-*"), *self.path.glob(".generation-*")):
            if stray.is_symlink() or stray.is_file():
                stray.unlink()
            elif stray != current:
                shutil.rmtree(stray, ignore_errors=True)

    def lock(self) -> IO[bytes]:
        """
        The right to write, until the file is closed or the process ends. The lock file always stays.

        Raises SearchUnavailable while another holds it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            held = (self.path / "lock").open("ab")
        except OSError as error:
            raise SearchUnavailable(f"无法写入 {self.path}。Can't write to {self.path}: {error}") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            held.close()
            raise SearchUnavailable(
                f"另一个进程正在写入检索索引 {self.path}。Another process is writing the search index {self.path}; "
                "stop it or let it do this."
            ) from error
        return held


def format_now() -> str:
    """What an index must have been made with to be read by this program."""
    return f"schema {SCHEMA_VERSION}, {analysis.version()}\n"


def check_format(generation: Path) -> None:
    """Raises IndexOutdated unless `generation` was made by the schema and analysis of this program."""
    try:
        made_with = (generation / _FORMAT).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        made_with = ""
    if made_with != format_now():
        raise IndexOutdated(
            f"检索索引由另一版本建立，须重建。The search index was made by another version "
            f"({made_with.strip() or 'unknown'}; this is {format_now().strip()}). {_REINDEX}"
        )


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """What tantivy says of files that it can't read or write becomes SearchUnavailable."""
    try:
        yield
    except CursorInvalid:
        raise
    except (ValueError, OSError, RuntimeError, LookupError) as error:
        raise _damaged(path, error) from error
    except BaseException as error:
        # A panic in Rust reaches Python as a class that is no Exception and can't be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(path, error) from error


def _damaged(path: Path, error: BaseException) -> SearchUnavailable:
    return SearchUnavailable(
        f"检索索引无法读写：{path}；请检查磁盘与权限，或运行 suishu reindex。The search index at {path} can't be "
        f"read or written ({error}); check disk and rights, or run `suishu reindex`."
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
