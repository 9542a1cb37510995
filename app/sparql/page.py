"""The query page: a form, examples, and the answer as a table. It works without a script."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.settings import Settings
from app.sparql.chart import chart
from app.sparql.client import Answer
from app.sparql.examples import TOPICS, Example, example_query, examples
from app.sparql.formats import GRAPHS, SOLUTIONS
from app.sparql.mentions import Unknown
from app.sparql.void import short
from app.sparql.wire import Head
from app.web import language, templates
from app.web.charts import Chart
from app.web.labels import web_link
from app.web.language import gettext as _
from app.web.language import pgettext
from app.web.links import address
from app.web.problems import Problem

ROWS = 500
"""Of an answer that the page shows; every other format gives all."""
_MAX_BYTES = 4_000_000
_AROUND = 200
"""Characters shown on either side of a mistake."""
_EXTENSIONS = {"json": "JSON", "xml": "XML", "csv": "CSV", "tsv": "TSV", "turtle": "Turtle", "n-triples": "N-Triples"}
_SUFFIXES = {"turtle": "ttl", "n-triples": "nt", "rdf-xml": "rdf", "json-ld": "jsonld"}


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` may be an IRI's short form, `whole` is what stands in the answer."""

    text: str
    whole: str = ""
    href: str = ""
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it: `rows` under `columns`, or `boolean`, or `text` in Turtle."""

    head: Head
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    boolean: bool | None = None
    text: str = ""
    too_large: bool = False
    chart: Chart | None = None


def show(answer: Answer) -> Shown:
    """Reads an answer that was asked for with `ROWS`, as JSON or Turtle."""
    head = answer.head
    if head.bytes > _MAX_BYTES:
        return Shown(head, too_large=True)
    body = b"".join(answer.chunks())
    if head.form == "graph":
        return Shown(head, text=body.decode())
    result = json.loads(body)
    if head.form == "boolean":
        return Shown(head, boolean=result["boolean"])
    columns = tuple(result["head"]["vars"])
    rows = tuple(tuple(_cell(row.get(name)) for name in columns) for row in result["results"]["bindings"])
    drawn = chart(columns, [[(cell.whole or cell.text, cell.note) for cell in row] for row in rows])
    return Shown(head, columns, rows, chart=drawn)


def _cell(term: dict[str, Any] | None) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        return Cell(short(value), whole=value, href=web_link(value))
    if term["type"] == "triple":
        return Cell(f"<< {' '.join(_cell(value[part]).text for part in ('subject', 'predicate', 'object'))} >>")
    if term["type"] == "bnode":
        return Cell(f"_:{value}")
    return Cell(value, language=term.get("xml:lang", ""), note=term.get("datatype", "").rpartition("#")[2])


def _topics(find: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Title of each topic; of its examples the titles in the reader's language and in the others, and the addresses."""
    titles = {
        "fresh": _("更新"),
        "publishers": pgettext("many", "开放主体"),
        "themes": _("领域与地区"),
        "opening": _("开放与许可"),
        "data": _("格式与数据项"),
        "gaps": _("缺漏"),
        "graph": _("图谱本身"),
    }
    tag = language.current().tag
    found = [each for each in examples() if each.speaks_of(find)]
    return [
        (titles[topic], [(each.titles[tag], _also(each, tag), _run(each)) for each in group])
        for topic in TOPICS
        if (group := [each for each in found if each.topic == topic])
    ]


def _also(example: Example, tag: str) -> str:
    return " ".join(title for other, title in example.titles.items() if other != tag)


def _run(example: Example) -> str:
    return address("/sparql", [("example", example.name)])


def _mistake(query: str, problem: Problem | None) -> tuple[str, str] | None:
    """The text of the line of a mistake before it and from there on; None where there is no place to name."""
    line, column = (problem.more.get(name) if problem else None for name in ("line", "column"))
    if not isinstance(line, int) or not isinstance(column, int):
        return None
    lines = query.splitlines()
    text = lines[line - 1] if line <= len(lines) else ""
    return text[max(0, column - 1 - _AROUND) : column - 1], text[column - 1 : column - 1 + _AROUND]


def render(
    settings: Settings,
    *,
    query: str | None,
    find: str = "",
    shown: Shown | None = None,
    problem: Problem | None = None,
    unknown: Sequence[Unknown] = (),
) -> Response:
    offers = GRAPHS if shown and shown.head.form == "graph" else SOLUTIONS
    others = [
        (
            _EXTENSIONS.get(offer.name, offer.name.upper()),
            f"result.{_SUFFIXES.get(offer.name, offer.name)}",
            address("/sparql", [("query", query or ""), ("format", name)]),
        )
        for offer in offers
        for name in (offer.name,)
    ]
    context = {
        "query": query if query is not None else example_query("newest"),
        "asked": query is not None,
        "topics": _topics(find),
        "find": find,
        "share": f"{settings.base_url}{address('/sparql', [('query', query or '')])}",
        "shown": shown,
        "problem": problem,
        "unknown": [(short(each.name), short(each.meant)) for each in unknown],
        "mistake": _mistake(query or "", problem),
        "place": problem.more if problem and isinstance(problem.more.get("column"), int) else {},
        "others": others,
        "page_rows": ROWS,
        "row_limit": settings.sparql_row_limit,
        "time_limit": f"{settings.sparql_time_limit_s:g}",
        "endpoint": f"{settings.base_url}/sparql",
    }
    return Response(templates.render("sparql.html", context), problem.status if problem else 200, mimetype="text/html")
