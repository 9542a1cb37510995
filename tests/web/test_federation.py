"""Two portals that harvest each other: by pages, by dump and by the stream of changes, and nothing is lost."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from app.catalogue.model import SourceKind, State
from app.catalogue.tables import dataset
from app.factory import create_app
from app.settings import Settings
from app.wiring import Portal, build
from harvest.fetch import Fetcher
from harvest.record import RunReport
from harvest.source import Memory
from harvest.sources import open_source
from tests.web.portals import SECRET, Filled, fill

WAYS = {"pages": "/catalog.ttl?size=2", "dump": "/dump/catalog.nt.gz", "stream": "/changes"}


@dataclass
class Served:
    """A portal that answers at its own address."""

    filled: Filled
    base: str
    app: object

    @property
    def portal(self) -> Portal:
        return self.filled.portal


class _Site:
    """A server whose application comes later, since a portal must know its address when it is filled."""

    def __init__(self) -> None:
        self.app: object = None
        self._server = make_server("127.0.0.1", 0, lambda environ, start: self.app(environ, start), threaded=True)  # type: ignore[operator]
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("SUISHU_HARVEST_PRIVATE_NETWORKS", "127.0.0.0/8")
    site = _Site()
    (tmp_path / "peer").mkdir()
    filled = fill(tmp_path / "peer", site.base)
    site.app = create_app(portal=filled.portal)
    yield Served(filled, site.base, site.app)
    site.close()
    filled.portal.close()


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Served]:
    site = _Site()
    (tmp_path / "ours").mkdir()
    portal = build(
        Settings(
            home=tmp_path / "ours", base_url=site.base, harvest_private_networks="127.0.0.0/8", missing_grace_days=0
        )
    )
    site.app = create_app(portal=portal)
    yield Served(Filled(portal), site.base, site.app)
    site.close()
    portal.close()


def harvest(portal: Portal, address: str, way: str) -> RunReport:
    report = portal.harvesting.harvest_location(address, id_=f"peer-{way}", kind=SourceKind.FEDERATED).report
    assert report.complete, report.failure_en
    return report


def kept(portal: Portal, way: str) -> dict[str, tuple[str, str]]:
    """The peer's address of each entry -> (state, hash of what was said of it)."""
    with portal.database.read() as connection:
        rows = connection.execute(
            select(dataset.c.source_key, dataset.c.state, dataset.c.content_hash).where(
                dataset.c.source_id == f"peer-{way}"
            )
        )
        return {row.source_key: (row.state, row.content_hash) for row in rows}


def statements(portal: Portal, base: str, id_: str) -> set[tuple[str, str, str]]:
    """What a portal says publicly of an entry, with addresses of its own as `own:`."""
    client = create_app(portal=portal).test_client()
    answer = client.get(f"/dataset/{id_}.nt")
    assert answer.status_code == 200
    text = re.sub(rf"<{re.escape(base)}/dataset/{id_}(?=[#>])", "<own:", answer.text)
    found = {tuple(line.removesuffix(" .").split(" ", 2)) for line in text.splitlines() if line.strip()}
    return {triple for triple in found if not triple[0].startswith(("<own:#record", f"<{base}/catalog"))}  # type: ignore[misc]


def test_pages_dump_and_stream_of_a_peer_give_the_same_records_and_lose_no_statement(peer: Served, ours: Served):
    for way, path in WAYS.items():
        report = harvest(ours.portal, peer.base + path, way)
        assert (report.quarantined, report.duplicate) == (0, 0), (way, report.reasons)
    expected = {f"{peer.base}/dataset/{id_}" for id_ in peer.portal.browsing.ids(limit=100)}
    found = {way: kept(ours.portal, way) for way in WAYS}
    assert len(expected) >= 4
    for way in WAYS:
        assert set(found[way]) == expected, way
        assert found[way] == found["pages"], way
    with ours.portal.database.read() as connection:
        rows = connection.execute(select(dataset.c.id, dataset.c.source_key, dataset.c.source_id)).all()
    for row in rows:
        theirs = statements(peer.portal, peer.base, row.source_key.rpartition("/")[2])
        own = statements(ours.portal, ours.base, row.id)
        lost = {triple for triple in theirs - own if _is_said_of_the_entry(triple)}
        assert not lost, (row.source_id, row.source_key)


def _is_said_of_the_entry(triple: tuple[str, str, str]) -> bool:
    """Not what each portal writes itself, and on the way in removes; parts have other names here."""
    subject, predicate, object_ = triple
    itself = "#wasDerivedFrom>" in predicate or "#basisOnFile>" in predicate
    return subject == "<own:>" and not itself and not object_.startswith(("<own:", "<http://127."))


@pytest.mark.parametrize("way", WAYS)
def test_what_a_peer_changes_closes_and_withdraws_follows(peer: Served, ours: Served, way: str):
    harvest(ours.portal, peer.base + WAYS[way], way)
    again = harvest(ours.portal, peer.base + WAYS[way], way)
    assert (again.new, again.changed, again.gone) == (0, 0, 0)
    before = kept(ours.portal, way)
    file = peer.portal.settings.home / "bureau.ttl"
    text = file.read_text()
    text = text.replace("公交线路站点", "公交线路与站点").replace("access:RESTRICTED", "access:NON_PUBLIC")
    file.write_text(re.sub(r"\nd:long a .*?\.\n", "\n", text, flags=re.DOTALL))
    theirs = peer.portal.harvesting.harvest_location(
        str(file), id_="bureau", kind=SourceKind.FEDERATED, withdraw_missing=True
    ).report
    assert (theirs.changed, theirs.gone) == (2, 1)
    report = harvest(ours.portal, peer.base + WAYS[way], way)
    assert (report.new, report.changed, report.gone) == (0, 2, 1), report
    assert report.incremental is (way == "stream")
    after = kept(ours.portal, way)
    changed = {key for key in before if before[key] != after[key]}
    ids = {name: f"{peer.base}/dataset/{id_}" for name, id_ in peer.filled.ids.items()}
    assert changed == {ids["bus"], ids["conditional"], ids["long"]}
    assert after[ids["long"]][0] == State.WITHDRAWN
    page = create_app(portal=ours.portal).test_client().get("/dump/catalog.nt").text
    assert "公交线路与站点" in page
    assert SECRET not in page
    assert "data.example.org/apply" not in page


def test_portals_that_harvest_each_other_copy_no_copies(peer: Served, ours: Served):
    first = harvest(ours.portal, peer.base + WAYS["pages"], "pages")
    back = harvest(peer.portal, ours.base + WAYS["pages"], "back")
    assert (back.seen, back.duplicate) == (first.new, first.new)
    assert back.reasons == {"own-entry": first.new}
    again = harvest(ours.portal, peer.base + WAYS["pages"], "pages")
    assert (again.new, again.changed, again.gone) == (0, 0, 0)


def test_a_stream_is_asked_only_for_what_came_since(peer: Served):
    memory = Memory()
    fetcher = Fetcher(allowed_networks=("127.0.0.0/8",))
    first = list(open_source(f"{peer.base}/changes", memory=memory, fetcher=fetcher).records())
    assert len(first) >= 5
    assert memory.since
    since = memory.since
    again = list(open_source(f"{peer.base}/changes", memory=memory, fetcher=fetcher).records())
    assert type(again[0]).__name__ == "OnlyChanges"
    assert len(again) <= 2  # those of just that moment
    assert memory.since == since
