"""What readers are told of where an entry comes from: the city's own, or another portal's."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.catalogue.model import SourceKind
from app.factory import create_app
from app.processes.keeper import catch_up
from app.settings import Settings
from app.wiring import build
from tests.web.portals import BASE, Filled

_EXAMPLES = Path(__file__).parents[2] / "shapes" / "examples" / "valid"
_MARK = "转自其他门户"
_OF_THE_MEASURES = "本数据集列为非开放类"
_AS_THEY_CAME = "其他门户的条目按来源原样列出"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A portal with one entry of the city's own, which was open once and is closed now."""
    home = tmp_path_factory.mktemp("own")
    portal = build(Settings(home=home, base_url=BASE))
    file = home / "city.ttl"
    for example in ("unconditional.ttl", "non-open.ttl"):
        file.write_bytes((_EXAMPLES / example).read_bytes())
        portal.harvesting.harvest_location(str(file), dialect="dcat", kind=SourceKind.OWN, title="市局", id_="city")
    assert catch_up(portal)
    return create_app(portal=portal).test_client()


def _entry(own: FlaskClient, language: str = "zh-Hans") -> str:
    id_ = own.get("/api/search").get_json()["results"][0]["id"]
    return own.get(f"/dataset/{id_}", headers={"Accept": "text/html", "Accept-Language": language}).text


def test_the_measures_are_cited_for_the_citys_own_entries(own: FlaskClient) -> None:
    text = _entry(own)
    assert _OF_THE_MEASURES in text
    assert _MARK not in text
    for address in ("/", "/catalog", "/dataset"):
        page = own.get(address, headers={"Accept": "text/html", "Accept-Language": "zh-Hans"}).text
        assert _AS_THEY_CAME not in page, address
        assert _MARK not in page, address


def test_an_entry_of_another_portal_names_it_and_is_not_held_to_the_measures(
    client: FlaskClient, filled: Filled
) -> None:
    for name in ("bus", "closed"):
        text = client.get(f"/dataset/{filled.ids[name]}").text
        assert f'{_MARK} · <a href="/source/bureau">来源 bureau</a>' in text
        assert _OF_THE_MEASURES not in text
        assert "目录质量提示" not in text


def test_lists_mark_entries_of_other_portals(client: FlaskClient) -> None:
    text = client.get("/dataset").text
    assert text.count(_MARK) == text.count('class="hit"') > 0
    for address in ("/", "/catalog"):
        assert _AS_THEY_CAME in client.get(address).text, address
    assert "From another portal" in client.get("/dataset", headers={"Accept-Language": "en"}).text


def test_the_history_of_an_entry_closed_later_says_that_it_begins_late(own: FlaskClient, client: FlaskClient) -> None:
    text = _entry(own)
    assert "第 2 版" in text
    assert "此前的版本不公开" in text
    assert "首次收录" not in text
    assert "Earlier versions are not public" in _entry(own, "en")


def test_a_whole_history_begins_with_the_first_version(client: FlaskClient, filled: Filled) -> None:
    text = client.get(f"/dataset/{filled.ids['bus']}").text
    assert "首次收录" in text
    assert "此前的版本不公开" not in text
