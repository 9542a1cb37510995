"""`/sparql` over HTTP: https://www.w3.org/TR/sparql11-protocol/"""

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from app.settings import Settings
from app.sparql.examples import examples
from tests.factories.sparql import publish, running_pool

pytestmark = pytest.mark.alone

BASE = "https://data.example"
TITLE = "http://purl.org/dc/terms/title"
SELECT = f"SELECT ?s ?title WHERE {{ ?s <{TITLE}> ?title }} ORDER BY ?title LIMIT 2"
CONSTRUCT = f"CONSTRUCT {{ ?s <{TITLE}> ?o }} WHERE {{ ?s <{TITLE}> ?o }}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ROW_LIMIT = 250
NASTY = '<b>"quoted", & 逗号\ttab\n换行'


def graphs() -> Iterator[tuple[str, bytes]]:
    for number in range(300):
        name = f"{BASE}/dataset/{number:03}"
        yield name, f'<{name}> <{TITLE}> "标题{number:03}"@zh-hans .\n'.encode()
    name = f"{BASE}/dataset/nasty"
    escaped = NASTY.replace("\t", r"\t").replace("\n", r"\n").replace('"', r"\"")
    yield name, f'<{name}> <http://purl.org/dc/terms/description> "{escaped}" .\n'.encode()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        home=tmp_path_factory.mktemp("home"), base_url=BASE, sparql_time_limit_s=1.0, sparql_row_limit=ROW_LIMIT
    )


@pytest.fixture(scope="module")
def web(settings: Settings) -> Iterator[FlaskClient]:
    publish(settings.home, graphs())
    with running_pool(settings.home, time_limit_s=settings.sparql_time_limit_s, row_limit=ROW_LIMIT):
        yield create_app(settings).test_client()


def ask(web: FlaskClient, query: str, accept: str = "*/*", **arguments: str) -> TestResponse:
    return web.get("/sparql", query_string={"query": query, **arguments}, headers={"Accept": accept})


def problem(response: TestResponse, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body = json.loads(response.text)
    assert body["status"] == status
    assert body["detail"]
    return body


# The ways to ask


def test_all_three_ways_to_ask_give_the_same_answer(web: FlaskClient) -> None:
    answers = [
        web.get("/sparql", query_string={"query": SELECT}),
        web.post("/sparql", data={"query": SELECT}),
        web.post("/sparql", data=SELECT.encode(), content_type="application/sparql-query"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.data for answer in answers}) == 1
    assert len(answers[0].json["results"]["bindings"]) == 2


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_the_protocol_names_the_graphs_in_each_way(web: FlaskClient, way: str) -> None:
    query, graph = "SELECT ?s { ?s ?p ?o }", f"{BASE}/dataset/007"
    if way == "get":
        answer = ask(web, query, **{"default-graph-uri": graph})
    elif way == "form":
        answer = web.post("/sparql", data={"query": query, "default-graph-uri": graph})
    else:
        answer = web.post(
            "/sparql",
            data=query.encode(),
            content_type="application/sparql-query",
            query_string={"default-graph-uri": graph},
        )
    assert [row["s"]["value"] for row in answer.json["results"]["bindings"]] == [graph]


def test_named_graphs_of_the_protocol_leave_the_default_graph_empty(web: FlaskClient) -> None:
    graph = f"{BASE}/dataset/007"
    assert ask(web, "ASK { ?s ?p ?o }", **{"named-graph-uri": graph}).json["boolean"] is False
    assert ask(web, "ASK { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": graph}).json["boolean"] is True


def test_graphs_that_are_not_ours_are_refused_and_never_fetched(web: FlaskClient) -> None:
    foreign = "http://127.0.0.1:9/graph"
    assert foreign in str(problem(ask(web, "ASK {}", **{"default-graph-uri": foreign}), 400)["detail"])
    assert foreign in str(problem(ask(web, f"SELECT * FROM <{foreign}> {{ ?s ?p ?o }}"), 400)["detail"])
    problem(ask(web, "ASK {}", **{"named-graph-uri": "no iri at all"}), 400)


