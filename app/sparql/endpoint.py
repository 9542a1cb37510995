"""
The SPARQL 1.1 endpoint over the public graph, read only. https://www.w3.org/TR/sparql11-protocol/

Queries are parsed and run in the workers; here they are only passed on, and answers pass through in pieces.
"""

import time
from contextlib import ExitStack
from functools import partial
from typing import cast
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from app.settings import Settings
from app.sparql import page
from app.sparql.client import Answer, NoWorker, QueryCrashed, QueryEnded, SparqlClient
from app.sparql.description import description
from app.sparql.examples import described, example_query
from app.sparql.formats import HTML, Wanted, wanted
from app.sparql.gate import Gate
from app.sparql.mentions import Unknown, mentioned
from app.sparql.refusals import (
    busy,
    crashed,
    ended,
    no_worker,
    not_acceptable,
    over_budget,
    refused,
    unfit,
    unknown_format,
)
from app.sparql.request import Asked, Unfit, read
from app.sparql.void import void
from app.sparql.wire import MAX_BODY_BYTES, Question
from app.web.budget import WINDOW_S, Budget
from app.web.flood import asker
from app.web.negotiation import choose
from app.web.permissions import public
from app.web.problems import Problem, document
from app.web.rdf import SYNTAXES
from app.wiring import Portal
from vocab.rdf import serialize

blueprint = Blueprint("sparql", __name__)

_CLIENT = "suishu-sparql-client"
_GATE = "suishu-sparql-gate"
_BUDGET = "suishu-sparql-budget"
_SAID = "suishu-sparql-headers"
_LEAST_S = 0.05
"""What a query costs at least: parsing, passing on, writing."""
_SMALL_BYTES = 500_000
_FIND = 100
"""Characters by which examples are looked for."""
_UNKNOWN = 10
"""Unknown names that are told at once."""
_IN_HEADER = "!#$%&'()*+,/:;=?@[]~-._"
_EXPOSED = (
    "X-SPARQL-Unknown-Terms, X-SPARQL-MaxRows, X-SPARQL-MaxBytes, X-SPARQL-Time-Limit, X-SPARQL-Truncated, "
    "RateLimit, RateLimit-Policy, Retry-After, Cache-Status"
)
_HIT = "suishu-sparql; hit"
"""https://www.rfc-editor.org/rfc/rfc9211"""
_METHODS = "GET, HEAD, POST, OPTIONS"
_PREFLIGHT = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}
_VARY = ("Accept", "Accept-Language", "Cookie")


@blueprint.record_once
def _make_parts(state: BlueprintSetupState) -> None:
    settings: Settings = state.app.extensions["suishu"].settings
    path = settings.home / "locks" / "sparql.budget"
    state.app.extensions[_CLIENT] = SparqlClient.in_home(settings.home, settings.sparql_time_limit_s)
    state.app.extensions[_GATE] = Gate()
    state.app.extensions[_SAID] = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", _EXPOSED),
        ("X-SPARQL-MaxRows", str(settings.sparql_row_limit)),
        ("X-SPARQL-MaxBytes", str(MAX_BODY_BYTES)),
        ("X-SPARQL-Time-Limit", f"{settings.sparql_time_limit_s:g}"),
    ]
    state.app.extensions[_BUDGET] = Budget(path, settings.secret().encode(), settings.sparql_budget_s)


@blueprint.route("/sparql", methods=["GET", "POST", "OPTIONS"], provide_automatic_options=False)
@public
def sparql() -> Response:
    if request.method == "OPTIONS":
        return Response(status=204, headers=_PREFLIGHT)
    asked = _received()
    if isinstance(asked, Problem):
        return _problem(asked, None)
    if asked.query is None:
        return _about()
    want = wanted(request.headers.get("Accept", ""), asked.format)
    if want is None:
        return _problem(unknown_format(asked.format), asked)
    if not want.solutions and not want.graph:
        return _problem(not_acceptable(), asked)
    return _run(asked, asked.query, want)


def _received() -> Asked | Problem:
    gate, has_body = _gate(), request.method == "POST"
    if has_body and not gate.begin_receiving():
        return busy()
    try:
        return read(request)
    except Unfit as error:
        return unfit(error.word)
    finally:
        if has_body:
            gate.end_receiving()


@blueprint.after_request
def _for_everyone(response: Response) -> Response:
    """Public data, read by scripts of other sites too; and what the limits are, before anybody runs into them."""
    response.headers.extend(current_app.extensions[_SAID])
    if budget := _budget().work_s:
        # https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, in seconds of work
        left_s = _budget().left_s(asker())
        response.headers["RateLimit-Policy"] = f'"sparql";q={budget:g};w={WINDOW_S:g}'
        response.headers["RateLimit"] = f'"sparql";r={int(left_s)}'
    response.headers.setdefault("Cache-Control", "no-cache")
    if "Vary" in response.headers:
        response.vary.update(_VARY)
    else:
        response.headers["Vary"] = ", ".join(_VARY)
    return response


