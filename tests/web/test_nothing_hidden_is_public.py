"""
What is not for the public reaches nobody: marked text is harvested into every place that must stay closed, and then
every address of the portal, every dump, the graph and the index are searched for it.
"""

import gzip
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from app import wiring
from app.catalogue.model import SourceKind
from app.factory import create_app
from app.processes import consistency, keeper
from app.settings import Settings
from indexer.query import Query
from tests.factories.sparql import question, running_pool

MARK = "绝密暗号ZX"
"""Every text that must not be public holds it, followed by a number that tells where it was said."""
OPEN_MARK = "公开暗号KY"

HEAD = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> . @prefix sui: <https://w3id.org/suishu/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix eu: <http://publications.europa.eu/resource/authority/access-right/> .
"""


def _entry(name: str, access: str, more: str = "", title: str = "") -> str:
    return f"""
<https://agency.example/{name}> a dcat:Dataset ; dct:title "{title or name}（{OPEN_MARK}）"@zh-Hans ;
  dct:identifier "ID-{name}" ; dct:accessRights eu:{access} ;
  dct:publisher <https://agency.example/agency> {"; " + more if more else ""} .
<https://agency.example/agency> a foaf:Agent ; foaf:name "广州市示例局"@zh-Hans .
"""


def _basis(number: int) -> str:
    return f"""sui:basis [ sui:ground <https://w3id.org/suishu/scheme/grounds/BKF-1> ;
      dct:title "{MARK}{number}"@zh-Hans ; dcatap:applicableLegislation <https://law.example/{MARK}{number}> ]"""


CLOSED = f"""{_basis(1)} ; sui:withheld "description", "dataItems" ;
  dct:description "{MARK}2"@zh-Hans ; dcat:keyword "{MARK}3"@zh-Hans ; dcat:landingPage <https://a.example/{MARK}4> ;
  dcat:distribution [ a dcat:Distribution ; dct:title "{MARK}5" ; dcat:accessURL <https://a.example/{MARK}6> ;
    dcat:downloadURL <https://a.example/{MARK}7> ; csvw:tableSchema [ csvw:column [ csvw:name "{MARK}8" ] ] ] ;
  csvw:tableSchema [ csvw:column [ csvw:name "{MARK}9" ; csvw:title "{MARK}10" ; dct:description "{MARK}11" ] ] ;
  rdfs:comment "{MARK}12" ; <https://unknown.example/{MARK}13> "{MARK}14" ; sui:themeText "{MARK}15" ;
  sui:formatText "{MARK}16" ; dct:source <https://a.example/{MARK}17> ; dct:provenance [ rdfs:label "{MARK}18" ]"""
CONDITIONAL = f"""{_basis(20)} ; dct:description "申请后提供。"@zh-Hans ; dct:rights [ rdfs:label "须实名"@zh-Hans ] ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://a.example/apply> ;
    dcat:downloadURL <https://a.example/{MARK}21> ]"""
WAS_OPEN = f"""dct:description "{MARK}30"@zh-Hans ; dcat:keyword "{MARK}31" ;
  dcat:distribution [ a dcat:Distribution ; dcat:downloadURL <https://a.example/{MARK}32> ;
    dcat:accessURL <https://a.example/{MARK}32> ] ;
  csvw:tableSchema [ csvw:column [ csvw:name "{MARK}33" ] ]"""
QUARANTINED = f"""<https://agency.example/{MARK}40> a dcat:Dataset ; dct:description "{MARK}41"@zh-Hans ;
  dct:identifier "{MARK}42" ; dct:accessRights eu:PUBLIC ."""
FIRST = HEAD + _entry("closed", "NON_PUBLIC", CLOSED) + _entry("conditional", "RESTRICTED", CONDITIONAL) + QUARANTINED
CLOSED_NOW = 'dct:description "已转为非开放。"@zh-Hans'
EARLIER = FIRST + _entry("later", "PUBLIC", WAS_OPEN, f"{MARK}34") + _entry("gone", "PUBLIC", WAS_OPEN)
LATER = FIRST + _entry("later", "NON_PUBLIC", CLOSED_NOW) + _entry("gone", "NON_PUBLIC", CLOSED_NOW)
CKAN = (
    "package_list", "package_search?rows=1000", "package_search?rows=1000&sort=id+asc", "organization_list",
    "current_package_list_with_resources", "organization_list?all_fields=true", "tag_list", "group_list?all_fields=1",
    'package_search?rows=0&facet.field=["tags","organization","groups","res_format"]',
    'package_search?rows=0&sort=id+asc&facet.field=["tags","organization","groups","res_format"]',
)  # fmt: skip


@pytest.fixture(scope="module")
def portal() -> Iterator[wiring.Portal]:
    with tempfile.TemporaryDirectory(prefix="suishu-") as folder:
        home = Path(folder)
        catalogue = home / "agency.ttl"
        portal = wiring.build(Settings(home=home / "home", base_url="http://portal.example"))
        for text in (EARLIER, LATER):
            catalogue.write_text(text, encoding="utf-8")
            run = portal.harvesting.harvest_location(str(catalogue), kind=SourceKind.FEDERATED)
            keeper.catch_up(portal)
        assert (run.report.seen, run.report.quarantined, run.report.changed) == (5, 1, 2)
        # An own publisher's entry that fails the profile is held, and held entries are nobody's to see.
        held = home / "held.ttl"
        held.write_text(HEAD + _entry("held", "PUBLIC", WAS_OPEN, f"{MARK}50"), encoding="utf-8")
        portal.harvesting.harvest_location(str(held), kind=SourceKind.OWN, title="示例局")
        keeper.catch_up(portal)
        yield portal
        portal.close()


@pytest.fixture(scope="module")
def client(portal: wiring.Portal) -> FlaskClient:
    return create_app(portal=portal).test_client()


def _assert_clean(text: str, place: str) -> None:
    """The Latin end of the mark is the same in every escape: percent signs, entities, backslashes."""
    found = re.search(r"ZX\d*", text)
    assert found is None, f"{text[max(0, found.start() - 80) : found.end()]} is at {place}"


def _crawl(client: FlaskClient, starts: list[str]) -> Iterator[tuple[str, bytes]]:
    seen, waiting = set(starts), list(starts)
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        yield address, answer.data
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'(?:href|src)="([^"]+)"', answer.get_data(as_text=True)):
            target = urljoin(f"http://portal.example{address}", link.replace("&amp;", "&"))
            parts = urlsplit(target)
            path = parts.path + ("?" + parts.query if parts.query else "")
            if parts.netloc == "portal.example" and path not in seen and len(seen) < 3_000:
                seen.add(path)
                waiting.append(path)