def test_the_default_graph_repeats_nothing(web: FlaskClient) -> None:
    answer = ask(web, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert answer.json["results"]["bindings"][0]["n"]["value"] == "301"


# The forms of answers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml, application/sparql-results+json;q=0.5", "application/sparql-results+xml"),
        ("text/turtle, text/csv;q=0.3, text/tab-separated-values;q=0.2", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_accept_chooses_the_format_of_solutions(web: FlaskClient, accept: str, media_type: str) -> None:
    answer = ask(web, SELECT, accept)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert "Accept" in answer.vary


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle"),
        ("application/sparql-results+json, application/rdf+xml;q=0.1", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("text/turtle;q=0.5, application/n-triples;q=0.6", "application/n-triples"),
    ],
)
def test_accept_chooses_the_format_of_graphs_and_all_parse(web: FlaskClient, accept: str, media_type: str) -> None:
    answer = ask(web, CONSTRUCT + " LIMIT 20", accept)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert len(rdflib.Graph().parse(io.BytesIO(answer.data), format=media_type)) == 20


@pytest.mark.parametrize(
    ("query", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), ("ASK {}", "image/png")]
)
def test_what_no_format_suits_is_not_acceptable(web: FlaskClient, query: str, accept: str) -> None:
    problem(ask(web, query, accept), 406)


def test_every_format_says_the_same_of_difficult_text(web: FlaskClient) -> None:
    query = "SELECT ?o { ?s <http://purl.org/dc/terms/description> ?o }"
    assert ask(web, query, format="json").json["results"]["bindings"] == [{"o": {"type": "literal", "value": NASTY}}]
    tree = ElementTree.fromstring(ask(web, query, format="xml").text)
    assert [node.text for node in tree.iter("{http://www.w3.org/2005/sparql-results#}literal")] == [NASTY]
    assert list(csv.reader(io.StringIO(ask(web, query, format="csv").text, newline=""))) == [["o"], [NASTY]]
    lines = ask(web, query, format="tsv").text.split("\n")
    assert [lines[0], len(lines)] == ["?o", 3]
    assert rdflib.util.from_n3(lines[1]) == rdflib.Literal(NASTY)
    assert "&lt;b&gt;&#34;quoted&#34;" in ask(web, query, "text/html").text


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
def test_a_question_of_yes_or_no_is_answered(web: FlaskClient, accept: str) -> None:
    assert "true" in ask(web, "ASK { ?s ?p ?o }", accept).text
    assert "false" in ask(web, "ASK { ?s ?p <urn:nowhere> }", accept).text


def test_columns_of_everything_come_in_the_order_of_the_query(web: FlaskClient) -> None:
    answer = ask(web, f"SELECT * {{ ?s <{TITLE}> ?o . ?s ?p ?o }} LIMIT 1", "text/csv")
    assert answer.text.splitlines()[0] == "s,o,p"
    assert answer.text.splitlines()[1].endswith(TITLE)
    assert ask(web, "SELECT ?o ?s { ?s ?p ?o } LIMIT 1").json["head"]["vars"] == ["o", "s"]


def test_relative_iris_begin_at_the_endpoint(web: FlaskClient) -> None:
    assert f"<{BASE}/a>" in ask(web, "CONSTRUCT { <a> <b> 1 } {}", "application/n-triples").text


def test_unbound_variables_are_left_out(web: FlaskClient) -> None:
    query = "SELECT ?a ?b { BIND(1 AS ?a) OPTIONAL { ?b <urn:none> ?c } }"
    (row,) = ask(web, query).json["results"]["bindings"]
    assert list(row) == ["a"]
    assert ask(web, query, "text/csv").text == "a,b\r\n1,\r\n"


@pytest.mark.parametrize("name", ["json", "XML", "csv", "tsv", "application/sparql-results+xml"])
def test_a_format_can_be_named_in_the_address(web: FlaskClient, name: str) -> None:
    assert ask(web, SELECT, "text/html", format=name).mimetype != "text/html"


def test_a_format_that_does_not_suit_the_answer_leaves_the_choice_to_accept(web: FlaskClient) -> None:
    assert ask(web, CONSTRUCT, "application/n-triples", format="csv").mimetype == "application/n-triples"