def _run(asked: Asked, query: str, want: Wanted) -> Response:
    html, settings = "html" in (want.solutions, want.graph), _settings()
    question = Question(
        query=query,
        solutions="json" if want.solutions == "html" else want.solutions,
        graph="turtle" if want.graph == "html" else want.graph,
        rows=min(page.ROWS, settings.sparql_row_limit) if html else settings.sparql_row_limit,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        base=f"{settings.base_url}/sparql",
    )
    answer = _ask_within_budget(question)
    if isinstance(answer, Problem):
        return _problem(answer, asked)
    with ExitStack() as stack:
        stack.callback(answer.close)
        if answer.head.refusal == "ended":  # by the server, before we did
            return _problem(ended(settings.sparql_time_limit_s), asked)
        if answer.head.refusal:
            return _problem(refused(answer.head, query), asked)
        if want.graph == "html" if answer.head.form == "graph" else want.solutions == "html":
            return page.render(settings, query=query, shown=page.show(answer), unknown=_unknown(query))
        if answer.head.bytes > _SMALL_BYTES:
            if not _gate().begin_long():
                return _problem(busy(), asked)
            stack.callback(_gate().end_long)
        response = _give(answer, want, stack.pop_all())
        if unknown := _unknown(query):
            response.headers["X-SPARQL-Unknown-Terms"] = ", ".join(_ascii(each.name) for each in unknown)
        return response
    raise AssertionError("unreachable")


def _ascii(name: str) -> str:
    """As an IRI that can stand in a header."""
    return f"<{quote(name, safe=_IN_HEADER)}>"


def ask_for_page(query: str, rows: int) -> Answer | Problem:
    """A question of one of our own pages, answered as JSON on the same terms as anybody's; to be closed."""
    answer = _ask_within_budget(
        Question(query=query, solutions="json", graph="", rows=rows, base=f"{_settings().base_url}/sparql")
    )
    if isinstance(answer, Problem) or not answer.head.refusal:
        return answer
    answer.close()
    return ended(_settings().sparql_time_limit_s) if answer.head.refusal == "ended" else refused(answer.head, query)


def _ask_within_budget(question: Question) -> Answer | Problem:
    budget, client = _budget(), asker()
    if wait_s := budget.wait_s(client):
        return over_budget(budget.work_s, wait_s)
    budget.charge(client, _LEAST_S)  # at once, so that many at one time are seen
    began = time.monotonic()
    answer = _ask(question)
    if isinstance(answer, Answer):
        used_s = 0.0 if answer.head.kept else answer.head.seconds
    else:
        used_s = 0.0 if answer.retry_after_s else time.monotonic() - began
    budget.charge(client, max(0.0, used_s - _LEAST_S))
    return answer


def _ask(question: Question) -> Answer | Problem:
    client, gate = _client(), _gate()
    if (kept := client.find(question)) is not None:
        return kept
    if not gate.enter():
        return busy()
    try:
        return client.ask(question, partial(mentioned, question.query))  # so that it is known when it is asked for
    except QueryEnded:
        return ended(_settings().sparql_time_limit_s)
    except QueryCrashed:
        return crashed()
    except NoWorker:
        return no_worker()
    finally:
        gate.leave()


def _give(answer: Answer, want: Wanted, stack: ExitStack) -> Response:
    """The body, a long one piece by piece. Its length goes before it: one that is cut is never taken for whole."""
    head = answer.head
    media_type = want.media_type(head.form)
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    if head.bytes <= _SMALL_BYTES:
        with stack:
            response = Response(b"".join(answer.chunks()), content_type=media_type)
    else:
        response = Response(answer.chunks(), content_type=media_type)
        response.call_on_close(stack.close)
    response.headers["Content-Length"] = str(head.bytes)
    if head.kept:
        response.headers["Cache-Status"] = _HIT
    if head.cut:
        response.headers["X-SPARQL-Truncated"] = f"{head.cut}; rows={head.rows}"
    return response


def _about() -> Response:
    """The address alone: the query page for people, the service description for programs."""
    offer = choose(request.headers.get("Accept", ""), (*SYNTAXES, HTML))
    if offer is None:
        return _problem(not_acceptable(), None)
    settings = _settings()
    if offer.name == "html":
        if (query := example_query(request.args.get("example", ""))) and (html := wanted("", "html")):
            return _run(Asked(query), query, html)
        return page.render(settings, query=None, find=request.args.get("find", "")[:_FIND])
    syntax = next(each for each in SYNTAXES if each.name == offer.name)
    about = description(settings.base_url, settings.sparql_row_limit, settings.sparql_time_limit_s)
    about += void(settings.base_url, _portal().graph_figures()) + described(settings.base_url)
    return Response(serialize(about, syntax.format), content_type=syntax.media_types[0])


def _unknown(query: str) -> list[Unknown]:
    """Classes and predicates of the query that the graph does not know."""
    figures = _portal().graph_figures()
    if figures is None or not figures.whole:
        return []
    classes, predicates = mentioned(query)
    pairs = [(name, figures.classes) for name in classes] + [(name, figures.properties) for name in predicates]
    return [Unknown(name, known) for name, known in pairs if name not in known][:_UNKNOWN]


def _problem(problem: Problem, asked: Asked | None) -> Response:
    """For people the query page with the query still in it, for programs a problem document."""
    want = wanted(request.headers.get("Accept", ""), asked.format if asked else "")
    if want and "html" in (want.solutions, want.graph):
        response = page.render(_settings(), query=asked.query if asked else None, problem=problem)
    else:
        response = document(problem)
    response.headers["Cache-Control"] = "no-store"
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _portal() -> Portal:
    return cast(Portal, current_app.extensions["suishu"])


def _settings() -> Settings:
    return _portal().settings


def _gate() -> Gate:
    return cast(Gate, current_app.extensions[_GATE])


def _budget() -> Budget:
    return cast(Budget, current_app.extensions[_BUDGET])


def _client() -> SparqlClient:
    return cast(SparqlClient, current_app.extensions[_CLIENT])
