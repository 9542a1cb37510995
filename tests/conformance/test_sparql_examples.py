"""The saved queries, on the graph of the demonstration catalogue, of which somebody has rated four datasets."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from app import wiring
from app.accounts.model import Role
from app.processes.keeper import catch_up
from app.settings import Settings
from app.sparql.examples import TOPICS, Example, examples
from app.sparql.guard import calls_service, update_operation
from app.sparql.mentions import mentioned
from app.triplestore.places import Places
from app.wiring import Portal
from tests.factories.demo import harvest_demo


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = wiring.build(Settings(home=tmp_path_factory.mktemp("demo"), base_url="https://portal.example"))
    harvest_demo(portal)
    reader = portal.accounts.add(
        "reader@example.org", "a long passphrase for tests", "读者", [(Role.DATA_USER, "")], by="test"
    )
    for stars, entry in enumerate(portal.catalogue.entries(limit=4), 2):
        portal.ratings.rate(entry.view.id, stars, by=reader)
    catch_up(portal)
    yield portal
    portal.close()


@pytest.fixture(scope="module")
def store(portal: Portal) -> Iterator[ox.Store]:
    taken = Places.in_home(portal.settings.home).take_snapshot()
    assert taken is not None
    with taken:
        yield ox.Store.read_only(str(taken.data))


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_each_finds_something_or_says_why_not(store: ox.Store, example: Example) -> None:
    result = store.query(example.query)
    if isinstance(result, ox.QueryBoolean):
        assert bool(result)
    else:
        assert bool(list(result)) != bool(example.may_be_empty)  # type: ignore[arg-type]


def test_they_ask_for_nothing_that_the_graph_does_not_know(portal: Portal) -> None:
    figures = portal.graph_figures()
    assert figures is not None
    for example in examples():
        classes, predicates = mentioned(example.query)
        unknown = [name for name in classes if name not in figures.classes]
        unknown += [name for name in predicates if name not in figures.properties]
        assert unknown == [], example.name


def test_each_has_its_title_in_both_languages_and_a_topic() -> None:
    assert len(examples()) >= 30
    for example in examples():
        assert set(example.titles) == {"zh-Hans", "en"}
        assert example.topic in TOPICS
        assert not calls_service(example.query)
        assert not update_operation(example.query)
    titles = [title for example in examples() for title in example.titles.values()]
    assert len(titles) == len(set(titles))
