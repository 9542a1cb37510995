"""The stream of changes, as a follower reads it."""

from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient

from app.catalogue.model import State
from app.factory import create_app
from app.wiring import Portal
from tests.factories.portals import BASE, keep, numbered, portal_with
from tests.factories.records import CLOSED, arrival

LDES = rdflib.Namespace("https://w3id.org/ldes#")
TREE = rdflib.Namespace("https://w3id.org/tree#")
ACTIVITY = rdflib.Namespace("https://www.w3.org/ns/activitystreams#")
STREAM = rdflib.URIRef(f"{BASE}/changes#stream")
AT = rdflib.PROV.generatedAtTime


class Follower:
    """Reads the whole tree from its root, remembering pages that say they never change; keeps what entries are now."""

    def __init__(self, portal: Portal) -> None:
        self.client = create_app(portal=portal).test_client()
        self.kept: dict[str, rdflib.Graph] = {}
        self.members: dict[rdflib.URIRef, rdflib.Graph] = {}
        self.asked = 0

    def fetch(self, address: str) -> rdflib.Graph:
        if address in self.kept:
            return self.kept[address]
        self.asked += 1
        answer = self.client.get(address.removeprefix(BASE), headers={"Accept": "application/n-triples"})
        assert answer.status_code == 200, address
        graph = rdflib.Graph().parse(data=answer.data, format="nt")
        if "immutable" in answer.headers["Cache-Control"]:
            assert "private" in answer.headers["Cache-Control"]
            self.kept[address] = graph
        return graph

    def follow(self) -> dict[str, rdflib.URIRef]:
        """Each entry that there is, and the member that says it last."""
        waiting, seen = [f"{BASE}/changes"], set()
        while waiting:
            address = waiting.pop()
            seen.add(address)
            graph = self.fetch(address)
            assert (rdflib.URIRef(address), rdflib.RDF.type, TREE.Node) in graph
            for member in graph.objects(STREAM, TREE.member):
                self.members[member] = graph
            targets = {str(each) for each in graph.objects(None, TREE.node)}
            waiting += [target for target in targets if target not in seen]
            self._check_bounds(graph)
        now: dict[str, rdflib.URIRef] = {}
        for member in sorted(self.members, key=lambda each: int(str(each).rsplit("/", 1)[1])):
            graph = self.members[member]
            entry = str(graph.value(member, rdflib.DCTERMS.isVersionOf))
            now[entry] = member
            if (member, rdflib.RDF.type, ACTIVITY.Delete) in graph:
                del now[entry]
        return now

    def _check_bounds(self, graph: rdflib.Graph) -> None:
        """No member of a page lies outside of what the relation to it says."""
        for relation in graph.objects(None, TREE.relation):
            kind = graph.value(relation, rdflib.RDF.type)
            bound = graph.value(relation, TREE.value).toPython()
            target = str(graph.value(relation, TREE.node))
            if "/page/" in target:
                for at in self.fetch(target).objects(None, AT):
                    assert (
                        at.toPython() >= bound if kind == TREE.GreaterThanOrEqualToRelation else at.toPython() <= bound
                    )


def ids(portal: Portal) -> set[str]:
    return {f"{BASE}/dataset/{id_}" for id_ in portal.browsing.ids(limit=10_000)}


def test_a_follower_knows_every_entry_and_what_became_of_it(tmp_path: Path) -> None:
    portal = portal_with(tmp_path, numbered(130), followed=False)
    follower = Follower(portal)
    assert follower.follow().keys() == ids(portal)
    asked = follower.asked
    keep(portal, numbered(20, word="地铁线路"))
    gone = portal.browsing.ids(limit=3)
    portal.catalogue.withdraw(gone, actor="test", why="test")
    keep(portal, numbered(10, first=500))
    now = follower.follow()
    assert now.keys() == ids(portal)
    assert len(now) == 137
    assert follower.asked - asked < 6  # the full page was not fetched again
    titles = {str(follower.members[member].value(member, rdflib.DCTERMS.title)) for member in now.values()}
    assert "地铁线路第7号" in titles or len(titles) == 137
    ended = [each for each in follower.members if (each, rdflib.RDF.type, ACTIVITY.Delete) in follower.members[each]]
    assert len(ended) == 3


