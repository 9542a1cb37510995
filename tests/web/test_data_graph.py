"""The data graph's pages, asked of a real worker on a published graph."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.catalogue.model import SourceKind
from app.factory import create_app
from app.processes.keeper import catch_up
from app.sparql.graph.questions import MAX_RELATED
from app.wiring import Portal
from tests.factories.sparql import running_pool
from tests.web.portals import SECRET, Filled, fill

_HEAD = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix theme: <https://w3id.org/suishu/scheme/theme/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix d: <https://water.example/> .
d:office a foaf:Agent ; foaf:name "广州市水务局"@zh-Hans, "Water Authority"@en ; dct:identifier "11440100007482742G" .
"""
_PAGES = {"Accept": "text/html", "Accept-Language": "zh-CN"}


def _entry(name: str, title: str, *more: str) -> str:
    said = " ; ".join((f'dct:title "{title}"@zh-Hans ; dct:identifier "{name}"', "dct:publisher d:office", *more))
    return f"d:{name} a dcat:Dataset ; {said} .\n"


def _catalogue() -> str:
    river = 'dcat:theme theme:nengyuan ; dct:modified "2024-05-02"^^xsd:date'
    entries = [
        _entry("level", "河道水位", river, 'dcat:keyword "水位", "河道", "监测" ; dct:isReplacedBy d:new'),
        _entry("new", "河道水位（新）", 'dct:modified "2024-06-01"^^xsd:date'),
        _entry("rain", "雨量", 'dcat:keyword "监测", "水位" ; dct:modified "2024-01-01"^^xsd:date'),
        *(_entry(f"pump{n}", f"泵站{n:02}", f'{river} ; dcat:keyword "泵站"') for n in range(20)),
    ]
    return _HEAD + "".join(entries)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    home = tmp_path_factory.mktemp("graph")
    filled = fill(home)
    _harvest(filled.portal, home / "water.ttl", "water", _catalogue())
    assert catch_up(filled.portal)
    for entry in filled.portal.catalogue.entries():
        filled.ids[entry.view.source_iri.rpartition("/")[2] or entry.view.identifiers[0]] = entry.view.id
    return filled


def _harvest(portal: Portal, file: Path, id_: str, text: str) -> None:
    file.write_text(text)
    run = portal.harvesting.harvest_location(
        str(file), dialect="dcat", kind=SourceKind.FEDERATED, title=id_, id_=id_, withdraw_missing=True
    )
    assert run.report.complete, run.report.failure_en


@pytest.fixture(scope="module")
def web(filled: Filled) -> Iterator[FlaskClient]:
    with running_pool(filled.portal.settings.home, time_limit_s=10.0):
        yield create_app(portal=filled.portal).test_client()


def _graph(web: FlaskClient, path: str) -> TestResponse:
    return web.get(f"{path}/graph", headers=_PAGES)


def _publisher(filled: Filled, name: str) -> str:
    entry = filled.portal.catalogue.some([filled.ids[name]])[0]
    assert entry.view.publisher is not None
    return entry.view.publisher.id


def _table(page: str, name: str) -> list[list[str]]:
    part = page[page.index(f'id="{name}"') :]
    body = part[part.index("<tbody>") : part.index("</tbody>")]
    text = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>") if "<t" in row]
    return [
        [unescape(re.sub(r"<br>", "；", re.sub(r"<(?!br)[^>]+>", "", cell))).strip() for cell in row] for row in text
    ]


def test_a_dataset_is_shown_with_what_connects_it_to_others_and_why(web: FlaskClient, filled: Filled) -> None:
    response = _graph(web, f"/dataset/{filled.ids['level']}")
    assert response.status_code == 200
    related = {row[0]: row[1] for row in _table(response.text, "related")}
    assert next(iter(related)) == "河道水位（新）"
    assert "直接关联：被取代" in related["河道水位（新）"]
    assert related["雨量"] in (
        "共同关键词：水位、监测；同一开放主体：广州市水务局",
        "共同关键词：监测、水位；同一开放主体：广州市水务局",
    )
    pump = next(reasons for name, reasons in related.items() if name.startswith("泵站"))
    assert pump == "同一开放主体：广州市水务局；同一领域：资源能源"
    said = _table(response.text, "statements")
    assert ["河道水位", "被取代 dct:isReplacedBy", "河道水位（新）"] in said
    assert ["河道水位", "领域 dcat:theme", "资源能源"] in said


def test_every_node_is_a_link_named_by_kind_and_title_in_one_order(web: FlaskClient, filled: Filled) -> None:
    page = _graph(web, f"/dataset/{filled.ids['level']}").text
    for picture in re.findall(r"<svg class=\"graph .*?</svg>", page, re.DOTALL):
        names = re.findall(r'<a class="node[^>]*><title>([^<]+)</title>', picture)
        assert len(names) == picture.count('class="node ')
        assert names[0] == "数据集：河道水位"
        kinds = list(dict.fromkeys(name.split("：")[0] for name in names[1:]))
        assert kinds == ["开放主体", "领域", "关键词", "数据集"]
    assert f'href="/dataset/{filled.ids["new"]}/graph"' in page


