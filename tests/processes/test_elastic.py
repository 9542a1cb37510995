"""A portal whose search is on a real Elasticsearch: rebuilding, refusals, and what happens while it is down."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.processes.consistency import check
from app.processes.keeper import catch_up, reindex
from app.settings import Settings
from app.wiring import Portal, build
from indexer.elastic import ElasticReader, ElasticWriter, rebuild
from indexer.errors import IndexOutdated, SearchUnavailable, SearchUnreachable
from indexer.query import Query
from tests.factories.elastic import entry
from tests.factories.records import add_source, arrival
from tests.processes.conftest import BASE

pytestmark = pytest.mark.elasticsearch

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def url(elasticsearch_url: str) -> str:
    return f"{elasticsearch_url}/t{secrets.token_hex(6)}"


@pytest.fixture
def portal(tmp_path: Path, url: str) -> Iterator[Portal]:
    portal = build(Settings(home=tmp_path / "home", base_url=BASE, search_url=url))
    add_source(portal.database, "own")
    yield portal
    portal.close()


def ids(portal: Portal) -> set[str]:
    return set(portal.search.reader.ids())


def test_the_record_is_followed_checked_and_indexed_anew(portal: Portal) -> None:
    bus, tram = arrival("bus"), arrival("tram")
    portal.catalogue.record([bus], actor="test")
    catch_up(portal)
    assert ids(portal) == {bus.id}
    portal.catalogue.record([tram], actor="test")
    catch_up(portal)
    assert ids(portal) == {bus.id, tram.id}
    reindex(portal)
    assert ids(portal) == {bus.id, tram.id}
    assert check(portal) == []


def test_while_the_server_is_down_the_record_goes_on_and_search_catches_up(portal: Portal, url: str) -> None:
    bus, tram = arrival("bus"), arrival("tram")
    portal.catalogue.record([bus], actor="test")
    catch_up(portal)
    down = build(portal.settings.model_copy(update={"search_url": NOBODY}))
    down.catalogue.record([tram], actor="test")
    with pytest.raises(Unavailable, match="can't be reached"):
        catch_up(down)
    with pytest.raises(SearchUnreachable):
        down.search.search(Query("公交"))
    down.close()
    catch_up(portal)
    assert ids(portal) == {bus.id, tram.id}


def test_no_index_and_an_index_of_another_version_say_what_to_do(url: str) -> None:
    with pytest.raises(SearchUnavailable, match="suishu reindex"):
        ElasticReader(url).search(Query())
    with rebuild(url) as writer:
        writer._client.set_meta(writer._target, {"format": "schema 0"})
    for opens in (lambda: ElasticReader(url).search(Query()), lambda: ElasticWriter(url)):
        with pytest.raises(IndexOutdated, match="suishu reindex"):
            opens()


def test_a_refused_record_is_counted_with_its_reason_and_its_old_form_is_gone(url: str) -> None:
    with rebuild(url) as writer:
        writer.apply([entry("a"), entry("b")], [])
    writer = ElasticWriter(url)
    writer.apply([entry("a", publisher_id="长" * 20_000), entry("x" * 600)], [])
    writer.commit()
    reader = ElasticReader(url)
    assert list(reader.ids()) == ["b"]
    assert set(reader.unindexed()) == {"a", "x" * 600}
    assert "in_publisher" in reader.unindexed()["a"]
    writer.apply([entry("a")], ["x" * 600])
    writer.commit()
    writer.close()
    assert reader.unindexed() == {}
    assert list(reader.ids()) == ["a", "b"]


def test_an_unfinished_rebuild_leaves_the_old_index(url: str) -> None:
    with rebuild(url) as writer:
        writer.apply([entry("a")], [])
    broken = (entry(id_) if id_ else 1 / 0 for id_ in ("b", ""))
    with pytest.raises(ZeroDivisionError), rebuild(url) as writer:
        writer.apply(broken, [])
    assert list(ElasticReader(url).ids()) == ["a"]


def test_searches_see_every_record_while_the_index_is_exchanged(url: str) -> None:
    with rebuild(url) as writer:
        writer.apply([entry("a")], [])
    reader = ElasticReader(url)
    for _ in range(3):
        with rebuild(url) as writer:
            writer.apply([entry("a")], [])
            assert reader.search(Query()).total == 1
        assert reader.search(Query("公积金")).total == 1


def test_one_host_that_is_down_does_not_matter_where_another_answers(url: str) -> None:
    with rebuild(url) as writer:
        writer.apply([entry("a")], [])
    reader = ElasticReader(f"{NOBODY},{url}")
    assert [reader.search(Query("公积金")).total for _ in range(4)] == [1] * 4


def test_no_address_in_an_error_tells_the_password() -> None:
    with pytest.raises(SearchUnreachable) as told:
        ElasticReader("http://user:hidden-word@127.0.0.1:9").count()
    assert "hidden-word" not in str(told.value)
