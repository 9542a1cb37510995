from pathlib import Path

import pytest

from harvest.errors import SourceFailed
from harvest.source import Document
from harvest.sources import DIALECTS
from harvest.sources.guessing import guess, guess_address


@pytest.mark.parametrize(
    ("address", "dialect"),
    [
        ("https://data.example/api/3", "ckan"),
        ("https://data.example/portal/api/3/action/package_search?q=a", "ckan"),
        ("https://data.example/api/action/package_list", "ckan"),
        ("https://data.example/api/", ""),
        ("https://data.example/api/v1/list", ""),
        ("https://data.example/sparql", "sparql"),
        ("https://data.example/ds/SPARQL/", "sparql"),
        ("https://data.example/sparql/catalog.ttl", ""),
        ("https://data.example/geonetwork/srv/chi/csw?SERVICE=CSW&request=GetCapabilities", "csw"),
        ("https://data.example/x?myservice=csw", ""),
        ("http://[::1", ""),
        ("catalogue/sparql", ""),
    ],
)
def test_an_address_says_its_dialect_or_nothing(address: str, dialect: str):
    assert guess_address(address) == dialect


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        ("<s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/ldes#EventStream> .", "ldes"),
        ("@prefix ldes: <https://w3id.org/ldes#> . <s> a ldes:EventStream .", "ldes"),
        ("@prefix dcat: <http://www.w3.org/ns/dcat#> . <d> a dcat:Dataset .", "dcat"),
        ('{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": []}', "datajson"),
        ('{"@context": "https://x.example/dcat-us-3.0.jsonld", "@graph": []}', "datajson"),
        ('{"success": true, "result": {"results": [{"resources": [], "license_id": "x"}]}}', "ckan"),
        ('{"code": 200, "data": {"rows": []}}', "portal-json"),
        ('<!DOCTYPE html><html><meta name="generator" content="ckan 2.10.4"></html>', "ckan"),
        ("<html><body>Index of /<a href='a.rdf'>a.rdf</a></body></html>", "waf"),
        ('<?xml version="1.0"?><csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"/>', "csw"),
        ("数据集名称,开放主体\n公交,交通局\n", "table"),
    ],
)
def test_a_document_says_its_dialect(content: str, dialect: str, tmp_path: Path):
    path = tmp_path / "document"
    path.write_text(content, encoding="utf-8")
    assert guess(Document(path, "document", "", "https://data.example/document"), DIALECTS) == dialect


def test_a_row_of_comments_is_read_in_no_time(tmp_path: Path):
    path = tmp_path / "document"
    path.write_text("<!---->" * 8_000 + "<p>", encoding="utf-8")  # for ever, where each could end anywhere
    with pytest.raises(SourceFailed):
        guess(Document(path, "document", "", "https://data.example/document"), DIALECTS)
    path.write_text("<!-- a --><!-- b -->\n<html><a href='a.rdf'>a.rdf</a></html>", encoding="utf-8")
    assert guess(Document(path, "document", "", "https://data.example/document"), DIALECTS) == "waf"


def test_a_web_page_is_refused_with_what_to_do(tmp_path: Path):
    path = tmp_path / "page"
    path.write_text("<!doctype html><html><a href='about.html'>x</a></html>", encoding="utf-8")
    with pytest.raises(SourceFailed, match="web page"):
        guess(Document(path, "page", "", "https://data.example/"), DIALECTS)


def test_what_is_nothing_names_every_dialect(tmp_path: Path):
    path = tmp_path / "noise"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(SourceFailed) as refusal:
        guess(Document(path, "noise"), DIALECTS)
    assert all(dialect in refusal.value.en for dialect in DIALECTS)