def test_a_format_that_there_is_not_is_a_bad_request(web: FlaskClient) -> None:
    assert "excel" in str(problem(ask(web, SELECT, format="excel"), 400)["detail"])


# What is refused


def test_a_query_with_a_mistake_is_answered_with_the_place_of_it(web: FlaskClient) -> None:
    assert "第 1 行第 18 列" in str(problem(ask(web, "SELECT * WHERE { ?s ?p "), 400)["detail"])
    said = problem(ask(web, "SELECT *\nWHERE { ?s ?p ; }"), 400)
    assert (said["line"], said["column"]) == (2, 9)
    page = ask(web, "SELECT *\nWHERE { ?s ?p ; }", "text/html")
    assert page.status_code == 400
    assert "第 2 行第 9 列" in page.text
    assert "<mark>?s ?p ; }</mark>" in page.text


@pytest.mark.parametrize("arguments", [{"update": "DROP ALL"}, {"update": "DROP ALL", "query": "ASK {}"}])
def test_updates_are_refused(web: FlaskClient, arguments: dict[str, str]) -> None:
    problem(web.post("/sparql", data=arguments), 403)
    problem(web.get("/sparql", query_string=arguments), 403)


def test_updates_are_refused_however_they_are_sent(web: FlaskClient) -> None:
    problem(web.post("/sparql", data=b"DROP ALL", content_type="application/sparql-update"), 403)
    for update in ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "LOAD <http://127.0.0.1:9/x>", "CLEAR ALL"):
        assert update.split()[0] in str(problem(ask(web, update), 400)["detail"])
    assert ask(web, "ASK { <urn:a> ?p ?o }").json["boolean"] is False


@pytest.mark.parametrize(
    "call", ["SERVICE <http://127.0.0.1:9/>", "service silent ?x", "SERVICE#\n<http://x>", r"\u0053ERVICE <x>"]
)
def test_service_is_refused(web: FlaskClient, call: str) -> None:
    problem(ask(web, f"SELECT * {{ {call} {{ ?s ?p ?o }} }}"), 403)


def test_requests_that_ask_nothing_or_too_much_are_refused(web: FlaskClient) -> None:
    problem(web.post("/sparql", data={"format": "json"}), 400)
    problem(web.get("/sparql?query=ASK{}&query=ASK{}"), 400)
    problem(web.post("/sparql", data=b"\xff\xfe", content_type="application/sparql-query"), 400)
    problem(web.get("/sparql?query=SELECT%20*%7B%3Fs%20%3Fp%20%22%ff%22%7D"), 400)
    form = "application/x-www-form-urlencoded"
    problem(web.post("/sparql", data=b"query=SELECT%20*%7B%3Fs%20%3Fp%20%22%ff%22%7D", content_type=form), 400)
    problem(web.post("/sparql", data=b"ASK {}", content_type="text/plain"), 415)
    problem(web.post("/sparql", data={"query": "ASK {}" + " " * 100_001}), 413)
    assert web.post("/sparql", data={"query": "x" * 2_000_000}).status_code == 413
    assert web.put("/sparql").status_code == 405


# Limits


def test_an_endless_query_is_ended_with_a_reason_while_other_requests_are_answered(web: FlaskClient) -> None:
    answers: list[TestResponse] = []
    thread = threading.Thread(target=lambda: answers.append(ask(web.application.test_client(), ENDLESS)))
    began = time.monotonic()
    thread.start()
    slowest = 0.0
    while thread.is_alive():
        at = time.monotonic()
        assert ask(web, "ASK {}").status_code == 200
        assert web.get("/about").status_code == 200
        slowest = max(slowest, time.monotonic() - at)
        thread.join(0.05)
    assert time.monotonic() - began < 4.0  # the limit is one second; the rest is for machines that are busy
    assert slowest < 3.0
    assert "1" in str(problem(answers[0], 503)["detail"])


def test_a_query_that_ends_its_worker_is_answered_and_so_is_the_next(web: FlaskClient) -> None:
    problem(ask(web, "SELECT * {" + "{" * 20_000 + "}" * 20_000 + "}"), 503)
    assert ask(web, "ASK {}").status_code == 200


