"""
The SPARQL 1.1 endpoint over the public graph, read only. https://www.w3.org/TR/sparql11-protocol/

Queries are asked before Flask, and programs are answered there (`app.sparql.short_way`). Here is what people see, what
is said in words, and what the address alone gives.
"""

from typing import cast

from flask import Blueprint, Response, current_app, request

from app.sparql import page
from app.sparql.client import Answer
from app.sparql.description import description
from app.sparql.examples import described, example_query
from app.sparql.formats import HTML, wanted
from app.sparql.reception import Denied, Reception
from app.sparql.refusals import denied, ended, not_acceptable, refused, unfit, unknown_format
from app.sparql.request import Asked, Unfit
from app.sparql.short_way import RECEPTION, came, question, unknown
from app.sparql.void import void
from app.sparql.wire import Question, Refused
from app.web.flood import asker
from app.web.negotiation import choose
from app.web.permissions import public
from app.web.problems import VARY, Problem, document
from app.web.rdf import SYNTAXES
from app.wiring import Portal
from vocab.rdf import serialize

blueprint = Blueprint("sparql", __name__)

_FIND = 100
"""Characters by which examples are looked for."""
_METHODS = "GET, HEAD, POST, OPTIONS"
_PREFLIGHT = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}


@blueprint.route("/sparql", methods=["GET", "POST", "OPTIONS"], provide_automatic_options=False)
@public
def sparql() -> Response:
    if request.method == "OPTIONS":
        return Response(status=204, headers=_PREFLIGHT)
    found = came(request.environ)
    asked = found.asked or Asked(None)
    if found.failure is not None:
        return _problem(_said(found.failure, asked.query or ""), asked)
    if asked.query is None:
        return _about()
    if found.answer is not None:
        return _page(asked.query, found.answer)
    if wanted(request.headers.get("Accept", ""), asked.format) is None:
        return _problem(unknown_format(asked.format), asked)
    return _problem(not_acceptable(), asked)


@blueprint.after_request
def _for_everyone(response: Response) -> Response:
    response.headers.extend(_reception().headers(asker()))
    response.headers.setdefault("Cache-Control", "no-cache")
    response.vary.update(VARY.split(", "))
    return response


def ask_for_page(query: str, rows: int) -> Answer | Problem:
    """A question of one of our own pages, answered as JSON on the same terms as anybody's; to be closed."""
    return _ask(Question(query, "json", "", rows, base=f"{_portal().settings.base_url}/sparql"))


def _ask(asked: Question) -> Answer | Problem:
    try:
        return _reception().ask(asked, asker())
    except (Denied, Refused) as error:
        return _said(error, asked.query)


def _said(failure: Exception, query: str) -> Problem:
    """Why there is no answer. Raises what is nobody's mistake."""
    if isinstance(failure, Unfit):
        return unfit(failure.word)
    if isinstance(failure, Denied):
        return denied(failure, _portal().settings)
    if isinstance(failure, Refused):
        if failure.head.refusal == "ended":  # by the server, before we did
            return ended(_portal().settings.sparql_time_limit_s)
        return refused(failure.head, query)
    raise failure


def _page(query: str, answer: Answer) -> Response:
    try:
        shown = page.show(answer)
    finally:
        answer.close()
    return page.render(_portal().settings, query=query, shown=shown, unknown=unknown(_portal(), query))


def _about() -> Response:
    """The address alone: the query page for people, the service description for programs."""
    offer = choose(request.headers.get("Accept", ""), (*SYNTAXES, HTML))
    if offer is None:
        return _problem(not_acceptable(), Asked(None))
    settings = _portal().settings
    if offer.name == "html":
        if (query := example_query(request.args.get("example", ""))) and (html := wanted("", "html")):
            asked = Asked(query)
            answer = _ask(question(_portal(), query, html, asked))
            return _problem(answer, asked) if isinstance(answer, Problem) else _page(query, answer)
        return page.render(settings, query=None, find=request.args.get("find", "")[:_FIND])
    syntax = next(each for each in SYNTAXES if each.name == offer.name)
    about = description(settings.base_url, settings.sparql_row_limit, settings.sparql_time_limit_s)
    about += void(settings.base_url, _portal().graph_figures()) + described(settings.base_url)
    return Response(serialize(about, syntax.format), content_type=syntax.media_types[0])


def _problem(problem: Problem, asked: Asked) -> Response:
    """For people the query page with the query still in it, for programs a problem document."""
    want = wanted(request.headers.get("Accept", ""), asked.format)
    if want and "html" in (want.solutions, want.graph):
        response = page.render(_portal().settings, query=asked.query, problem=problem)
    else:
        response = document(problem)
    response.headers["Cache-Control"] = "no-store"
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _portal() -> Portal:
    return cast(Portal, current_app.extensions["suishu"])


def _reception() -> Reception:
    return cast(Reception, current_app.extensions[RECEPTION])
