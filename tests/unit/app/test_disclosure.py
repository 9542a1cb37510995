"""Nothing that is not for everyone may pass `disclosure.public`: marked text is put wherever it could slip through."""

from datetime import UTC, datetime

import pytest

from app.catalogue.disclosure import Listing, public
from app.catalogue.openness import Openness, openness
from app.catalogue.terms import CSVW, DCAT, DCT, FOAF, LABEL, PROV, SCHEMA, SKOS, SUI, TYPE, VCARD
from tests.factories.records import CLOSED, CONDITIONAL, OPEN, ntriples, part, text

ID = "abcdefghij234567"
MARK = "密MARKED密"
WHEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
LISTING = Listing(ID, "https://bureau.example/bus", "guangzhou", WHEN, WHEN)
ME = f"<urn:suishu:dataset/{ID}>"
_PORTAL_LINES = public(b"", LISTING).splitlines()


def shown(data: bytes) -> str:
    return public(data, LISTING).decode()


def without_portal_lines(data: bytes) -> list[bytes]:
    return [line for line in public(data, LISTING).splitlines() if line not in _PORTAL_LINES]


def test_an_open_entry_is_public_as_it_came() -> None:
    data = ntriples(ID)
    assert without_portal_lines(data) == data.splitlines()


def test_an_entry_that_says_no_open_attribute_is_public_as_it_came() -> None:
    data = ntriples(ID, access=text("whatever the portal means", "en"))
    assert without_portal_lines(data) == data.splitlines()


def test_lines_are_sorted_and_end_with_a_line_feed() -> None:
    result = public(ntriples(ID), LISTING)
    assert result.endswith(b" .\n")
    assert result.splitlines() == sorted(result.splitlines())


def test_the_portal_adds_its_own_record_and_the_source() -> None:
    result = shown(ntriples(ID))
    record = f"<urn:suishu:dataset/{ID}#record>"
    assert f"{record} <{TYPE}> <{DCAT}CatalogRecord> ." in result
    assert f"{record} <{FOAF}primaryTopic> {ME} ." in result
    assert f"{record} <{DCT}conformsTo> <https://w3id.org/suishu/profile/guangzhou> ." in result
    assert f'{record} <{DCT}modified> "2026-11-01T08:00:00Z"^^' in result
    assert f"<urn:suishu:catalog> <{DCAT}dataset> {ME} ." in result
    assert f"{ME} <{PROV}wasDerivedFrom> <https://bureau.example/bus> ." in result


@pytest.mark.parametrize("access", [OPEN, CONDITIONAL, CLOSED])
def test_the_basis_is_never_public_but_that_there_is_one(access: str) -> None:
    basis, law = part(ID, "basis"), part(ID, "law")
    result = shown(
        ntriples(
            ID,
            access=access,
            also=[
                ("", SUI + "basis", basis),
                (basis, DCT + "title", text(MARK)),
                (basis, SUI + "ground", "<https://w3id.org/suishu/scheme/grounds/BKF-1>"),
                (basis, "http://data.europa.eu/r5r/applicableLegislation", law),
                (law, DCT + "title", text(MARK)),
            ],
        )
    )
    assert MARK not in result
    assert "grounds/" not in result
    assert "#law" not in result
    assert f"{ME} <{SUI}basisOnFile> " in result


def test_without_a_basis_nothing_says_that_there_is_one() -> None:
    assert "basisOnFile" not in shown(ntriples(ID, access=CLOSED))


@pytest.mark.parametrize("access", [OPEN, CONDITIONAL, CLOSED])
@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        ("", SUI + "basisOnFile", '"true"'),
        ("", SUI + "ground", text(MARK)),
        ("", SUI + "whatever", text(MARK)),
        ("", PROV + "wasDerivedFrom", f"<https://{MARK}.example/>"),
        (part(ID, "record"), DCT + "conformsTo", f"<https://{MARK}.example/>"),
        ("<urn:suishu:catalog>", DCT + "title", text(MARK)),
        (part(ID, "file"), SUI + "secret", text(MARK)),
    ],
)
def test_what_only_the_portal_may_say_is_not_believed(access: str, subject: str, predicate: str, value: str) -> None:
    result = shown(ntriples(ID, access=access, also=[(subject, predicate, value)]))
    assert MARK not in result
    assert "basisOnFile" not in result


