"""How completely an entry is described, and until when it is fresh."""

from dataclasses import replace
from datetime import date

import pytest

from app.catalogue.model import Contact, DataItem, DatasetView, Distribution, Publisher
from app.search.standing import fresh_until, quality

BARE = DatasetView("x", "https://data.example/dataset/x", {"zh-Hans": "公交站点"})
WHOLE = replace(
    BARE,
    descriptions={"zh-Hans": "全市公交站点的名称和位置"},
    keywords=("公交",),
    publisher=Publisher("p", {"zh-Hans": "交通局"}),
    contacts=(Contact(phones=("020",)),),
    themes=("jiaotong",),
    open_attribute="WTJ",
    conditions=("无",),
    frequency="DAILY",
    formats=("csv",),
    districts=("440100",),
    temporal=("2020", "2021"),
    issued=date(2024, 1, 1),
    modified=date(2024, 1, 1),
    rows=3,
    data_items=(DataItem("ZD", "站点"),),
    distributions=(Distribution("urn:d", download_url="https://data.example/d.csv"),),
    licences=("https://creativecommons.org/licenses/by/4.0/",),
)


def test_quality_is_one_with_everything_and_nothing_with_a_title_alone() -> None:
    assert quality(WHOLE) == 1
    assert quality(BARE) == 0


@pytest.mark.parametrize(
    "less",
    [{"keywords": ()}, {"data_items": ()}, {"formats": ("pdf",)}, {"distributions": ()}, {"licences": ()}],
)
def test_whatever_an_entry_lacks_makes_it_less(less: dict[str, object]) -> None:
    assert 0.5 < quality(replace(WHOLE, **less)) < 1  # type: ignore[arg-type]


def test_a_summary_that_repeats_the_title_is_none() -> None:
    assert quality(replace(BARE, descriptions={"zh-Hans": "公交站点"})) == 0


@pytest.mark.parametrize(
    ("frequency", "last"),
    [
        ("DAILY", date(2024, 2, 1)),
        ("MONTHLY", date(2024, 3, 2)),
        ("ANNUAL", date(2025, 7, 3)),
        ("", date(2025, 7, 3)),
        ("IRREG", date(2025, 7, 3)),
        ("NEVER", date.max),
    ],
)
def test_an_entry_is_fresh_for_the_period_it_declares_and_a_grace(frequency: str, last: date) -> None:
    assert fresh_until(replace(BARE, frequency=frequency, modified=date(2024, 1, 1))) == last


def test_without_a_day_of_change_nothing_is_fresh_and_a_day_at_the_end_of_time_is_no_error() -> None:
    assert fresh_until(BARE) is None
    assert fresh_until(replace(BARE, issued=date.max)) == date.max
