"""What holds for every route of the application."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.permissions import Access, declared, public, require_declarations, undeclared
from app.web.security import CONTENT_SECURITY_POLICY
from tests.web.portals import SECRET, Filled

PAGES = (
    "/", "/dataset", "/dataset?q=公交", "/dataset?q=zzzzqq&theme=jiaotong", "/publisher", "/theme", "/theme/jiaotong",
    "/catalog", "/source", "/source/bureau", "/source/bureau/quarantine", "/source/city/held",
    "/about", "/ns", "/api/docs", "/help/search", "/data-request", "/data-request?sent=1",
    "/.well-known/void", "/check",
)  # fmt: skip

CKAN = (
    "status_show", "package_list", "current_package_list_with_resources", "organization_list?all_fields=true",
    "group_list?all_fields=true", "tag_list?all_fields=true", f"package_search?q={SECRET}&rows=1000",
    'package_search?rows=1000&facet.field=["organization","groups","tags","res_format","open_attribute"]',
    "package_search?rows=1000&sort=id+asc", f"package_search?fq=tags:{SECRET}",
)  # fmt: skip


def every_address(filled: Filled) -> list[str]:
    """Every page, every representation, every interface, with parameters that show as much as possible."""
    found = list(PAGES)
    suffixes = ("", ".ttl", ".jsonld", ".rdf", ".nt")
    for id_ in (*filled.ids.values(), *_withdrawn(filled)):
        found += [f"/dataset/{id_}{suffix}" for suffix in suffixes] + [f"/dataset/{id_}/feedback"]
    found += [f"/publisher/{filled.publisher}{suffix}" for suffix in suffixes]
    found += [f"/catalog{suffix}" for suffix in suffixes] + [f"/theme/jiaotong{suffix}" for suffix in suffixes]
    found += [f"/catalog/export.{suffix}" for suffix in ("csv", "xlsx", "jsonld")]
    found += [f"/dump/catalog.{suffix}" for suffix in ("nt", "ttl", "rdf", "jsonld")]
    for source in filled.portal.harvesting.sources():
        found += [f"/source/{source.id}"]
        found += [f"/source/{source.id}/run/{run.id}" for run in filled.portal.harvesting.runs(source.id)]
    found += [f"/api/3/action/{asked}" for asked in CKAN]
    found += [f"/api/3/action/package_show?id={id_}" for id_ in filled.ids.values()]
    found += ["/api/suggest?q=g", "/api/suggest?q=公", f"/api/suggest?q={SECRET[:4]}", "/dataset.json?size=100"]
    found += [
        "/dataset.atom?size=100",
        "/api/search?size=100",
        f"/api/search?q={SECRET}",
        "/api/openapi.json",
        "/health",
        "/robots.txt",
        "/data.json",
    ]
    return [*found, "/sitemap.xml", "/sitemap.xml?page=1", "/ns.ttl"]


def _withdrawn(filled: Filled) -> list[str]:
    from harvest.record import dataset_id

    return [dataset_id("bureau", "https://bureau.example/gone")]


def test_every_route_declares_who_may_use_it(application: Flask) -> None:
    assert undeclared(application) == []


def test_a_route_without_a_declaration_stops_the_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: "a"))
    require_declarations(app)
    app.add_url_rule("/forgotten", "forgotten", lambda: "b")
    with pytest.raises(RuntimeError, match="forgotten"):
        require_declarations(app)


def test_no_spelling_of_an_address_goes_round_its_check(application: Flask) -> None:
    guarded = [each for each in declared(application) if each.access is not Access.PUBLIC and "<" not in each.rule]
    assert len({each.access for each in guarded}) == 3
    for route in guarded:
        for path in (route.rule, f"{route.rule}/", f"//{route.rule[1:]}", f"/.{route.rule}", route.rule.upper()):
            for method in route.methods:
                environ = {"PATH_INFO": path, "REQUEST_URI": path}
                answer = application.test_client().open("/", method=method, environ_overrides=environ)
                assert answer.status_code in (302, 303, 308, 401, 403, 404), (method, path)
                if answer.status_code not in (308, 404):
                    assert answer.headers["Cache-Control"] == "no-store", (method, path)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_page_answers_in_both_languages(client: FlaskClient, address: str, language: str) -> None:
    response = client.get(address, headers={"Accept-Language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language


def test_nothing_that_is_not_for_the_public_is_in_any_answer(client: FlaskClient, filled: Filled) -> None:
    for address in every_address(filled):
        response = client.get(address)
        assert response.status_code in (200, 410), address
        body = response.data.replace(quote(f"q={SECRET}", safe="=").encode(), b"")
        assert SECRET.encode() not in body, address


def test_every_answer_carries_the_security_headers(client: FlaskClient, filled: Filled) -> None:
    for address in (*every_address(filled), "/nowhere", "/static/suishu.css"):
        headers = client.get(address).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin", address
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_no_page_needs_what_the_policy_forbids(client: FlaskClient, filled: Filled) -> None:
    for address in (*PAGES, *(f"/dataset/{id_}" for id_ in filled.ids.values())):
        text = client.get(address).text
        assert not re.search(
            r"<style|\sstyle=|<script(?! src=\"/static/| type=\"application/ld\+json\">)|\son[a-z]+=\"", text
        ), address
        for link in re.findall(r'(?:src|<link[^>]*rel="(?:stylesheet|icon)"[^>]*href)="([^"]*)"', text):
            assert link.startswith("/static/"), (address, link)


def test_every_link_of_a_page_leads_somewhere(client: FlaskClient, filled: Filled) -> None:
    links: set[str] = set()
    for address in (*PAGES, f"/dataset/{filled.ids['bus']}", f"/publisher/{filled.publisher}"):
        found = re.findall(r'href="(/[^"#]*)', client.get(address).text)
        links |= {link.replace("&amp;", "&") for link in found if not link.startswith("/sparql?")}
    assert len(links) > 40
    for link in sorted(links):
        asks_who = link.startswith("/account")  # and leads to the page that asks
        without_workers = link.endswith("/graph")  # those ask the public graph; see test_data_graph.py
        expected = 503 if without_workers else 200
        assert client.get(link, follow_redirects=asks_who).status_code == expected, link


def test_a_link_within_a_page_has_its_target(client: FlaskClient, filled: Filled) -> None:
    for address in (*PAGES, f"/dataset/{filled.ids['bus']}"):
        text = client.get(address).text
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), address
        assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids), address
