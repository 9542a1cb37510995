"""A dataset's page, whatever its source wrote."""

import re

import pytest
from flask.testing import FlaskClient

from harvest.record import dataset_id
from tests.web.portals import BASE, Filled


def page(client: FlaskClient, filled: Filled, name: str, language: str = "zh-Hans") -> str:
    response = client.get(f"/dataset/{filled.ids[name]}", headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.text


def test_every_field_is_shown_in_words(client: FlaskClient, filled: Filled) -> None:
    text = page(client, filled, "bus")
    for words in (
        "公交线路站点", "Bus routes and stops", "广州市交通运输局", "交通运输", "无条件开放", "每周", "2024-01-05",
        "2024-06-01", "CSV", "4,200 行", "公交", "出行", "数据科", "tel:020-12345678", "XLMC", "线路名称", "字符型",
        "CC BY 4.0", "52.4 KB", "GZ-1", "https://bureau.example/bus", "来源 bureau",
    ):  # fmt: skip
        assert words in text, words


def test_codes_are_named_in_the_readers_language(client: FlaskClient, filled: Filled) -> None:
    text = page(client, filled, "bus", "en")
    assert "Open unconditionally" in text
    assert "Weekly" in text
    assert "<h1>Bus routes and stops</h1>" in text
    assert '<span lang="zh-Hans">公交线路与站点' in text


def test_downloads_open_without_telling_where_from(client: FlaskClient, filled: Filled) -> None:
    link = re.search(r'<a [^>]*href="https://data.example.org/bus.csv"[^>]*>', page(client, filled, "bus"))
    assert link is not None
    assert 'rel="noopener nofollow"' in link[0]


def test_each_version_says_what_changed(client: FlaskClient, filled: Filled) -> None:
    text = page(client, filled, "bus")
    assert "第 2 版" in text
    assert "首次收录" in text
    history = text[text.index('class="history"') :]
    assert re.search(r'change-removed">.*?更新日期.*?2024-05-01', history)
    assert re.search(r'change-added">.*?更新日期.*?2024-06-01', history)
    assert "https://data.example/dataset" not in history[: history.index("</ol>")]


def test_what_a_source_writes_is_never_markup(client: FlaskClient, filled: Filled) -> None:
    for address in (f"/dataset/{filled.ids['hostile']}", "/dataset", "/dataset?q=alert", "/", "/catalog"):
        text = client.get(address).text
        for tag in ("<script>", "<img", "<svg onload", "<b>x", "<i>n"):
            assert tag not in text, (address, tag)
    text = page(client, filled, "hostile")
    assert "&lt;script&gt;alert" in text
    assert "{{ 7*7 }}" in text


def test_only_web_addresses_become_links(client: FlaskClient, filled: Filled) -> None:
    text = page(client, filled, "hostile")
    links = re.findall(r'href="([^"]*)"', text)
    assert not [link for link in links if re.match(r"\s*(javascript|data|vbscript):", link, re.I)]
    assert not [link for link in links if "user:pass@" in link or "bcc=" in link or "phone-context" in link]
    assert "地址无效，未设链接" in text


def test_a_keyword_leads_to_a_search_for_it(client: FlaskClient, filled: Filled) -> None:
    assert "/dataset?q=a%26b%3Dc%23d%3Fe" in page(client, filled, "hostile")


def test_conditional_data_shows_its_conditions_and_no_download(client: FlaskClient, filled: Filled) -> None:
    text = page(client, filled, "conditional")
    assert "有条件开放" in text
    assert "仅限研究使用。" in text
    assert "https://data.example.org/apply" in text
    assert ".csv" not in text


def test_a_closed_entry_says_what_is_withheld(client: FlaskClient, filled: Filled) -> None:
    text = page(client, filled, "closed")
    assert "来源门户将本数据集标为不公开" in text
    assert "开放主体未公开本数据集的摘要，如需了解请与其联系。" in text
    assert "开放主体未公开本数据集的数据项" in text
    assert 'class="download"' not in text


def test_very_long_texts_are_shown(client: FlaskClient, filled: Filled) -> None:
    assert "长" * 3000 in page(client, filled, "long")


def test_a_withdrawn_dataset_leaves_a_tombstone(client: FlaskClient) -> None:
    id_ = dataset_id("bureau", "https://bureau.example/gone")
    response = client.get(f"/dataset/{id_}")
    assert response.status_code == 410
    assert "已取消的站点" in response.text
    assert f"{BASE}/dataset/{id_}" in response.text
    for suffix in (".ttl", ".nt"):
        gone = client.get(f"/dataset/{id_}{suffix}")
        assert gone.status_code == 410


@pytest.mark.parametrize("id_", ["nothing", "a" * 16, "A" * 16, "a" * 5000, "%00", "..%2f..", "é" * 16, "a" * 15 + "1"])
def test_an_address_that_nobody_has_is_404(client: FlaskClient, id_: str) -> None:
    for noun in ("dataset", "publisher", "theme", "source"):
        assert client.get(f"/{noun}/{id_}").status_code == 404
