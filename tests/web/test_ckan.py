"""CKAN's read API, as its clients and harvesters use it."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import ckanapi
import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.factory import create_app
from app.wiring import Portal
from harvest.record import dataset_id
from tests.factories.portals import keep, numbered, portal_with
from tests.web.portals import Filled

COUNT = 230


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return portal_with(tmp_path_factory.mktemp("many"), numbered(COUNT))


@pytest.fixture(scope="module")
def asker(many: Portal) -> FlaskClient:
    return create_app(portal=many).test_client()


@pytest.fixture(scope="module")
def remote(many: Portal) -> Iterator[ckanapi.RemoteCKAN]:
    server = make_server("127.0.0.1", 0, create_app(portal=many), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with ckanapi.RemoteCKAN(f"http://127.0.0.1:{server.port}") as client:
        yield client
    server.shutdown()
    thread.join()


def result(client: FlaskClient, action: str, **parameters: Any) -> Any:
    response = client.get(f"/api/3/action/{action}", query_string=parameters)
    body = response.get_json()
    assert response.status_code == 200, body
    assert body["success"] is True
    return body["result"]


def error(client: FlaskClient, action: str, **parameters: Any) -> tuple[int, str, str]:
    response = client.get(f"/api/3/action/{action}", query_string=parameters)
    body = response.get_json()
    assert body["success"] is False
    return response.status_code, body["error"]["__type"], body["error"]["message"]


def test_ckanapi_reads_the_catalogue_unchanged(remote: ckanapi.RemoteCKAN) -> None:
    assert remote.action.status_show()["ckan_version"].startswith("2.")
    assert remote.action.site_read() is True
    names = remote.action.package_list()
    assert len(names) == len(set(names)) == COUNT
    assert remote.action.package_list(limit=3, offset=5) == names[5:8]
    package = remote.action.package_show(id=names[0])
    assert package["name"] == package["id"] == names[0]
    found = remote.action.package_search(q="公交线路第7号", rows=5)
    assert found["results"][0]["title"] == "公交线路第7号"
    organization = remote.action.organization_list(all_fields=True)[0]
    assert organization["package_count"] == COUNT
    assert remote.action.organization_show(id=organization["name"])["title"] == "广州市交通运输局"
    resource = package["resources"][0]
    assert remote.action.resource_show(id=resource["id"]) == resource
    assert remote.call_action("package_show", {"id": names[1]}, requests_kwargs={"timeout": 10})["id"] == names[1]
    assert "datasets" in remote.action.help_show(name="package_search").lower()


def test_ckanapi_raises_what_it_raises_with_a_ckan(remote: ckanapi.RemoteCKAN) -> None:
    with pytest.raises(ckanapi.NotFound):
        remote.action.package_show(id="nobody")
    with pytest.raises(ckanapi.ValidationError):
        remote.action.package_show()
    with pytest.raises(ckanapi.SearchQueryError):
        remote.action.package_search(fq="nonsense:1")
    with pytest.raises(ckanapi.CKANAPIError):
        remote.action.package_create(name="x")


def harvest(client: FlaskClient, fq: str) -> list[dict[str, Any]]:
    """The requests that ckanext-harvest's CKAN harvester makes to gather what it will import."""
    found: list[dict[str, Any]] = []
    start = 0
    while True:
        parameters = {"rows": "100", "start": str(start), "sort": "id asc", "fq": fq}
        response = client.get("/api/action/package_search", query_string=parameters)
        page = json.loads(response.data)["result"]["results"]
        if not page:
            return found
        found += page
        start += 100


