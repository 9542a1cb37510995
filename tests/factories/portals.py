"""A portal with as many entries as a test needs, recorded without a harvest."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.catalogue.decision import Arrival
from app.catalogue.terms import DCAT
from app.processes.keeper import catch_up
from app.settings import Settings
from app.wiring import Portal, build
from tests.factories.records import add_source, arrival, text

BASE = "https://data.example"


def portal_with(
    home: Path, records: Iterable[Arrival], *, followed: bool = True, base_url: str = BASE, **more: Any
) -> Portal:
    """`followed`: index and graph are brought up to date. `more` are settings; staff needs no second factor."""
    portal = build(Settings(home=home, base_url=base_url, **{"staff_needs_totp": False, **more}))
    add_source(portal.database)
    keep(portal, records)
    if followed:
        assert catch_up(portal)
    return portal


def keep(portal: Portal, records: Iterable[Arrival]) -> None:
    waiting = list(records)
    for start in range(0, len(waiting), 200):
        portal.catalogue.record(waiting[start : start + 200], actor="test")


def numbered(count: int, *, first: int = 0, word: str = "公交线路") -> list[Arrival]:
    """Open entries that differ in their titles; every third has the keyword 出行, every second the theme transport."""
    theme = "<https://w3id.org/suishu/scheme/theme/jiaotong>"
    return [
        arrival(
            f"entry-{number}",
            title=f"{word}第{number}号",
            also=[
                *([("", DCAT + "keyword", text("出行"))] if number % 3 == 0 else []),
                *([("", DCAT + "theme", theme)] if number % 2 == 0 else []),
            ],
        )
        for number in range(first, first + count)
    ]
