"""The pages of the data graph: around a dataset, a publisher and a theme."""

import json
import re
from collections.abc import Callable
from typing import cast

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import NotFound

from app.catalogue.model import Publisher, Tombstone
from app.sparql.endpoint import ask_for_page
from app.sparql.graph import questions, words
from app.sparql.graph.neighbours import Kind, Neighbourhood, Node, Row, of_dataset, of_hub
from app.sparql.graph.picture import NARROW, WIDE, Box, Picture, picture
from app.sparql.void import short
from app.web.language import gettext as _
from app.web.language import pgettext
from app.web.links import address
from app.web.pages import page
from app.web.permissions import public
from app.web.problems import Problem
from app.wiring import Portal
from vocab import codelists

blueprint = Blueprint("graph", __name__)

_ID = re.compile(r"[a-z2-7]{16}")
_ROWS = 2_000
"""Of one answer: twelve datasets share some dozens of values, each told in a few languages."""
_Rows = list[Row]


@blueprint.get("/dataset/<id_>/graph")
@public
def of_a_dataset(id_: str) -> Response:
    found = _portal().catalogue.entry(id_, alone=True) if _ID.fullmatch(id_) else None
    if found is None:
        raise NotFound
    if isinstance(found, Tombstone):
        return page("gone.html", status=410, tombstone=found)
    centre = Node(found.view.uri, Kind.DATASET, dict(found.view.titles))
    asked = [questions.facts(centre.key), questions.related(centre.key)]
    return _shown(centre, asked, lambda facts, related: of_dataset(centre, facts, related))


@blueprint.get("/publisher/<id_>/graph")
@public
def of_a_publisher(id_: str) -> Response:
    found = _portal().catalogue.publisher(id_) if _ID.fullmatch(id_) else None
    if found is None:
        raise NotFound
    publisher, count = found
    uri = f"{_portal().settings.base_url}/publisher/{id_}"
    centre = Node(uri, Kind.PUBLISHER, dict(publisher.names), count)
    agents = _agents(publisher, uri)
    if isinstance(agents, Problem):
        return _page(Neighbourhood(centre), [], agents)
    asked = [questions.themes_of(agents), questions.newest_of(agents)]
    return _shown(centre, asked, lambda counts, newest: of_hub(centre, Kind.THEME, counts, newest))


@blueprint.get("/theme/<code>/graph")
@public
def of_a_theme(code: str) -> Response:
    concept = codelists.scheme("theme").get(code)
    if concept is None:
        raise NotFound
    centre = Node(concept.iri, Kind.THEME, dict(concept.labels))
    asked = [questions.publishers_in(concept.iri), questions.newest_in(concept.iri)]
    return _shown(centre, asked, lambda counts, newest: of_hub(centre, Kind.PUBLISHER, counts, newest))


def _agents(publisher: Publisher, uri: str) -> list[str] | Problem:
    """Its addresses in the graph: those that say its code, else the one its source gave it, else ours."""
    alone = [publisher.iri or uri]
    if not publisher.uscc:
        return alone
    rows = _ask(questions.agents(publisher.uscc))
    return rows if isinstance(rows, Problem) else [row["agent"][0] for row in rows] or alone


def _shown(centre: Node, asked: list[str], read: Callable[[_Rows, _Rows], Neighbourhood]) -> Response:
    answers: list[_Rows] = []
    for query in asked:
        rows = _ask(query)
        if isinstance(rows, Problem):
            return _page(Neighbourhood(centre), asked, rows)
        answers.append(rows)
    return _page(_still_public(read(answers[0], answers[1])), asked)


def _ask(query: str) -> _Rows | Problem:
    answer = ask_for_page(query, _ROWS)
    if isinstance(answer, Problem):
        return answer
    try:
        body = json.loads(b"".join(answer.chunks()))
    finally:
        answer.close()
    return [
        {name: (term["value"], term.get("xml:lang", "")) for name, term in row.items()}
        for row in body["results"]["bindings"]
    ]


def _still_public(graph: Neighbourhood) -> Neighbourhood:
    """Without what was withdrawn since the graph was published, seconds ago."""
    own = f"{_portal().settings.base_url}/dataset/"
    ids = {node.key.removeprefix(own): node.key for node in graph.datasets if node.key.startswith(own)}
    states = _portal().catalogue.public_states(list(ids))
    gone = [key for id_, key in ids.items() if states[id_] is None]
    return graph.without(gone) if gone else graph


def _page(graph: Neighbourhood, asked: list[str], problem: Problem | None = None) -> Response:
    base_url = _portal().settings.base_url
    said = {key: (words.name(node), words.kind(node.kind)) for key, node in graph.nodes.items()}

    def href(box: Box) -> str:
        of = words.page_of if box.node is graph.centre else words.graph_of
        return of(box.node, base_url)

    pictures: list[Picture] = [] if problem or not graph.statements else [
        picture(graph, said, measure) for measure in (WIDE, NARROW)
    ]  # fmt: skip
    response = page(
        "graph.html",
        status=problem.status if problem else 200,
        graph=graph,
        name=words.name(graph.centre),
        parent=_parent(graph.centre),
        kind=graph.centre.kind.value,
        problem=problem,
        pictures=pictures,
        numbers={key: number for number, key in enumerate(graph.nodes)},
        href=href,
        place=lambda node: words.page_of(node, base_url),
        name_of=words.name,
        kind_of=lambda node: words.kind(node.kind),
        relation_of=words.relation,
        short=short,
        reasons=lambda node: words.reasons(graph, node.key),
        queries=[address("/sparql", [("query", query)]) for query in asked],
    )
    if problem and problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _parent(centre: Node) -> list[tuple[str, str]]:
    """The crumbs above the graph."""
    base_url = _portal().settings.base_url
    lists = {"dataset": _("数据集"), "publisher": pgettext("many", "开放主体"), "theme": pgettext("many", "领域")}
    kind = centre.kind.value
    return [(f"/{kind}", lists[kind]), (words.page_of(centre, base_url), words.name(centre)), ("", _("数据关系图"))]


def _portal() -> Portal:
    return cast(Portal, current_app.extensions["suishu"])
