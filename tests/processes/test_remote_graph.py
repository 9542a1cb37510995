"""The portal with its public graph on a SPARQL server: Fuseki, a real one."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.catalogue.decision import Arrival
from app.errors import Unavailable
from app.factory import create_app
from app.processes.consistency import check
from app.processes.keeper import catch_up, rebuild_graph
from app.settings import Settings
from app.triplestore.protocol import Mark
from app.triplestore.remote import RemoteStore
from app.triplestore.server import PRIVATE, Address, Server
from app.wiring import Portal
from tests.factories.records import arrival
from tests.factories.sparql import running_pool
from tests.processes.conftest import BASE
from tests.services.sparql_servers import empty, running

pytestmark = pytest.mark.sparql_server

Keep = Callable[[Sequence[Arrival]], None]
ROW_LIMIT = 250
NOWHERE = "http://127.0.0.1:9/query http://127.0.0.1:9/update"


@pytest.fixture(scope="module")
def fuseki() -> Iterator[Address]:
    with running("fuseki") as address:
        yield address


@pytest.fixture
def settings(fuseki: Address, tmp_path: Path) -> Settings:
    empty(fuseki)
    url = f"{fuseki.query} {fuseki.update},{fuseki.graphs}"
    return Settings(home=tmp_path / "home", base_url=BASE, sparql_url=url, sparql_row_limit=ROW_LIMIT)


@pytest.fixture
def web(settings: Settings, portal: Portal, fuseki: Address) -> Iterator[FlaskClient]:
    limits = {"time_limit_s": 5.0, "row_limit": ROW_LIMIT}
    with running_pool(settings.home, server=fuseki.public(), **limits):
        yield create_app(settings).test_client()


def ask(web: FlaskClient, query: str, accept: str = "application/json", **arguments: str) -> TestResponse:
    return web.get("/sparql", query_string={"query": query, **arguments}, headers={"Accept": accept})


def rows(response: TestResponse) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    found = json.loads(response.data)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def test_the_server_holds_what_is_published_and_check_finds_nothing(portal: Portal, keep: Keep) -> None:
    keep([arrival("bus"), arrival("metro")])
    catch_up(portal)
    assert check(portal) == []
    assert {name for name in portal.published_graph().names() if "/dataset/" in name} == {
        f"{BASE}/dataset/{arrival(key).id}" for key in ("bus", "metro")
    }


def test_check_sees_what_others_did_to_the_server_and_a_rebuild_mends_it(
    portal: Portal, keep: Keep, fuseki: Address
) -> None:
    keep([arrival("bus"), arrival("metro")])
    catch_up(portal)
    stray, name = f"{BASE}/dataset/stray", f"{BASE}/dataset/{arrival('bus').id}"
    Server(fuseki).update(
        f'DROP GRAPH <{name}> ; INSERT DATA {{ <x:s> <x:p> 1 GRAPH <{stray}> {{ <x:a> <x:b> "c" }} }}'
    )
    assert {finding.kind for finding in check(portal)} == {"missing", "stray", "merged"}
    rebuild_graph(portal)
    assert check(portal) == []


def test_a_server_that_is_down_is_said_at_once_and_caught_up_with_later(
    settings: Settings, portal: Portal, keep: Keep
) -> None:
    keep([arrival("bus")])
    catch_up(portal)
    object.__setattr__(portal, "settings", settings.model_copy(update={"sparql_url": NOWHERE}))
    keep([arrival("metro")])
    began = time.monotonic()
    with pytest.raises(Unavailable):
        catch_up(portal)
    assert [finding.kind for finding in check(portal)] == ["unavailable"]
    assert time.monotonic() - began < 5
    object.__setattr__(portal, "settings", settings)
    catch_up(portal)
    assert check(portal) == []


def test_the_endpoint_answers_in_every_format_and_cuts_at_the_limit(web: FlaskClient, fuseki: Address) -> None:
    store = RemoteStore(Server(fuseki))
    names = [f"{BASE}/dataset/{number:03}" for number in range(300)]
    store.rebuild(
        ((name, f'<{name}> <http://purl.org/dc/terms/title> "标题"@zh-hans .\n'.encode()) for name in names),
        Mark(1, "x"),
    )
    select = "SELECT ?s ?t { ?s <http://purl.org/dc/terms/title> ?t }"
    response = ask(web, select)
    assert len(rows(response)) == ROW_LIMIT
    assert response.headers["X-SPARQL-Truncated"] == f"rows; rows={ROW_LIMIT}"
    assert ask(web, f"{select} ORDER BY ?s LIMIT 1", "text/csv").text == f"s,t\r\n{names[0]},标题\r\n"
    assert "标题" in ask(web, f"{select} LIMIT 1", "text/tab-separated-values").text
    assert "<literal" in ask(web, f"{select} LIMIT 1", "application/sparql-results+xml").text
    assert ask(web, "ASK { ?s ?p ?o }").json == {"head": {}, "boolean": True}
    construct = f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o FILTER (?s = <{names[7]}>) }}"
    assert f'<{names[7]}> <http://purl.org/dc/terms/title> "标题"@zh-hans .' in ask(web, construct, "text/plain").text
    assert names[7] in ask(web, f"DESCRIBE <{names[7]}>", "text/turtle").text
    one = "SELECT ?s { ?s ?p ?o }"
    assert rows(ask(web, one, **{"default-graph-uri": names[3]})) == [{"s": names[3]}]
    assert rows(ask(web, f"SELECT ?s FROM <{names[4]}> {{ ?s ?p ?o }}")) == [{"s": names[4]}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?o { ?a ?b ?c GRAPH ?g { ?s ?p ?o } OPTIONAL { GRAPH ?h { ?s ?p ?o } } }",
        f"SELECT ?o {{ GRAPH <{PRIVATE}> {{ ?s ?p ?o }} }}",
        "PREFIX u: <urn:suishu:> SELECT ?o { { SELECT ?o { GRAPH u:private { ?s ?p ?o } } } }",
        "SELECT ?o { ?s ?p ?o }",
        "SELECT (?g AS ?o) { GRAPH ?g {} }",
        f"SELECT ?o {{ OPTIONAL {{ GRAPH <{PRIVATE}> {{ ?s ?p ?o }} }} }}",
    ],
)
def test_the_mark_is_in_no_answer(web: FlaskClient, fuseki: Address, query: str) -> None:
    store = RemoteStore(Server(fuseki))
    name = f"{BASE}/dataset/a"
    store.rebuild([(name, f'<{name}> <http://purl.org/dc/terms/title> "a" .\n'.encode())], Mark(4711, "edition"))
    response = ask(web, query)
    assert response.status_code == 200, response.text
    assert "4711" not in response.text
    assert "private" not in response.text


def test_what_the_endpoint_refuses_never_reaches_the_server(web: FlaskClient, fuseki: Address) -> None:
    RemoteStore(Server(fuseki))
    for query, status in {
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }": 403,
        "INSERT DATA { <x:s> <x:p> 1 }": 400,
        "LOAD <http://127.0.0.1/>": 400,
        "SELEC * {}": 400,
        'DEFINE get:soft "soft" SELECT * FROM <http://127.0.0.1/> { ?s ?p ?o }': 400,
        "SELECT * FROM <http://127.0.0.1/> { ?s ?p ?o }": 400,
        f"SELECT * FROM <{PRIVATE}> {{ ?s ?p ?o }}": 400,
        f"SELECT * FROM NAMED <{PRIVATE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}": 400,
        "SELECT (<java:java.lang.System.exit>(1) AS ?x) {}": 400,
    }.items():
        assert ask(web, query).status_code == status, query
    assert ask(web, "ASK {}", **{"default-graph-uri": PRIVATE}).status_code == 400


def test_a_query_without_end_is_ended_and_the_next_is_answered(web: FlaskClient, fuseki: Address) -> None:
    store = RemoteStore(Server(fuseki))
    name = f"{BASE}/dataset/a"
    lines = "".join(f'<{name}> <http://purl.org/dc/terms/title> "{number}" .\n' for number in range(300))
    store.rebuild([(name, lines.encode())], Mark(1, "x"))
    began = time.monotonic()
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    assert ask(web, endless).status_code == 503
    assert time.monotonic() - began < 8
    assert ask(web, "ASK {}").status_code == 200


def test_the_endpoint_says_so_when_the_server_is_down(settings: Settings, portal: Portal) -> None:
    with running_pool(settings.home, server=Address(*NOWHERE.split()).public()):
        response = ask(create_app(settings).test_client(), "ASK {}")
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_no_password_is_in_the_list_of_processes() -> None:
    address = Address("http://a/query", "http://a/update", user="u", password="secret")
    assert "secret" not in json.dumps(address.public())
    assert "secret" not in repr(address)
