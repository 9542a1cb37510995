"""
Sources that misbehave, on loopback: one address for each thing that a peer's harvester died of.

Use it as a context manager; `url(name)` gives an address. Ask with a fetcher that may reach 127.0.0.0/8.
"""

import contextlib
import gzip
import random
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

_HYDRA = "http://www.w3.org/ns/hydra/core#"
_TURTLE = "text/turtle; charset=utf-8"
_HUGE_BYTES = 10 * 1024**3


def catalogue(base: str, numbers: range, following: str = "") -> bytes:
    """A page of a DCAT catalogue whose records pass `intake`; `following` is the page that it names as the next."""
    lines = [f"<{base}/catalog> a <http://www.w3.org/ns/dcat#Catalog> ."]
    for number in numbers:
        lines.append(
            f"<{base}/dataset/{number}> a <http://www.w3.org/ns/dcat#Dataset> ; "
            f'<http://purl.org/dc/terms/identifier> "N-{number}" ; '
            f'<http://purl.org/dc/terms/title> "第{number}号数据集"@zh-Hans ; '
            f'<http://purl.org/dc/terms/publisher> "某市数据局"@zh-Hans .'
        )
    if following:
        lines.append(f"<{base}/page> <{_HYDRA}next> <{following}> .")
    return "\n".join(lines).encode()


class Hostile:
    """
    | address | what it does |
    |---|---|
    | `hang` | takes the connection and says nothing |
    | `drip` | sends one byte a second for ever |
    | `loop` | page B names C as the next, and C names B |
    | `huge` | sends ten gigabytes of Turtle |
    | `garbage` | sends noise as `text/turtle` |
    | `flaky` | five pages; answers 500 at random, half the time |
    | `bomb` | a small gzip answer that unpacks to four gigabytes |
    | `shrinking` | twenty records the first time, then a catalogue without any |
    | `good-N` | three pages of `records` records each, for any N |
    """

    NAMES = ("hang", "drip", "loop", "huge", "garbage", "flaky", "bomb", "shrinking")

    def __init__(self, *, seed: int = 1, records: int = 100) -> None:
        self.records = records
        self.asked: list[str] = []
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._shown: set[str] = set()
        self._bomb = b""
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hostile.asked.append(self.path)
                name, _, page = self.path.strip("/").partition("/")
                with contextlib.suppress(OSError):  # whoever asked has gone
                    hostile._answer(self, name, page)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self._base = f"http://127.0.0.1:{self._server.server_address[1]}"

    def url(self, name: str) -> str:
        return f"{self._base}/{name}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, name: str, page: str) -> None:
        answers: dict[str, Callable[[BaseHTTPRequestHandler, str], None]] = {
            "hang": lambda *_: self._wait(3600),
            "drip": self._drip,
            "loop": self._loop,
            "huge": self._huge,
            "garbage": lambda handler, _: _send(handler, self._random.randbytes(50_000)),
            "flaky": self._flaky,
            "bomb": self._gzip_bomb,
            "shrinking": self._shrinking,
        }
        answers.get(name, lambda handler, page: self._pages(handler, name, page, 3))(handler, page)

    def _wait(self, seconds: float) -> bool:
        return self._over.wait(seconds)

    def _drip(self, handler: BaseHTTPRequestHandler, _: str) -> None:
        _head(handler)
        while not self._wait(1):
            handler.wfile.write(b"#")
            handler.wfile.flush()

    def _loop(self, handler: BaseHTTPRequestHandler, page: str) -> None:
        number = {"": 0, "b": 1, "c": 2}.get(page, 3)
        following = self.url("loop/c" if page == "b" else "loop/b")
        _send(handler, catalogue(self.url("loop"), range(number * 10, number * 10 + 10), following))

    def _huge(self, handler: BaseHTTPRequestHandler, _: str) -> None:
        _head(handler, {"Content-Length": str(_HUGE_BYTES)})
        block = b"# nothing but remarks\n" * 40_000
        sent = 0
        while sent < _HUGE_BYTES and not self._over.is_set():
            handler.wfile.write(block)
            sent += len(block)

    def _flaky(self, handler: BaseHTTPRequestHandler, page: str) -> None:
        if self._random.random() < 0.5:
            handler.send_error(500)
        else:
            self._pages(handler, "flaky", page, 5)

    def _gzip_bomb(self, handler: BaseHTTPRequestHandler, _: str) -> None:
        self._bomb = self._bomb or gzip.compress(bytes(1024**2), 9) * 4096  # members of one gzip stream, 4 GiB in all
        _send(handler, self._bomb, {"Content-Encoding": "gzip"})

    def _shrinking(self, handler: BaseHTTPRequestHandler, page: str) -> None:
        count = 0 if "shrinking" in self._shown else 20
        self._shown.add("shrinking")
        _send(handler, catalogue(self.url("shrinking"), range(count)))

    def _pages(self, handler: BaseHTTPRequestHandler, name: str, page: str, pages: int) -> None:
        number = int(page or 0)
        following = self.url(f"{name}/{number + 1}") if number + 1 < pages else ""
        first = number * self.records
        _send(handler, catalogue(self.url(name), range(first, first + self.records), following))


def _head(handler: BaseHTTPRequestHandler, headers: dict[str, str] | None = None) -> None:
    handler.send_response(200)
    for name, value in {"Content-Type": _TURTLE, **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()


def _send(handler: BaseHTTPRequestHandler, body: bytes, headers: dict[str, str] | None = None) -> None:
    _head(handler, {"Content-Length": str(len(body)), **(headers or {})})
    handler.wfile.write(body)