def test_a_short_answer_is_never_whole(web: FlaskClient) -> None:
    """The worker is ended while it writes; nothing of what it wrote is sent."""
    slow = f"""SELECT ?c {{
        {{ ?a <{TITLE}> ?c FILTER (CONTAINS(?c, "00")) }}
        UNION {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRLEN(CONCAT(STR(?c), STR(?f), STR(?i))) > 10000) }}
    }}"""
    answer = ask(web, slow, "text/csv")
    problem(answer, 503)


def test_more_rows_than_the_limit_are_cut_and_said_so(web: FlaskClient) -> None:
    answer = ask(web, f"SELECT ?s {{ ?s <{TITLE}> ?o }}")
    assert len(answer.json["results"]["bindings"]) == ROW_LIMIT
    assert answer.headers["X-SPARQL-Truncated"] == f"rows; rows={ROW_LIMIT}"
    assert answer.headers["X-SPARQL-MaxRows"] == str(ROW_LIMIT)
    assert "X-SPARQL-Truncated" not in ask(web, SELECT).headers
    assert ask(web, CONSTRUCT).text.count("\n") > ROW_LIMIT / 2
    assert ask(web, CONSTRUCT).text.rstrip().endswith("# truncated: rows")


def test_the_length_goes_before_every_answer(web: FlaskClient) -> None:
    answer = ask(web, f"SELECT * {{ ?s ?p ?o . ?s <{TITLE}> ?t }}")
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 10_000


def test_more_queries_than_a_process_takes_are_turned_away_at_once(web: FlaskClient) -> None:
    answers: list[TestResponse] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(web.application.test_client(), ENDLESS))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turned_away = [answer for answer in answers if "Retry-After" in answer.headers]
    assert len(turned_away) == 4
    assert all(answer.status_code == 503 for answer in answers)
    assert ask(web, "ASK {}").status_code == 200


# For people, for programs, for scripts of other sites