@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        ("", DCAT + "keyword", text(MARK)),
        ("", DCAT + "landingPage", f"<https://{MARK}.example/>"),
        ("", FOAF + "page", f"<https://{MARK}.example/>"),
        ("", DCT + "alternative", text(MARK)),
        ("", DCT + "abstract", text(MARK)),
        ("", DCT + "source", text(MARK)),
        ("", DCT + "temporal", text(MARK)),
        ("", SUI + "rows", text(MARK)),
        ("", SUI + "themeText", text(MARK)),
        ("", SUI + "formatText", text(MARK)),
        ("", SUI + "frequencyText", text(MARK)),
        ("", SUI + "openAttributeText", text(MARK)),
        ("", TYPE, f"<https://{MARK}.example/>"),
        ("", "https://made.up/term", text(MARK)),
        ("<urn:suishu:publisher/bus>", FOAF + "mbox", f"<mailto:{MARK}>"),
        ("<urn:suishu:publisher/bus>", DCT + "description", text(MARK)),
        (part(ID, "contact"), VCARD + "note", text(MARK)),
        (part(ID, "schema"), DCT + "description", text(MARK)),
        (part(ID, "column-1"), SKOS + "example", text(MARK)),
        (part(ID, "file"), DCT + "title", text(MARK)),
        (part(ID, "file"), DCAT + "downloadURL", f"<https://{MARK}.example/>"),
        ("<https://elsewhere.example/>", DCT + "title", text(MARK)),
    ],
)
def test_an_entry_that_is_not_open_shows_nothing_beyond_article_11(subject: str, predicate: str, value: str) -> None:
    assert MARK not in shown(ntriples(ID, access=CLOSED, also=[(subject, predicate, value)]))


def test_an_entry_that_is_not_open_shows_the_fields_of_article_11_and_no_distribution() -> None:
    rights = part(ID, "rights")
    result = shown(ntriples(ID, access=CLOSED, also=[("", DCT + "rights", rights), (rights, LABEL, text("仅限研究"))]))
    fields = (
        "公交线路站点",
        "按月更新",
        f"GZ-{ID}",
        "广州市交通运输局",
        "020-12345678",
        "NON_PUBLIC",
        "线路",
        "仅限研究",
    )
    for word in fields:
        assert word in result
    assert "data.example" not in result
    assert "istribution" not in result


def test_a_publisher_that_is_the_entry_itself_opens_no_way_around() -> None:
    result = shown(ntriples(ID, access=CLOSED, also=[("", DCT + "publisher", ME), ("", SCHEMA + "name", text(MARK))]))
    assert MARK not in result


def test_a_conditional_entry_keeps_the_ways_to_apply_and_loses_the_files() -> None:
    result = shown(ntriples(ID, access=CONDITIONAL, also=[("", DCAT + "keyword", text("公交"))]))
    assert "downloadURL" not in result
    assert "bus.csv" not in result
    assert f"<{DCAT}accessURL> <https://data.example/bus>" in result
    assert "公交" in result


def test_the_address_of_a_file_is_hidden_under_any_other_property_too() -> None:
    data = ntriples(
        ID, access=CONDITIONAL, also=[(part(ID, "file"), DCAT + "accessURL", "<https://data.example/bus.csv>")]
    )
    assert "bus.csv" not in shown(data)


@pytest.mark.parametrize("access", [OPEN, CONDITIONAL, CLOSED])
def test_a_withheld_description_gives_way_to_a_neutral_sentence(access: str) -> None:
    result = shown(
        ntriples(
            ID,
            access=access,
            description=MARK,
            also=[
                ("", SUI + "withheld", '"description"'),
                ("", DCT + "description", text(MARK, "en")),
                ("", DCT + "abstract", text(MARK)),
                ("", SCHEMA + "description", text(MARK)),
                (part(ID, "file"), DCT + "description", text(MARK)),
            ],
        )
    )
    assert MARK not in result
    assert f"{ME} <{DCT}description> " in result
    assert "线路" in result


@pytest.mark.parametrize("access", [OPEN, CONDITIONAL, CLOSED])
def test_withheld_data_items_are_gone_wherever_they_are_said(access: str) -> None:
    file, other = part(ID, "file"), part(ID, "other")
    result = shown(
        ntriples(
            ID,
            access=access,
            items=[MARK],
            also=[
                ("", SUI + "withheld", '"dataItems"'),
                (part(ID, "column-1"), DCT + "description", text(MARK)),
                (file, CSVW + "tableSchema", other),
                (other, CSVW + "column", part(ID, "column-1")),
            ],
        )
    )
    assert MARK not in result
    assert CSVW not in result
    assert "按月更新" in result


def test_both_fields_can_be_withheld() -> None:
    also = [("", SUI + "withheld", '"description"'), ("", SUI + "withheld", '"dataItems"')]
    data = ntriples(ID, access=CLOSED, description=MARK, items=[MARK], also=also)
    assert MARK not in shown(data)
    assert openness(data, ID) == Openness("BKF", frozenset({"description", "dataItems"}))


