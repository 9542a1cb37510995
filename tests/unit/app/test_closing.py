from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue.model import PublicEntry, SourceKind, State
from app.harvesting import recorder
from harvest.record import Incoming
from tests.factories.sources import incoming
from tests.unit.app.bureau import SOURCE, Bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path, SourceKind.FEDERATED)


def moved(record: Incoming, address: str, *, identifier: str = "") -> Incoming:
    """The same record under another address, and by another identifier where one is given."""
    text = record.ntriples.replace(record.subject.encode(), f"<{address}>".encode())
    if identifier:
        text = text.replace(b'"GZ-1"', f'"{identifier}"'.encode())
    return replace(record, key=address, subject=f"<{address}>", ntriples=text)


def under_one_key(access: str) -> Incoming:
    return replace(incoming(1, access=access), key="GZ-1")


@pytest.mark.parametrize(
    "successor",
    [
        moved(incoming(1, access="NON_PUBLIC"), "http://bureau.example/1", identifier="other"),
        moved(incoming(1, "另一个名称", access="NON_PUBLIC"), "https://new.example/7"),
        moved(incoming(1, access="RESTRICTED"), "https://new.example/7", identifier="other"),
        moved(incoming(1, title="", access="NON_PUBLIC"), "https://new.example/7"),
    ],
    ids=["address but for its scheme", "identifier", "title and publisher", "a refused record"],
)
def test_a_closed_record_under_another_key_closes_the_entry_that_is_gone(bureau: Bureau, successor: Incoming) -> None:
    bureau.harvest(incoming(1), incoming(2, "停车场"))
    bureau.harvest(successor, incoming(2, "停车场"))
    assert bureau.state(1) is State.HELD
    assert isinstance(bureau.entry(2), PublicEntry)
    bureau.harvest(successor, incoming(2, "停车场"))
    assert bureau.state(1) is State.HELD


def test_an_entry_that_was_closed_so_comes_back_with_its_record(bureau: Bureau) -> None:
    other = moved(incoming(1, access="NON_PUBLIC"), "https://new.example/7")
    bureau.harvest(incoming(1), incoming(2, "停车场"))
    bureau.harvest(other, incoming(2, "停车场"))
    assert bureau.state(1) is State.HELD
    bureau.harvest(incoming(1), incoming(2, "停车场"))
    assert isinstance(bureau.entry(1), PublicEntry)


def test_an_open_record_under_another_key_closes_nothing(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2, "停车场"))
    bureau.harvest(moved(incoming(1), "https://new.example/7"), incoming(2, "停车场"))
    assert isinstance(bureau.entry(1), PublicEntry)


@pytest.mark.parametrize("order", [("PUBLIC", "NON_PUBLIC"), ("NON_PUBLIC", "PUBLIC")])
def test_of_two_records_under_one_key_the_closed_one_wins(bureau: Bureau, order: tuple[str, str]) -> None:
    records = [under_one_key(access) for access in order]
    for _ in range(2):
        bureau.harvest(*records)
        assert [state for state, opened in published(bureau) if opened == "WTJ"] == []


def test_a_closed_record_closes_one_of_its_key_that_was_published_before(bureau: Bureau) -> None:
    bureau.harvest(under_one_key("PUBLIC"))
    assert published(bureau) == [(State.PUBLISHED, "WTJ")]
    bureau.harvest(under_one_key("PUBLIC"), under_one_key("NON_PUBLIC"))
    assert [state for state, opened in published(bureau) if opened == "WTJ"] == []


def published(bureau: Bureau) -> list[tuple[State, str]]:
    from app.catalogue.openness import openness

    with bureau.portal.database.read() as connection:
        ids = list(connection.exec_driver_sql("SELECT id FROM dataset").scalars())
    kept = bureau.portal.catalogue.kept(ids).values()
    return [(each.state, openness(each.ntriples, each.id).attribute) for each in kept if each.state is State.PUBLISHED]


def test_refused_and_unchanged_records_are_checked_again_when_the_rules_change(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = (incoming(1), incoming(2, title=""))
    bureau.harvest(*records)
    before = bureau.rows()
    monkeypatch.setattr(recorder, "version", lambda: "other rules")
    judged: list[bytes] = []
    monkeypatch.setattr("app.harvesting.means.check", lambda ntriples, profile: judged.append(ntriples) or ())
    report = bureau.harvest(*records).report
    assert len(judged) == 2
    assert (report.unchanged, report.changed, report.quarantined) == (1, 1, 0)
    assert bureau.rows()["dataset_version"] == before["dataset_version"] + 1
    assert bureau.harvesting.quarantine(SOURCE)[0] == 0


def test_the_same_rules_check_nothing_twice(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau.harvest(incoming(1), incoming(2, title=""))
    monkeypatch.setattr("app.harvesting.means.check", lambda *_: pytest.fail("checked again"))
    report = bureau.harvest(incoming(1), incoming(2, title="")).report
    assert (report.unchanged, report.quarantined) == (1, 1)
    assert report.reasons["intake-title"] == 1
