"""Every word of the interface in both languages, and which language answers."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from app import i18n
from app.search.filters import FILTERS
from tests.web.portals import Filled

APP = Path(i18n.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def messages() -> set[tuple[str, str]]:
    """(context, message) of everything that code and templates say."""
    with (APP / "translations" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = set()
    for _file, _line, message, _comments, context in extract_from_dir(str(APP), methods, options):
        found.add((context or "", message[0] if isinstance(message, tuple) else message))
    return found | {("", each.label) for each in FILTERS}


@pytest.mark.parametrize("language", [each for each in i18n.LANGUAGES if each is not i18n.DEFAULT])
def test_every_message_is_translated(language: i18n.Language) -> None:
    path = APP / "translations" / language.locale / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(path.read_bytes()), locale=language.locale)
    translated = {
        (message.context or "", message.id[0] if isinstance(message.id, tuple) else message.id)
        for message in catalogue
        if message.id
        and not message.fuzzy
        and (message.string if isinstance(message.string, str) else all(message.string))
    }
    assert messages() - translated == set(), "see app/translations/babel.cfg for how to add them"
    assert translated - messages() == set(), "nothing says these any more"


@pytest.mark.parametrize("language", [each for each in i18n.LANGUAGES if each is not i18n.DEFAULT])
def test_a_translation_names_the_same_variables(language: i18n.Language) -> None:
    path = APP / "translations" / language.locale / "LC_MESSAGES" / "messages.po"
    for message in read_po(BytesIO(path.read_bytes()), locale=language.locale):
        source = message.id[0] if isinstance(message.id, tuple) else message.id
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert set(re.findall(r"%\((\w+)\)s", source)) == set(re.findall(r"%\((\w+)\)s", string)), source


def test_an_english_page_says_nothing_in_chinese_but_what_sources_say(client: FlaskClient) -> None:
    for address in ("/about", "/theme", "/nowhere", "/dataset?q=zzzzqq", "/catalog/none"):
        text = client.get(address, headers={"Accept-Language": "en"}).text
        body = re.sub(r"<(\w+)[^>]*\slang=\"zh-Hans\"[^>]*>.*?</\1>|公积金|住房公积金缴存信息表|住房", "", text)
        assert not CHINESE.findall(re.sub(r"<[^>]*>", "", body)), address


def test_the_parameter_goes_before_the_cookie_and_the_cookie_before_the_header(client: FlaskClient) -> None:
    def language(address: str, header: str) -> str:
        return client.get(address, headers={"Accept-Language": header}).headers["Content-Language"]

    assert language("/about", "zh-CN") == "zh-Hans"
    assert language("/about", "fr, en-GB;q=0.7, zh;q=0.3") == "en"
    assert language("/about", "fr") == "zh-Hans"
    assert language("/about?lang=en", "zh-CN") == "en"
    assert language("/about", "zh-CN") == "en", "the choice is remembered"
    assert language("/about?lang=zh-Hans", "en") == "zh-Hans"
    assert language("/about", "en") == "zh-Hans"
    assert language("/about?lang=klingon", "en") == "zh-Hans", "what nobody speaks changes nothing"


def test_the_switch_keeps_the_search(client: FlaskClient) -> None:
    text = client.get("/dataset?q=公交&theme=jiaotong&theme=gongan").text
    link = re.search(r'<a href="([^"]*)" lang="en"', text)
    assert link is not None
    assert set(link[1].replace("&amp;", "&").partition("?")[2].split("&")) == {
        "q=%E5%85%AC%E4%BA%A4", "theme=jiaotong", "theme=gongan", "lang=en",
    }  # fmt: skip


def test_the_switch_never_leads_to_another_host(client: FlaskClient) -> None:
    for path in ("//evil.example/", "/%5Cevil.example", "/%2F%2Fevil.example"):
        text = client.get(path).text
        for link in re.findall(r'<a href="([^"]*)" lang="en"', text):
            assert re.match(r"/(?![/\\])", link), link


def test_numbers_of_one_and_many_are_said_rightly(client: FlaskClient, filled: Filled) -> None:
    one = client.get("/dataset?open_attribute=YTJ", headers={"Accept-Language": "en"}).text
    many = client.get("/dataset", headers={"Accept-Language": "en"}).text
    assert "<strong>1</strong> dataset<" in one
    assert f"<strong>{len(filled.ids)}</strong> datasets<" in many


def test_the_reader_gets_the_best_text_there_is() -> None:
    assert i18n.pick({"en": "bus", "zh-Hans": "公交"}, i18n.EN) == ("bus", "en")
    assert i18n.pick({"zh-Hant": "公車"}, i18n.EN) == ("公車", "zh-Hant")
    assert i18n.pick({"fr": "autobus"}, i18n.ZH_HANS) == ("autobus", "fr")
    assert i18n.pick({"zh-Hans": "", "": "站点"}, i18n.ZH_HANS) == ("站点", "")
    assert i18n.pick({}, i18n.ZH_HANS) == ("", "")
