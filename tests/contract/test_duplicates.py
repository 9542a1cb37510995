"""Duplicates on every database that can hold them."""

from datetime import UTC, datetime

import pytest

from app.audit import service as audit
from app.audit.events import Action
from app.catalogue.duplicates import PAGE_SIZE, DuplicateService
from app.catalogue.sameness import FILE, IDENTIFIER, NAME
from app.catalogue.service import CatalogueService
from app.catalogue.terms import DCT
from app.db import Database
from app.errors import Invalid, NotFound
from harvest.record import dataset_id
from tests.factories.records import SOURCE, add_source, arrival, text

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


@pytest.fixture
def catalogue(database: Database) -> CatalogueService:
    add_source(database)
    return CatalogueService(database, lambda: NOW, "https://data.example")


@pytest.fixture
def duplicates(database: Database, catalogue: CatalogueService) -> DuplicateService:
    return DuplicateService(database, lambda: NOW, catalogue)


def _keep(catalogue: CatalogueService, *keys: str, title: str = "公园", identifier: str = "", file: str = "") -> None:
    for key in keys:
        also = [("", DCT + "identifier", text(identifier))] if identifier else []
        download = file or f"https://x.example/only/{key}.csv"
        catalogue.record([arrival(key, title=title, download=download, also=also)], actor="test")


def _keys(duplicates: DuplicateService, kind: str) -> list[list[str]]:
    """The keys of each group's entries."""
    names = {dataset_id(SOURCE, key): key for key in "abc"}
    return [sorted(names[entry.view.id] for entry in group.entries) for group in duplicates.page(kind)[0]]


def test_entries_that_share_a_sign_are_found_as_they_come_and_go(
    catalogue: CatalogueService, duplicates: DuplicateService
) -> None:
    _keep(catalogue, "a", title="公园", identifier="GZ-0001", file="https://x.example/A.csv")
    _keep(catalogue, "b", title=" 公园 ", identifier="gz-0001", file="http://X.example/A.csv#top")
    _keep(catalogue, "c", title="湖泊", identifier="GZ-0002", file="https://x.example/a.csv")
    assert duplicates.counts() == {FILE: 1, NAME: 1, IDENTIFIER: 1}
    assert _keys(duplicates, FILE) == _keys(duplicates, NAME) == _keys(duplicates, IDENTIFIER) == [["a", "b"]]
    _keep(catalogue, "b", title="花园", identifier="GZ-0003", file="https://x.example/b.csv")
    assert duplicates.counts() == {FILE: 0, NAME: 0, IDENTIFIER: 0}
    _keep(catalogue, "b", title="公园")
    assert duplicates.counts()[NAME] == 1
    catalogue.withdraw([dataset_id(SOURCE, "a")], actor="test", why="gone")
    assert duplicates.counts()[NAME] == 0


def test_a_running_number_or_a_home_page_says_nothing_across_publishers(
    catalogue: CatalogueService, duplicates: DuplicateService
) -> None:
    for key, agency in (("a", "市林业局"), ("b", "市水务局")):
        also = [("", DCT + "identifier", text("12"))]
        record = arrival(key, title=f"名录{key}", agency=agency, download="https://x.example/", also=also)
        catalogue.record([record], actor="test")
    assert duplicates.counts() == {FILE: 0, NAME: 0, IDENTIFIER: 0}


def test_what_a_person_kept_apart_comes_back_when_another_joins(
    database: Database, catalogue: CatalogueService, duplicates: DuplicateService
) -> None:
    _keep(catalogue, "a", "b", identifier="GZ-0001")
    (group,), _ = duplicates.page(NAME)
    assert duplicates.keep_apart(NAME, group.value, by="operator:x") == 2
    assert duplicates.counts() == {FILE: 0, NAME: 0, IDENTIFIER: 0}  # whatever else they share
    assert duplicates.keep_apart(NAME, group.value, by="operator:x") == 2
    with database.read() as connection:
        told = audit.of_subject(connection, f"duplicates/{group.value}")
    assert [(event.actor, event.action) for _, event in told] == [("operator:x", Action.DUPLICATES_APART)] * 2
    _keep(catalogue, "a", identifier="GZ-0001")  # what changes stays apart
    assert duplicates.counts()[NAME] == 0
    _keep(catalogue, "c")
    assert _keys(duplicates, NAME) == [["a", "b", "c"]]
    with pytest.raises(NotFound):
        duplicates.keep_apart(NAME, "nothing", by="operator:x")
    with pytest.raises(Invalid):
        duplicates.keep_apart("theme", "jiaotong", by="operator:x")


def test_groups_come_in_pages_each_once(catalogue: CatalogueService, duplicates: DuplicateService) -> None:
    for number in range(PAGE_SIZE + 5):
        _keep(catalogue, f"a{number}", f"b{number}", title=f"名录{number}")
    first, after = duplicates.page(NAME)
    second, end = duplicates.page(NAME, after)
    assert (len(first), len(second), end) == (PAGE_SIZE, 5, "")
    assert len({group.value for group in (*first, *second)}) == PAGE_SIZE + 5
