"""A request of the SPARQL 1.1 Protocol, read: https://www.w3.org/TR/sparql11-protocol/#query-operation"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from werkzeug import Request
from werkzeug.datastructures import MultiDict

MAX_QUERY_BYTES = 100_000
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


class Unfit(Exception):
    """A request that asks no query; `word` says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Asked:
    """`query` is None when the address alone was asked for. The graphs are None where nothing was said of them."""

    query: str | None
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None
    format: str = ""


def read(request: Request) -> Asked:
    """Raises `Unfit`."""
    request.max_content_length = 3 * MAX_QUERY_BYTES + 10_000  # a form may need three bytes for one
    said = _pairs(request.query_string)
    direct: str | None = None
    if request.method == "POST":
        kind = request.mimetype
        if kind == _FORM:
            said += _pairs(request.get_data())
        elif kind == _QUERY:
            direct = _text(request.get_data())
        elif kind == _UPDATE:
            raise Unfit("update")
        else:
            raise Unfit("media-type")
    arguments = MultiDict(said)
    if "update" in arguments:
        raise Unfit("update")
    queries = arguments.getlist("query") + ([] if direct is None else [direct])
    if len(queries) > 1:
        raise Unfit("several-queries")
    if not queries and request.method == "POST":
        raise Unfit("no-query")
    if queries and len(queries[0].encode(errors="replace")) > MAX_QUERY_BYTES:
        raise Unfit("too-long")
    return Asked(
        query=queries[0] if queries else None,
        default_graphs=arguments.getlist("default-graph-uri") or None,
        named_graphs=arguments.getlist("named-graph-uri") or None,
        format=arguments.get("format") or arguments.get("output") or "",
    )


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Here, since Flask puts other signs in place of what is not UTF-8, and takes three times as long."""
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise Unfit("not-utf-8") from error


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unfit("not-utf-8") from error
