"""The catalogue as RDF in pages, for portals that harvest it while it changes."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.serving import make_server

from app.catalogue.model import SourceKind
from app.catalogue.tables import dataset_version
from app.catalogue.terms import DCAT
from app.columns import pack
from app.factory import create_app
from app.settings import Settings
from app.wiring import Portal, build
from shapes.validate import validate
from tests.factories.portals import BASE, keep, numbered, portal_with
from tests.factories.records import arrival
from tests.web.portals import Filled

DCAT_ = rdflib.Namespace(DCAT)
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
AP = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
HVD = "https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/"
CATEGORY = "http://data.europa.eu/bna/c_b79e35eb"
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}


def walk(client: FlaskClient, address: str, between: Callable[[], None] = lambda: None) -> list[str]:
    """Every dataset that is on a page, as often as it is; `between` happens after each page."""
    seen: list[str] = []
    following: str | None = address
    while following:
        answer = client.get(following, headers={"Accept": "application/n-triples"})
        assert answer.status_code == 200, answer.text
        graph = rdflib.Graph().parse(data=answer.data, format="nt")
        seen += [str(each) for each in graph.objects(rdflib.URIRef(f"{BASE}/catalog"), DCAT_.dataset)]
        after = next(graph.objects(None, HYDRA.next), None)
        assert (after is None) == ((None, HYDRA.last, None) in graph)
        following = str(after).removeprefix(BASE) if after else None
        between()
    return seen


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return portal_with(tmp_path, numbered(45), followed=False)


def test_paging_loses_nothing_and_tells_nothing_twice_while_data_changes(portal: Portal) -> None:
    client = create_app(portal=portal).test_client()
    before = {f"{BASE}/dataset/{id_}" for id_ in portal.browsing.ids(limit=1000)}
    withdrawn: list[str] = []
    number = 100

    def change() -> None:
        """Withdraws one that was told and one that was not, adds four and changes two."""
        nonlocal number
        ids = portal.browsing.ids(limit=1000)
        for id_ in (ids[0], ids[-1]):
            portal.catalogue.withdraw([id_], actor="test", why="test")
            withdrawn.append(f"{BASE}/dataset/{id_}")
        keep(portal, numbered(4, first=number))
        keep(portal, numbered(2, first=number % 40, word="地铁线路"))
        number += 4

    seen = walk(client, "/catalog?size=7", change)
    assert len(seen) == len(set(seen))
    assert before - set(withdrawn) <= set(seen)
    now = {f"{BASE}/dataset/{id_}" for id_ in portal.browsing.ids(limit=1000)}
    start = (portal.clock() - timedelta(minutes=5)).isoformat()
    assert set(walk(client, f"/catalog?size=7&modified-since={start.replace('+', '%2B')}")) == now


def test_filters_choose_and_stay_on_every_page(portal: Portal) -> None:
    client = create_app(portal=portal).test_client()
    publisher = portal.catalogue.publishers()[0][0].id
    assert len(walk(client, "/catalog?size=5&theme=jiaotong")) == 23
    assert len(walk(client, "/catalog.nt?size=5&theme=交通运输")) == 23
    assert len(walk(client, f"/catalog?size=20&publisher={publisher}")) == 45
    assert len(walk(client, f"/catalog?publisher={BASE}/publisher/{publisher}&theme=jiaotong&size=10")) == 23
    assert walk(client, "/catalog?publisher=nobody") == walk(client, "/catalog?theme=nowhere") == []
    assert walk(client, "/catalog?modified-since=2999-01-01") == []
    graph = rdflib.Graph().parse(data=client.get("/catalog.nt?size=5&theme=jiaotong").data, format="nt")
    assert int(str(next(graph.objects(None, HYDRA.totalItems)))) == 23
    before = portal.clock().isoformat().replace("+00:00", "Z")
    keep(portal, numbered(3, word="地铁线路"))
    assert len(walk(client, f"/catalog?size=2&modified-since={before}")) == 3


@pytest.mark.parametrize(
    "asked",
    ["modified-since=yesterday", "modified-since=2026-13-01", "modified-since=%00", "after=<x>",
     "theme=jiaotong&theme=jiaoyu", "publisher=a&publisher=b"],
)  # fmt: skip
def test_what_can_not_be_read_is_told_and_not_taken_for_nothing(portal: Portal, asked: str) -> None:
    answer = create_app(portal=portal).test_client().get(f"/catalog.ttl?{asked}", headers={"Accept": "text/turtle"})
    assert answer.status_code == 400
    assert asked.partition("=")[0] in answer.get_json()["detail"]


def test_addresses_with_chinese_blanks_and_braces_come_out_valid(tmp_path: Path) -> None:
    portal = portal_with(tmp_path, numbered(3), followed=False)
    file = tmp_path / "odd.jsonld"
    file.write_text(
        """{"@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@id": "https://b.example/数据 集/{a}|b", "@type": "dcat:Dataset", "dct:title": "怪地址", "dct:identifier": "x",
        "dcat:landingPage": {"@id": "https://b.example/路径 x{1}"}}"""
    )
    portal.harvesting.harvest_location(str(file), dialect="dcat", kind=SourceKind.FEDERATED, title="x", id_="odd")
    client = create_app(portal=portal).test_client()
    for suffix, format_ in FORMATS.items():
        graph = rdflib.Graph().parse(data=client.get(f"/catalog.{suffix}").data, format=format_)
        assert len(set(graph.objects(None, DCAT_.dataset))) == 4
        assert rdflib.URIRef("https://b.example/路径%20x%7B1%7D") in set(graph.objects(None, DCAT_.landingPage))


def test_one_bad_entry_never_spoils_a_page_or_a_dump(portal: Portal) -> None:
    bad = portal.browsing.ids(limit=3)[1]
    node = f"<urn:suishu:dataset/{bad}>"
    lines = (
        f"{node} <{DCAT}landingPage> <https://b.example/路 径{{1}}> .\n"
        f'{node} <http://purl.org/dc/terms/title> "留下的" .\n{node} <http://purl.org/dc/terms/title> "没有结尾\n'
        f"{node} no statement .\n<urn:suishu:catalog> <{DCAT}dataset> {node} .\n"
    )
    with portal.database.write() as connection:
        broken = update(dataset_version).where(dataset_version.c.dataset_id == bad)
        connection.execute(broken.values(public_ntriples=pack(lines.encode())))
    client = create_app(portal=portal).test_client()
    for suffix, format_ in FORMATS.items():
        for address in (f"/catalog.{suffix}", f"/catalog.{suffix}?profile=dcat-ap", f"/dump/catalog.{suffix}"):
            graph = rdflib.Graph().parse(data=client.get(address).data, format=format_)
            assert len(set(graph.objects(rdflib.URIRef(f"{BASE}/catalog"), DCAT_.dataset))) == 45, address
            mended = rdflib.URIRef("https://b.example/路%20径%7B1%7D")
            assert (rdflib.URIRef(f"{BASE}/dataset/{bad}"), DCAT_.landingPage, mended) in graph
            assert rdflib.Literal("留下的") in set(graph.objects(None, rdflib.DCTERMS.title))
        assert client.get(f"/dataset/{bad}.{suffix}").status_code == 200


def test_a_profile_is_chosen_by_parameter_or_header_and_told(client: FlaskClient, filled: Filled) -> None:
    for address in ("/catalog.ttl", f"/dataset/{filled.ids['bus']}.ttl"):
        whole = client.get(address)
        assert whole.headers["Content-Profile"] == "<https://w3id.org/suishu/profile/catalogue>"
        assert "w3id.org/suishu/ns#rows" in whole.text or "sui:rows" in whole.text
        for asked in (
            client.get(f"{address}?profile=dcat-ap"),
            client.get(address, query_string={"profile": AP}),
            client.get(address, headers={"Accept-Profile": f"<urn:other>, <{AP}>;q=0.8"}),
            client.get(address, headers={"Accept-Profile": f"<{HVD}>;q=0.2, <http://data.europa.eu/r5r/>"}),
        ):
            assert asked.status_code == 200
            assert asked.headers["Content-Profile"] == f"<{AP}>"
            assert f'<{AP}>; rel="profile"' in asked.headers["Link"]
            assert 'profile=suishu>; rel="alternate"; type="text/turtle"' in asked.headers["Link"]
            assert "Accept-Profile" in asked.vary
            assert "rows" not in asked.text
            assert "csvw" not in asked.text


def test_a_client_that_follows_alternates_is_led_to_no_other_profile(client: FlaskClient, filled: Filled) -> None:
    """As rdflib reads JSON-LD: it takes the first alternate of that type in place of what it was given."""
    server = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        for address in (f"/dataset/{filled.ids['bus']}", "/catalog"):
            read = rdflib.Graph().parse(f"http://127.0.0.1:{server.port}{address}.jsonld", format="json-ld")
            sent = rdflib.Graph().parse(data=client.get(f"{address}.jsonld").text, format="json-ld")
            assert len(sent) > 20
            assert set(read) == set(sent)
    finally:
        server.shutdown()
        thread.join()


def test_an_unknown_profile_is_refused_in_words(client: FlaskClient, filled: Filled) -> None:
    for address in ("/catalog.ttl", f"/dataset/{filled.ids['bus']}.ttl"):
        for asked in ({"query_string": {"profile": "x"}}, {"headers": {"Accept-Profile": "<urn:other>"}}):
            answer = client.get(address, **asked)
            assert answer.status_code == 406
            assert "dcat-ap" in answer.get_data(as_text=True)
    hvd = client.get(f"/dataset/{filled.ids['bus']}.ttl?profile=dcat-ap-hvd", headers={"Accept": "text/turtle"})
    assert hvd.status_code == 406
    assert "dcat-ap-hvd" not in hvd.get_json()["detail"]


def test_dcat_ap_has_what_that_profile_demands(client: FlaskClient, filled: Filled) -> None:
    """Of the rules of DCAT-AP 3.0.1 those that its shapes hold as violations, for entries whose texts allow it."""
    for name in ("bus", "conditional", "long"):
        answer = client.get(f"/dataset/{filled.ids[name]}.nt?profile=dcat-ap")
        report = validate(answer.data, "dcat-ap")
        assert report.violations == (), name


def test_hvd_shows_those_entries_alone_that_say_they_are_one(tmp_path: Path) -> None:
    rich = arrival("rich", also=[("", "http://data.europa.eu/r5r/hvdCategory", f"<{CATEGORY}>")])
    portal = portal_with(tmp_path, [*numbered(3), rich], followed=False)
    client = create_app(portal=portal).test_client()
    assert walk(client, "/catalog?profile=dcat-ap-hvd") == [f"{BASE}/dataset/{rich.id}"]
    answer = client.get(f"/dataset/{rich.id}.nt", headers={"Accept-Profile": f"<{HVD}>"})
    assert answer.headers["Content-Profile"] == f"<{HVD}>"
    graph = rdflib.Graph().parse(data=answer.data, format="nt")
    law = rdflib.URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
    ruled = set(graph.subjects(rdflib.URIRef("http://data.europa.eu/r5r/applicableLegislation"), law))
    assert rdflib.URIRef(f"{BASE}/dataset/{rich.id}") in ruled
    assert len(ruled) == 2


def test_another_portal_of_ours_harvests_every_page(tmp_path: Path) -> None:
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    here = f"http://127.0.0.1:{server.port}"
    first = portal_with(tmp_path / "first", numbered(45), followed=False, base_url=here)
    app = create_app(portal=first)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        settings = Settings(home=tmp_path / "second", base_url=BASE, harvest_private_networks="127.0.0.0/8")
        second = build(settings)
        run = second.harvesting.harvest_location(
            f"{here}/catalog?size=10", dialect="dcat", kind=SourceKind.FEDERATED, title="first", id_="first"
        )
    finally:
        server.shutdown()
        thread.join()
    assert run.report.complete, run.report.failure_en
    assert (run.report.seen, run.report.new) == (45, 45)
    origins = {entry.view.source_iri for entry in second.catalogue.entries(limit=100)}
    assert origins == {f"{here}/dataset/{id_}" for id_ in first.browsing.ids()}
