"""What programs read: search as JSON, OpenAPI, problem documents, health, sitemaps; and the portal under a path."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.search.filters import FILTERS
from app.settings import Settings
from tests.web.portals import BASE, Filled, fill


def search(client: FlaskClient, **parameters: Any) -> dict[str, Any]:
    response = client.get("/api/search", query_string=parameters)
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    return json.loads(response.data)


def test_a_result_says_what_other_programs_rely_on(client: FlaskClient, filled: Filled) -> None:
    answer = search(client, q="公交线路")
    assert answer["total"] >= 1
    first = answer["results"][0]
    assert first["id"] == filled.ids["bus"]
    assert first["uri"] == f"{BASE}/dataset/{first['id']}"
    assert "GZ-1" in first["identifiers"]
    assert first["title"] == "公交线路站点"
    assert first["publisher"] == {"id": filled.publisher, "name": "广州市交通运输局"}
    assert first["score"] > 0
    assert any(run["match"] for run in first["highlight"]["title"])
    assert {"value": "WTJ", "label": "无条件开放", "count": 2, "selected": False} in search(client)["facets"][
        "open_attribute"
    ]


def test_the_cursor_reaches_every_result_once(client: FlaskClient, filled: Filled) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = search(client, size=2, cursor=cursor, sort="modified")
        seen += [result["id"] for result in answer["results"]]
        if not answer["next"]:
            break
        cursor = answer["next"]
        assert len(seen) < 50
    assert sorted(seen) == sorted(filled.ids.values())


def test_a_filter_counts_labels_and_notations_alike(client: FlaskClient) -> None:
    assert search(client, frequency="每周")["total"] == search(client, frequency="WEEKLY")["total"] == 1


def test_the_answer_is_what_the_openapi_document_promises(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    answer = search(client, q="公交")
    assert answer["results"]
    _conforms(answer, {"$ref": "#/components/schemas/Results"}, document)
    _conforms(client.get("/health").get_json(), {"$ref": "#/components/schemas/Health"}, document)
    problem = client.get("/api/nothing").get_json()
    _conforms(problem, {"$ref": "#/components/schemas/Problem"}, document)


def _conforms(value: object, schema: dict[str, Any], document: dict[str, Any]) -> None:
    """The part of JSON Schema that our document uses."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        assert value in schema["enum"]
        return
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if value is None:
        assert "null" in names
        return
    assert isinstance(value, tuple(kinds[name] for name in names if name != "null")), (value, schema)  # type: ignore[arg-type]
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= value.keys()
        for name, part in value.items():
            wanted = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            assert wanted, f"{name} is not in the document"
            _conforms(part, wanted, document)
    if isinstance(value, list):
        for part in value:
            _conforms(part, schema["items"], document)


def test_no_results_can_be_asked_for_where_the_sums_are_wanted(client: FlaskClient) -> None:
    none, all_ = search(client, size=0), search(client)
    assert none["results"] == []
    assert none["next"] is None
    assert (none["total"], none["facets"]) == (all_["total"], all_["facets"])


def test_a_size_that_is_none_is_told_and_one_too_large_is_the_largest(client: FlaskClient) -> None:
    for size in ("-5", "abc", "1e3", "2.5", "١"):
        answer = client.get("/api/search", query_string={"size": size})
        assert answer.status_code == 400, size
        assert "size 须是不小于 0 的整数" in answer.get_json()["detail"]
    for size in ("", "1000", "9" * 15):
        assert client.get("/api/search", query_string={"size": size}).status_code == 200, size
    english = client.get("/api/search?size=x", headers={"Accept-Language": "en"}).get_json()
    assert "size must be a whole number" in english["detail"]


def test_the_pages_of_the_catalogue_are_explained_as_they_are(client: FlaskClient) -> None:
    catalogue = client.get("/api/docs").text.partition('id="op-catalogue"')[2].partition("</section>")[0]
    assert "每页的数据集数，用于 RDF。" in catalogue
    assert "只要总数和分面" not in catalogue


def test_every_filter_is_a_parameter_of_the_document(client: FlaskClient, application: Flask) -> None:
    document = client.get("/api/openapi.json").get_json()
    names = {parameter["name"] for parameter in document["paths"]["/api/search"]["get"]["parameters"]}
    years = {"modified_from", "modified_to", "issued_from", "issued_to"}
    assert names == {each.name for each in FILTERS} | years | {"rating_from", "rating_to"} | {
        "q",
        "sort",
        "size",
        "page",
        "cursor",
        "all",
        "insist",
    }
    docs = client.get("/api/docs").text
    for path, methods in document["paths"].items():
        assert path in docs
        rule = re.sub(r"\{\w+\}", "x", path).replace("catalog.x", "catalog.nt")
        adapter = application.url_map.bind("x")
        for method in methods:
            assert adapter.test(rule, method.upper()), path


