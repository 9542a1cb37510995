"""The demonstration catalogue keeps what its README promises, by a real harvest and the real profiles."""

import re
from collections import Counter

import pytest

from shapes import uscc
from shapes.validate import validate
from tests.unit.demo.harvested import DEMO, TODAY, entries, harvested
from vocab import rdf
from vocab.namespaces import DCAT, DCT, EU_ACCESS_RIGHT, SUI

EXPECTED = {
    # source: seen, published, held, quarantined, duplicate
    "demo-dcat": (150, 142, 7, 1, 0),
    "demo-table": (122, 113, 7, 1, 1),
    "demo-portal": (116, 111, 5, 0, 0),
}
HELD = {
    "no-basis": "guangzhou-basis",
    "no-distribution": "guangzhou-open-access",
    "date-order": "guangzhou-date-order",
    "restricted-download": "guangzhou-restricted-download",
    "closed-distribution": "guangzhou-closed-distribution",
    "theme": "guangzhou-theme",
    "level": "guangzhou-level",
    "no-summary": "guangzhou-description",
    "frequency": "guangzhou-frequency",
    "format": "guangzhou-format",
    "attribute-missing": "guangzhou-access-rights",
    "uscc": "guangzhou-publisher-uscc",
    "future": "guangzhou-date-future",
    "contact": "guangzhou-contact",
    "cycle-code": "guangzhou-frequency",
    "status-missing": "guangzhou-access-rights",
    "bad-date": "guangzhou-modified",
    "no-condition": "guangzhou-condition",
    "no-publisher": "guangzhou-publisher",
}
WARNED = {
    "area": "guangzhou-spatial",
    "same-summary": "guangzhou-description-title",
    "short-summary": "guangzhou-description-short",
}
CLEAN = {"attribute-alias", "keywords"}


def poor(name: str) -> str:
    return f"gzdemo-poor-{name}"


@pytest.mark.parametrize("source", EXPECTED)
def test_each_source_gives_the_numbers_of_the_readme(source: str) -> None:
    harvest = harvested()[source]
    report = harvest.report
    published = sum(entry.published for entry in harvest.entries)
    held = len(harvest.entries) - published
    assert not report.failure_en
    assert (report.seen, published, held, report.quarantined, report.duplicate) == EXPECTED[source]
    row = next(line for line in readme().splitlines() if line.startswith(f"| `{source}`"))
    assert tuple(map(int, re.findall(r"\| (\d+) (?=\|)", row))) == EXPECTED[source]


def readme() -> str:
    return (DEMO / "README.md").read_text(encoding="utf-8")


def test_it_is_as_large_and_varied_as_a_city_needs() -> None:
    published = [entry for entry in entries().values() if entry.published]
    assert len(entries()) >= 330
    assert len(published) >= 270
    assert len({entry.publisher for entry in published}) == 55
    assert "55 个开放主体" in readme()


@pytest.mark.parametrize(("name", "rule"), HELD.items())
def test_an_entry_made_to_break_a_rule_breaks_that_one_and_no_other(name: str, rule: str) -> None:
    entry = entries()[poor(name)]
    assert {found.rule for found in entry.findings if found.severity == "violation"} == {rule}


@pytest.mark.parametrize(("name", "rule"), WARNED.items())
def test_an_entry_made_to_be_warned_about_is_published_with_that_warning(name: str, rule: str) -> None:
    entry = entries()[poor(name)]
    assert entry.published
    assert rule in entry.rules


def test_entries_without_a_title_are_quarantined() -> None:
    reasons = {
        source: [problem.rule for refused in harvest.refused for problem in refused.problems]
        for source, harvest in harvested().items()
    }
    assert "intake-title" in reasons["demo-dcat"]
    assert "intake-title" in reasons["demo-table"]
    assert not reasons["demo-portal"]


def test_a_known_misspelling_is_understood_and_kept() -> None:
    entry = entries()[poor("attribute-alias")]
    assert entry.published
    assert entry.texts(DCT.accessRights) == [f"<{EU_ACCESS_RIGHT}PUBLIC>"]
    assert entry.texts(SUI.openAttributeText) == ['"无条件开发"']


