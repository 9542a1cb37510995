"""
Whatever is written where somebody outside can write stays text: a list of attacks is put into every field of an entry,
into every parameter, header, form and document, and every answer is read by a parser of its format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from app.accounts.model import Role
from app.catalogue.model import SourceKind
from app.factory import create_app
from app.mail.carriers import message
from app.mail.service import Letter
from app.pages import data_request
from app.processes.keeper import catch_up
from app.settings import Settings
from app.web import forms
from app.web.flood import Flood
from app.wiring import Portal, build
from tests.factories.sparql import running_pool
from tests.security import inert
from tests.security.attacks import ATTACKS, IRIS, MARK, Attack
from tests.web.operators import ACCEPT, browser, entered, send

BASE = "https://data.example"
PASSWORD = "a long dry password"
LANGUAGES = ("zh-Hans", "en")

ASKED = (
    "/dataset?q={said}",
    "/dataset?theme={said}&publisher={said}&keyword={said}&format={said}&sort={said}&page={said}",
    "/dataset?{said}={said}", "/dataset.atom?q={said}", "/dataset.json?q={said}",
    "/api/search?q={said}&cursor={said}", "/api/suggest?q={said}", "/data-request?q={said}&description={said}",
    "/?lang={said}", "/dataset/{said}", "/publisher/{said}", "/theme/{said}", "/source/{said}", "/ns/{said}",
    "/{said}", "/catalog?page={said}", "/catalog.{said}", "/api/{said}",
    "/api/3/action/package_search?q={said}&sort={said}&fq={said}", "/api/3/action/package_show?id={said}",
    "/api/3/action/{said}", "/sparql?query={said}", "/sparql?find={said}", "/sparql?example={said}",
    "/account/sign-in?to={said}", "/account/sign-in?{said}", "/account/confirm/{said}", "/account/reset/{said}",
    "/account/{said}", "/operator/enter?token={said}", "/operator/{said}", "/changes/{said}",
    "/check?profile={said}", "/source/bureau/run/{said}", "/dataset?profile={said}",
)  # fmt: skip
_HEAD = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix csvw: <http://www.w3.org/ns/csvw#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix sui: <https://w3id.org/suishu/ns#> .
@prefix adms: <http://www.w3.org/ns/adms#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix access: <http://publications.europa.eu/resource/authority/access-right/> .
"""
_ENTRY = """
<https://bureau.example/{n}> a dcat:Dataset ; dct:identifier {t} ; dct:accessRights access:PUBLIC ;
  dct:title {t}@zh-Hans, {t}@en ; dct:description {t}@zh-Hans, {t}@en ; dcat:keyword {t}, {t}@en ;
  dct:publisher [ a foaf:Agent ; foaf:name {t}@zh-Hans ; dct:identifier {t} ; foaf:homepage {iri} ] ;
  dcat:contactPoint [ a vcard:Organization ; vcard:fn {t} ; vcard:hasTelephone {t} ; vcard:hasEmail {t} ;
    vcard:hasURL {iri} ] ;
  dcat:landingPage {iri} ; foaf:page {iri} ; dct:license {iri} ; dct:rights {t} ; dct:conformsTo {iri} ;
  sui:themeText {t} ; sui:formatText {t} ; dct:spatial {t} ; dct:provenance {t} ; adms:versionNotes {t} ;
  owl:versionInfo {t} ; dct:source {iri} ; dct:accrualPeriodicity {t} ; dct:issued {t} ; dct:modified {t} ;
  csvw:tableSchema [ csvw:column [ csvw:name {t} ; csvw:title {t} ; dct:description {t} ; csvw:datatype {t} ] ] ;
  dcat:distribution [ a dcat:Distribution ; dct:title {t} ; dct:format {t} ; dcat:mediaType {t} ; dct:license {t} ;
    dct:description {t} ; dcat:accessURL {iri} ; dcat:downloadURL {iri} ] .
"""


