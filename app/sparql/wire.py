"""
What passes between a web process and a SPARQL worker over a Unix socket: one question, one answer.

Each is a length (4 bytes, network order) and JSON; before its answer a worker says since when it is at it. An
answer with a body carries it as an open file: the worker is free at once, the web process never holds a result, and
its length is known, so that one that was cut is never taken for whole (granian ends a chunked body properly even when
the application fails). A connection that ends without an answer means that the worker was ended.
"""

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

MAX_BODY_BYTES = 100_000_000
"""Of one answer; more is cut off as with too many rows."""
MAX_MESSAGE_BYTES = 1_000_000
BEGUN = struct.Struct("!d")
"""Sent when a worker begins: since when its time counts, by the clock that all processes of a machine share."""
_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Question:
    """
    `solutions` and `graph` name the format for either kind of answer, "" where none would be accepted: only the
    worker knows which kind it is. `default_graphs` and `named_graphs` are the protocol's; None where it says nothing.
    """

    query: str
    solutions: str
    graph: str
    rows: int
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None
    base: str | None = None
    """What relative IRIs of the query begin with."""


@dataclass(frozen=True, slots=True)
class Head:
    """
    `refusal` is a word for why there is no body, `detail` the engine's own words. `cut` says by which limit ("rows",
    "bytes") there would have been more.
    """

    refusal: str = ""
    detail: str = ""
    form: str = ""
    """"solutions", "boolean" or "graph"."""
    format: str = ""
    rows: int = 0
    bytes: int = 0
    cut: str = ""
    seconds: float = 0.0
    kept: bool = False
    """Whether it was answered before, on the same state."""


class Refused(Exception):
    """`head` says why there is no answer."""

    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(word, detail)
        self.head = Head(refusal=word, detail=detail[:2_000])


def send(connection: socket.socket, message: Question | Head, body: int | None = None) -> None:
    data = json.dumps(asdict(message)).encode()
    data = _LENGTH.pack(len(data)) + data
    if body is None:
        connection.sendall(data)
    else:
        sent = socket.send_fds(connection, [data], [body])
        connection.sendall(data[sent:])


def receive_question(connection: socket.socket) -> Question | None:
    """None when the asker said nothing whole."""
    data, _ = _receive(connection)
    return None if data is None else Question(**json.loads(data))


def receive_head(connection: socket.socket) -> tuple[Head, int | None] | None:
    """The answer and the file of its body; None when the connection ended without one."""
    data, files = _receive(connection)
    if data is None:
        for file in files:
            os.close(file)
        return None
    return Head(**json.loads(data)), files[0] if files else None


def _receive(connection: socket.socket) -> tuple[bytes | None, list[int]]:
    buffer = b""
    files: list[int] = []
    while len(buffer) < _LENGTH.size or len(buffer) < _LENGTH.size + _LENGTH.unpack_from(buffer)[0]:
        data, passed, _, _ = socket.recv_fds(connection, 65_536, 1)
        files += passed
        if not data or len(buffer) > MAX_MESSAGE_BYTES:
            return None, files
        buffer += data
    return buffer[_LENGTH.size :], files


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name for a socket's path that never exceeds the 108 bytes which the system allows."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
