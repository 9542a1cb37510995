"""What a served portal still says of an entry that was withdrawn, and how queries without end are borne."""

import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from app.settings import Settings
from app.sparql.kept import KeptAnswers
from app.wiring import build
from tests.factories.records import add_source, arrival
from tests.processes.serving import Home
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

WORD = "琥珀斑马"
"""Stands in the titles of this test's entries and nowhere else."""
COUNTED = """SELECT ?title (COUNT(*) AS ?n) { ?d <http://purl.org/dc/terms/title> ?title .
    ?a ?b ?c . ?e <http://purl.org/dc/terms/title> ?f } GROUP BY ?title"""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def sparql(query: str, name: str = "csv") -> str:
    return f"/sparql?{urllib.parse.urlencode({'query': query, 'format': name})}"


def kept_files(home: Home) -> Iterator[bytes]:
    for path in KeptAnswers.in_home(home.path).folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_a_withdrawn_entry_is_refused_at_once_and_gone_from_everything_within_ten_seconds(home: Home) -> None:
    portal = build(Settings(home=home.path, base_url=home.base_url))
    add_source(portal.database, "own")
    gone = arrival("gone", title=f"{WORD}的去向")
    stays = [arrival(f"stays-{number}", title=f"公交线路{number}") for number in range(30)]
    portal.catalogue.record([gone, *stays], actor="test")
    word = urllib.parse.quote(WORD)
    shown = [
        f"/dataset?q={word}", f"/api/search?q={word}", f"/dataset.atom?q={word}", f"/dataset.json?q={word}",
        f"/api/suggest?q={word}", f"/api/3/action/package_search?q={word}", "/api/3/action/package_list",
        "/api/3/action/package_search?rows=100",
        "/catalog.ttl", "/catalog.jsonld", "/catalog/export.csv", "/changes/page/1", "/data.json",
        "/dump/catalog.nt", "/dump/catalog.ttl", "/dump/catalog.rdf", "/dump/catalog.jsonld", "/sitemap.xml?page=1",
        sparql(COUNTED), sparql(COUNTED, "json"), sparql(f"DESCRIBE <{home.base_url}/dataset/{gone.id}>", "turtle"),
        sparql(f"SELECT * {{ GRAPH <{home.base_url}/dataset/{gone.id}> {{ ?s ?p ?o }} }}"),
    ]  # fmt: skip
    pages = [f"/dataset/{gone.id}", *(f"/dataset/{gone.id}.{syntax}" for syntax in ("ttl", "jsonld", "rdf", "nt"))]

    def naming() -> list[str]:
        """The addresses that still say something of it; the search engine's query stands in some answers itself."""
        marks = (f"{WORD}的去向".encode(), f"/dataset/{gone.id}".encode(), f'"{gone.id}"'.encode())
        found = []
        for path in shown:
            status, body = home.get(path)
            if status == 200 and any(mark in body for mark in marks):
                found.append(path)
        return found

    with home.serving():
        wait_until(lambda: WORD.encode() in home.get(sparql(COUNTED))[1], 20)
        assert [home.status(path) for path in pages] == [200] * len(pages)
        first, again = (home.get(sparql(COUNTED, "json"))[1] for _ in range(2))
        assert first == again
        assert any(WORD.encode() in file for file in kept_files(home))
        wait_until(lambda: f"/dataset?q={word}" in naming(), 20)
        before = naming()
        assert {"/data.json", "/dump/catalog.nt", sparql(COUNTED, "json")} < set(before)
        portal.catalogue.withdraw([gone.id], actor="test", why="a mistake")
        assert [home.status(path) for path in pages] == [410] * len(pages)
        wait_until(lambda: not naming(), 10)
        wait_until(lambda: not any(WORD.encode() in file for file in kept_files(home)), 5)
    portal.close()


def test_queries_without_end_are_ended_at_their_limit_and_memory_returns(home: Home) -> None:
    """Twenty at once; that the search page stays quick meanwhile is measured by `benchmarks`, section sparql."""
    portal = build(Settings(home=home.path, base_url=home.base_url))
    add_source(portal.database, "own")
    portal.catalogue.record([arrival(f"bus-{number}") for number in range(100)], actor="test")
    portal.close()
    with home.serving() as supervisor:
        wait_until(lambda: home.status(sparql("ASK { ?s ?p ?o }")) == 200, 20)

        def memory() -> float:
            return sum(_rss(process) for process in [supervisor, *supervisor.children(recursive=True)])

        home.ask("SELECT * { ?s ?p ?o } LIMIT 1")
        before = memory()
        began = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(home.get, sparql(f"{ENDLESS} # {number}"), 60) for number in range(20)]
            answers = [each.result() for each in asked]
        assert {status for status, _ in answers} == {503}
        assert all(b"detail" in body for _, body in answers)
        assert time.monotonic() - began < 30  # two rounds of ten seconds at most, and nobody waits for the rest
        wait_until(lambda: memory() < before * 1.2 + 20e6, 20)
        assert home.ask("SELECT (COUNT(*) AS ?n) { ?d a <http://www.w3.org/ns/dcat#Dataset> }") == "100"


def _rss(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss)
    except psutil.Error:
        return 0.0
