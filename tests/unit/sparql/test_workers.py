"""The workers themselves, as processes."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from app.sparql.client import NoWorker, QueryCrashed, QueryEnded, SparqlClient
from app.sparql.wire import Question
from app.triplestore import figures, tallies
from app.triplestore.embedded import EmbeddedSnapshot, EmbeddedStore
from app.triplestore.places import Places
from tests.factories.sparql import publish, question, running_pool

pytestmark = pytest.mark.alone

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def graphs(count: int = 300) -> Iterator[tuple[str, bytes]]:
    for number in range(count):
        name = f"https://data.example/dataset/{number}"
        yield name, f'<{name}> <http://purl.org/dc/terms/title> "第{number}个" .\n'.encode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    publish(home, graphs())
    return home


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[SparqlClient]:
    with running_pool(home, memory_limit_mb=200) as (_, client):
        yield client


def values(client: SparqlClient, asked: Question) -> list[dict[str, str]]:
    answer = client.ask(asked)
    assert not answer.head.refusal, answer.head
    rows = json.loads(b"".join(answer.chunks()))["results"]["bindings"]
    answer.close()
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def still_answers(client: SparqlClient) -> bool:
    return values(client, question("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == [{"n": "300"}]


def test_an_endless_query_ends_at_its_limit_and_the_next_one_works(client: SparqlClient) -> None:
    began = time.monotonic()
    with pytest.raises(QueryEnded):
        client.ask(question(CROSS))
    assert 1.0 <= time.monotonic() - began < 3.0
    assert still_answers(client)


def test_a_query_that_hoards_memory_is_ended_by_its_limit(client: SparqlClient) -> None:
    hoard = "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f), STR(?i))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with pytest.raises((QueryCrashed, QueryEnded)):
        client.ask(question(hoard))
    assert still_answers(client)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" + "{" * 30_000 + "}" * 30_000 + "}",
        "SELECT * { ?s (" + "^" * 50_000 + "<p>) ?o }",
        "SELECT (" + "(" * 40_000 + "1" + ")" * 40_000 + " AS ?x) {}",
        "ASK { FILTER(" + "!" * 90_000 + "true) }",
    ],
)
def test_nesting_that_the_engine_can_not_bear_ends_one_worker_and_nothing_else(
    client: SparqlClient, query: str
) -> None:
    with suppress(QueryCrashed, QueryEnded):
        assert client.ask(question(query)).head.refusal
    assert still_answers(client)


def test_more_rows_than_the_limit_are_cut_at_a_row_and_said(client: SparqlClient) -> None:
    answer = client.ask(question("SELECT * { ?s ?p ?o }", rows=7))
    body = json.loads(b"".join(answer.chunks()))
    assert answer.head.cut == "rows"
    assert body["truncated"] == "rows"
    assert len(body["results"]["bindings"]) == 7
    answer.close()


def test_exactly_as_many_rows_as_the_limit_are_not_called_cut(client: SparqlClient) -> None:
    answer = client.ask(question("SELECT * { ?s ?p ?o }", rows=300))
    assert (answer.head.cut, answer.head.rows) == ("", 300)
    answer.close()


@pytest.mark.parametrize(
    "query", ["SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "SELECT * { SERVICE SILENT ?x {} }"]
)
def test_service_is_refused(client: SparqlClient, query: str) -> None:
    assert client.ask(question(query)).head.refusal == "service"


def test_no_internet_socket_can_be_made_even_where_the_guard_is_passed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server hears the engine call it from a free process, and does not from one that is confined as workers are."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.path)
            self.send_error(500)

        do_GET = do_POST

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    body = f"SELECT * {{ SERVICE <http://127.0.0.1:{server.server_port}/> {{ ?s ?p ?o }} }}"
    program = f"""
import sys
import pyoxigraph
from app.sparql.confine import confine
sys.argv[1:] == ["confined"] and confine(10**9)
try:
    list(pyoxigraph.Store().query({body!r}))
except OSError as error:
    print(error)
