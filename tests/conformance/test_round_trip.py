"""What we give to others, harvested by a second portal of ours, is what we have."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from app import wiring
from app.catalogue.model import SourceKind
from app.catalogue.ranges import with_ranges
from app.factory import create_app
from app.settings import Settings
from tests.factories.demo import harvest_demo

THERE = "https://second.example"
WAYS = [f"/catalog.{name}" for name in ("ttl", "nt", "rdf", "jsonld")] + [
    f"/dump/catalog.{name}" for name in ("nt", "ttl", "rdf", "jsonld", "nt.gz")
]

# The statements that a portal writes itself, about its own record and its own catalogue; see ARCHITECTURE.md.
OWN = re.compile(
    rb"<ENTRY#record> .*"
    rb"|<ENTRY> <https://w3id\.org/suishu/ns#basisOnFile> .*"
    rb"|<ENTRY> <http://www\.w3\.org/ns/prov#wasDerivedFrom> .*"
    rb"|<https://w3id\.org/suishu/profile/\w+> .*"  # which profile the record conforms to here
    rb"|<PORTAL/catalog> <http://www\.w3\.org/ns/dcat#(?:dataset|record)> .*"
)
_FROM = re.compile(rb"<http://www\.w3\.org/ns/prov#wasDerivedFrom> <([^>]+)>")


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Tests have their own output."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[wiring.Portal, str]]:
    """The demonstration portal, and where it is served."""
    server = make_server(
        "127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True, request_handler=_Quiet
    )
    here = f"http://127.0.0.1:{server.port}"
    portal = wiring.build(Settings(home=tmp_path_factory.mktemp("first"), base_url=here))
    harvest_demo(portal)
    app = create_app(portal=portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield portal, here
    server.shutdown()
    thread.join()
    portal.close()


def statements(graph: bytes, portals: tuple[str, ...], entry: tuple[str, ...]) -> set[bytes]:
    """With what it points to, without what a portal writes itself, and with names in place of the two addresses."""
    graph = with_ranges(graph)
    for address in entry:
        graph = re.sub(rb"<%s(?=[>#])" % re.escape(address.encode()), b"<ENTRY", graph)
    for address in portals:
        graph = graph.replace(f"<{address}/".encode(), b"<PORTAL/")
    lines = graph.splitlines()
    return {line for line in lines if not OWN.fullmatch(line)}


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=() if way == "/catalog.ttl" else pytest.mark.slow) for way in WAYS]
)
def test_what_is_exported_comes_in_elsewhere_as_the_same_graphs(
    first: tuple[wiring.Portal, str], way: str, tmp_path: Path
) -> None:
    portal, here = first
    second = wiring.build(Settings(home=tmp_path, base_url=THERE, harvest_private_networks="127.0.0.0/8"))
    run = second.harvesting.harvest_location(
        here + way, dialect="dcat", kind=SourceKind.FEDERATED, title="first", id_="first"
    )
    assert run.report.complete, run.report.failure_en
    given = {f"{here}/dataset/{id_}": graph for id_, graph in portal.catalogue.public_graphs()}
    taken = {}
    for id_, graph in second.catalogue.public_graphs():
        origin = _FROM.search(graph)
        assert origin is not None
        taken[origin[1].decode()] = (f"{THERE}/dataset/{id_}", graph)
    second.close()
    assert len(given) >= 366
    assert taken.keys() == given.keys()
    both = (here, THERE)
    everything = set().union(*(statements(graph, both, (before,)) for before, graph in given.items()))
    lost, added = set(), set()
    for before, (after, graph) in taken.items():
        ours, theirs = statements(given[before], both, (before, after)), statements(graph, both, (before, after))
        lost |= ours - theirs
        added |= theirs - ours
    assert lost == set()
    # A page says of a licence or a theme what any of its entries says: each that names it takes that along.
    assert {line for line in added if line.startswith(b"<ENTRY")} == set()
    assert added <= everything
