"""Askers who send a request and never end it must not take every thread that answers pages."""

import io
import threading
from pathlib import Path

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from app.factory import create_app
from tests.security.portals import opened


class _Endless(io.RawIOBase):
    """A body that is never sent to its end; counts who waits for it."""

    waiting = 0
    _lock = threading.Lock()

    def __init__(self, release: threading.Event) -> None:
        self._release = release

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        with self._lock:
            _Endless.waiting += 1
        self._release.wait(20)
        return 0


@pytest.mark.xfail(strict=True, reason="every thread may wait for the body of a POST to /sparql")
def test_unended_queries_hold_only_a_few_threads(tmp_path: Path) -> None:
    app = create_app(portal=opened(tmp_path))
    release = threading.Event()
    _Endless.waiting = 0

    def ask() -> None:
        environ = create_environ("/sparql", method="POST", content_type="application/sparql-query")
        environ |= {"wsgi.input": _Endless(release), "CONTENT_LENGTH": "90000"}
        run_wsgi_app(app, environ)

    askers = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(1)
    waiting = _Endless.waiting
    release.set()
    for asker in askers:
        asker.join(10)
    assert waiting <= 4
