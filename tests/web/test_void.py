"""What the portal says of its graph: VoID, the service description, and the page for people."""

import json
from collections.abc import Iterator

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.processes.measuring import measure
from app.settings import Settings
from app.sparql.examples import examples
from app.triplestore import figures
from app.triplestore.embedded import EmbeddedSnapshot
from app.triplestore.places import Places
from tests.factories.sparql import publish, running_pool
from tests.web.portals import BASE, Filled

VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
GRAPH = rdflib.URIRef(f"{BASE}/sparql#graph")
TITLE = "http://purl.org/dc/terms/title"


def test_void_tells_what_the_graph_holds(client: FlaskClient, filled: Filled) -> None:
    answer = client.get("/.well-known/void", headers={"Accept": "text/turtle"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = rdflib.Graph().parse(data=answer.data, format="turtle")
    snapshot = EmbeddedSnapshot(Places.in_home(filled.portal.settings.home))
    statements = [line.split(b" ", 2) for line in snapshot.graph("")]
    snapshot.close()
    assert said.value(GRAPH, VOID.triples) == rdflib.Literal(len(statements))
    assert said.value(GRAPH, VOID.entities) == rdflib.Literal(len({subject for subject, _, _ in statements}))
    assert said.value(GRAPH, VOID.properties) == rdflib.Literal(len({predicate for _, predicate, _ in statements}))
    (dataset,) = said.subjects(VOID["class"], DCAT.Dataset)
    datasets = filled.portal.catalogue.totals().datasets
    assert said.value(dataset, VOID.entities) == rdflib.Literal(datasets)
    (title,) = [
        part
        for part in said.objects(dataset, VOID.propertyPartition)
        if (part, VOID.property, rdflib.URIRef(TITLE)) in said
    ]
    assert said.value(title, VOID.triples).toPython() >= datasets  # type: ignore[union-attr]


def test_the_service_description_has_the_same_figures(client: FlaskClient) -> None:
    said = rdflib.Graph().parse(data=client.get("/sparql", headers={"Accept": "text/turtle"}).data, format="turtle")
    assert said.value(GRAPH, VOID.triples).toPython() > 100  # type: ignore[union-attr]


def test_the_saved_queries_are_in_the_public_graph(filled: Filled) -> None:
    snapshot = EmbeddedSnapshot(Places.in_home(filled.portal.settings.home))
    query = "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?q { ?s a sh:SPARQLExecutable ; sh:select ?q }"
    found = {text for (text,) in snapshot.table(query)}
    assert f"{BASE}/sparql/examples" in set(snapshot.names())
    snapshot.close()
    assert {each.query for each in examples() if each.form == "SELECT"} == found


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_people_see_classes_and_properties_as_tables(client: FlaskClient, language: str) -> None:
    page = client.get("/.well-known/void", headers={"Accept": "text/html", "Accept-Language": language})
    assert page.status_code == 200
    assert '<code title="http://www.w3.org/ns/dcat#Dataset">dcat:Dataset</code>' in page.text


def test_a_portal_that_was_not_measured_says_so(application: Flask, filled: Filled) -> None:
    file = figures.path(filled.portal.settings.home)
    kept = file.read_bytes()
    file.unlink()
    try:
        client = application.test_client()
        assert "还没有统计" in client.get("/.well-known/void", headers={"Accept": "text/html"}).text
        assert b"sparqlEndpoint" in client.get("/.well-known/void", headers={"Accept": "text/turtle"}).data
        assert measure(filled.portal)
        assert not measure(filled.portal), "what is published was measured"
        assert json.loads(file.read_bytes()) == json.loads(kept)
    finally:
        file.write_bytes(kept)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), base_url=BASE)
    line = f'<urn:a> <{TITLE}> "a" .\n<urn:a> a <{DCAT.Dataset}> .\n'.replace(" a <", f" <{rdflib.RDF.type}> <")
    publish(settings.home, [(f"{BASE}/dataset/1", line.encode())])
    snapshot = EmbeddedSnapshot(Places.in_home(settings.home))
    figures.keep(settings.home, figures.measure(snapshot))
    snapshot.close()
    with running_pool(settings.home, time_limit_s=5.0):
        yield create_app(settings).test_client()


def test_a_query_with_names_that_the_graph_does_not_know_runs_and_is_told(web: FlaskClient) -> None:
    query = f"SELECT ?s {{ ?s a <{DCAT.DataSet}> . OPTIONAL {{ ?s <{TITLE}> ?t ; <http://例/词> ?x }} }}"
    answer = web.get("/sparql", query_string={"query": query}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.headers["X-SPARQL-Unknown-Terms"] == f"<{DCAT.DataSet}>, <http://%E4%BE%8B/%E8%AF%8D>"
    page = web.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert "<code>dcat:DataSet</code>（是否指 dcat:Dataset？）" in page.text


def test_a_query_whose_names_are_all_known_hears_nothing(web: FlaskClient) -> None:
    query = f"CONSTRUCT {{ ?s <urn:new> ?t }} {{ ?s a <{DCAT.Dataset}> ; <{TITLE}> ?t }}"
    answer = web.get("/sparql", query_string={"query": query})
    assert answer.status_code == 200
    assert "X-SPARQL-Unknown-Terms" not in answer.headers
