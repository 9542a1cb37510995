"""Asks a SPARQL worker. A web process holds neither a query's result nor a parsed query at any time."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from app.sparql.kept import KeptAnswers
from app.sparql.wire import BEGUN, Head, Question, receive_head, send, short_path

_CHUNK_BYTES = 65_536
_QUEUE_S = 3.0
_GRACE_S = 2.0
"""Between a worker's deadline and its end being seen here, on a machine that is busy."""


def socket_path(home: Path) -> Path:
    """Where the workers of this home listen."""
    return home.resolve() / "run" / "sparql.sock"


class QueryEnded(Exception):
    """The worker was ended by its limit on time."""


class QueryCrashed(Exception):
    """The worker ended before its time: the query needed too much memory or was nested too deep for the engine."""


class NoWorker(Exception):
    """Nobody answers on the socket, or nobody was free in time."""


class Answer:
    """An answer whose body is read from `chunks`, once; to be closed in any case."""

    def __init__(self, head: Head, body: bytes | int) -> None:
        """`body` is the whole of it, or an open file that begins with it."""
        self.head = head
        self._body = BytesIO(body) if isinstance(body, bytes) else open(body, "rb", buffering=0)  # noqa: SIM115 (by close)

    def chunks(self) -> Iterator[bytes]:
        left = self.head.bytes  # behind the body of a kept answer its head is written
        while chunk := self._body.read(min(left, _CHUNK_BYTES)):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._body.close()


@dataclass(frozen=True, slots=True)
class SparqlClient:
    """Holds nothing open. `time_limit_s` is the workers' own; waiting for a free one comes before it."""

    path: Path
    time_limit_s: float
    kept: KeptAnswers

    @classmethod
    def in_home(cls, home: Path, time_limit_s: float) -> "SparqlClient":
        return cls(socket_path(home), time_limit_s, KeptAnswers.in_home(home))

    def find(self, question: Question) -> Answer | None:
        """The answer to the same question on the same state; asks nobody, and takes a tenth of a millisecond."""
        found = self.kept.find(question)
        return None if found is None else Answer(*found)

    def ask(self, question: Question, meanwhile: Callable[[], object] = bool) -> Answer:
        """
        Raises `QueryEnded`, `QueryCrashed` or `NoWorker`; what the worker refuses stands in the answer's head.
        `meanwhile` is called while the worker is at it.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            began = self._begin(connection, question)
            connection.settimeout(self.time_limit_s + _GRACE_S)
            meanwhile()
            try:
                answer = receive_head(connection)
            except TimeoutError as error:  # its supervisor is gone or stopped
                raise QueryEnded from error
            except OSError:
                answer = None
            if answer is not None:
                return Answer(*answer)
            if time.monotonic() - began >= self.time_limit_s:
                raise QueryEnded
            raise QueryCrashed

    def _begin(self, connection: socket.socket, question: Question) -> float:
        """Since when the worker's time counts: by its own word, for this thread may be late."""
        connection.settimeout(_QUEUE_S)
        try:
            with short_path(self.path) as address:
                connection.connect(address)
            send(connection, question)
            said = connection.recv(BEGUN.size, socket.MSG_WAITALL)
        except OSError as error:  # nobody listens, or nobody was free in time
            raise NoWorker(str(error)) from error
        if len(said) < BEGUN.size:
            raise NoWorker("the worker ended before it began")
        return float(BEGUN.unpack(said)[0])
