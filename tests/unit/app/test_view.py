"""Sources say the same in many ways, and some of it wrongly: the view must hold, and show what can be shown."""

import pytest

from app.catalogue.model import Publisher
from app.catalogue.terms import ADMS, CSVW, DCAT, DCT, FOAF, LABEL, SKOS, SUI, TYPE, VCARD, XSD
from app.catalogue.view import DatasetView, view
from tests.factories.records import lines

BASE = "https://data.example.gov.cn"
ME = f"<{BASE}/dataset/x>"
THEME = "https://w3id.org/suishu/scheme/theme/"
EU = "http://publications.europa.eu/resource/authority/"


def seen(*statements: tuple[str, str, str]) -> DatasetView:
    """The view of a record with these statements; subject "" is the dataset, "#a" one of its nodes."""

    def full(term: str) -> str:
        return ME if not term else f"{ME[:-1]}{term}>" if term.startswith("#") else term

    return view(lines([(full(s), p, full(o)) for s, p, o in statements]), "x", BASE, source_id="bureau")


def test_a_record_of_nothing_is_an_empty_view() -> None:
    empty = seen()
    assert (empty.id, empty.uri, empty.titles, empty.publisher) == ("x", f"{BASE}/dataset/x", {}, None)


def test_of_several_titles_in_a_language_the_first_stands() -> None:
    titles = [("", DCT + "title", f'"标题{n}"@zh-Hans') for n in (2, 1)] + [("", DCT + "title", '"Title"@en')]
    assert seen(*titles).titles == {"zh-Hans": "标题1", "en": "Title"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"a \"quoted\" word"', 'a "quoted" word'),
        (r'"two\nlines"', "two\nlines"),
        (r'"back\\slash"', "back\\slash"),
        (r'"\u516C\U0001F68C"', "公🚌"),
        (r'"broken \uD800 surrogate"', "broken \ufffd surrogate"),
        ('"ends with @en"', "ends with @en"),
        ('" spaces "', "spaces"),
    ],
)
def test_texts_are_read_as_they_were_meant(written: str, meant: str) -> None:
    assert seen(("", DCT + "title", written)).titles == {"": meant}


def test_a_text_where_a_node_belongs_is_shown_as_text() -> None:
    found = seen(
        ("", DCT + "publisher", '"交通局"@zh-Hans'),
        ("", DCAT + "contactPoint", '"打电话"'),
        ("", DCT + "spatial", '"亚洲"'),
        ("", DCT + "rights", '"注明出处"'),
        ("", DCT + "temporal", '"去年"'),
        ("", DCAT + "landingPage", '"https://data.example/page"'),
    )
    assert found.publisher is not None
    assert found.publisher.names == {"zh-Hans": "交通局"}
    assert found.contacts[0].names == {"": "打电话"}
    assert found.spatial_other == ("亚洲",)
    assert found.conditions == ("注明出处",)
    assert found.temporal is None
    assert found.landing_pages == ("https://data.example/page",)


def test_a_publisher_is_known_by_our_address_its_own_or_its_name() -> None:
    ours = f"<{BASE}/publisher/abc>"
    named = (FOAF + "name", '"交通局"@zh-Hans')
    assert seen(("", DCT + "publisher", ours), (ours, *named)).publisher == Publisher("abc", {"zh-Hans": "交通局"})
    theirs = "<https://bureau.example/me>"
    found = seen(("", DCT + "publisher", theirs), (theirs, *named)).publisher
    assert found is not None
    assert found.iri == "https://bureau.example/me"
    bare = seen(("", DCT + "publisher", theirs)).publisher
    assert bare is not None
    assert (bare.id, bare.names) == (found.id, {"": "me"})
    assert seen(("", DCT + "publisher", '"  "')).publisher is None
    assert seen(("", DCT + "publisher", "#nameless")).publisher is None