def literal(text: str) -> str:
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in text) + '"'


def turtle(texts: list[str]) -> str:
    """An entry a text; what an IRI is needed for takes turns."""
    entries = (
        _ENTRY.format(n=number, t=literal(text), iri=f"<{IRIS[number % len(IRIS)].replace(chr(92), '')}>")
        for number, text in enumerate(texts)
    )
    return _HEAD + "".join(entries)


@dataclass
class House:
    portal: Portal
    application: Flask
    ids: list[str]
    publishers: list[str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("inert")
    settings = Settings(home=folder / "home", base_url=BASE, mail_url=SecretStr("folder:"), staff_needs_totp=False)
    portal = build(settings)
    file = folder / "bureau.ttl"
    file.write_text(turtle([attack.text for attack in ATTACKS]), encoding="utf-8")
    run = portal.harvesting.harvest_location(
        str(file), dialect="dcat", kind=SourceKind.FEDERATED, title=ATTACKS[0].text, id_="bureau"
    )
    assert run.report.complete, run.report.failure_en
    held = folder / "held.ttl"
    held.write_text(_HEAD + _ENTRY.format(n="held", t=literal(ATTACKS[0].text), iri="<https://x.example/>"))
    portal.harvesting.harvest_location(
        str(held), dialect="dcat", kind=SourceKind.OWN, title=ATTACKS[22].text, id_="own"
    )
    assert catch_up(portal)
    entries = list(portal.catalogue.entries())
    assert len(entries) > len(ATTACKS) * 0.9, f"{run.report.quarantined} in quarantine"
    publishers = sorted({e.view.publisher.id for e in entries if e.view.publisher})
    with running_pool(settings.home, time_limit_s=10):
        yield House(portal, create_app(portal=portal), [e.view.id for e in entries], publishers)
    portal.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_request, "_flood", Flood(most=100_000, window_s=60))
    monkeypatch.setattr(forms, "count", lambda rate, asker: None)


def look(client: FlaskClient, address: str, statuses: tuple[int, ...] = (200,), **more: object) -> str:
    answer = client.open(address, **more)  # type: ignore[arg-type]
    assert answer.status_code in statuses, (address, answer.status_code, answer.text[:500])
    inert.check(answer.data, answer.content_type or "", f"{address} {more}")
    answer.close()  # what answers a query is free again
    return answer.text if answer.mimetype.startswith("text/html") else ""


def test_every_page_of_an_entry_shows_it_as_text(house: House) -> None:
    seen = 0
    for language in LANGUAGES:
        client = browser(house.application, language)
        for id_ in house.ids:
            seen += MARK in look(client, f"/dataset/{id_}")
            look(client, f"/dataset/{id_}/graph")
        for id_ in house.publishers:
            seen += MARK in look(client, f"/publisher/{id_}")
            look(client, f"/publisher/{id_}/graph")
    assert seen > 2 * len(ATTACKS) * 0.8


def test_every_list_feed_dump_and_export_holds_it_as_text(house: House) -> None:
    client = browser(house.application)
    addresses = [
        "/", "/dataset", "/dataset?size=100", "/publisher", "/theme", "/catalog", "/source", "/source/bureau",
        "/source/bureau/run/1", "/source/bureau/run/1/changes", "/source/bureau/quarantine", "/source/own/held",
        "/dataset.atom?size=100", "/dataset.json?size=100", "/api/search?size=100", "/data.json", "/sitemap.xml",
        "/sitemap.xml?page=1", "/changes", "/changes/node/0", "/changes/page/0", "/api/openapi.json", "/ns",
        "/.well-known/void", "/api/suggest?q=z", "/api/suggest?q=zqliv", "/api/3/action/package_list",
        "/api/3/action/current_package_list_with_resources", "/api/3/action/organization_list?all_fields=true",
        "/api/3/action/tag_list?all_fields=true", "/api/3/action/package_search?rows=1000",
    ]  # fmt: skip
    addresses += [f"/dataset?page={number}" for number in range(2, 6)]
    addresses += [f"/catalog?page={number}" for number in range(1, 6)]
    addresses += [f"/dump/catalog.{form}" for form in ("nt", "ttl", "rdf", "jsonld")]
    addresses += [f"/catalog/export.{form}" for form in ("csv", "xlsx", "jsonld")]
    addresses += [f"/catalog.{form}" for form in ("nt", "ttl", "rdf", "jsonld")]
    for place in [f"/dataset/{id_}" for id_ in house.ids] + [f"/publisher/{id_}" for id_ in house.publishers[:10]]:
        addresses += [f"{place}.{form}" for form in ("nt", "ttl", "rdf", "jsonld")]
    for address in addresses:
        look(client, address)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.kind}-{ATTACKS.index(attack)}")
