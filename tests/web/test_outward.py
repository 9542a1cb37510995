"""What search engines and other portals are given: data.json, data blocks of pages, sitemaps, dumps, tombstones."""

import gzip
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient

from app.factory import create_app
from app.settings import Settings
from app.web.security import CONTENT_SECURITY_POLICY
from app.wiring import build
from harvest.record import dataset_id
from tests.factories.portals import keep, numbered, portal_with
from tests.web.portals import BASE, Filled

ACTIVITY = "https://www.w3.org/ns/activitystreams#"
RULES = {
    "title": r".+", "description": r".+", "modified": r"\d{4}-\d\d-\d\d", "identifier": r"\S+",
    "accessLevel": r"public|restricted public|non-public",
}  # fmt: skip
"""What https://project-open-data.cio.gov/v1.1/schema/dataset.json demands of the texts of every dataset."""
OPTIONAL = {
    "issued": r"\d{4}-\d\d-\d\d", "license": r"https?://\S+", "landingPage": r"https?://\S+",
    "rights": r"[\s\S]{1,255}", "accrualPeriodicity": r"irregular|R/P(T1[SH]|\d+[YMWD])",
    "temporal": r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d",
    "spatial": r".+",
}  # fmt: skip
"""The forms of what it leaves free."""


def check_dataset(said: dict[str, Any]) -> None:
    """The rules of the DCAT-US 1.1 schema; `hasEmail`, which it demands, where the portal knows an address."""
    assert said["@type"] == "dcat:Dataset"
    for name, form in RULES.items():
        assert re.fullmatch(form, said[name], re.S), (name, said[name])
    for name, form in OPTIONAL.items():
        assert name not in said or re.fullmatch(form, said[name]), (name, said[name])
    assert said["keyword"]
    assert all(isinstance(word, str) and word for word in said["keyword"] + said.get("theme", []))
    assert said["publisher"]["@type"] == "org:Organization"
    assert said["publisher"]["name"]
    contact = said["contactPoint"]
    assert contact["@type"] == "vcard:Contact"
    assert contact["fn"]
    assert re.fullmatch(r"mailto:[\w~!$&'()*+,;=:.-]+@[\w.-]+\.[\w.-]+?", contact.get("hasEmail", "mailto:a@b.c"))
    for each in said.get("distribution", []):
        assert each["@type"] == "dcat:Distribution"
        assert "downloadURL" in each or "accessURL" in each
        assert all(re.match("https?://", each[name]) for name in ("downloadURL", "accessURL") if name in each)
        assert "downloadURL" not in each or re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", each["mediaType"])
    assert None not in said.values()


def test_data_json_has_every_dataset_in_the_form_of_its_schema(client: FlaskClient, filled: Filled) -> None:
    response = client.get("/data.json")
    assert response.mimetype == "application/json"
    whole = json.loads(response.data)
    assert whole["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    assert whole["@type"] == "dcat:Catalog"
    found = {each["identifier"]: each for each in whole["dataset"]}
    assert sorted(found) == sorted(f"{BASE}/dataset/{id_}" for id_ in filled.ids.values())
    assert len(whole["dataset"]) == len(found)
    for each in whole["dataset"]:
        check_dataset(each)
    bus = found[f"{BASE}/dataset/{filled.ids['bus']}"]
    assert (bus["accessLevel"], bus["accrualPeriodicity"], bus["modified"]) == ("public", "R/P1W", "2024-06-01")
    assert found[f"{BASE}/dataset/{filled.ids['closed']}"]["accessLevel"] == "non-public"
    assert found[f"{BASE}/dataset/{filled.ids['long']}"]["accessLevel"] == "restricted public"


def test_data_json_of_nothing_is_whole_and_the_operator_answers_for_those_without_mail(tmp_path: Path) -> None:
    empty = create_app(Settings(home=tmp_path / "empty", base_url=BASE)).test_client()
    assert json.loads(empty.get("/data.json").data)["dataset"] == []
    portal_with(tmp_path / "one", numbered(1)).close()
    settings = Settings(home=tmp_path / "one", base_url=BASE, operator_email="data@city.example")
    client = create_app(portal=build(settings)).test_client()
    only = json.loads(client.get("/data.json").data)["dataset"][0]
    assert only["contactPoint"]["hasEmail"] == "mailto:data@city.example"


def block(client: FlaskClient, id_: str) -> dict[str, Any]:
    page = client.get(f"/dataset/{id_}")
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)
    assert len(blocks) == 1
    return json.loads(blocks[0])