def test_codes_are_notations_and_unknown_ones_the_sources_own_words() -> None:
    found = seen(
        ("", DCAT + "theme", f"<{THEME}jiaotong>"),
        ("", DCAT + "theme", f"<{EU}data-theme/TRAN>"),
        ("", DCT + "accrualPeriodicity", f"<{EU}frequency/ANNUAL>"),
        ("", DCT + "accessRights", f"<{EU}access-right/RESTRICTED>"),
        ("", DCT + "format", f"<{EU}file-type/CSV>"),
        ("", DCT + "format", '"蜡板"'),
        ("", DCT + "spatial", "<https://w3id.org/suishu/scheme/district/440106>"),
        ("", SUI + "level", '"绝密"'),
        ("", SUI + "frequencyText", '"按年更新"'),
    )
    assert found.themes == ("jiaotong",)
    assert (found.frequency, found.open_attribute) == ("ANNUAL", "YTJ")
    assert (found.formats, found.districts) == (("csv",), ("440106",))
    assert found.other_terms == {"frequency": ("按年更新",), "format": ("蜡板",), "level": ("绝密",)}


def test_a_wider_eu_theme_alone_names_no_domain() -> None:
    found = seen(("", DCAT + "theme", f"<{EU}data-theme/ECON>"), ("", DCAT + "theme", "<https://x.example/Verkehr>"))
    assert found.themes == ()
    assert found.other_terms["theme"] == ("ECON", "Verkehr")


def test_a_code_of_another_table_is_known_by_its_last_word() -> None:
    assert seen(("", DCT + "accrualPeriodicity", "<http://purl.org/cld/freq/annual>")).frequency == "ANNUAL"


def test_a_file_without_a_format_is_known_by_its_media_type() -> None:
    found = seen(
        ("", DCAT + "distribution", "#file"),
        ("#file", DCAT + "mediaType", "<https://www.iana.org/assignments/media-types/text/csv>"),
    )
    assert (found.formats, found.distributions[0].format) == (("csv",), "csv")


def test_of_several_open_attributes_the_strictest_is_shown() -> None:
    rights = [("", DCT + "accessRights", f"<{EU}access-right/{name}>") for name in ("PUBLIC", "NON_PUBLIC")]
    assert seen(*rights).open_attribute == "BKF"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (f'"2024-05-06"^^<{XSD}date>', "2024-05-06"),
        (f'"2024-05-06T07:08:09+08:00"^^<{XSD}dateTime>', "2024-05-06"),
        ('"2024"', "None"),
        ('"yesterday"', "None"),
        ('"2024-13-40"', "None"),
        ("<https://x.example/2024-05-06>", "None"),
    ],
)
def test_days_are_read_and_what_is_none_is_left_out(written: str, day: str) -> None:
    assert str(seen(("", DCT + "modified", written)).modified) == day


def test_the_earliest_issue_and_the_latest_change_count() -> None:
    days = [("", DCT + term, f'"{day}"') for term in ("issued", "modified") for day in ("2024-01-02", "2023-01-02")]
    found = seen(*days)
    assert (str(found.issued), str(found.modified)) == ("2023-01-02", "2024-01-02")


def test_data_items_come_in_their_order_also_from_a_distribution() -> None:
    statements = [("", DCAT + "distribution", "#file"), ("#file", CSVW + "tableSchema", "#schema")]
    for position, name in ((10, "丙"), (2, "乙"), (1, "甲")):
        column = f"#{position}"
        statements += [
            ("#schema", CSVW + "column", column),
            (column, CSVW + "name", f'"{name}"'),
            (column, CSVW + "datatype", f"<{XSD}decimal>"),
            (column, SUI + "position", f'"{position}"^^<{XSD}integer>'),
            (column, SUI + "open", f'"{str(position == 1).lower()}"^^<{XSD}boolean>'),
        ]
    items = seen(*statements).data_items
    assert [item.name for item in items] == ["甲", "乙", "丙"]
    assert (items[0].open, items[1].open, items[0].datatype) == (True, False, "decimal")


