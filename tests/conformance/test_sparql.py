"""
The W3C tests of SPARQL 1.1 that concern an endpoint for reading: protocol, service description, formats of results.
https://www.w3.org/2009/sparql/docs/tests/
"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib.collection import Collection

from app.factory import create_app
from app.settings import Settings
from app.sparql import answers, guard
from app.sparql.worker import KINDS
from tests.factories.sparql import publish, running_pool
from tests.shared_data import SHARED, needs_shared

SUITE = SHARED / "w3c" / "sparql" / "sparql" / "sparql11" if SHARED else None
TESTS = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")

_READ_ONLY = "it asks for an update to be carried out, and this endpoint only reads"
SKIPPED = {
    f"{TESTS}protocol/manifest#update_dataset_default_graph": _READ_ONLY,
    f"{TESTS}protocol/manifest#update_dataset_default_graphs": _READ_ONLY,
    f"{TESTS}protocol/manifest#update_dataset_named_graphs": _READ_ONLY,
    f"{TESTS}protocol/manifest#update_dataset_full": _READ_ONLY,
    f"{TESTS}protocol/manifest#update_post_form": _READ_ONLY,
    f"{TESTS}protocol/manifest#update_post_direct": _READ_ONLY,
    f"{TESTS}protocol/manifest#update_base_uri": _READ_ONLY,
}
"""IRI of a test and why it is left out."""

DATA0 = "http://kasei.us/2009/09/sparql/data/data0.rdf"
"""Named by many tests of the protocol and part of none: any graph of that name will do."""
_MEDIA_TYPES = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"),
    "RDF": ("text/turtle", "application/rdf+xml", "application/n-triples"),
}


def manifest(folder: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    if SUITE:
        base = f"{TESTS}{folder}/manifest"
        graph.parse(data=(SUITE / folder / "manifest.ttl").read_text(encoding="utf-8"), format="turtle", publicID=base)
    return graph


PROTOCOL, DESCRIPTION = manifest("protocol"), manifest("service-description")
FORMATS = {folder: manifest(folder) for folder in ("csv-tsv-res", "json-res")}


def members(graph: rdflib.Graph) -> list[rdflib.URIRef]:
    found = [Collection(graph, entries) for entries in graph.objects(None, MF.entries)]
    return [test for collection in found for test in collection]


def cases(graph: rdflib.Graph) -> Iterator[object]:
    for test in members(graph):
        skip = [pytest.mark.skip(reason=SKIPPED[str(test)])] if str(test) in SKIPPED else []
        yield pytest.param(test, id=str(test).removeprefix(TESTS), marks=skip)


def endpoint(home: Path, graphs: list[tuple[str, bytes]]) -> Iterator[FlaskClient]:
    settings = Settings(home=home, base_url="https://data.example", sparql_time_limit_s=5.0)
    publish(home, graphs)
    with running_pool(home, time_limit_s=5.0):
        yield create_app(settings).test_client()


# Protocol


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    graphs = [(DATA0, b'<urn:a> <urn:b> "c" .\n')]
    for data in {str(label): graph for graph, label in _data_of_protocol()}.items():
        graphs.append((data[0], data[1].read_bytes()))
    yield from endpoint(tmp_path_factory.mktemp("protocol"), graphs)


def _data_of_protocol() -> Iterator[tuple[Path, rdflib.Literal]]:
    for data in PROTOCOL.objects(None, UT.graphData):
        name = str(PROTOCOL.value(data, UT.graph)).rpartition("/")[2]
        label = PROTOCOL.value(data, rdflib.RDFS.label)
        assert SUITE is not None
        assert isinstance(label, rdflib.Literal)
        yield SUITE / "protocol" / name, label


@needs_shared
@pytest.mark.parametrize("test", list(cases(PROTOCOL)))
def test_the_protocol_is_spoken_as_the_w3c_expects(web: FlaskClient, test: rdflib.URIRef) -> None:
    requests = PROTOCOL.value(PROTOCOL.value(test, MF.action), HT.requests)
    for request in Collection(PROTOCOL, requests):
        _hold(web, request)


def _hold(web: FlaskClient, request: rdflib.term.Node) -> None:
    headers, body = {}, b""
    if (fields := PROTOCOL.value(request, HT.headers)) is not None:
        for header in Collection(PROTOCOL, fields):
            headers[str(PROTOCOL.value(header, HT.fieldName))] = str(PROTOCOL.value(header, HT.fieldValue))
    if (content := PROTOCOL.value(request, HT.body)) is not None:
        body = str(PROTOCOL.value(content, CNT.chars)).encode(str(PROTOCOL.value(content, CNT.characterEncoding)))
    address = str(PROTOCOL.value(request, HT.absolutePath))
    answer = web.open(address, method=str(PROTOCOL.value(request, HT.methodName)), headers=headers, data=body)
    response = PROTOCOL.value(request, HT.resp)
    expected = {str(status).rpartition("StatusCode")[2][0] for status in PROTOCOL.objects(response, MF.expectedStatus)}
    assert str(answer.status_code)[0] in expected, answer.text
    if (form := PROTOCOL.value(response, MF.expectedFormat)) is not None:
        assert answer.mimetype in _MEDIA_TYPES[str(form)]
    if (boolean := PROTOCOL.value(response, MF.expectedBoolean)) is not None:
        assert answer.json["boolean"] is boolean.toPython()  # type: ignore[attr-defined]


# Service description


@needs_shared
@pytest.mark.parametrize("test", list(cases(DESCRIPTION)))
def test_the_service_describes_itself_as_the_w3c_expects(web: FlaskClient, test: rdflib.URIRef) -> None:
    answer = web.get("/sparql")
    assert answer.status_code == 200
    graph = rdflib.Graph().parse(data=answer.data, format=answer.mimetype)
    if str(test).endswith("has-endpoint-triple"):
        assert list(graph.objects(None, SD.endpoint)) == [rdflib.URIRef("https://data.example/sparql")]
    elif str(test).endswith("conforms-to-schema"):
        _conforms_to_schema(graph)
    else:
        assert str(test).endswith("returns-rdf")
        assert len(graph)


_RANGES = {
    SD.endpoint: None, SD.url: None, SD.defaultGraph: SD.Graph, SD.defaultDataset: SD.Dataset,
    SD.resultFormat: None, SD.supportedLanguage: SD.Language, SD.feature: SD.Feature, SD.namedGraph: SD.NamedGraph,
    SD.name: None, SD.graph: SD.Graph, SD.availableGraphs: SD.GraphCollection,
}  # fmt: skip
_INSTANCES = {
    SD.Language: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
    SD.Feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery},
}


def _conforms_to_schema(graph: rdflib.Graph) -> None:
    """What the vocabulary says of its terms: https://www.w3.org/TR/sparql11-service-description/#vocab"""
    services = list(graph.subjects(rdflib.RDF.type, SD.Service))
    assert len(services) == 1
    for subject, predicate, value in graph:
        if str(predicate).startswith(str(SD)):
            assert predicate in _RANGES, predicate
            if predicate in (SD.endpoint, SD.resultFormat, SD.supportedLanguage, SD.feature, SD.defaultDataset):
                assert subject == services[0]
            kind = _RANGES[predicate]
            if kind is not None:
                assert (value, rdflib.RDF.type, kind) in graph or value in _INSTANCES[kind], value
        if predicate == rdflib.RDF.type and str(value).startswith(str(SD)):
            assert value in {SD.Service, SD.Dataset, SD.Graph, SD.NamedGraph, SD.GraphCollection}


