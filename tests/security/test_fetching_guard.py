"""No dialect reaches what the guard forbids, at its own address, behind a redirect, or by what a document names."""

import json
from http.server import BaseHTTPRequestHandler

import pytest

from harvest.fetch import Fetcher
from harvest.record import RunReport
from harvest.run import run
from harvest.sources import DIALECTS, open_source
from tests.factories import iso
from tests.services.hostile import catalogue
from tests.services.site import Site, send
from tests.unit.harvest.memory import MemoryRecorder, harvested, wants_title

_INSIDE = "http://169.254.169.254/latest/meta-data/"
_REFUSED = ("points into a private network", "Only http and https")
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "{long}"><!ENTITY b "{a}"><!ENTITY c "{b}">'
    '<!ENTITY x SYSTEM "{site}/secret">]>'
)


@pytest.fixture
def site() -> Site:  # type: ignore[misc]
    with Site() as made:
        yield made


def _anything(site: Site, answer: tuple[int, dict[str, str], bytes]) -> None:
    class Everywhere(dict[str, tuple[int, dict[str, str], bytes]]):
        def get(self, path: str, default: object = None) -> tuple[int, dict[str, str], bytes]:  # type: ignore[override]
            return answer

    site.pages = Everywhere()  # type: ignore[assignment]


def _refused(report: RunReport) -> None:
    assert not report.complete
    assert any(words in report.failure_en for words in _REFUSED), report.failure_en
    assert report.seen == 0


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_asks_an_inner_address(site: Site, dialect: str):
    source = open_source(f"{site.url}/x/", dialect=dialect, fetcher=Fetcher())
    _refused(run(source, MemoryRecorder(), wants_title, source_id="s", base_url="https://p.example"))
    assert site.asked == []


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("target", [_INSIDE, "file:///etc/passwd", "http://[::ffff:10.0.0.1]/"])
def test_no_dialect_follows_a_redirect_to_the_inside(site: Site, dialect: str, target: str):
    _anything(site, (302, {"Location": target}, b""))
    report, _ = harvested(f"{site.url}/x/", dialect=dialect)
    _refused(report)


@pytest.mark.parametrize("target", [_INSIDE, "file:///etc/passwd"])
def test_no_page_that_a_document_names_lies_inside(site: Site, target: str):
    turtle = {"Content-Type": "text/turtle"}
    site.pages["/dcat"] = (200, turtle, catalogue(site.url, range(2), target))
    relation = f"<> <https://w3id.org/tree#relation> [ <https://w3id.org/tree#node> <{target}> ] ."
    site.pages["/ldes"] = (200, turtle, relation.encode())
    site.pages["/waf/"] = (200, {"Content-Type": "text/html"}, f'<html><a href="{target}a.ttl">x</a></html>'.encode())
    for path, dialect in (("/dcat", "dcat"), ("/ldes", "ldes")):
        report, _ = harvested(f"{site.url}{path}", dialect=dialect)
        assert not report.complete
        assert any(words in report.failure_en for words in _REFUSED), report.failure_en
    report, _ = harvested(f"{site.url}/waf/", dialect="waf")
    assert "lists no files" in report.failure_en


@pytest.mark.parametrize("dialect", ["csw", "waf", "dcat"])
def test_no_document_type_of_xml_is_fetched_or_blown_up(site: Site, dialect: str):
    head = _ENTITIES.format(long="x" * 1000, a="&a;" * 1000, b="&b;" * 1000, site=site.url)
    record = iso.metadata("M-1", "&c;", abstract="&x;")
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">'
        '<rdf:Description rdf:about="https://x.example/1"><dct:title>&c;&x;</dct:title></rdf:Description></rdf:RDF>'
    )
    if dialect == "waf":
        site.pages["/x/"] = (200, {}, b'<html><a href="a.xml">a</a></html>')
        site.pages["/x/a.xml"] = (200, {"Content-Type": "text/xml"}, (head + record).encode())
    else:
        _anything(
            site, (200, {"Content-Type": "application/xml"}, (head + (rdf if dialect == "dcat" else record)).encode())
        )
    report, _ = harvested(f"{site.url}/x/", dialect=dialect)
    assert (report.seen, report.complete) == (0, False)
    assert report.failure_zh
    assert "/secret" not in site.asked


@pytest.mark.parametrize("dialect", ["dcat", "datajson"])
def test_no_context_of_json_ld_is_fetched(site: Site, dialect: str):
    document = {"@context": f"{site.url}/context", "@graph": [{"@id": "https://x.example/1", "@type": "Dataset"}]}
    site.pages["/x"] = (200, {"Content-Type": "application/ld+json"}, json.dumps(document).encode())
    report, _ = harvested(f"{site.url}/x", dialect=dialect)
    assert not report.complete
    assert site.asked == ["/x"]


def test_pages_that_differ_by_a_fragment_alone_are_one_page(site: Site):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = catalogue(site.url, range(2), f"{site.url}/p#{len(site.asked)}")
        send(handler, 200, {"Content-Type": "text/turtle"}, body)

    site.pages["/p"] = answer
    report, _ = harvested(f"{site.url}/p")
    assert len(site.asked) == 1
    assert "lead back to" in report.failure_en
