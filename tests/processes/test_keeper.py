"""What the keeper makes of the record, and what it makes of accidents."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from app import outbox
from app.catalogue.decision import Arrival
from app.catalogue.model import State
from app.errors import Unavailable
from app.processes import follower, keeper
from app.processes.consistency import Finding, check
from app.processes.keeper import Keeper, catch_up, rebuild_graph, reindex
from app.processes.projections import GraphProjection, SearchProjection
from app.settings import Settings
from app.triplestore.protocol import GraphReader
from app.wiring import Portal, build
from indexer.errors import SearchUnavailable
from indexer.query import Query
from tests.factories.records import CLOSED, arrival
from tests.processes.conftest import BASE

Keep = Callable[[Sequence[Arrival]], None]


def uri(record: Arrival) -> str:
    return f"{BASE}/dataset/{record.id}"


def in_graph(portal: Portal) -> set[str]:
    reader = portal.published_graph()
    names = {name for name in reader.names() if "/dataset/" in name}
    reader.close()
    return names


def in_index(portal: Portal) -> set[str]:
    return {f"{BASE}/dataset/{id_}" for id_ in portal.search.reader.ids()}


def lines_of(graph: GraphReader) -> set[str]:
    return {line.decode() for line in graph.graph("")}


def holds(portal: Portal, *records: Arrival) -> bool:
    expected = {uri(record) for record in records}
    return in_graph(portal) == in_index(portal) == expected


@contextmanager
def running(portal: Portal) -> Iterator[Keeper]:
    running = Keeper(portal)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield running
    finally:
        running.stop.set()
        thread.join()


def wait_until(true: Callable[[], bool], seconds: float = 10.0) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def test_both_projections_hold_what_is_published_and_nothing_else(portal: Portal, keep: Keep) -> None:
    shown, held = arrival("bus"), arrival("held", state=State.HELD)
    keep([shown, held])
    assert catch_up(portal)
    assert holds(portal, shown)
    portal.catalogue.withdraw([shown.id], actor="test", why="gone")
    catch_up(portal)
    assert holds(portal)
    assert check(portal) == []


def test_a_changed_record_changes_in_both(portal: Portal, keep: Keep) -> None:
    keep([arrival("bus", title="公交线路")])
    catch_up(portal)
    keep([arrival("bus", title="地铁线路")])
    catch_up(portal)
    graph = portal.published_graph()
    titles = [line for line in lines_of(graph) if "terms/title" in line and line.startswith(f"<{BASE}/dataset/")]
    graph.close()
    assert len(titles) == 1
    assert portal.search.search(Query("地铁线路")).total == 1
    assert check(portal) == []


def test_what_was_closed_later_is_nowhere_in_the_graph(portal: Portal, keep: Keep) -> None:
    secret = "SECRET-OF-THE-BUREAU"
    keep([arrival("bus", description=f"{secret} " * 10)])
    catch_up(portal)
    keep(
        [
            arrival(
                "bus",
                access=CLOSED,
                description="不公开的摘要，由开放主体另行说明，敬请联系开放主体。",
                download=f"https://x/{secret}",
            )
        ]
    )
    catch_up(portal)
    graph = portal.published_graph()
    assert not any(secret in line for line in lines_of(graph))
    graph.close()


def test_a_large_first_load_gives_what_small_steps_give(
    portal: Portal, keep: Keep, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [arrival(f"bus-{number}") for number in range(450)]
    keep(records)
    monkeypatch.setattr(follower, "_BULK", 10**9)
    catch_up(portal)
    assert holds(portal, *records)
    by_steps = whole_graph(portal)
    rebuild_graph(portal)
    reindex(portal)
    assert holds(portal, *records)
    assert whole_graph(portal) == by_steps
    assert check(portal) == []


def whole_graph(portal: Portal) -> set[str]:
    graph = portal.published_graph()
    lines = lines_of(graph)
    graph.close()
    return lines


def test_the_code_lists_and_the_catalogue_are_in_the_graph(portal: Portal) -> None:
    catch_up(portal)
    lines = whole_graph(portal)
    assert any(line.startswith(f"<{BASE}/catalog> ") and "dcat#Catalog>" in line for line in lines)
    assert any("scheme/theme/xinyong>" in line and "prefLabel" in line for line in lines)


@pytest.mark.parametrize("folder", ["graph", "index"])
def test_a_projection_that_was_thrown_away_is_made_anew(portal: Portal, keep: Keep, folder: str) -> None:
    record = arrival("bus")
    keep([record])
    catch_up(portal)
    shutil.rmtree(portal.settings.home / folder)
    catch_up(portal)
    assert holds(portal, record)
    assert check(portal) == []


def test_another_base_address_makes_both_anew(portal: Portal, keep: Keep, settings: Settings) -> None:
    keep([arrival("bus")])
    catch_up(portal)
    moved = build(settings.model_copy(update={"base_url": "https://moved.example"}))
    catch_up(moved)
    graph = moved.published_graph()
    assert not any(f"<{BASE}/dataset/" in line for line in lines_of(graph))
    graph.close()
    assert next(hit.uri for hit in moved.search.search(Query()).hits).startswith("https://moved.example/")
    moved.close()
    catch_up(portal)  # and back again: what was followed under the old address is not believed
    assert holds(portal, arrival("bus"))


def test_a_record_restored_from_before_makes_both_anew(portal: Portal, keep: Keep) -> None:
    kept, lost = arrival("bus"), arrival("tram")
    keep([kept, lost])
    catch_up(portal)
    with portal.database.write() as connection:  # as an older copy of the database would have it
        connection.execute(outbox.outbox.delete().where(outbox.outbox.c.seq > 1))
        connection.exec_driver_sql("DELETE FROM dataset_version WHERE dataset_id = ?", (lost.id,))
        connection.exec_driver_sql("DELETE FROM dataset_term WHERE dataset_id = ?", (lost.id,))
        connection.exec_driver_sql("DELETE FROM dataset WHERE id = ?", (lost.id,))
    catch_up(portal)
    assert holds(portal, kept)


def test_a_failing_search_does_not_keep_the_graph_from_following(
    portal: Portal, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise SearchUnavailable("no space left")

    monkeypatch.setattr(SearchProjection, "follow", fails)
    monkeypatch.setattr(SearchProjection, "rebuild", fails)
    record = arrival("bus")
    keep([record])
    with pytest.raises(Unavailable, match="no space left"):
        catch_up(portal)
    assert in_graph(portal) == {uri(record)}
    monkeypatch.undo()
    catch_up(portal)
    assert holds(portal, record)


def test_a_failing_graph_does_not_keep_search_from_following(
    portal: Portal, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("broken disk")

    monkeypatch.setattr(GraphProjection, "rebuild", fails)
    record = arrival("bus")
    keep([record])
    with pytest.raises(Unavailable, match="rebuild-graph"):
        catch_up(portal)
    assert in_index(portal) == {uri(record)}


def test_one_graph_that_the_store_refuses_leaves_the_others(
    portal: Portal, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = arrival("bus"), arrival("tram")
    catch_up(portal)
    keep([good, bad])
    honest = type(portal.catalogue).public_states

    def public_states(self: object, ids: Sequence[str]) -> dict[str, bytes | None]:
        states = honest(portal.catalogue, ids)
        return {id_: b"<not ntriples" if id_ == bad.id else graph for id_, graph in states.items()}

    monkeypatch.setattr(type(portal.catalogue), "public_states", public_states)
    catch_up(portal)
    assert in_graph(portal) == {uri(good)}


def test_a_damaged_store_is_made_anew(portal: Portal, keep: Keep) -> None:
    record = arrival("bus")
    keep([record])
    catch_up(portal)
    (portal.settings.home / "graph" / "store" / "CURRENT").write_text("nonsense")
    for generation in (portal.settings.home / "index").glob("generation-*"):
        (generation / "meta.json").write_text("nonsense")
    rebuild_graph(portal)
    reindex(portal)
    assert holds(portal, record)


@pytest.mark.alone
def test_a_running_keeper_shows_a_change_within_half_a_second(portal: Portal, keep: Keep) -> None:
    with running(portal):
        wait_until(lambda: portal.published_graph_mark() is not None and portal.has_index())
        time.sleep(0.5)
        record = arrival("bus")
        keep([record])
        took = wait_until(lambda: holds(portal, record))
    assert took < 3.0  # half a second on a machine that does nothing else


def test_while_a_keeper_runs_others_leave_the_work_to_it(portal: Portal, keep: Keep, settings: Settings) -> None:
    with running(portal):
        wait_until(lambda: portal.published_graph_mark() is not None)
        other = build(settings)
        assert catch_up(other) is False
        keep([arrival("bus")])
        seen: list[int] = []
        rebuild_graph(other, lambda done, total=None, words="": seen.append(done))
        reindex(other)
        assert check(other) == []
        other.close()


def test_a_rebuild_that_fails_in_the_keeper_is_told_to_who_asked(
    portal: Portal, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(portal):
        wait_until(lambda: portal.published_graph_mark() is not None and portal.has_index())

        def fails(*_: object) -> None:
            raise OSError("broken disk")

        monkeypatch.setattr(GraphProjection, "rebuild", fails)
        with pytest.raises(Unavailable, match="broken disk"):
            rebuild_graph(portal)


def test_check_names_what_differs(portal: Portal, keep: Keep) -> None:
    kept, changed, missing = arrival("bus"), arrival("tram"), arrival("ferry")
    keep([kept, changed, missing])
    catch_up(portal)
    store = portal.triple_store()
    cursor = store.mark().cursor
    stray = f"{BASE}/dataset/stray"
    store.apply({uri(changed): b'<urn:a> <urn:b> "c" .\n', stray: b'<urn:d> <urn:e> "f" .\n'}, [uri(missing)], cursor)
    store.publish()
    store.close()
    writer = portal.search_writer()
    writer.apply([], [missing.id])
    writer.commit()
    writer.close()
    found = check(portal)
    assert Finding("graph", "different", uri(changed)) in found
    assert Finding("graph", "missing", uri(missing)) in found
    assert Finding("graph", "stray", stray) in found
    assert Finding("index", "missing", missing.id) in found
    assert len(found) == 4


def test_check_gives_the_reason_where_the_search_engine_refuses_an_entry(
    portal: Portal, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = arrival("bus")
    keep([refused])
    catch_up(portal)
    writer = portal.search_writer()
    writer.apply([], [refused.id])
    writer.commit()
    writer.close()
    monkeypatch.setattr(portal.search.reader, "unindexed", lambda: {refused.id: "too_long: 40000 bytes"})
    (found,) = check(portal)
    assert found == Finding("index", "unindexed", refused.id, "too_long: 40000 bytes")
    assert "too_long: 40000 bytes" in str(found)


def test_check_sees_a_projection_that_is_behind(portal: Portal, keep: Keep) -> None:
    catch_up(portal)
    keep([arrival("bus")])
    assert {(finding.part, finding.kind) for finding in check(portal)} == {("graph", "behind"), ("index", "behind")}
    catch_up(portal)
    assert check(portal) == []


def test_announcements_that_both_have_followed_can_be_forgotten(portal: Portal, keep: Keep) -> None:
    keep([arrival(f"bus-{number}") for number in range(20)])
    catch_up(portal)
    with portal.database.write() as connection:
        outbox.trim(connection, keeper.followed_by_all(portal))
    with portal.database.read() as connection:
        assert len(outbox.changes(connection, 0, 100)) == 1
    keep([arrival("tram")])
    catch_up(portal)
    assert check(portal) == []
