"""What the demonstration portal gives to others is what the standards and our own profile ask for."""

from collections.abc import Iterator

import pyshacl
import pytest
import rdflib

from app import wiring
from app.catalogue.export import whole
from app.catalogue.ranges import with_ranges
from app.factory import create_app
from app.settings import Settings
from shapes.validate import validate
from tests.factories.demo import DEMO, harvest_demo
from tests.shared_data import SHARED, needs_shared

OFFICIAL = ("shapes.ttl", "range.ttl")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wiring.Portal]:
    portal = wiring.build(Settings(home=tmp_path_factory.mktemp("demo"), base_url="https://portal.example"))
    harvest_demo(portal)
    yield portal
    portal.close()


def test_at_least_250_entries_are_published_under_guangzhou_and_their_public_form_passes_it(
    portal: wiring.Portal,
) -> None:
    entries = []
    while page := portal.catalogue.entries(entries[-1].view.id if entries else "", 100):
        entries += page
    assert len(entries) >= 250
    assert {entry.profile for entry in entries} == {"guangzhou"}
    refused = {
        entry.view.uri: [result.rule for result in report.violations]
        for entry in entries
        if not (report := validate(with_ranges(entry.ntriples), "guangzhou")).conforms
    }
    assert refused == {}


@needs_shared
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("alone", [False, True], ids=["whole catalogue", "an entry alone"])
def test_the_official_dcat_ap_shapes_find_no_violation(portal: wiring.Portal, alone: bool) -> None:
    shapes = rdflib.Graph()
    for name in OFFICIAL:
        shapes.parse(SHARED / "shapes" / "semic" / "3.0.1" / name)
    data = rdflib.Graph()
    if alone:
        for entry in portal.catalogue.entries("", 1):
            data.parse(data=with_ranges(entry.ntriples), format="nt")
    else:
        for chunk in whole(portal.catalogue, "https://portal.example"):
            data.parse(data=chunk, format="nt")
    _, graph, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    found = {
        (graph.value(result, sh.resultPath), graph.value(result, sh.value), graph.value(result, sh.resultMessage))
        for result in graph.subjects(sh.resultSeverity, sh.Violation)
    }
    assert found == set()


def test_every_table_that_an_entry_offers_can_be_downloaded(portal: wiring.Portal) -> None:
    client = create_app(portal=portal).test_client()
    entries = portal.catalogue.entries("", 1_000)
    offered = {
        part.download_url.removeprefix("https://portal.example")
        for entry in entries
        for part in entry.view.distributions
        if part.download_url.startswith("https://portal.example/")
    }
    assert len(offered) == len(list((DEMO / "tables").glob("*.csv")))
    for address in offered:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.mimetype == "text/csv"
    assert client.get("/demo/tables/..%2Fsources.yaml").status_code == 404
