"""
Answers that are kept, so that the same query on the same snapshot is answered again without a worker.

Each is one file, `{home}/run/answers/{snapshot}/{key}`: the body, then its head as JSON, then the length of that. It is
written into a file without a name; to keep it is to give it one. So a worker that is killed leaves nothing, and every
web process finds what any worker answered. A newer snapshot has another folder: what it does not say any more can't be
found from the moment it is published.

A whole answer serves every limit on rows that it fits into; one that was cut serves its own limit alone.
"""

import hashlib
import os
import shutil
import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from app.sparql import guard
from app.sparql.body import Body
from app.sparql.wire import Head, Question
from app.triplestore.places import Places

MAX_ANSWER_BYTES = 10_000_000
MAX_BYTES = 200_000_000
"""Of all that are kept; the oldest go first."""
MIN_S = 0.002
"""What took less is as quick to ask again."""
_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """Those of one home. Workers keep, web processes find, the pool trims."""

    folder: Path
    places: Places

    @classmethod
    def in_home(cls, home: Path) -> "KeptAnswers":
        return cls(home.resolve() / "run" / "answers", Places.in_home(home))

    def find(self, question: Question) -> tuple[Head, int] | None:
        """Head and open file of an answer on the snapshot that is published now; its body is the first `head.bytes`."""
        snapshot = self.places.published_name()
        if not snapshot:
            return None
        folder = f"{self.folder}/{snapshot}"
        key = _key(question)
        graph = question.graph if guard.may_say(question.query, ("CONSTRUCT", "DESCRIBE")) else ""
        # Of either kind of answer; the two have no format of the same name.
        for format_ in filter(None, (question.solutions, graph)):
            for name in _names(key, format_, question.rows):
                try:
                    file = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC)
                except OSError:
                    break
                with suppress(OSError, ValueError, TypeError, struct.error):  # none of ours
                    head = _head(file)
                    if head.rows == question.rows or (head.rows < question.rows and head.cut != "rows"):
                        return replace(head, kept=True), file
                os.close(file)
        return None

    def keep(self, question: Question, head: Head, body: Body, snapshot: str) -> None:
        """Gives the file of `body` a name. What can't or need not be kept is not."""
        if not snapshot or head.refusal or head.seconds < MIN_S or head.bytes > MAX_ANSWER_BYTES:
            return
        if guard.varies(question.query):
            return
        said = orjson.dumps(head)
        with suppress(OSError):  # it is there already, or this file system can't
            (self.folder / snapshot).mkdir(mode=0o700, parents=True, exist_ok=True)
            file = body.file()
            os.pwrite(file, said + _LENGTH.pack(len(said)), head.bytes)  # moves no position: the reader shares it
            for name in _names(_key(question), head.format, question.rows):
                with suppress(FileExistsError):  # for another limit on rows
                    # The folder's number is not used, for the source is absolute; without it Python would not follow.
                    to = self.folder / snapshot / name
                    os.link(f"/proc/self/fd/{file}", to, src_dir_fd=file, follow_symlinks=True)
                    break

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def trim(self) -> None:
        """Drops what is of other snapshots, and the oldest beyond the limit."""
        current = self.places.published_name()
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                if entry.name != current:
                    shutil.rmtree(entry.path, ignore_errors=True)
            files = [(entry.stat(), entry.path) for entry in os.scandir(self.folder / current)]
            excess = sum(file.st_blocks for file, _ in files) * 512 - MAX_BYTES
            for file, path in sorted(files, key=lambda each: each[0].st_mtime_ns):
                if excess <= 0:
                    break
                os.unlink(path)
                excess -= file.st_blocks * 512


def _head(file: int) -> Head:
    size = os.fstat(file).st_size
    (length,) = _LENGTH.unpack(os.pread(file, _LENGTH.size, size - _LENGTH.size))
    return Head(**orjson.loads(os.pread(file, length, size - _LENGTH.size - length)))


def _names(key: str, format_: str, rows: int) -> tuple[str, str]:
    """Under which an answer may lie: the second is taken where another answer has the first. Most lie nowhere."""
    return f"{key}-{format_}", f"{key}-{format_}-{rows}"


def _key(question: Question) -> str:
    said = (_text(question.query), question.base, question.default_graphs, question.named_graphs)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _text(query: str) -> str:
    """Forms send every line's end as CR LF; only in a long string that makes a difference."""
    return query if '"""' in query or "'''" in query else query.replace("\r\n", "\n").strip()
