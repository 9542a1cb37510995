"""
What passes between a web process and a SPARQL worker over a Unix socket: one question, one answer.

Each is two lengths (4 bytes each, network order), JSON, and what follows it; before its answer a worker says since when
it is at it. A small body follows its head, a large one is passed as an open file: the worker is free at once, the web
process never holds a large result, and its length is known, so that one that was cut is never taken for whole (granian
ends a chunked body properly even when the application fails). A connection that ends without an answer means that the
worker was ended.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from app.sparql.body import Body

MAX_BODY_BYTES = 100_000_000
"""Of one answer; more is cut off as with too many rows."""
MAX_MESSAGE_BYTES = 1_000_000
BEGUN = struct.Struct("!d")
"""Sent when a worker begins: since when its time counts, by the clock that all processes of a machine share."""
_PATH_BYTES = 108
_LENGTHS = struct.Struct("!II")


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


def send(connection: socket.socket, message: Question | Head, body: Body | None = None) -> None:
    said = orjson.dumps(message)
    small = b"" if body is None else body.small()
    data = _LENGTHS.pack(len(said), len(small or b"")) + said + (small or b"")
    sent = 0 if body is None or small is not None else socket.send_fds(connection, [data], [body.file()])
    connection.sendall(data[sent:])


def receive_question(connection: socket.socket) -> Question | None:
    """None when the asker said nothing whole."""
    received = _receive(connection)
    return None if received is None else Question(**orjson.loads(received[0]))


def receive_head(connection: socket.socket) -> tuple[Head, bytes | int] | None:
    """The answer and its body, or the open file of that; None when the connection ended without one."""
    received = _receive(connection)
    if received is None:
        return None
    said, body, file = received
    return Head(**orjson.loads(said)), body if file is None else file


def _receive(connection: socket.socket) -> tuple[bytes, bytes, int | None] | None:
    """JSON, what follows it, and a file that was passed."""
    buffer = b""
    files: list[int] = []
    whole = _LENGTHS.size
    while len(buffer) < whole:
        data, passed, _, _ = socket.recv_fds(connection, 16_384, 1)
        files += passed
        buffer += data
        if not data or len(buffer) > MAX_MESSAGE_BYTES:
            for file in files:
                os.close(file)
            return None
        if len(buffer) >= _LENGTHS.size:
            whole = _LENGTHS.size + sum(_LENGTHS.unpack_from(buffer))
    said, _ = _LENGTHS.unpack_from(buffer)
    return buffer[_LENGTHS.size : _LENGTHS.size + said], buffer[_LENGTHS.size + said :], files[0] if files else None


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name for a socket's path that never exceeds the 108 bytes which the system allows, its end among them."""
    if len(os.fsencode(path)) < _PATH_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
