import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from harvest.sources import sparql
from tests.services.site import Site, send
from tests.unit.harvest.graph import FIXTURES
from tests.unit.harvest.memory import MemoryRecorder, harvested


class Endpoint:
    """A SPARQL endpoint over a store, as the protocol says; `at_most` rows of a SELECT, whatever was asked."""

    def __init__(self, site: Site, *, at_most: int = 10_000) -> None:
        self.store = ox.Store()
        self.queries: list[str] = []
        self.url = f"{site.url}/sparql"
        endpoint = self

        def answer(handler: BaseHTTPRequestHandler) -> None:
            query = parse_qs(site.bodies[-1].decode())["query"][0]
            endpoint.queries.append(query)
            results = endpoint.store.query(query)
            if isinstance(results, ox.QuerySolutions):
                rows = [{"d": {"type": "uri", "value": row["d"].value}} for row in results][:at_most]
                body = json.dumps({"head": {"vars": ["d"]}, "results": {"bindings": rows}}).encode()
                send(handler, 200, {"Content-Type": "application/sparql-results+json"}, body)
            else:
                assert isinstance(results, ox.QueryTriples)
                body = results.serialize(format=ox.RdfFormat.N_TRIPLES)
                send(handler, 200, {"Content-Type": "application/n-triples"}, body)

        site.pages["/sparql"] = answer


@pytest.fixture
def endpoint(site: Site) -> Endpoint:
    return Endpoint(site)


def test_an_endpoint_gives_the_records_that_the_document_gives(endpoint: Endpoint):
    endpoint.store.load(path=str(FIXTURES / "portal.ttl"), format=ox.RdfFormat.TURTLE)
    of_document = MemoryRecorder()
    harvested(str(FIXTURES / "portal.ttl"), of_document)
    report, of_endpoint = harvested(endpoint.url)
    named = {key: kept for key, kept in of_document.held.items() if key.startswith("https://")}
    assert report.complete
    assert set(of_endpoint.held) == set(named)
    for key, kept in named.items():
        theirs = set(kept.ntriples.splitlines())
        assert theirs == set(of_endpoint.held[key].ntriples.splitlines()), key


@pytest.mark.parametrize("at_most", [10_000, 3])
def test_an_endpoint_is_paged_by_key_whatever_it_cuts_off(site: Site, monkeypatch: pytest.MonkeyPatch, at_most: int):
    monkeypatch.setattr(sparql, "PAGE", 7)
    monkeypatch.setattr(sparql, "BATCH", 4)
    endpoint = Endpoint(site, at_most=at_most)
    text = "".join(
        f'<https://x.example/{n}> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> "第{n}号" .'
        for n in range(30)
    )
    endpoint.store.load(text.encode(), format=ox.RdfFormat.TURTLE)
    report, recorder = harvested(endpoint.url, dialect="sparql")
    assert (report.new, report.complete, len(recorder.held)) == (30, True, 30)
    assert not any("OFFSET" in query for query in endpoint.queries)


def test_an_address_that_breaks_a_query_is_never_put_into_one(endpoint: Endpoint):
    endpoint.store.add(
        ox.Quad(
            ox.NamedNode("https://x.example/a%3E%7D"),
            ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
            ox.NamedNode("http://www.w3.org/ns/dcat#Dataset"),
        )
    )
    report, _ = harvested(endpoint.url)
    assert report.complete
    assert report.seen == 1


def test_an_endpoint_that_gives_hostile_addresses_can_not_change_the_query(site: Site):
    hostile = "https://x.example/> } INSERT DATA { <a> <b> <c> } #"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked_before = len(site.bodies) > 1
        rows = [] if asked_before else [{"d": {"type": "uri", "value": hostile}}]
        body = json.dumps({"results": {"bindings": rows}}).encode()
        send(handler, 200, {"Content-Type": "application/sparql-results+json"}, body)

    site.pages["/sparql"] = answer
    harvested(f"{site.url}/sparql")
    assert not any(b"CONSTRUCT" in body for body in site.bodies)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"results": {"bindings": [{"x": 1}]}}', b"[" * 3000])
def test_what_is_no_endpoint_is_said(site: Site, body: bytes):
    site.pages["/sparql"] = (200, {}, body)
    report, _ = harvested(f"{site.url}/sparql")
    assert "does not answer as a SPARQL endpoint" in report.failure_en


def test_a_list_that_would_fill_the_memory_is_not_read(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sparql, "MAX_LIST_BYTES", 1_000)
    site.pages["/sparql"] = (200, {}, b'{"results": {"bindings": []}, "x": "%s"}' % (b"x" * 1_000))
    report, _ = harvested(f"{site.url}/sparql")
    assert "does not heed LIMIT" in report.failure_en


def test_an_endpoint_that_stands_still_ends_in_words(site: Site):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        query = parse_qs(site.bodies[-1].decode())["query"][0]
        rows = [{"d": {"type": "uri", "value": "https://x.example/1"}}]
        is_list = "SELECT" in query
        body = json.dumps({"results": {"bindings": rows}}).encode() if is_list else b""
        kind = "application/sparql-results+json" if is_list else "application/n-triples"
        send(handler, 200, {"Content-Type": kind}, body)

    site.pages["/sparql"] = answer
    report, _ = harvested(f"{site.url}/sparql")
    assert not report.complete
    assert report.failure_en