def test_the_address_alone_gives_people_a_page_and_programs_a_description(web: FlaskClient) -> None:
    page = web.get("/sparql", headers={"Accept": "text/html"})
    assert "<textarea" in page.text
    described = rdflib.Graph().parse(io.BytesIO(web.get("/sparql", headers={"Accept": "text/turtle"}).data), "turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert [str(value) for value in described.objects(None, sd.endpoint)] == [f"{BASE}/sparql"]


def test_examples_are_listed_found_by_words_and_put_into_the_form(web: FlaskClient) -> None:
    page = {"Accept": "text/html"}
    everything = web.get("/sparql", headers=page).text
    assert everything.count("?example=") == len(examples()) >= 30
    found = web.get("/sparql?find=许可", headers=page).text
    assert 0 < found.count("?example=") < 5
    assert "没有这样的示例" in web.get("/sparql?find=zzzz", headers=page).text
    assert "No such example" in web.get("/sparql?find=zzzz", headers=page | {"Accept-Language": "en"}).text
    assert "dct:license ?licence" in web.get("/sparql?example=licences", headers=page).text


def test_examples_are_executables_in_the_service_description(web: FlaskClient) -> None:
    described = rdflib.Graph().parse(data=web.get("/sparql", headers={"Accept": "text/turtle"}).data, format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    subjects = set(described.subjects(rdflib.RDF.type, sh.SPARQLExecutable))
    assert len(subjects) == len(examples())
    (newest,) = [each for each in subjects if str(each).endswith("#example-newest")]
    assert {text.language for text in described.objects(newest, rdflib.RDFS.comment)} == {"zh-Hans", "en"}  # type: ignore[attr-defined]
    assert ask(web, str(described.value(newest, sh.select))).status_code == 200


def test_names_and_numbers_are_drawn_with_the_table_beside(web: FlaskClient) -> None:
    page = ask(web, 'SELECT ?name ?n { VALUES (?name ?n) { ("甲<b>" 3) ("乙" 6) } }', "text/html").text
    assert page.count('<rect class="chart-bar"') == 2
    assert 'width="230.0"' in page
    assert "甲&lt;b&gt;" in page
    assert "<table" in page
    assert "style=" not in page
    assert "<svg viewBox" not in ask(web, SELECT, "text/html").text.partition('id="answer"')[2]


def test_a_query_has_a_link_to_share(web: FlaskClient) -> None:
    page = ask(web, "ASK {}", "text/html").text
    assert f"{BASE}/sparql?query=ASK%20%7B%7D</code>" in page


def test_the_page_shows_a_table_without_a_script_and_keeps_a_query_that_failed(web: FlaskClient) -> None:
    page = ask(web, SELECT, "text/html").text
    assert "标题000" in page
    assert f'href="{BASE}/dataset/000"' in page
    broken = ask(web, "SELECT <script>", "text/html")
    assert broken.status_code == 400
    assert "SELECT &lt;script&gt;" in broken.text


def test_pages_and_problems_speak_both_languages(web: FlaskClient) -> None:
    english = {"Accept-Language": "en", "Accept": "application/json"}
    assert "Not valid" in web.get("/sparql?query=x", headers=english).json["title"]
    assert "语法" in web.get("/sparql?query=x", headers={"Accept": "application/json"}).json["detail"]


def test_a_missing_prefix_is_named_and_offered(web: FlaskClient) -> None:
    query = "SELECT * {\n ?s dcat:keyword ?o ; my:own ?x }"
    answer = problem(ask(web, query, "application/json"), 400)
    assert "dcat:（第 2 行第 5 列）、my:（第 2 行第 23 列）" in str(answer["detail"])
    assert "PREFIX dcat: <http://www.w3.org/ns/dcat#>\nPREFIX my: <…>" in str(answer["detail"])
    page = ask(web, query, "text/html", lang="en").text
    assert "dcat: (line 2, column 5), my: (line 2, column 23)" in page
    assert "PREFIX dcat: &lt;http://www.w3.org/ns/dcat#&gt;" in page
    assert "expected one of" not in page


def test_scripts_of_other_sites_may_read_every_answer(web: FlaskClient) -> None:
    for answer in (ask(web, SELECT), ask(web, "mistake"), web.options("/sparql")):
        assert answer.headers.get("Access-Control-Allow-Origin") == "*", answer.status
    asking = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = web.options("/sparql", headers=asking)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert int(preflight.headers["Access-Control-Max-Age"]) > 60


def test_head_says_what_get_would_without_a_body(web: FlaskClient) -> None:
    head = web.head("/sparql", query_string={"query": SELECT})
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(ask(web, SELECT).data)


def test_the_home_of_the_portal_holds_no_trace_of_who_asked_what(web: FlaskClient, settings: Settings) -> None:
    ask(web, f"SELECT * {{ ?s ?p ?o . ?s <{TITLE}> ?t FILTER (?t != 'a secret of the asker') }}")
    kept = [path for path in Path(settings.home / "run").rglob("*") if path.is_file()]
    assert not any(b"secret of the asker" in path.read_bytes() for path in kept)
    assert {path.name for path in Path(settings.home / "run").iterdir()} <= {"sparql.sock", "answers"}


SLOW = f"SELECT (COUNT(*) AS ?n) {{ ?a <{TITLE}> ?b . ?c <{TITLE}> ?d FILTER (?b < ?d) }}"
HIT = "suishu-sparql; hit"


def test_a_query_is_answered_again_without_a_worker_until_something_else_is_published(
    tmp_path: Path, settings: Settings
) -> None:
    own = settings.model_copy(update={"home": tmp_path, "sparql_time_limit_s": 5.0})
    publish(tmp_path, graphs())
    web = create_app(own).test_client()
    with running_pool(tmp_path, time_limit_s=5.0):
        first = ask(web, SLOW, "text/csv")
    again = ask(web, SLOW, "text/csv")  # nobody is left who could be asked
    assert (again.status_code, again.data) == (200, first.data)
    assert (first.headers.get("Cache-Status"), again.headers["Cache-Status"]) == (None, HIT)
    assert ask(web, SLOW, "text/tab-separated-values").status_code == 503
    publish(tmp_path, list(graphs())[:10])
    assert ask(web, SLOW, "text/csv").status_code == 503
    with running_pool(tmp_path, time_limit_s=5.0):
        assert ask(web, SLOW, "text/csv").data == b"n\r\n45\r\n"


def test_a_client_that_used_its_budget_is_told_when_to_come_back_and_others_are_served(
    settings: Settings, web: FlaskClient
) -> None:
    small = settings.model_copy(update={"sparql_budget_s": 1.0, "trusted_proxies": 1})
    thrifty = create_app(small).test_client()
    greedy, other = ({"X-Forwarded-For": address, "Accept": "*/*"} for address in ("192.0.2.200", "192.0.2.201"))
    first = thrifty.get("/sparql", query_string={"query": "ASK {}"}, headers=greedy)
    assert first.headers["RateLimit-Policy"] == '"sparql";q=1;w=60'
    thrifty.get("/sparql", query_string={"query": ENDLESS}, headers=greedy)
    refused = thrifty.get("/sparql", query_string={"query": "ASK {}"}, headers=greedy)
    assert "1" in str(problem(refused, 429)["detail"])
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"] == '"sparql";r=0'
    assert thrifty.get("/sparql", headers=greedy).status_code == 200  # the description costs nothing
    page = thrifty.get("/sparql", query_string={"query": "ASK {}"}, headers=greedy | {"Accept": "text/html"})
    assert page.status_code == 429
    assert "ASK {}" in page.text
    assert thrifty.get("/sparql", query_string={"query": "ASK {}"}, headers=other).status_code == 200


def test_what_the_editor_suggests_is_this_graph_s_own(web: FlaskClient) -> None:
    answer = web.get("/sparql/terms.json")
    assert answer.mimetype == "application/json"
    assert answer.json["prefixes"]["dct"] == "http://purl.org/dc/terms/"
    assert {"classes", "properties"} <= set(answer.json)
    assert web.get("/sparql/terms.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_page_needs_nothing_that_is_fetched_at_set_up(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(web.application.config, "SUISHU_ASSETS", frozenset())
    page = web.get("/sparql", headers={"Accept": "text/html"}).text
    assert "npm/" not in page
    assert "query-editor.js" not in page
    assert '<textarea id="query" name="query"' in page


def test_an_example_is_run_when_it_is_chosen_and_years_become_a_line(web: FlaskClient) -> None:
    page = web.get("/sparql?example=totals", headers={"Accept": "text/html"}).text
    assert '<h2 id="answer">' in page
    query = 'SELECT ?year ?n { VALUES (?year ?n) { ("2020" 1) ("2021" 3) ("2023" 2) } }'
    drawn = ask(web, query, "text/html").text
    assert drawn.count('class="chart-point"') == 3
    assert "<polyline" in drawn


# The short way before Flask, and what it leaves to Flask


def test_only_what_asks_is_answered_whatever_stands_in_the_address(web: FlaskClient) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        refused = web.open("/sparql", method=method, query_string={"query": SELECT})
        assert refused.status_code == 405, method
        assert "bindings" not in refused.text
    assert web.get("/sparqls", query_string={"query": SELECT}).status_code == 404


def test_a_slash_at_the_end_of_the_address_counts_for_as_little_as_elsewhere(web: FlaskClient) -> None:
    assert web.get("/sparql/", query_string={"query": SELECT}).data == ask(web, SELECT).data


def test_an_answer_carries_what_every_answer_of_the_portal_carries(web: FlaskClient) -> None:
    given, refused = ask(web, SELECT), ask(web, "SELECT")
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Access-Control-Allow-Origin", "Vary"):
        assert given.headers[name] == refused.headers[name], name
    for name in ("X-SPARQL-MaxRows", "RateLimit-Policy", "RateLimit", "Access-Control-Expose-Headers"):
        assert len(given.headers.getlist(name)) == len(refused.headers.getlist(name)) == 1, name


def test_a_table_that_a_browser_is_led_to_has_all_rows_and_not_those_of_the_page(web: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    table = ask(web, f"SELECT ?s {{ ?s <{TITLE}> ?o }}", accept, format="csv")
    assert table.mimetype == "text/csv"
    assert len(table.text.splitlines()) == 1 + ROW_LIMIT


def test_what_nobody_foresaw_is_told_as_on_every_page(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.sparql.reception.read", fail)
    answer = create_app(settings).test_client().get("/sparql", query_string={"query": SELECT})
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "ZeroDivisionError" not in answer.text