@pytest.mark.parametrize(
    ("access", "attribute"),
    [
        (OPEN, "WTJ"),
        (CONDITIONAL, "YTJ"),
        (CLOSED, "BKF"),
        ("<http://publications.europa.eu/resource/authority/access-right/CONFIDENTIAL>", "BKF"),
        ("<https://publications.europa.eu/resource/authority/access-right/RESTRICTED>", "YTJ"),
        ("<https://w3id.org/suishu/scheme/open-attribute/BKF>", "BKF"),
        ("<http://publications.europa.eu/resource/authority/access-right/SENSITIVE>", "BKF"),
        ("<http://purl.org/coar/access_right/c_14cb>", "BKF"),
        ("<https://elsewhere.example/rights#NON-PUBLIC>", "BKF"),
        ("<https://elsewhere.example/rights/restrictedAccess/>", "YTJ"),
        ("<https://elsewhere.example/rights/embargoedAccess>", "YTJ"),
        (text("SENSITIVE", ""), "BKF"),
        (text("CONFIDENTIAL", ""), "BKF"),
        (text("RESTRICTED", ""), "YTJ"),
        (text("NON_PUBLIC", ""), "BKF"),
        (text("PUBLIC", ""), "WTJ"),
        (text("非开放"), "BKF"),
        (text("有条件开放", ""), "YTJ"),
        (text("ask us", "en"), ""),
        ("<https://elsewhere.example/rights>", ""),
    ],
)
def test_the_open_attribute_is_read_from_codes_and_words(access: str, attribute: str) -> None:
    assert openness(ntriples(ID, access=access), ID).attribute == attribute


def test_of_several_access_rights_the_strictest_holds() -> None:
    data = ntriples(ID, access=OPEN, also=[("", DCT + "accessRights", CLOSED)])
    assert openness(data, ID).attribute == "BKF"
    assert "bus.csv" not in shown(data)


def test_an_open_attribute_is_found_beside_access_rights_that_nobody_can_read() -> None:
    others = [("", DCT + "accessRights", text(word, "en")) for word in ("ask us", "see the website", "on our portal")]
    assert openness(ntriples(ID, access=OPEN, also=others), ID).attribute == "WTJ"


def test_a_closing_word_wins_over_every_open_one_at_the_same_node() -> None:
    rights = part(ID, "access")
    labels = [(rights, LABEL, text(word)) for word in ("PUBLIC", "内部资料", "无条件开放")]
    assert openness(ntriples(ID, access=rights, also=labels), ID).attribute == "BKF"
    public_code = OPEN
    data = ntriples(ID, access=public_code, also=[(public_code, LABEL, text("confidential", "en"))])
    assert openness(data, ID).attribute == "BKF"


def test_words_of_use_can_close_and_never_open() -> None:
    assert openness(ntriples(ID, access=CLOSED, also=[("", DCT + "rights", text("无条件开放"))]), ID).attribute == "BKF"
    assert openness(ntriples(ID, access=OPEN, also=[("", DCT + "rights", text("有条件开放"))]), ID).attribute == "YTJ"


def test_access_rights_of_something_else_in_the_record_do_not_count() -> None:
    data = ntriples(ID, access=OPEN, also=[(part(ID, "file"), DCT + "accessRights", CLOSED)])
    assert openness(data, ID).attribute == "WTJ"


def test_access_rights_named_by_a_node_are_read_from_its_label() -> None:
    rights = part(ID, "access")
    data = ntriples(ID, access=rights, also=[(rights, LABEL, text("非开放"))])
    assert openness(data, ID).attribute == "BKF"


@pytest.mark.parametrize(
    ("before", "after", "closes"),
    [
        ("WTJ", "YTJ", True),
        ("WTJ", "BKF", True),
        ("YTJ", "BKF", True),
        ("", "YTJ", True),
        ("BKF", "WTJ", False),
        ("YTJ", "YTJ", False),
        ("", "WTJ", False),
    ],
)
def test_an_entry_closes_further_when_less_of_it_is_open(before: str, after: str, closes: bool) -> None:
    assert Openness(after).closes(Openness(before)) is closes


def test_withholding_a_field_closes_and_no_longer_withholding_it_does_not() -> None:
    some, more = Openness("BKF", frozenset({"description"})), Openness("BKF", frozenset({"description", "dataItems"}))
    assert more.closes(some)
    assert not some.closes(more)


def test_a_record_of_nothing_is_no_error() -> None:
    assert b"CatalogRecord" in public(b"", LISTING)


@pytest.mark.parametrize("predicate", [f"{SUI}openAttributeText", f"{DCT}rights"])
def test_an_entry_that_is_closed_by_words_alone_says_that_it_is_closed(predicate: str) -> None:
    said = ntriples(ID, also=[("", predicate, text("非开放"))]).replace(
        f"{ME} <{DCT}accessRights> {OPEN} .\n".encode(), b""
    )
    assert openness(said, ID).attribute == "BKF"
    result = public(said, LISTING)
    assert openness(result, ID).attribute == "BKF"
    assert result.count(f"{ME} <{DCT}accessRights> {CLOSED} .".encode()) == 1
    assert public(ntriples(ID, access=CLOSED), LISTING).count(CLOSED.encode()) == 1