def test_a_distribution_is_read_and_one_without_a_word_is_still_there() -> None:
    found = seen(
        ("", DCAT + "distribution", "<https://d.example/1>"),
        ("", DCAT + "distribution", "<https://d.example/2>"),
        ("<https://d.example/1>", DCT + "title", '"年报"@zh-Hans'),
        ("<https://d.example/1>", DCAT + "downloadURL", "<https://d.example/1.csv>"),
        ("<https://d.example/1>", DCT + "format", '".csv"'),
        ("<https://d.example/1>", DCAT + "mediaType", "<http://www.iana.org/assignments/media-types/text/csv>"),
        ("<https://d.example/1>", DCAT + "byteSize", f'"2,048"^^<{XSD}decimal>'),
        ("<https://d.example/1>", DCT + "license", "<https://licence.example/by>"),
    )
    first, second = found.distributions
    assert (first.titles, first.download_url) == ({"zh-Hans": "年报"}, "https://d.example/1.csv")
    assert (first.format, first.media_type, first.byte_size) == ("csv", "text/csv", 2048)
    assert second.iri == "https://d.example/2"
    assert found.licences == ("https://licence.example/by",)
    assert found.formats == ("csv",)


def test_an_interface_is_known_by_its_service_its_type_or_its_format() -> None:
    for statement in (
        (DCAT + "accessService", "<https://d.example/service>"),
        (TYPE, f"<{DCAT}DataService>"),
        (DCT + "format", '"API"'),
    ):
        found = seen(("", DCAT + "distribution", "#file"), ("#file", *statement))
        assert found.distributions[0].is_api


def test_contacts_are_read_with_a_node_between_or_without() -> None:
    found = seen(
        ("", DCAT + "contactPoint", "#contact"),
        ("#contact", VCARD + "fn", '"数据科"'),
        ("#contact", VCARD + "hasTelephone", "<tel:%2B86%20020-1>"),
        ("#contact", VCARD + "hasTelephone", "#phone"),
        ("#phone", VCARD + "hasValue", "<tel:020-2>"),
        ("#contact", VCARD + "hasEmail", '"data@gz.example"'),
        ("", DCAT + "contactPoint", "#empty"),
    )
    [contact] = found.contacts
    assert sorted(contact.phones) == ["+86 020-1", "020-2"]
    assert contact.emails == ("data@gz.example",)


def test_identifiers_of_other_registers_are_found() -> None:
    found = seen(("", DCT + "identifier", '"A1"'), ("", ADMS + "identifier", "#id"), ("#id", SKOS + "notation", '"B2"'))
    assert found.identifiers == ("A1", "B2")


def test_the_name_of_a_node_is_shown_and_never_the_address_we_gave_it() -> None:
    found = seen(
        ("", DCT + "rights", "#rights"), ("#rights", LABEL, '"注明出处"'), ("", DCT + "spatial", "#place"),
        ("", DCT + "conformsTo", "#standard"),
    )  # fmt: skip
    assert found.conditions == ("注明出处",)
    assert found.spatial_other == ()


@pytest.mark.parametrize("number", ["-1", "many", "9" * 30, "1.5"])
def test_a_count_that_is_none_is_left_out(number: str) -> None:
    assert seen(("", SUI + "rows", f'"{number}"')).rows is None


def test_a_dataset_that_names_itself_everywhere_is_no_trap() -> None:
    terms = [DCT + "publisher", DCAT + "distribution", DCAT + "contactPoint", CSVW + "tableSchema", CSVW + "column"]
    found = seen(("", DCT + "title", '"自指"'), *[("", term, "") for term in terms])
    assert found.titles == {"": "自指"}


def test_a_code_as_long_as_a_book_is_no_code() -> None:
    assert seen(("", DCT + "format", f'"{"csv" * 100_000}"')).formats == ()


def test_a_very_long_text_is_kept() -> None:
    assert len(seen(("", DCT + "description", f'"{"长" * 500_000}"')).descriptions[""]) == 500_000


@pytest.mark.parametrize(
    ("values", "attribute"),
    [
        ([f"<{EU}access-right/SENSITIVE>"], "BKF"),
        ([f"<{EU}access-right/CONFIDENTIAL>", f"<{EU}access-right/PUBLIC>"], "BKF"),
        ([f"<{EU}access-right/PUBLIC>", f"<{EU}access-right/RESTRICTED>"], "YTJ"),
        (['"NON_PUBLIC"'], "BKF"),
        (['"confidential"@en', '"PUBLIC"'], "BKF"),
        (['"ask us"@en', f"<{EU}access-right/PUBLIC>"], "WTJ"),
        (['"ask us"@en'], ""),
    ],
)
def test_the_open_attribute_shown_is_the_one_the_entry_is_published_under(values: list[str], attribute: str) -> None:
    assert seen(*(("", DCT + "accessRights", value) for value in values)).open_attribute == attribute