def test_a_page_says_to_search_engines_what_its_dataset_is(client: FlaskClient, filled: Filled) -> None:
    said = block(client, filled.ids["bus"])
    assert (said["@context"], said["@type"]) == ("https://schema.org/", "Dataset")
    assert said["name"] == "公交线路站点"
    assert len(said["description"]) > 10
    assert said["publisher"]["name"] == "广州市交通运输局"
    assert said["distribution"][0]["contentUrl"] == "https://data.example.org/bus.csv"
    assert said["isAccessibleForFree"] is True
    assert said["variableMeasured"] == ["线路名称"]
    assert said["dateModified"] == "2024-06-01"
    assert "distribution" not in block(client, filled.ids["conditional"])
    assert "distribution" not in block(client, filled.ids["closed"])


def test_no_title_can_leave_the_data_block(client: FlaskClient, filled: Filled) -> None:
    said = block(client, filled.ids["hostile"])
    assert said["name"] == "<script>alert('标题')</script>"
    inside = re.search(r'ld\+json">(.*?)</script>', client.get(f"/dataset/{filled.ids['hostile']}").text, re.S)
    assert inside is not None
    assert not re.search("[<>&]", inside[1])
    assert "javascript:" not in inside[1]


def test_the_sitemap_says_when_each_page_changed(client: FlaskClient, filled: Filled) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    assert index.tag == f"{space}sitemapindex"
    for part in index.iter(f"{space}loc"):
        urls = ElementTree.fromstring(client.get((part.text or "").removeprefix(BASE)).data)
        assert len(urls) <= 50_000
        for url in urls:
            assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", url.findtext(f"{space}lastmod") or "")


@pytest.mark.parametrize("address", ["/dump/catalog.nt", "/dump/catalog.ttl.gz", "/data.json"])
def test_who_has_a_long_answer_is_not_sent_it_again(tmp_path: Path, address: str) -> None:
    portal = portal_with(tmp_path, numbered(3), followed=False)
    client = create_app(portal=portal).test_client()
    first = client.get(address)
    body = first.data
    assert (gzip.decompress(body) if address.endswith("gz") else body).count(b"GZ-") or b"dataset" in body
    tag = {"If-None-Match": first.headers["ETag"]}
    for asked in (tag, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = client.get(address, headers=asked)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    keep(portal, numbered(1, first=9))
    later = client.get(address, headers=tag)
    assert later.status_code == 200
    assert later.headers["ETag"] != first.headers["ETag"]
    assert later.data != body


def test_who_has_a_page_is_not_sent_it_again(client: FlaskClient, filled: Filled) -> None:
    for address in (
        f"/dataset/{filled.ids['bus']}", f"/dataset/{filled.ids['bus']}.ttl", "/catalog", "/catalog.jsonld",
    ):  # fmt: skip
        first = client.get(address)
        assert first.headers["Last-Modified"], address
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
        again = client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        assert again.status_code == 304, address


@pytest.mark.parametrize("extension", ["", ".ttl", ".jsonld", ".rdf", ".nt"])
def test_what_was_withdrawn_says_so_in_every_format(client: FlaskClient, extension: str) -> None:
    id_ = dataset_id("bureau", "https://bureau.example/gone")
    answer = client.get(f"/dataset/{id_}{extension}")
    assert answer.status_code == 410
    if not extension:
        assert "已取消的站点" in answer.text
        return
    names = {".ttl": "turtle", ".jsonld": "json-ld", ".rdf": "xml", ".nt": "nt"}
    graph = rdflib.Graph().parse(data=answer.data, format=names[extension])
    node = rdflib.URIRef(f"{BASE}/dataset/{id_}")
    assert (node, rdflib.RDF.type, rdflib.URIRef(f"{ACTIVITY}Tombstone")) in graph
    assert graph.value(node, rdflib.URIRef(f"{ACTIVITY}deleted")).datatype == rdflib.XSD.dateTime
    assert str(graph.value(node, rdflib.DCTERMS.title)) == "已取消的站点"
    again = client.get(f"/dataset/{id_}{extension}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 410


def test_what_was_withdrawn_is_gone_for_programs_that_name_a_media_type(client: FlaskClient) -> None:
    id_ = dataset_id("bureau", "https://bureau.example/gone")
    for accept in ("text/turtle", "application/ld+json", "application/json", "application/rdf+xml"):
        answer = client.get(f"/dataset/{id_}", headers={"Accept": accept})
        assert answer.status_code == 410
        assert answer.mimetype in (accept, "application/ld+json")
        assert b"Tombstone" in answer.data