"""
    for argument, expected in (("free", 1), ("confined", 1)):  # the second call is not heard any more
        subprocess.run([sys.executable, "-c", program, argument], check=True, timeout=60)
        assert len(calls) == expected
    server.shutdown()


def test_a_worker_sees_what_was_published_after_it_started(tmp_path: Path) -> None:
    publish(tmp_path, graphs(3))
    with running_pool(tmp_path, workers=1) as (_, client):
        count = question("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert values(client, count) == [{"n": "3"}]
        store = EmbeddedStore(Places.in_home(tmp_path))
        store.apply({}, ["https://data.example/dataset/1"], 2)
        assert values(client, count) == [{"n": "3"}]
        store.publish()
        assert values(client, count) == [{"n": "2"}]
        store.close()


def test_without_a_snapshot_the_worker_says_so(tmp_path: Path) -> None:
    with running_pool(tmp_path) as (_, client):
        assert client.ask(question("SELECT * {}")).head.refusal == "nothing-published"


def test_questions_wait_for_a_worker_and_all_are_answered(client: SparqlClient) -> None:
    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(lambda _: still_answers(client), range(60)))


def test_workers_die_with_their_supervisor(tmp_path: Path) -> None:
    publish(tmp_path, graphs(1))
    with running_pool(tmp_path) as (process, _):
        workers = psutil.Process(process.pid).children()
        assert len(workers) == 2
        assert all(worker.nice() == 19 for worker in workers)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(workers, timeout=3)
        assert alive == []


def test_a_killed_worker_is_replaced_and_its_asker_told(tmp_path: Path) -> None:
    publish(tmp_path, graphs())
    with running_pool(tmp_path, workers=1, time_limit_s=5.0) as (process, client):
        (worker,) = psutil.Process(process.pid).children()
        killer = threading.Timer(0.3, worker.kill)
        killer.start()
        with pytest.raises(QueryCrashed):
            client.ask(question(CROSS))
        assert still_answers(client)


def test_nobody_listens_is_said_as_such(tmp_path: Path) -> None:
    with pytest.raises(NoWorker):
        SparqlClient.in_home(tmp_path, 1.0).ask(question("ASK {}"))


def test_a_home_with_a_long_path_works(tmp_path: Path) -> None:
    home = tmp_path / ("很长的文件夹名" * 6) / ("x" * 100)
    publish(home, graphs(2))
    with running_pool(home) as (_, client):
        assert len(values(client, question("SELECT * { ?s ?p ?o }"))) == 2


def test_nothing_is_left_behind_in_the_folder_of_the_socket(client: SparqlClient, home: Path) -> None:
    for _ in range(5):
        still_answers(client)
    assert set(os.listdir(home / "run")) <= {"sparql.sock", "answers"}


def test_what_is_asked_otherwise_for_speed_is_answered_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the snapshot was measured; `unmeasured` is the same home before."""
    title, made, name, day = (f"https://x.example/{each}" for each in ("title", "madeBy", "name", "day"))
    type_ = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    monkeypatch.setattr(tallies, "_MANY", 50)

    def entries() -> Iterator[tuple[str, bytes]]:
        for number in range(60):
            me, maker = f"https://data.example/{number}", f"https://data.example/maker/{number % 3}"
            lines = [f"<{me}> <{type_}> <https://x.example/D>", f"<{me}> <{made}> <{maker}>"]
            lines += [f'<{me}> <{title}> "{number}"', f'<{maker}> <{name}> "maker {number % 3}"']
            lines += [f'<{me}> <{day}> "2026-01-{number // 3 + 1:02}"^^<http://www.w3.org/2001/XMLSchema#date>']
            yield me, "".join(f"{line} .\n" for line in lines).encode()

        one = "https://data.example/catalogue"
        lines = [f"<{one}> <{type_}> <https://x.example/C>", f"<{one}> <{made}> <https://data.example/maker/0>"]
        yield one, "".join(f"{line} .\n" for line in lines).encode()

    publish(tmp_path, entries())
    head = "PREFIX x: <https://x.example/> SELECT "
    queries = [
        head + "?n (COUNT(?d) AS ?c) { ?d a x:D ; x:madeBy/x:name ?n } GROUP BY ?n",  # from tallies
        head + "?n (COUNT(?d) AS ?c) { ?d a x:D ; x:madeBy/x:name ?n ; x:title ?t } GROUP BY ?n",  # by another order
        head + "?d ?m { ?d a x:D ; x:title ?t ; x:day ?m } ORDER BY DESC(?m) ?d LIMIT 2",  # of the last days alone
        head + "?d ?m { ?d a x:D ; x:title '7' ; x:day ?m } ORDER BY DESC(?m) ?d LIMIT 2",  # the last have none
    ]
    with running_pool(tmp_path) as (_, client):
        unmeasured = [values(client, question(query)) for query in queries]
        snapshot = EmbeddedSnapshot(Places.in_home(tmp_path))
        figures.keep(tmp_path, known := figures.measure(snapshot))
        snapshot.close()
        assert known.state
        assert known.others(made, "https://x.example/D") == ["https://data.example/catalogue"]
        assert known.others(title, "https://x.example/D") == []
        assert known.others(name, "https://x.example/D") is None
        assert known.tally(made, "https://x.example/D") == {f"<https://data.example/maker/{n}>": 20 for n in range(3)}
        assert known.tally(made, "") == known.tally(made, "https://x.example/D") | {
            "<https://data.example/maker/0>": 21
        }
        measured = [values(client, question(query)) for query in queries]
        for query in queries:
            assert client.ask(question(query + " GROUP BY")).head.refusal == "syntax"
    for before, after in zip(unmeasured, measured, strict=True):
        assert sorted(map(str, after)) == sorted(map(str, before))
    assert {row["c"] for row in measured[0]} == {"20"}
    assert [row["d"] for row in measured[2]] == ["https://data.example/57", "https://data.example/58"]
    assert [row["d"] for row in measured[3]] == ["https://data.example/7"]