def test_what_somebody_asks_for_comes_back_as_text(house: House, attack: Attack) -> None:
    client = browser(house.application, "en")
    said, anything = quote(attack.text, safe=""), (200, 303, 308, 400, 404, 405, 406, 410, 414)
    for address in ASKED:
        address = address.replace("{said}", said)
        look(client, address, (*anything, 401, 503))
    header = re.sub(r"[\r\n\0]|[^\x00-\xff]", "", attack.text)
    for name in ("Accept", "Accept-Language", "User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "Host"):
        for address in ("/dataset", "/nowhere", f"/dataset/{house.ids[0]}.ttl"):
            look(client, address, anything, headers={name: header})


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.kind}-{ATTACKS.index(attack)}")
def test_what_somebody_sends_comes_back_as_text(house: House, attack: Attack) -> None:
    client, text = browser(house.application), attack.text
    anything = (200, 303, 308, 400, 403, 404, 415, 422, 429, 503)
    for address, form in (
        ("/account/sign-in", {"email": text, "password": text, "to": text}),
        ("/account/sign-up", {"email": text, "password": text, "name": text}),
        ("/account/forgotten", {"email": text}),
        (f"/account/reset/{quote(text, safe='')}", {"password": text}),
        ("/data-request", {"q": text, "description": text, "theme": text, "publisher": text}),
        ("/operator/enter", {"token": text}),
        ("/sparql", {"query": text}),
    ):
        look(client, address, anything, method="POST", data=form)
    for headers in ({"Accept": ACCEPT}, {"Accept": "application/json"}, {"Accept": "application/rdf+xml"}):
        look(client, "/check", anything, method="POST", data={"text": text, "profile": text}, headers=headers)


def test_what_is_checked_comes_back_as_text(house: House) -> None:
    client = browser(house.application)
    document = turtle([attack.text for attack in ATTACKS[::6]])
    for accept in (ACCEPT, "application/json", "text/turtle", "application/rdf+xml"):
        for language in LANGUAGES:
            headers = {"Accept": accept, "Accept-Language": language, "Content-Type": "text/turtle"}
            look(client, "/check", method="POST", data=document.encode(), headers=headers)


def test_a_query_shows_what_it_found_as_text(house: House) -> None:
    client = browser(house.application)
    for query in (
        "SELECT ?t ?o { ?d <http://purl.org/dc/terms/title> ?t ; ?p ?o }",
        "SELECT (?t AS ?zqliv) ?x { ?x <http://purl.org/dc/terms/title> ?t } ORDER BY ?x",
        "CONSTRUCT { ?d ?p ?o } { ?d ?p ?o }",
        "DESCRIBE ?d { ?d a <http://www.w3.org/ns/dcat#Dataset> }",
    ):
        for accept in (ACCEPT, "application/sparql-results+json", "application/sparql-results+xml", "text/turtle"):
            look(client, f"/sparql?query={quote(query)}", (200, 406), headers={"Accept": accept})


