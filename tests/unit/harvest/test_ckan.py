import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rdflib import DCTERMS, FOAF, Graph, Literal, URIRef

from harvest.mapping.ckan import package
from harvest.source import Memory
from harvest.sources import ckan, open_source
from tests.services.site import Site, send
from tests.unit.harvest.graph import FIXTURES
from tests.unit.harvest.memory import MemoryRecorder, harvested
from vocab.namespaces import DCAT, VCARD

ANSWERS = FIXTURES / "answers"


def _graph(found: dict[str, Any], site: str = "https://data.example") -> tuple[Graph, URIRef]:
    made = package(found, site)
    return Graph().parse(data=made.ntriples, format="nt"), URIRef(made.subject[1:-1])


def _recorded(name: str) -> dict[str, Any]:
    result = json.loads((ANSWERS / name).read_text(encoding="utf-8"))["result"]
    found: dict[str, Any] = result["results"][0] if "results" in result else result
    return found


def test_a_package_of_data_gov_au_becomes_an_entry():
    graph, it = _graph(_recorded("ckan-data-gov-au.json"), "https://data.gov.au")
    assert str(it) == "https://data.gov.au/dataset/7b0c274f-7f12-4062-9e54-5b8227ca20c4"
    assert str(graph.value(it, DCTERMS.title)).startswith("Murray-Darling Basin Water Resource Plan Areas")
    assert graph.value(it, DCTERMS.title).language is None  # nobody says which language it is in
    assert graph.value(graph.value(it, DCTERMS.publisher), FOAF.name) == Literal("Murray-Darling Basin Authority")
    distributions = list(graph.objects(it, DCAT.distribution))
    assert len(distributions) == 2
    assert {str(graph.value(each, DCAT.mediaType)) for each in distributions} >= {
        "http://www.iana.org/assignments/media-types/application/pdf"
    }
    assert "Polygon" in str(list(graph.triples((None, URIRef("http://www.w3.org/ns/locn#geometry"), None))))
    assert URIRef("http://creativecommons.org/licenses/by/4.0") in set(graph.objects(None, DCTERMS.license))


def test_extras_of_ckanext_dcat_are_read():
    graph, it = _graph(_recorded("ckan-trentino.json"), "https://dati.trentino.it")
    assert (it, DCTERMS.identifier, Literal("p_TN:05e077c5-3972-4572-80fa-f03f268c5d5e")) in graph
    assert graph.value(graph.value(it, DCTERMS.publisher), FOAF.name) == Literal("Provincia Autonoma di Trento")
    themes = {str(theme) for theme in graph.objects(it, DCAT.theme)}
    assert "http://publications.europa.eu/resource/authority/data-theme/EDUC" in themes
    assert str(graph.value(it, DCTERMS.accrualPeriodicity)).endswith("/frequency/IRREG")


def test_what_is_in_several_languages_stays_in_each():
    found = {
        "id": "1", "name": "x",
        "title_translated": {"en": "Bus stops", "zh_Hans": "公交站点", "fr": ""},
        "notes_translated": {"en": "Where they are", "zh_Hans": "位置"},
        "title": "Bus stops",
    }  # fmt: skip
    graph, it = _graph(found)
    assert {(str(t), t.language) for t in graph.objects(it, DCTERMS.title)} == {
        ("Bus stops", "en"),
        ("公交站点", "zh-hans"),
    }


def test_the_contact_is_an_address_of_mail_and_never_junk():
    graph, it = _graph({"id": "1", "title": "t", "maintainer": "Data team", "maintainer_email": "not an address"})
    contact = graph.value(it, DCAT.contactPoint)
    assert graph.value(contact, VCARD.hasEmail) is None
    assert str(graph.value(contact, VCARD.fn)) == "Data team"


def _portal(
    site: Site, packages: list[dict[str, Any]], *, count: int | None = None, ignores_start: bool = False
) -> None:
    class Pages(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            parts = urlsplit(path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}

            def answer(handler: BaseHTTPRequestHandler) -> None:
                if parts.path == "/api/3/action/package_search":
                    found = packages
                    if "fq" in asked:
                        since = asked["fq"].split("[")[1].split(" ")[0].rstrip("Z")
                        found = [each for each in packages if each["metadata_modified"] >= since]
                    start = 0 if ignores_start else int(asked["start"])
                    assert asked["sort"] == "metadata_modified asc, id asc"
                    results = found[start : start + int(asked["rows"])]
                    body = {"success": True, "result": {"count": count or len(found), "results": results}}
                    send(handler, 200, {"Content-Type": "application/json"}, json.dumps(body).encode())
                else:
                    send(handler, 404, {}, b"")

            return answer

    site.pages = Pages()


def _packages(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"id-{n}",
            "name": f"name-{n}",
            "title": f"数据集{n}",
            "organization": {"title": "某局"},
            "metadata_modified": f"2026-01-01T00:{n // 60:02}:{n % 60:02}.000000",
            "state": "active",
        }
        for n in range(count)
    ]