def test_the_stream_says_how_it_is_read(tmp_path: Path) -> None:
    client = create_app(portal=portal_with(tmp_path, numbered(2), followed=False)).test_client()
    for accept, format_ in (("text/turtle", "turtle"), ("application/ld+json", "json-ld"), ("*/*", "turtle")):
        answer = client.get("/changes", headers={"Accept": accept})
        assert "Accept" in answer.vary
        graph = rdflib.Graph().parse(data=answer.data, format=format_)
        assert (STREAM, rdflib.RDF.type, LDES.EventStream) in graph
        assert graph.value(STREAM, LDES.timestampPath) == AT
        assert graph.value(STREAM, LDES.versionOfPath) == rdflib.DCTERMS.isVersionOf
        assert graph.value(STREAM, LDES.versionDeleteObject) == ACTIVITY.Delete
        assert graph.value(STREAM, TREE.view) == rdflib.URIRef(f"{BASE}/changes")
    assert client.get("/changes", headers={"Accept": "image/png"}).status_code == 406
    again = client.get("/changes", headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_versions_of_one_entry_stand_side_by_side(tmp_path: Path) -> None:
    first, second = arrival(title="旧题名"), arrival(title="新题名", download="https://data.example/new.csv")
    portal = portal_with(tmp_path, [first], followed=False)
    keep(portal, [second])
    follower = Follower(portal)
    member = follower.follow()[f"{BASE}/dataset/{first.id}"]
    said = [str(follower.members[each].value(each, rdflib.DCTERMS.title)) for each in sorted(follower.members)]
    assert said == ["旧题名", "新题名"]
    graph = follower.members[member]
    file = graph.value(member, rdflib.DCAT.distribution)
    assert str(file).startswith(f"{member}#")
    assert [str(url) for url in graph.objects(file, rdflib.DCAT.downloadURL)] == ["https://data.example/new.csv"]
    assert f"<{BASE}/dataset/{first.id}#" not in graph.serialize(format="nt")
    alone = follower.client.get(str(member).removeprefix(BASE), headers={"Accept": "text/turtle"})
    assert (alone.status_code, "新题名" in alone.text) == (200, True)


@pytest.mark.parametrize("end", ["closed", "withdrawn", "held"])
def test_what_ceased_to_be_public_is_in_no_page_any_more(tmp_path: Path, end: str) -> None:
    portal = portal_with(tmp_path, [arrival(title="绝密MARK")], followed=False)
    client = create_app(portal=portal).test_client()
    assert "绝密MARK" in client.get("/changes/page/0").text
    if end == "closed":
        keep(portal, [arrival(title="公开的题名", access=CLOSED)])
    elif end == "held":
        problem = ({"rule": "x"},)
        keep(portal, [arrival(title="公开的题名", state=State.HELD, problems=problem)])
    else:
        portal.catalogue.withdraw(portal.browsing.ids(), actor="test", why="test")
    page = client.get("/changes/page/0").text
    assert "MARK" not in page
    assert ("Delete" in page) == (end != "closed")
    gone = client.get("/changes/1", headers={"Accept": "text/turtle"})
    assert gone.status_code == 410
    assert "MARK" not in gone.text
    assert client.get("/changes/2").status_code == 200


def test_what_was_never_public_is_in_no_page(tmp_path: Path) -> None:
    held = arrival("held", title="暂缓MARK", state=State.HELD, problems=({"rule": "x"},))
    portal = portal_with(tmp_path, [*numbered(1), held], followed=False)
    portal.catalogue.withdraw([held.id], actor="test", why="test")
    assert portal.feed.change(2) is None
    client: FlaskClient = create_app(portal=portal).test_client()
    assert held.id not in client.get("/changes/page/0").text


@pytest.mark.parametrize("address", ["/changes/page/7", "/changes/node/7", "/changes/77", f"/changes/{10**30}",
                                     f"/changes/page/{10**30}", f"/changes/node/{10**30}", "/changes/x"])  # fmt: skip
def test_what_is_no_part_of_the_stream_is_not_found(tmp_path: Path, address: str) -> None:
    portal = portal_with(tmp_path, numbered(1), followed=False)
    assert create_app(portal=portal).test_client().get(address).status_code == 404


def test_an_empty_catalogue_has_a_stream_without_pages(tmp_path: Path) -> None:
    portal = portal_with(tmp_path, [], followed=False)
    assert Follower(portal).follow() == {}