def test_the_operators_pages_show_what_others_wrote_as_text(house: House) -> None:
    anybody = browser(house.application)
    for attack in ATTACKS:
        anybody.post("/data-request", data={"q": attack.text, "description": attack.text})
    client = entered(house.application, house.portal)
    addresses = [
        "/operator", "/operator/source", "/operator/source/bureau", "/operator/source/own", "/operator/deletion",
        "/operator/source/bureau/quarantine", "/operator/source/own/quarantine", "/operator/source/bureau/mapping",
        *(f"/operator/duplicates?kind={kind}" for kind in ("title", "address", "identifier", "text")),
    ]  # fmt: skip
    texts = "".join(look(client, address, (200, 303, 400, 404, 405)) for address in addresses)
    assert texts.count(MARK) > 20
    for name in ("bureau", "own"):
        sent = send(client, f"/operator/source/{name}/preview")
        assert sent.status_code == 200
        inert.check(sent.data, sent.content_type or "", f"preview of {name}")
    for attack in ATTACKS:
        sent = send(client, "/operator/source/bureau/schedule", {"schedule": attack.text, "when": attack.text})
        assert sent.status_code < 500
        inert.check(sent.data, sent.content_type or "", f"schedule {attack}")
        sent = send(
            client, "/operator/source/bureau/limits", dict.fromkeys(("pages", "records", "pause_s"), attack.text)
        )
        assert sent.status_code < 500
        inert.check(sent.data, sent.content_type or "", f"limits {attack}")


def test_a_name_is_text_wherever_it_stands(house: House) -> None:
    email = "names@example.org"
    house.portal.accounts.add(email, PASSWORD, "x", [(Role.OPERATOR, ""), (Role.DATA_USER, "")], by="test")
    client = browser(house.application)
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["REMOTE_ADDR"] = "203.0.113.8"  # from which nobody has guessed at passwords yet
    assert client.post("/account/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    for attack in ATTACKS:
        token = re.search(r'name="form_token" value="(\w+)"', look(client, "/account"))
        assert token
        form = {"form_token": token[1], "name": attack.text[:30]}
        look(client, "/account/name", (303, 400), method="POST", data=form)
        page = look(client, "/account")
        assert MARK in unescape(page) or MARK not in attack.text[:30]
        look(client, "/account/export.json")
        look(client, "/account/audit", (200, 400), query_string={"subject": attack.text, "since": attack.text})


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.kind}-{ATTACKS.index(attack)}")
def test_a_letter_has_the_headers_that_we_wrote(house: House, attack: Attack) -> None:
    try:
        letter = Letter("ada@example.org", attack.text, attack.text, "zh-Hans", house.portal.clock())
        sent = message(letter, "suishu@data.example", house.portal.clock).as_bytes()
    except ValueError:  # refused by the library, and dropped by the post office
        return
    read = message_from_bytes(sent, policy=policy.default)
    assert {name.lower() for name in read} <= {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
        "auto-submitted", "content-language",
    }  # fmt: skip
    assert [address.addr_spec for address in read["To"].addresses] == ["ada@example.org"]
    assert not read.is_multipart()


def test_the_check_finds_what_is_live() -> None:
    """Else every test above would pass for nothing."""
    for text in (
        "<p>x</p><script>zqliv(1)</script>",
        '<a href="java\nscript:zqliv()">x</a>',
        '<p onclick="x">x</p>',
        '<img src="//zqliv.example/x">',
        "<iframe></iframe>",
        '<a href="https://a:b@example.org/">x</a>',
        "<p>x<!-- zqliv --></p>",
        f"<p>{1337 * 7331}</p>",
        '<script type="application/ld+json">{"a": 1}</script><style>x</style>',
    ):
        with pytest.raises(inert.Live):
            inert.check(text.encode(), "text/html", "here")
    for body, kind in ((b"a,=x\n", "text/csv"), (b"<x><zqliv/></x>", "text/xml")):
        with pytest.raises(inert.Live):
            inert.check(body, kind, "here")
    assert len(ATTACKS) >= 60