def test_keywords_with_mixed_separators_are_split() -> None:
    entry = entries()[poor("keywords")]
    assert entry.published
    assert len(entry.texts(DCAT.keyword)) == 6


def test_every_poor_entry_is_listed_in_the_readme_and_has_a_test() -> None:
    known = {poor(name) for name in (*HELD, *WARNED, *CLEAN)}
    assert {code for code in entries() if code.startswith("gzdemo-poor-")} == known
    assert all(f"`{code.removeprefix('gzdemo-poor-')}`" in readme() for code in known)


def test_no_other_entry_has_a_finding_but_a_missing_licence() -> None:
    odd = {code: entry.rules - {"guangzhou-licence"} for code, entry in entries().items() if "poor" not in code}
    assert {code: rules for code, rules in odd.items() if rules} == {}


def test_every_entry_says_that_it_is_a_demonstration() -> None:
    unmarked = []
    for code, entry in entries().items():
        for said in entry.texts(DCT.description):
            marked = "示例数据" in said or "示例數據" in said or "Demonstration" in said
            if not marked:
                unmarked.append(code)
    assert unmarked == []


def test_contacts_and_addresses_are_fictitious() -> None:
    for code, entry in entries().items():
        text = entry.record.ntriples.decode()
        assert all(re.fullmatch(r"(\+86-20|020)-000000\d\d", each) for each in re.findall(r"<tel:([^>]*)>", text)), code
        assert all(each.endswith("@example.org") for each in re.findall(r"<mailto:([^>]*)>", text)), code
        hosts = set(re.findall(r"URL> <https?://([^/>]+)", text))
        assert hosts <= {"demo.suishu.example"}, code


def test_credit_codes_check_but_belong_to_no_real_area() -> None:
    codes = {
        match
        for code, entry in entries().items()
        if code != poor("uscc")
        for match in re.findall(r'identifier> "([0-9A-Z]{18})"', entry.record.ntriples.decode())
    }
    assert len(codes) == 55
    assert all(uscc.is_valid(each) and each[2:8] == "990000" and each[8:11] == "DEM" for each in codes)


def test_open_attributes_are_spread_as_in_a_real_catalogue() -> None:
    count = Counter(entry.texts(DCT.accessRights)[0] for entry in entries().values() if entry.published)
    total = count.total()
    assert 0.7 < count[f"<{EU_ACCESS_RIGHT}PUBLIC>"] / total < 0.85
    assert 0.1 < count[f"<{EU_ACCESS_RIGHT}RESTRICTED>"] / total < 0.2
    assert 0.04 < count[f"<{EU_ACCESS_RIGHT}NON_PUBLIC>"] / total < 0.1


def test_english_and_traditional_chinese_occur() -> None:
    languages = Counter(
        said.rpartition("@")[2].lower() for entry in entries().values() for said in entry.texts(DCT.title)
    )
    assert languages["en"] >= 40
    assert languages["zh-hant"] >= 8


def test_some_closed_entries_keep_their_summary_or_items_from_the_public() -> None:
    withheld = Counter(said for entry in entries().values() for said in entry.texts(SUI.withheld))
    assert withheld['"description"'] >= 5
    assert withheld['"dataItems"'] >= 5


def test_intake_finds_nothing_in_what_is_published() -> None:
    for code, entry in entries().items():
        if entry.published and "poor" not in code:
            assert validate(entry.record.ntriples, "intake", today=TODAY).results == (), code


def test_the_turtle_file_is_valid_dcat_ap_but_for_the_entry_without_a_title() -> None:
    document = rdf.to_ntriples(DEMO / "guangzhou-dcat.ttl", rdf.Format.TURTLE)
    found = validate(b"".join(line.rstrip(b"\n") + b"\n" for line in document.lines), "dcat-ap", today=TODAY).results
    assert [result.rule for result in found] == ["dcat-ap-dataset-title-min"]
    assert found[0].focus.strip("<>").endswith("gzdemo-poor-no-title")