def test_an_error_is_a_page_for_people_and_a_problem_document_for_programs(client: FlaskClient) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert "没有找到这个页面" in page.text
    for address, accept in (
        ("/nowhere", "application/json"),
        ("/nowhere", "text/turtle"),
        ("/api/nowhere", "text/html"),
    ):
        document = client.get(address, headers={"Accept": accept, "Accept-Language": "en"})
        assert document.status_code == 404
        assert document.mimetype == "application/problem+json"
        body = document.get_json()
        assert body["status"] == 404
        assert body["title"] == "Page not found"
        assert body["instance"] == address
        assert document.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/catalog.nt?page=999", "/catalog.ttl?modified-since=x", "/dataset/none.jsonld"])
def test_at_an_address_for_programs_whoever_takes_anything_is_told_as_a_program(
    client: FlaskClient, address: str
) -> None:
    told = client.get(address, headers={"Accept": "*/*"})
    assert told.status_code in (400, 404)
    assert told.mimetype == "application/problem+json"
    page = client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (told.status_code, "text/html")
    assert client.put("/sparql", headers={"Accept": "*/*"}).mimetype == "application/problem+json"


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    response = client.post("/dataset", headers={"Accept": "application/json"})
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_fault_of_ours_tells_nothing_of_itself(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr(filled.portal.catalogue, "totals", broken)
    client = create_app(portal=filled.portal).test_client()
    for accept in ("text/html", "application/json"):
        response = client.get("/", headers={"Accept": accept})
        assert response.status_code == 500
        assert "secret detail" not in response.text


def test_health_names_its_parts(client: FlaskClient) -> None:
    quiet = {"alerts": {}, "held_deletions": 0}
    well = {"status": "ok", "parts": {"record": "ok", "search": "ok"}, "unindexed": {}, "harvest": quiet}
    assert client.get("/health").get_json() == well


def test_health_counts_what_the_search_engine_refuses_by_the_kind_of_reason(
    client: FlaskClient, filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {"a": "too_long: 40000 bytes of SECRET", "b": "too_long: 50000", "c": "no id"}
    monkeypatch.setattr(filled.portal.search.reader, "unindexed", lambda: refused)
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.get_json()["unindexed"] == {"too_long": 2, "no id": 1}
    assert "SECRET" not in answer.text


def test_the_sitemap_lists_every_dataset(client: FlaskClient, filled: Filled) -> None:
    assert f"{BASE}/sitemap.xml?page=1" in client.get("/sitemap.xml").text
    listed = re.findall(r"<loc>([^<]*)</loc>", client.get("/sitemap.xml?page=1").text)
    assert sorted(listed) == sorted(f"{BASE}/dataset/{id_}" for id_ in filled.ids.values())
    assert client.get("/sitemap.xml?page=2").status_code == 404
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    filled = fill(tmp_path_factory.mktemp("below"), base_url="https://city.example/open/data")
    return create_app(portal=filled.portal).test_client()


@pytest.mark.parametrize("prefix", ["/open/data", ""])
def test_under_a_path_every_link_stays_under_it(below: FlaskClient, prefix: str) -> None:
    """Whether the proxy in front cuts the path off or not."""
    for address in ("/", "/dataset?q=公交", "/catalog", "/theme/jiaotong", "/source", "/about", "/api/docs"):
        response = below.get(prefix + address, headers={"Accept": "text/html"})
        assert response.status_code == 200, address
        for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', response.text):
            assert link.startswith("/open/data/"), (address, link)


def test_an_empty_portal_has_every_page(tmp_path: Path) -> None:
    client = create_app(Settings(home=tmp_path, base_url=BASE)).test_client()
    for address in (
        "/",
        "/catalog",
        "/publisher",
        "/theme",
        "/theme/jiaotong",
        "/source",
        "/about",
        "/sitemap.xml",
        "/ns",
    ):
        response = client.get(address, headers={"Accept": "text/html"})
        assert response.status_code == 200, address
    for suffix in ("nt", "ttl", "jsonld", "rdf"):
        assert client.get(f"/catalog.{suffix}").status_code == 200
        assert client.get(f"/dump/catalog.{suffix}").data
    assert client.get("/catalog/export.csv").data.decode("utf-8-sig").count("\n") == 1
    assert client.get("/dataset").status_code in (200, 503)