def test_no_more_neighbours_are_drawn_than_one_can_read_and_that_is_said(web: FlaskClient, filled: Filled) -> None:
    page = _graph(web, f"/dataset/{filled.ids['level']}").text
    assert len(_table(page, "related")) == MAX_RELATED
    assert f"只画出关系最近的 {MAX_RELATED} 个" in page
    page = _graph(web, f"/publisher/{_publisher(filled, 'level')}").text
    assert f"只画出最近更新的 {MAX_RELATED} 个" in page
    assert ["资源能源", "21"] in _table(page, "between")


@pytest.mark.parametrize("which", ["publisher", "theme"])
def test_publishers_and_themes_are_shown_with_their_newest_datasets(
    web: FlaskClient, filled: Filled, which: str
) -> None:
    path = f"/publisher/{_publisher(filled, 'bus')}" if which == "publisher" else "/theme/jiaotong"
    page = _graph(web, path).text
    assert ["公交线路站点", "领域 dcat:theme", "交通运输"] in _table(page, "statements")
    assert ["交通运输" if which == "publisher" else "广州市交通运输局", "1"] in _table(page, "between")


def test_the_queries_behind_it_give_their_answers_to_everybody(web: FlaskClient, filled: Filled) -> None:
    page = _graph(web, f"/dataset/{filled.ids['level']}").text
    queries = re.findall(r'href="(/sparql\?query=[^"]+)"', page)
    assert len(queries) == 2
    for query in queries:
        answer = web.get(unescape(query), headers={"Accept": "application/sparql-results+json"})
        assert answer.json["results"]["bindings"]


def test_what_is_not_public_is_in_no_graph(web: FlaskClient, filled: Filled) -> None:
    for name, id_ in filled.ids.items():
        page = _graph(web, f"/dataset/{id_}")
        assert page.status_code in (200, 410), name
        assert SECRET not in page.text
        assert "<script>alert" not in page.text
    assert _graph(web, f"/dataset/{filled.ids['hostile']}").text.count("&lt;script&gt;alert") > 3


def test_unknown_ones_are_404_and_withdrawn_ones_410(web: FlaskClient, filled: Filled) -> None:
    gone = next(iter(set(_ids_of_source(filled)) - set(filled.ids.values())))
    assert _graph(web, f"/dataset/{gone}").status_code == 410
    for path in ("/dataset/aaaaaaaaaaaaaaaa", "/dataset/nothing", "/publisher/aaaaaaaaaaaaaaaa", "/theme/nothing"):
        assert _graph(web, path).status_code == 404, path


def _ids_of_source(filled: Filled) -> list[str]:
    from app.catalogue.model import Tombstone
    from harvest.record import dataset_id

    found = dataset_id("bureau", "https://bureau.example/gone")
    assert isinstance(filled.portal.catalogue.entry(found), Tombstone)
    return [found]


def test_a_dataset_that_was_withdrawn_this_moment_is_not_drawn_any_more(web: FlaskClient, filled: Filled) -> None:
    path = f"/dataset/{filled.ids['level']}"
    assert "雨量" in _graph(web, path).text
    filled.portal.catalogue.withdraw([filled.ids["rain"]], actor="test", why="test")
    page = _graph(web, path)
    assert page.status_code == 200
    assert "雨量" not in page.text


def test_without_workers_the_page_says_so_and_when_to_come_again(filled: Filled) -> None:
    response = create_app(portal=_elsewhere(filled)).test_client().get("/theme/jiaotong/graph", headers=_PAGES)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "查询服务暂时不可用" in response.text
    assert '<svg class="graph' not in response.text


def _elsewhere(filled: Filled) -> Portal:
    from dataclasses import replace

    return replace(
        filled.portal, settings=filled.portal.settings.model_copy(update={"home": filled.portal.settings.home / "x"})
    )


def test_what_the_graph_does_not_hold_yet_is_said(tmp_path: Path) -> None:
    filled = fill(tmp_path)
    _harvest(filled.portal, tmp_path / "water.ttl", "water", _HEAD + _entry("late", "迟到"))
    late = next(entry.view.id for entry in filled.portal.catalogue.entries() if entry.view.source_iri.endswith("late"))
    with running_pool(tmp_path, time_limit_s=10.0):
        page = _graph(create_app(portal=filled.portal).test_client(), f"/dataset/{late}")
    assert page.status_code == 200
    assert "公开图谱里还没有它的关系" in page.text
