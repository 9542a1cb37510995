"""
The short way of a query: taken in, asked and, where a program asked, answered before Flask. A look-up takes a
millisecond and a half in all, and Flask's contexts, routes and hooks were a fifth of that (ADR 22).

What is for people, or has to be said in words, goes on to the view in `app.sparql.endpoint`, with what came of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, cast
from urllib.parse import quote

from flask import Flask
from werkzeug import Request
from werkzeug.wsgi import ClosingIterator

from app.sparql.client import Answer
from app.sparql.formats import Wanted, wanted
from app.sparql.mentions import Unknown, mentioned
from app.sparql.page import ROWS
from app.sparql.reception import Denied, Reception
from app.sparql.request import Asked
from app.sparql.wire import Question
from app.web.flood import TRUSTED_PROXIES, asker_of
from app.web.problems import VARY
from app.wiring import Portal

RECEPTION = "suishu-sparql-reception"
_CAME = "suishu.sparql"
_PATH = "sparql"
_METHODS = ("GET", "HEAD", "POST")
_SMALL_BYTES = 500_000
_HIT = "suishu-sparql; hit"
"""https://www.rfc-editor.org/rfc/rfc9211"""
_UNKNOWN = 10
"""Unknown names that are told at once."""
_IN_HEADER = "!#$%&'()*+,/:;=?@[]~-._"


@dataclass(slots=True)
class Came:
    """What came of a request. `failure` is why there is no answer; without either there was nothing to ask."""

    asked: Asked | None = None
    answer: Answer | None = None
    failure: Exception | None = None


def install(app: Flask, portal: Portal) -> None:
    """Inside of whatever adds headers to every answer."""
    way = _ShortWay(app.wsgi_app, portal, Reception(portal.settings), app.config[TRUSTED_PROXIES])
    app.extensions[RECEPTION] = way.reception
    app.wsgi_app = way  # type: ignore[method-assign]


def came(environ: dict[str, Any]) -> Came:
    """For the view: what came of this request before."""
    return cast(Came, environ[_CAME])


def question(portal: Portal, query: str, want: Wanted, asked: Asked) -> Question:
    """What is shown on a page has fewer rows than what is given to programs."""
    rows = portal.settings.sparql_row_limit
    return Question(
        query=query,
        solutions="json" if want.solutions == "html" else want.solutions,
        graph="turtle" if want.graph == "html" else want.graph,
        rows=min(ROWS, rows) if want.solutions == want.graph == "html" else rows,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        base=f"{portal.settings.base_url}/sparql",
    )


def unknown(portal: Portal, query: str) -> list[Unknown]:
    """Classes and predicates of the query that the graph does not know."""
    figures = portal.graph_figures()
    if figures is None or not figures.whole:
        return []
    classes, predicates = mentioned(query)
    pairs = [(name, figures.classes) for name in classes] + [(name, figures.properties) for name in predicates]
    return [Unknown(name, known) for name, known in pairs if name not in known][:_UNKNOWN]


class _ShortWay:
    def __init__(self, inner: Callable[..., Any], portal: Portal, reception: Reception, proxies: int) -> None:
        self._inner = inner
        self._portal = portal
        self._proxies = proxies
        self.reception = reception

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # As Flask's routes take it: slashes before and after do not count.
        if environ.get("PATH_INFO", "").strip("/") != _PATH or environ["REQUEST_METHOD"] not in _METHODS:
            return cast(Iterable[bytes], self._inner(environ, start_response))
        environ[_CAME] = came = Came()
        try:
            given = self._given(came, Request(environ, populate_request=False))
        except Exception as error:  # the view says it, or raises it again where all others are raised
            given, came.failure = None, error
            if came.answer is not None:
                came.answer.close()
        if given is None:
            return cast(Iterable[bytes], self._inner(environ, start_response))
        headers, body = given
        start_response("200 OK", headers)
        return body

    def _given(self, came: Came, request: Request) -> tuple[list[tuple[str, str]], Iterable[bytes]] | None:
        came.asked = asked = self.reception.receive(request)
        want = wanted(request.environ.get("HTTP_ACCEPT", ""), asked.format)
        if asked.query is None or want is None or not (want.solutions or want.graph):
            return None
        who = asker_of(request, self._proxies)
        telling = cache(partial(unknown, self._portal, asked.query))  # while the worker is at it
        came.answer = answer = self.reception.ask(question(self._portal, asked.query, want, asked), who, telling)
        if (want.graph if answer.head.form == "graph" else want.solutions) == "html":
            return None
        headers = self._headers(answer, want, telling(), who)
        return headers, self._body(answer, is_wanted=request.method != "HEAD")

    def _headers(self, answer: Answer, want: Wanted, strange: list[Unknown], who: str) -> list[tuple[str, str]]:
        """Its length goes before the body: one that is cut is never taken for whole."""
        head = answer.head
        media_type = want.media_type(head.form)
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        headers = [("Content-Type", media_type), ("Content-Length", str(head.bytes))]
        if head.kept:
            headers.append(("Cache-Status", _HIT))
        if head.cut:
            headers.append(("X-SPARQL-Truncated", f"{head.cut}; rows={head.rows}"))
        if strange:
            headers.append(("X-SPARQL-Unknown-Terms", ", ".join(_ascii(each.name) for each in strange)))
        return [*headers, *self.reception.headers(who), ("Cache-Control", "no-cache"), ("Vary", VARY)]

    def _body(self, answer: Answer, *, is_wanted: bool) -> Iterable[bytes]:
        """A long one piece by piece."""
        if not is_wanted or answer.head.bytes <= _SMALL_BYTES:
            whole = b"".join(answer.chunks()) if is_wanted else b""
            answer.close()
            return [whole]
        if not self.reception.gate.begin_long():
            raise Denied("busy")
        return ClosingIterator(answer.chunks(), [answer.close, self.reception.gate.end_long])


def _ascii(name: str) -> str:
    """As an IRI that can stand in a header."""
    return f"<{quote(name, safe=_IN_HEADER)}>"
