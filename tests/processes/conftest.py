"""A portal of its own for each test, with the record filled by hand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.catalogue.decision import Arrival
from app.catalogue.tables import source
from app.settings import Settings
from app.wiring import Portal, build
from tests.factories.records import SOURCE

BASE = "https://data.example"


def add_source(portal: Portal) -> None:
    row = {"kind": "own", "location": "", "dialect": "", "mapping": "", "added_at": datetime(2026, 11, 1, tzinfo=UTC)}
    with portal.database.write() as connection:
        connection.execute(insert(source), [{"id": SOURCE, "title": "交通运输局", **row}])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", base_url=BASE)


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:
    portal = build(settings)
    add_source(portal)
    yield portal
    portal.close()


@pytest.fixture
def keep(portal: Portal) -> Callable[[Sequence[Arrival]], None]:
    def keep(arrivals: Sequence[Arrival]) -> None:
        for start in range(0, len(arrivals), 200):
            portal.catalogue.record(arrivals[start : start + 200], actor="test")

    return keep