def test_a_ckan_harvester_gets_every_dataset_exactly_once(asker: FlaskClient, many: Portal) -> None:
    an_hour_ago = (many.clock() - timedelta(hours=1)).replace(tzinfo=None).isoformat()
    for fq in ("", f"metadata_modified:[{an_hour_ago}Z TO *]"):
        gathered = harvest(asker, fq)
        ids = [package["id"] for package in gathered]
        assert len(ids) == len(set(ids)) == COUNT
        assert ids == sorted(ids)
        for package in (gathered[0], gathered[-1]):
            assert result(asker, "package_show", id=package["id"]) == package
            assert result(asker, "organization_show", id=package["organization"]["name"])
    tomorrow = (many.clock() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.%f")
    assert harvest(asker, f"metadata_modified:[{tomorrow}Z TO *]") == []


def test_a_ckan_harvester_that_comes_again_gets_what_changed(tmp_path_factory: pytest.TempPathFactory) -> None:
    portal = portal_with(tmp_path_factory.mktemp("again"), numbered(5))
    client = create_app(portal=portal).test_client()
    before = portal.clock().strftime("%Y-%m-%dT%H:%M:%S.%f")
    keep(portal, numbered(2, first=1, word="地铁线路"))
    found = harvest(client, f"metadata_modified:[{before}Z TO *]")
    assert sorted(package["title"] for package in found) == ["地铁线路第1号", "地铁线路第2号"]


@pytest.mark.parametrize(
    ("q", "fq", "count"),
    [
        ("", "", COUNT),
        ("*:*", "*:*", COUNT),
        ("", "groups:jiaotong", 115),
        ("", "+groups:交通运输 +state:active", 115),
        ("", "groups:jiaotong AND tags:出行", 39),
        ("", 'tags:"出行"', 77),
        ("tags:出行", "", 77),
        ("", "-tags:出行", COUNT - 77),
        ("", "-groups:jiaotong -tags:出行", 77),
        ("", "NOT (groups:jiaotong OR tags:出行)", 77),
        ("", "groups:(jiaotong OR jiaoyu)", 115),
        ("", "tags:nowhere OR groups:jiaotong", 115),
        ("", "organization:nobody", 0),
        ("", "state:deleted", 0),
        ("公交线路", "groups:jiaotong", 115),
        ("公交线路", "tags:出行 dataset_type:dataset", 77),
        ("公交线路第7号", "-organization:nobody metadata_modified:[NOW-1DAY TO NOW]", COUNT),
        ("title:公交线路", "metadata_modified:[* TO 2001-01-01T00:00:00Z]", 0),
    ],
)
def test_a_filter_counts_what_it_says(asker: FlaskClient, q: str, fq: str, count: int) -> None:
    found = result(asker, "package_search", q=q, fq=fq, rows=0)
    assert (found["count"], found["results"]) == (count, [])


@pytest.mark.parametrize(
    ("words", "filters"),
    [
        ("", {}),
        ("", {"fq": "groups:jiaotong"}),
        ("公交", {"fq": "tags:出行"}),
        ("公交", {}),
        ("", {"sort": "name desc"}),
    ],
)
def test_pages_of_any_size_hold_each_dataset_once(asker: FlaskClient, words: str, filters: dict[str, str]) -> None:
    total = result(asker, "package_search", q=words, rows=0, **filters)["count"]
    whole = [each["id"] for each in result(asker, "package_search", q=words, rows=1000, **filters)["results"]]
    assert len(whole) == len(set(whole)) == total > 0
    parts: list[str] = []
    for start in range(0, total, 37):
        page = result(asker, "package_search", q=words, rows=37, start=start, **filters)["results"]
        parts += [each["id"] for each in page]
    assert parts == whole


def test_words_that_find_too_much_are_refused_where_the_index_can_not_do_the_rest(
    asker: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.ckan.search.MAX_LOOKED_THROUGH", 100)
    assert error(asker, "package_search", q="公交线路", fq="tags:出行")[:2] == (409, "Search Error")
    assert error(asker, "package_search", q="公交线路", sort="name asc")[:2] == (409, "Search Error")
    for fq in ("groups:jiaotong", "+dataset_type:dataset +state:active", "groups:jiaotong AND (state:active)"):
        found = result(asker, "package_search", **{"q": "公交线路", "fq": fq, "facet.field": '["tags"]'})
        assert found["count"] in (115, COUNT)
        assert found["facets"]["tags"] == {}
    assert result(asker, "package_search", fq="tags:出行")["count"] == 77


def test_facets_count_the_same_by_index_and_by_record(asker: FlaskClient) -> None:
    fields = '["organization", "groups", "tags", "res_format", "license_id"]'
    by_index = result(asker, "package_search", **{"facet.field": fields, "fq": "groups:jiaotong", "rows": 0})
    by_record = result(
        asker, "package_search", **{"facet.field": fields, "fq": "groups:jiaotong", "rows": 0, "sort": "id asc"}
    )
    for found in (by_index, by_record):
        assert found["facets"]["groups"] == {"jiaotong": 115}
        assert list(found["facets"]["organization"].values()) == [115]
        assert found["facets"]["tags"] == {"出行": 39}
        assert found["facets"]["license_id"] == {}
        item = found["search_facets"]["groups"]["items"][0]
        assert item == {"name": "jiaotong", "display_name": "交通运输", "count": 115}
    words = result(asker, "package_search", **{"q": "公交", "facet.field": fields, "facet.limit": "1"})
    assert words["facets"]["tags"] == {"出行": 77}
    assert "facets" not in words["results"][0]
    assert result(asker, "package_search", **{"facet.field": fields, "facet": "false"})["facets"] == {}


def test_groups_and_tags_are_themes_and_keywords(asker: FlaskClient) -> None:
    assert len(result(asker, "group_list")) == 22
    transport = result(asker, "group_show", id="jiaotong", include_datasets="true")
    assert (transport["title"], transport["package_count"], len(transport["packages"])) == ("交通运输", 115, 115)
    assert result(asker, "group_list", all_fields="true", groups='["jiaotong"]')[0]["package_count"] == 115
    assert result(asker, "tag_list") == result(asker, "tag_list", query="行") == ["出行"]
    assert result(asker, "tag_list", query="%") == []
    assert len(result(asker, "tag_show", id="出行", include_datasets="true")["packages"]) == 77
    recent = result(asker, "current_package_list_with_resources", limit=3)
    assert [len(each["resources"]) for each in recent] == [1, 1, 1]


def test_a_body_in_json_or_as_a_form_says_the_same(asker: FlaskClient) -> None:
    asked = {"fq": "groups:jiaotong", "rows": 2, "facet.field": ["groups"]}
    by_json = asker.post("/api/3/action/package_search", json=asked).get_json()["result"]
    by_form = asker.post("/api/action/package_search", data=asked | {"facet.field": '["groups"]'}).get_json()["result"]
    assert by_json == by_form
    assert by_json["count"] == 115
    for body in (b"{", b"[]", b"nothing", b"[" * 100_000):
        answer = asker.post("/api/3/action/package_list", data=body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.get_json()["success"] is False


def test_what_is_said_more_than_once_counts_each_time(asker: FlaskClient, remote: ckanapi.RemoteCKAN) -> None:
    filters = ["groups:jiaotong", "tags:出行"]
    asked = {"fq_list": filters, "rows": 0, "facet.field": ["groups", "tags"]}
    by_json = asker.post("/api/3/action/package_search", json=asked).get_json()["result"]
    assert 0 < by_json["count"] < result(asker, "package_search", fq=filters[0], rows=0)["count"]
    assert result(asker, "package_search", **asked) == by_json
    assert asker.post("/api/3/action/package_search", data=asked).get_json()["result"] == by_json
    with ckanapi.RemoteCKAN(remote.address, get_only=True) as getting:
        assert getting.action.package_search(**asked) == by_json


def test_scripts_of_other_sites_may_ask_in_json(asker: FlaskClient) -> None:
    """What a browser asks before (https://fetch.spec.whatwg.org/#cors-preflight-fetch), and then."""
    address, origin = "/api/3/action/package_search", {"Origin": "https://elsewhere.example"}
    may = asker.options(
        address,
        headers=origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
    )
    assert may.status_code == 200
    assert may.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in may.headers["Access-Control-Allow-Headers"]
    answer = asker.post(address, json={"rows": 0}, headers=origin)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize("body", [{"rows": [1]}, {"q": {"a": "b"}}, {"sort": ["id asc"]}, {"start": {}}])
def test_what_is_no_text_is_refused_and_never_left_out(asker: FlaskClient, body: dict[str, Any]) -> None:
    answer = asker.post("/api/3/action/package_search", json=body)
    assert answer.status_code == 409
    assert list(body) == [name for name in answer.get_json()["error"] if name not in ("__type", "message")]


def test_errors_have_the_form_of_ckans(asker: FlaskClient) -> None:
    assert error(asker, "package_delete")[:2] == (400, "Bad Request")
    assert error(asker, "package_show")[:2] == (409, "Validation Error")
    assert error(asker, "package_show", id="\0")[:2] == (404, "Not Found Error")
    assert error(asker, "resource_show", id="a-b")[:2] == (404, "Not Found Error")
    assert error(asker, "group_show", id="nowhere")[0] == 404
    assert error(asker, "tag_show", id="\0")[0] == 404
    assert error(asker, "organization_show", id="nobody")[0] == 404
    assert error(asker, "package_search", rows="-1")[:2] == (409, "Validation Error")
    assert error(asker, "package_search", sort="views_recent desc")[:2] == (400, "Search Query Error")
    for fq in ("tags:", "(groups:a", "groups:a)", "AND", "bus", "tags:a*", "unknown:x", "groups:[a TO b]",
               "metadata_modified:[x TO *]", "metadata_modified:[2026-01-01T00:00:00Z]", '"', "(" * 50,
               "metadata_modified:0001-01-01T00:00:00+14:00"):  # fmt: skip
        status, kind, message = error(asker, "package_search", fq=fq)
        assert (status, kind) == (400, "Search Query Error"), fq
        assert message


@pytest.mark.parametrize("field", ["fq", "fq_list", "facet.field", "organizations", "groups"])
def test_brackets_without_end_are_no_list(asker: FlaskClient, field: str) -> None:
    action = {"organizations": "organization_list", "groups": "group_list"}.get(field, "package_search")
    deep = "[" * 2000
    assert error(asker, action, **{field: deep})[:2] == (409, "Validation Error")
    assert asker.post(f"/api/3/action/{action}", json={field: deep}).status_code == 409


@pytest.mark.parametrize("action", ["package_search", "package_show", "tag_list", "tag_show", "help_show"])
def test_half_a_surrogate_pair_is_no_json(asker: FlaskClient, action: str) -> None:
    for field in ("q", "facet.field", "id", "query", "name"):
        answer = asker.post(
            f"/api/3/action/{action}", data=json.dumps({field: "\ud800"}), content_type="application/json"
        )
        assert answer.status_code == 400, field
        assert answer.get_json()["success"] is False


def test_extras_carry_what_ckan_has_no_field_for(client: FlaskClient, filled: Filled) -> None:
    package = result(client, "package_show", id=filled.ids["bus"])
    extras = {each["key"]: each["value"] for each in package["extras"]}
    assert extras["open_attribute"] == "WTJ"
    assert extras["open_attribute_label"] == "无条件开放"
    assert extras["frequency"] == "WEEKLY"
    assert extras["source_iri"] == "https://bureau.example/bus"
    assert extras["identifier"] == "GZ-1"
    assert package["title_translated"]["en"] == "Bus routes and stops"
    assert [tag["name"] for tag in package["tags"]] == ["公交", "出行"]
    assert package["organization"]["title"] == "广州市交通运输局"
    assert package["resources"][0]["url"] == "https://data.example.org/bus.csv"
    assert package["resources"][0]["format"] == "CSV"
    assert package["metadata_modified"] >= package["metadata_created"] >= "2026"


def test_a_withdrawn_dataset_is_told_as_not_found_and_gone(client: FlaskClient) -> None:
    gone = dataset_id("bureau", "https://bureau.example/gone")
    assert error(client, "package_show", id=gone)[:2] == (410, "Not Found Error")
    assert gone not in result(client, "package_list")


def test_addresses_that_could_run_something_are_in_no_resource(client: FlaskClient, filled: Filled) -> None:
    package = result(client, "package_show", id=filled.ids["hostile"])
    assert [resource["url"] for resource in package["resources"]] == ["", ""]
    assert "javascript:" not in package["url"]
