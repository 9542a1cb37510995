import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.factories import iso
from tests.services import pycsw
from tests.services.site import Site, send
from tests.shared_data import SHARED, needs_shared
from tests.unit.harvest.memory import MemoryRecorder, harvested

XML = {"Content-Type": "application/xml"}
_ISO = "http://www.isotc211.org/2005/gmd"
_CAPABILITIES = """<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
 xmlns:ows="http://www.opengis.net/ows" version="2.0.2"><ows:ServiceIdentification><ows:Title>广州地理目录</ows:Title>
</ows:ServiceIdentification><ows:OperationsMetadata><ows:Operation name="GetRecords">
<ows:Parameter name="outputSchema"><ows:Value>{schema}</ows:Value></ows:Parameter></ows:Operation>
</ows:OperationsMetadata></csw:Capabilities>"""
_PAGE = """<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">
<csw:SearchResults numberOfRecordsMatched="{matched}" numberOfRecordsReturned="{returned}" nextRecord="{following}">
{records}</csw:SearchResults></csw:GetRecordsResponse>"""


def _catalogue(site: Site, pages: dict[int, tuple[str, int, int]], *, matched: int, schema: str = _ISO) -> None:
    """`pages`: start position -> (records, how many, next position)."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.command == "GET":
            send(handler, 200, XML, _CAPABILITIES.format(schema=schema).encode())
            return
        start = int(re.search(rb'startPosition="(\d+)"', site.bodies[-1])[1])  # type: ignore[index]
        records, returned, following = pages[start]
        page = _PAGE.format(matched=matched, returned=returned, following=following, records=records)
        send(handler, 200, XML, page.encode())

    site.pages["/csw"] = answer
    site.pages["/csw?service=CSW&version=2.0.2&request=GetCapabilities"] = answer


def _records(*numbers: int) -> str:
    return "".join(iso.metadata(f"M-{number}", f"图层{number}") for number in numbers)


def test_a_catalogue_service_is_read_page_by_page(site: Site):
    _catalogue(site, {1: (_records(1, 2), 2, 3), 3: (_records(3), 1, 0)}, matched=3)
    report, recorder = harvested(f"{site.url}/csw?service=CSW&request=GetCapabilities")
    assert (report.new, report.complete, sorted(recorder.held)) == (3, True, ["M-1", "M-2", "M-3"])
    assert all(f'outputSchema="{_ISO}"'.encode() in body for body in site.bodies)


def test_a_service_that_goes_back_ends_in_words(site: Site):
    _catalogue(site, {1: (_records(1), 1, 2), 2: (_records(2), 1, 1)}, matched=9)
    report, _ = harvested(f"{site.url}/csw", dialect="csw")
    assert (report.new, report.complete) == (2, False)
    assert "startPosition=1" in report.failure_en


def test_a_service_that_gives_less_than_it_matched_is_not_complete(site: Site):
    _catalogue(site, {1: (_records(1), 1, 2), 2: ("", 0, 0)}, matched=9)
    recorder = MemoryRecorder()
    report, _ = harvested(f"{site.url}/csw", recorder, dialect="csw")
    assert (report.new, report.complete, recorder.gone) == (1, False, None)
    assert "9 records and gave 1" in report.failure_en


def test_a_refusal_of_the_service_is_told_in_its_words(site: Site):
    refusal = (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"><ows:Exception>'
        "<ows:ExceptionText>no such schema</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )

    def answer(handler: BaseHTTPRequestHandler) -> None:
        send(handler, 200, XML, (_CAPABILITIES if handler.command == "GET" else refusal).encode())

    site.pages["/csw"] = site.pages["/csw?service=CSW&version=2.0.2&request=GetCapabilities"] = answer
    report, _ = harvested(f"{site.url}/csw", dialect="csw")
    assert "no such schema" in report.failure_en
    assert not report.complete


@needs_shared
def test_dcat_of_a_real_geonetwork_is_read_page_by_page(site: Site):
    assert SHARED is not None
    folder = SHARED / "dcat" / "opendatateam__udata"
    pages = {}
    for start, following in ((1, 3), (3, 5), (5, 0)):
        text = (folder / f"geonetwork-dcat-page-{start}.xml").read_text(encoding="utf-8")
        inside = re.search(r"<csw:SearchResults[^>]*>(.*)</csw:SearchResults>", text, re.DOTALL)
        assert inside is not None
        pages[start] = (inside[1], 2, following)
    _catalogue(site, pages, matched=6, schema="http://www.w3.org/ns/dcat#")
    report, recorder = harvested(f"{site.url}/csw", dialect="csw")
    assert (report.new, report.quarantined, report.complete) == (6, 0, True)
    assert any("partmenage5ans" in kept.ntriples.decode() for kept in recorder.held.values())


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    records = {f"r{number:02}": iso.metadata(f"GZ-{number:02}", f"图层{number}") for number in range(24)}
    records["service"] = iso.metadata("GZ-S", "服务", scope="service")
    with pycsw.running(records) as url:
        yield url


@pytest.mark.slow
@pytest.mark.timeout(600)  # the first run makes the server's environment
def test_a_real_pycsw_is_read_whole(server: str):
    report, recorder = harvested(f"{server}?service=CSW")
    assert (report.new, report.complete, report.quarantined) == (24, True, 0), report
    assert "图层7" in recorder.held["GZ-07"].ntriples.decode()
    again, _ = harvested(f"{server}?service=CSW", recorder)
    assert (again.unchanged, again.changed, again.gone) == (24, 0, 0)