def test_a_portal_is_read_page_by_page_and_then_only_what_changed(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ckan, "ROWS", 20)
    packages = _packages(50)
    _portal(site, packages)
    memory, recorder = Memory(), MemoryRecorder()
    report, _ = harvested(site.url, recorder, dialect="ckan", memory=memory)
    assert (report.new, report.complete, len(site.asked)) == (50, True, 3)
    assert memory.since == packages[-1]["metadata_modified"]
    packages[7] |= {"title": "改了", "metadata_modified": "2026-02-01T00:00:00.000000"}
    packages[8] |= {"state": "deleted", "metadata_modified": "2026-02-01T00:00:01.000000"}
    site.asked.clear()
    report, _ = harvested(site.url, recorder, dialect="ckan", memory=memory)
    assert (report.changed, report.unchanged, report.gone, report.incremental) == (1, 1, 1, True)
    assert recorder.gone == ["id-8"]
    assert len(site.asked) == 1


def test_only_a_time_is_taken_for_the_time_of_the_last_change(site: Site):
    packages = _packages(3)
    packages[2]["metadata_modified"] = "soon TO *] OR id:[* TO *]" + "x" * 200
    _portal(site, packages)
    memory = Memory()
    harvested(site.url, dialect="ckan", memory=memory)
    assert memory.since == packages[1]["metadata_modified"]


def test_private_deleted_and_draft_packages_are_left_out(site: Site):
    packages = _packages(4)
    packages[0]["private"] = True
    packages[1]["state"] = "deleted"
    packages[2]["state"] = "draft"
    _portal(site, packages)
    report, recorder = harvested(f"{site.url}/api/3/action/package_search")
    assert (report.seen, list(recorder.held)) == (1, ["id-3"])


def test_a_portal_that_gives_less_than_it_promised_is_not_complete(site: Site):
    _portal(site, _packages(5), count=9)
    recorder = MemoryRecorder()
    report, _ = harvested(f"{site.url}/api/3", recorder, dialect="ckan")
    assert (report.new, report.complete, recorder.gone) == (5, False, None)
    assert "says that it has 9 records and gave 5" in report.failure_en


def test_a_portal_whose_pages_stand_still_ends_in_words(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ckan, "ROWS", 2)
    _portal(site, _packages(5), ignores_start=True)
    report, _ = harvested(site.url, dialect="ckan")
    assert (report.new, report.complete) == (2, False)
    assert "stand still" in report.failure_en


def test_a_portal_without_search_is_read_by_its_list(site: Site):
    base = "/api/3/action/"
    json_ = {"Content-Type": "application/json"}

    def answer(result: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, json_, json.dumps({"success": True, "result": result}).encode()

    site.pages[f"{base}package_list"] = answer(["a b", "c", "broken"])
    site.pages[f"{base}package_show?id=a%20b"] = answer({"id": "1", "title": "一", "state": "active"})
    site.pages[f"{base}package_show?id=c"] = answer({"id": "2", "title": "二", "state": "active"})
    report, recorder = harvested(site.url, dialect="ckan")
    assert (sorted(recorder.held), report.complete) == (["1", "2"], False)
    assert "1 packages could not be read" in report.failure_en


def test_what_is_no_ckan_is_said(site: Site):
    site.pages["/api/3/action/package_list"] = (200, {}, b'{"success": false}')
    report, _ = harvested(site.url, dialect="ckan")
    assert "does not answer as CKAN's API" in report.failure_en


def test_a_record_that_is_no_package_harms_no_other(site: Site):
    packages: list[Any] = [*_packages(2), "junk", {"id": "odd", "title": {"a": [1]}, "resources": "x", "tags": 7}]
    packages[2:] = [packages[3] | {"metadata_modified": "z"}]
    _portal(site, packages)
    report, recorder = harvested(site.url, dialect="ckan")
    assert (report.new, report.quarantined) == (2, 1)
    assert "odd" in recorder.held


def test_a_kept_answer_is_recognised_as_ckans(tmp_path: Path):
    report, recorder = harvested(str(ANSWERS / "ckan-data-gov-au.json"))
    assert report.new == 2
    assert "7b0c274f-7f12-4062-9e54-5b8227ca20c4" in recorder.held


def test_a_bare_site_is_recognised_by_its_page(site: Site):
    _portal(site, _packages(3))
    search = site.pages

    class WithPage(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            if path == "/":
                page = b'<!doctype html><html><head><meta name="generator" content="ckan 2.11" /></head></html>'
                return 200, {"Content-Type": "text/html"}, page
            return search.get(path)

    site.pages = WithPage()
    source = open_source(f"{site.url}/")
    assert source.name.startswith("http://")
    report, _ = harvested(f"{site.url}/")
    assert (report.new, report.complete) == (3, True)