@pytest.mark.parametrize(
    ("values", "themes"),
    [
        ([f"<{EU}data-theme/HEAL>"], ("yiliao",)),
        ([f"<{EU}data-theme/TRAN>", f"<{EU}data-theme/ECON>"], ("jiaotong",)),
        ([f"<{EU}data-theme/EDUC>"], ("jiaoyu",)),
        ([f"<{EU}data-theme/TECH>"], ("keji",)),
        ([f"<{EU}data-theme/ECON>"], ()),
        ([f"<{EU}data-theme/AGRI>"], ()),
        ([f"<{EU}data-theme/OP_DATPRO>"], ()),
        ([f"<{EU}data-theme/TRAN>", f"<{THEME}shengtai>"], ("shengtai",)),
    ],
)
def test_a_european_theme_says_a_domain_where_both_cut_alike_and_none_is_said(
    values: list[str], themes: tuple[str, ...]
) -> None:
    assert seen(*(("", DCAT + "theme", value) for value in values)).themes == themes


def test_a_distribution_is_an_api_by_its_format_however_that_is_said() -> None:
    named = seen(("", DCAT + "distribution", "#d"), ("#d", DCT + "format", "#f"), ("#f", LABEL, '"API"'))
    address = seen(("", DCAT + "distribution", "#d"), ("#d", DCT + "format", "<https://x.example/formats/API>"))
    assert [each.distributions[0].is_api for each in (named, address)] == [True, True]
    assert named.formats == address.formats == ("api",)


@pytest.mark.parametrize(
    ("said", "mails", "urls"),
    [
        ('"a@b.example"', ("a@b.example",), ()),
        ("<mailto:a@b.example>", ("a@b.example",), ()),
        ("<MAILTO:a%2Bc@b.example>", ("a+c@b.example",), ()),
        ("<http://relative.invalid/a@b.example>", ("a@b.example",), ()),
        ("<https://portal.example/catalogue/a@b.example>", ("a@b.example",), ()),
        ("<http://relative.invalid/contact>", ("contact",), ()),
        ("<https://portal.example/contact>", (), ("https://portal.example/contact",)),
    ],
)
def test_a_mail_address_is_one_however_it_is_written_and_never_a_page(
    said: str, mails: tuple[str, ...], urls: tuple[str, ...]
) -> None:
    found = seen(("", DCAT + "contactPoint", "#c"), ("#c", VCARD + "hasEmail", said)).contacts
    assert [(each.emails, each.urls) for each in found] == [(mails, urls)]


def test_a_phone_number_that_lost_its_scheme_is_found_too() -> None:
    found = seen(
        ("", DCAT + "contactPoint", "#c"), ("#c", VCARD + "hasTelephone", "<https://portal.example/020-12345678>")
    )
    assert found.contacts[0].phones == ("020-12345678",)


def test_an_address_that_nobody_can_complete_becomes_no_link() -> None:
    nowhere = "<http://relative.invalid/files/1.csv>"
    found = seen(
        ("", DCAT + "landingPage", nowhere),
        ("", DCAT + "distribution", "#d"),
        ("#d", DCAT + "downloadURL", nowhere),
        ("#d", DCAT + "accessURL", nowhere),
        ("#d", DCT + "license", "<http://relative.invalid/cc-by>"),
        ("", DCAT + "contactPoint", "#c"),
        ("#c", VCARD + "fn", '"x"'),
        ("#c", VCARD + "hasURL", nowhere),
    )
    assert "relative.invalid" not in repr(found)
    assert (found.landing_pages, found.contacts[0].urls, found.distributions[0].access_url) == ((), (), "")
    assert found.licences == ("cc-by",)


def test_of_an_address_that_no_list_knows_the_last_part_is_shown() -> None:
    found = seen(
        ("", DCT + "accessRights", f"<{EU}access-right/SENSITIVE>"),
        ("", DCT + "accrualPeriodicity", "<https://x.example/freq/whenever>"),
        ("", SUI + "level", '"a/b"'),
    )
    assert found.other_terms == {"open_attribute": ("SENSITIVE",), "frequency": ("whenever",), "level": ("a/b",)}