def test_no_page_interface_or_dump_says_what_is_not_public(client: FlaskClient) -> None:
    starts = [
        "/", "/dataset", "/catalog", "/publisher", "/theme", "/source", "/about", "/robots.txt", "/sitemap.xml", "/ns",
        f"/dataset?q={MARK}", f"/api/search?q={MARK}", "/api/search?size=100", "/api/openapi.json", "/health",
        "/data.json", "/changes", "/changes/node/0", "/changes/page/0", *(f"/changes/{seq}" for seq in range(1, 20)),
        *(f"/api/3/action/{asked}" for asked in CKAN),
        *(f"/catalog.{form}" for form in ("ttl", "jsonld", "rdf", "nt")),
        *(f"/catalog/export.{form}" for form in ("csv", "jsonld")),
        *(f"/dump/catalog.{form}" for form in ("ttl", "jsonld", "rdf", "nt")),
    ]  # fmt: skip
    texts = dict(_crawl(client, starts))
    own = [address for address in texts if re.fullmatch(r"/dataset/[a-z0-9]{16}", address)]
    for address in own:
        for form in ("ttl", "jsonld", "rdf", "nt"):
            texts[f"{address}.{form}"] = client.get(f"{address}.{form}").data
    for address, body in texts.items():
        # The page that answers a search for the mark repeats what was typed; links to it, and to following it, do too.
        if MARK not in unquote(unquote(address)) and not body.startswith(b"PK"):  # sheets are read below
            packed = body.startswith(b"\x1f\x8b")  # packed bytes hold two letters by chance
            text = (gzip.decompress(body) if packed else body).decode("utf-8", "replace")
            _assert_clean(re.sub(r"(href|action|value)=\"[^\"]*q=[^\"]*\"", "", text), address)
    assert sum(OPEN_MARK.encode() in body for body in texts.values()) > 20
    assert len(own) == 4
    zipped = client.get("/dump/catalog.nt.gz").data
    _assert_clean(gzip.decompress(zipped).decode(), "/dump/catalog.nt.gz")
    sheet = client.get("/catalog/export.xlsx").data
    assert sheet.startswith(b"PK")
    with zipfile.ZipFile(io.BytesIO(sheet)) as parts:
        for name in parts.namelist():
            _assert_clean(parts.read(name).decode("utf-8", "replace"), f"export.xlsx, {name}")


def test_the_search_finds_nothing_by_what_is_not_public(client: FlaskClient, portal: wiring.Portal) -> None:
    for number in range(1, 51):
        results = client.get("/api/search", query_string={"q": f'"{MARK}{number}"'}).get_json()
        assert results["total"] == 0, number
    everything = portal.search.search(Query(size=100))
    assert everything.total == 4
    for hit in everything.hits:
        _assert_clean(repr(hit), f"index, {hit.id}")


def test_the_graph_that_queries_see_holds_only_what_is_public(portal: wiring.Portal) -> None:
    query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    with running_pool(portal.settings.home, time_limit_s=10) as (_, workers):
        text = b"".join(workers.ask(question(query, rows=1_000_000)).chunks()).decode()
    assert OPEN_MARK in text
    _assert_clean(text, "SPARQL")


def test_no_file_of_index_and_graph_holds_it(portal: wiring.Portal) -> None:
    """Deleted text may lie in old segments for a while; what was closed must be gone after a rebuild."""
    keeper.reindex(portal)
    keeper.rebuild_graph(portal)
    for folder in ("index", "graph"):
        for path in (portal.settings.home / folder).rglob("*"):
            if path.is_file():
                assert f"{MARK}".encode() not in path.read_bytes(), path


def test_the_public_history_forgets_what_was_closed(portal: wiring.Portal) -> None:
    hits = portal.search.search(Query(text="later")).hits
    assert [len(portal.catalogue.history(hit.id)) for hit in hits] == [1]
    assert consistency.check(portal) == []