# Formats of results


@needs_shared
@pytest.mark.parametrize("test", [case for graph in FORMATS.values() for case in cases(graph)])
def test_results_are_written_as_the_w3c_expects(test: rdflib.URIRef) -> None:
    """By the writers of the endpoint, on the terms as the data writes them: a store rewrites numbers and names."""
    folder = str(test).removeprefix(TESTS).partition("/")[0]
    graph = FORMATS[folder]
    action = graph.value(test, MF.action)
    query, data = (_file(folder, graph.value(action, part)) for part in (QT.query, QT.data))
    expected = _file(folder, graph.value(test, MF.result))
    text = expected.read_text(encoding="utf-8")
    result = _solve(query.read_text(encoding="utf-8"), data)
    if expected.suffix == ".csv":
        assert _table(_write(result, "csv").decode()) == _table(text)
    elif expected.suffix == ".tsv":
        assert _terms(_write(result, "tsv").decode()) == _terms(text)
    else:
        assert _results(json.loads(_write(result, "json"))) == _results(json.loads(text))
    _same_in_xml(result)


Result = bool | tuple[list[str], list[list[object]]]


def _solve(query: str, data: Path) -> Result:
    store = ox.Store()
    triples = [quad.triple for quad in ox.parse(data.read_bytes(), ox.RdfFormat.TURTLE)]
    if "OPTIONAL" not in query and "ASK" not in query:
        assert "{ ?s ?p ?o}" in query
        return ["s", "p", "o"], [[each.subject, each.predicate, each.object] for each in triples]
    store.extend(ox.Quad(*triple) for triple in triples)
    result = store.query(query)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    assert isinstance(result, ox.QuerySolutions)
    variables = [variable.value for variable in result.variables]
    ordered = guard.in_order(query, variables)
    return ordered, [[row[name] for name in ordered] for row in result]


