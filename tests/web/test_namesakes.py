"""Two publishers of one name, each from another portal, are told apart wherever they are named."""

import re

import pytest
from flask.testing import FlaskClient

from app.catalogue.model import SourceKind
from app.catalogue.namesakes import told_apart
from app.factory import create_app
from app.processes.keeper import catch_up
from app.settings import Settings
from app.wiring import build

OTHER = SourceKind.FEDERATED
_CATALOGUE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<https://{city}.example/{n}> a dcat:Dataset ; dct:title "{city} {n}"@zh-Hans ;
  dct:publisher <https://{city}.example/p> .
<https://{city}.example/p> a foaf:Agent ; foaf:name "{name}"@zh-Hans .
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    home = tmp_path_factory.mktemp("namesakes")
    portal = build(Settings(home=home, base_url="https://data.example"))
    for city, title, name in (("a", "甲市", "交通局"), ("b", "乙市", "交通局"), ("c", "丙市", "教育局")):
        file = home / f"{city}.ttl"
        file.write_text(_CATALOGUE.format(city=city, n=1, name=name))
        run = portal.harvesting.harvest_location(
            str(file), dialect="dcat", kind=SourceKind.FEDERATED, title=title, id_=city
        )
        assert run.report.complete
    assert catch_up(portal)
    return create_app(portal=portal).test_client()


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", markup).split())


def test_lists_name_where_each_of_them_is_from(client: FlaskClient) -> None:
    text = words(client.get("/publisher").text)
    assert "交通局 · 甲市" in text
    assert "交通局 · 乙市" in text
    assert "丙市" not in text, "nobody shares this name"
    assert "交通局 · 甲市" in words(client.get("/").text)
    assert "交通局 · 甲市" in words(client.get("/publisher?lang=en").text)


def test_results_name_it_too(client: FlaskClient) -> None:
    text = words(client.get("/dataset?lang=zh-Hans").text)
    assert "交通局 · 甲市" in text
    assert "教育局 ·" not in text


def test_a_publishers_page_and_its_datasets_name_it(client: FlaskClient) -> None:
    for link in re.findall(r'href="(/publisher/[a-z2-7]{16})">', client.get("/publisher?lang=zh-Hans").text):
        page = client.get(link).text
        origin = re.search(r"<h1>交通局 .*· (.)市", page)
        if origin is None:
            assert "教育局" in page
            continue
        assert f"<title>交通局 · {origin[1]}市" in page
        dataset = re.search(r'href="(/dataset/[a-z2-7]{16})"', page)
        assert dataset is not None
        assert f"· {origin[1]}市" in client.get(dataset[1]).text


def test_where_the_source_is_the_same_a_code_or_an_address_tells_apart() -> None:
    sources = {"x": ("甲市", OTHER), "y": ("甲市", OTHER), "z": ("乙市", OTHER)}
    marks = {"x": "11440100007482734Q", "y": "p7", "z": "p8", "gone": "p9"}
    assert told_apart([["x", "y", "z"], ["z", "gone"]], sources, marks) == {
        "x": "甲市 · 11440100007482734Q",
        "y": "甲市 · p7",
        "z": "乙市",
    }


def test_the_citys_own_goes_without_saying_where_it_is_one_alone() -> None:
    sources = {"x": ("本市", SourceKind.OWN), "y": ("甲市", OTHER), "z": ("本市二", SourceKind.OWN)}
    assert told_apart([["x", "y"]], sources, {}) == {"y": "甲市"}
    assert told_apart([["x", "y", "z"]], sources, {}) == {"x": "本市", "y": "甲市", "z": "本市二"}
