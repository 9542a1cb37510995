"""The search page: what people type, choose, and are told when there is nothing."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.paging import Pager
from indexer.errors import CursorInvalid, SearchUnavailable
from tests.web.portals import Filled


def test_words_are_found_and_marked(client: FlaskClient) -> None:
    text = client.get("/dataset?q=公交").text
    assert "<mark>公交</mark>" in text
    assert 'value="公交"' in text


def test_a_filter_is_a_link_that_is_chosen_and_taken_off(client: FlaskClient) -> None:
    text = client.get("/dataset").text
    link = re.search(r'href="(/dataset\?[^"]*open_attribute=YTJ)"', text)
    assert link is not None
    chosen = client.get(link[1].replace("&amp;", "&")).text
    assert "网约车轨迹" in chosen
    assert "公交线路站点" not in chosen
    off = re.search(r'class="chip"[^>]*href="([^"]*)"', chosen)
    assert off is not None
    assert "公交线路站点" in client.get(off[1].replace("&amp;", "&")).text


def test_a_new_search_keeps_the_filters(client: FlaskClient) -> None:
    text = client.get("/dataset?q=x&open_attribute=WTJ&theme=jiaotong&sort=issued").text
    for name, value in (("open_attribute", "WTJ"), ("theme", "jiaotong"), ("sort", "issued")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in text


def test_nothing_found_says_what_to_try(client: FlaskClient) -> None:
    response = client.get("/dataset?q=zzzzqqxx&open_attribute=WTJ")
    assert response.status_code == 200
    assert "没有与“zzzzqqxx”相符的数据集" in response.text
    assert 'href="/dataset?q=zzzzqqxx"' in response.text


def test_a_page_beyond_the_end_leads_back(client: FlaskClient) -> None:
    text = client.get("/dataset?page=400").text
    assert "这一页没有内容" in text


@pytest.mark.parametrize(
    "typed",
    [
        '"', "'", "(", "AND OR NOT", "a" * 5000, "<script>", "\x00\x01", "\ud800", "🌾" * 50, "title:x", "*", "?", "\\",
        "%", "-", "+公交",
        "公 交\n\t线", "١٢٣", "\u202e", "/../",
    ],
)  # fmt: skip
def test_no_text_is_an_error(client: FlaskClient, typed: str) -> None:
    raw = "".join(f"%{byte:02X}" for byte in typed.encode("utf-8", "surrogatepass"))
    assert client.get(f"/dataset?q={raw}").status_code == 200
    assert client.get(f"/api/search?q={raw}").status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        "sort=%22", "sort=best", "size=0", "size=-5", "size=abc", "size=1e3", "page=0",
        "page=abc", "page=99999999999999999999", "theme=%00", "theme=" + "x" * 4000, "publisher=<script>",
        "format=&format=csv&format=csv", "unknown=1", "lang=xx",
        "&".join(f"theme=t{n}" for n in range(300)),
    ],
)  # fmt: skip
def test_odd_parameters_are_left_out_or_brought_into_bounds(client: FlaskClient, parameters: str) -> None:
    response = client.get(f"/dataset?{parameters}")
    assert response.status_code == 200
    assert "<script>" not in response.text
    expected = 400 if parameters in ("size=-5", "size=abc", "size=1e3") else 200  # a program is told of its mistake
    assert client.get(f"/api/search?{parameters}").status_code == expected


class _Broken:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def search(self, *_asked: object) -> object:
        raise self.error

    suggest = correct = unindexed = search

    def turn(self) -> AbstractContextManager[object]:
        return nullcontext()


@pytest.fixture
def without_search(filled: Filled) -> Iterator[None]:
    service = filled.portal.search
    before = service.reader
    service.__dict__["reader"] = _Broken(SearchUnavailable())
    yield
    service.__dict__["reader"] = before


@pytest.mark.usefixtures("without_search")
def test_without_the_index_search_says_so_and_the_rest_works(client: FlaskClient, filled: Filled) -> None:
    response = client.get("/dataset?q=公交")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "检索服务暂时不可用" in response.text
    assert "/catalog" in response.text
    api = client.get("/api/search?q=公交", headers={"Accept-Language": "en"})
    assert api.status_code == 503
    assert api.mimetype == "application/problem+json"
    assert api.headers["Retry-After"]
    assert client.get("/api/suggest?q=公交").get_json() == {"suggestions": []}
    for address in ("/dataset.json?q=公交", "/dataset.atom?q=公交"):
        assert client.get(address).status_code == 503, address
    for address in ("/", "/theme", "/theme/jiaotong", f"/publisher/{filled.publisher}", "/catalog", "/source"):
        assert client.get(address).status_code == 200, address
    assert client.get(f"/dataset/{filled.ids['bus']}").status_code == 200
    health = client.get("/health")
    assert health.status_code == 503
    assert health.get_json()["parts"] == {"record": "ok", "search": "unavailable"}


def test_a_cursor_of_nobody_is_a_clear_400(client: FlaskClient, filled: Filled) -> None:
    response = client.get("/api/search?cursor=garbage", headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert "cursor" in response.get_json()["detail"].lower()
    assert client.get("/dataset?cursor=garbage").status_code == 200


def test_a_search_page_asks_no_database(application: Flask, client: FlaskClient, filled: Filled) -> None:
    client.get("/dataset?q=公交")  # labels of publishers are remembered for a minute

    class Closed:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"the search page asked the database to {name}")

    before = filled.portal.catalogue._database
    filled.portal.catalogue._database = Closed()  # type: ignore[assignment]
    try:
        assert client.get("/dataset?q=公交").status_code == 200
    finally:
        filled.portal.catalogue._database = before


def test_a_row_of_pages_shows_the_ends_and_the_neighbours() -> None:
    assert list(Pager(1, 1, str).shown()) == [1]
    assert list(Pager(1, 5, str).shown()) == [1, 2, 3, 4, 5]
    assert list(Pager(10, 20, str).shown()) == [1, None, 8, 9, 10, 11, 12, None, 20]
    assert list(Pager(4, 7, str).shown()) == [1, 2, 3, 4, 5, 6, 7]
    assert list(Pager(999, 5, str).shown()) == [1, None, 5]


def test_the_cursor_error_is_raised_by_the_backend(filled: Filled) -> None:
    from indexer.query import Query

    with pytest.raises(CursorInvalid):
        filled.portal.search.search(Query(cursor="garbage"))
