"""A portal of its own for each test, with the record filled by hand."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.catalogue.decision import Arrival
from app.settings import Settings
from app.wiring import Portal, build
from tests.factories.records import add_source

BASE = "https://data.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", base_url=BASE)


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:
    portal = build(settings)
    add_source(portal.database, "own")
    yield portal
    portal.close()


@pytest.fixture
def keep(portal: Portal) -> Callable[[Sequence[Arrival]], None]:
    def keep(arrivals: Sequence[Arrival]) -> None:
        for start in range(0, len(arrivals), 200):
            portal.catalogue.record(arrivals[start : start + 200], actor="test")

    return keep