def _write(result: Result, format_: str) -> bytes:
    out = io.BytesIO()
    if isinstance(result, bool):
        answers.write_boolean(format_, result, out)
    else:
        rows = answers.Limited(result[1], out, 1000, 1_000_000)
        answers.write_solutions(format_, result[0], rows, out, KINDS)
    return out.getvalue()


def _same_in_xml(result: Result) -> None:
    """XML has no tests of its own there: what is read from it is what was written."""
    read = ox.parse_query_results(_write(result, "xml"), ox.QueryResultsFormat.XML)
    if isinstance(read, ox.QueryBoolean):
        assert bool(read) is result
        return
    assert isinstance(read, ox.QuerySolutions)
    assert isinstance(result, tuple)
    assert [variable.value for variable in read.variables] == result[0]
    assert [[*row] for row in read] == result[1]


def _file(folder: str, name: rdflib.term.Node | None) -> Path:
    assert SUITE is not None
    return SUITE / folder / str(name).rpartition("/")[2]


def _table(text: str) -> list[list[str]]:
    """Rows in no order, blank nodes all alike: every store labels them anew."""
    head, *rows = ([*row] for row in csv.reader(io.StringIO(text, newline="")))
    return [head, *sorted(["_:" if cell.startswith("_:") else cell for cell in row] for row in rows)]


def _terms(text: str) -> list[list[object]]:
    head, *rows = (line.split("\t") for line in text.splitlines())
    read = [["" if not cell else "_:" if cell[:2] == "_:" else _value(cell) for cell in row] for row in rows]
    return [list(head), *sorted(read, key=str)]


def _value(cell: str) -> str:
    """Turtle may write a number with or without quotes."""
    if cell[0] in "<\"'":
        term = rdflib.util.from_n3(cell)
    else:
        kind = rdflib.XSD.double if "e" in cell.lower() else rdflib.XSD.decimal if "." in cell else rdflib.XSD.integer
        term = rdflib.Literal(cell, datatype=kind)
    assert term is not None
    return repr(term.toPython()) if isinstance(term, rdflib.Literal) else term.n3()


def _results(document: dict[str, object]) -> tuple[object, ...]:
    if "boolean" in document:
        return (document["boolean"],)
    rows = document["results"]["bindings"]  # type: ignore[index]
    said = [
        sorted((name, term["type"], "" if term["type"] == "bnode" else _text(term)) for name, term in row.items())
        for row in rows
    ]
    return document["head"]["vars"], sorted(said)  # type: ignore[index]


def _text(term: dict[str, str]) -> str:
    datatype = term.get("datatype", "").replace("http://www.w3.org/2001/XMLSchema#string", "")
    return f"{term['value']} {term.get('xml:lang', '')} {datatype}"


@needs_shared
def test_every_skip_names_a_test_of_the_suite() -> None:
    graphs = [PROTOCOL, DESCRIPTION, *FORMATS.values()]
    named = {str(test) for graph in graphs for test in members(graph)}
    assert len(named) == 47
    assert set(SKIPPED) <= named
