"""The check page and its interface."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient

from app import sandbox
from app.api import check as front_door
from app.checking import model, worker
from app.checking.service import CheckingService
from harvest.fetch import Fetcher
from tests.web.portals import Filled

EXAMPLES = Path(__file__).parents[2] / "shapes" / "examples"
BAD = (EXAMPLES / "invalid" / "guangzhou-date-order.ttl").read_bytes()
GOOD = (EXAMPLES / "valid" / "unconditional.ttl").read_bytes()
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests come from one address and check more than anybody may."""
    monkeypatch.setattr(front_door.Budget, "wait_s", lambda *_: 0)


def test_a_finding_stands_beside_the_line_it_speaks_of(client: FlaskClient) -> None:
    line = next(n for n, text in enumerate(BAD.decode().splitlines(), 1) if "dct:modified" in text)
    page = client.post("/check", data={"text": BAD.decode(), "profile": "guangzhou"})
    assert page.status_code == 200
    assert f"第 {line} 行" in page.text
    assert "必须修改" in page.text
    assert "guangzhou-date-order" in page.text
    assert BAD.decode().splitlines()[3].replace("<", "&lt;").replace(">", "&gt;") in page.text, "the text is kept"


def test_the_same_report_comes_as_json_and_as_a_validation_report(client: FlaskClient) -> None:
    address, headers = "/api/check?profile=guangzhou", {"Content-Type": "text/turtle"}
    said = client.post(address, data=BAD, headers=headers | {"Accept": "*/*"})
    assert said.headers["Access-Control-Allow-Origin"] == "*"
    assert said.json["conforms"] is False
    (result,) = said.json["results"]
    assert (result["rule"], result["path"], result["severity"]) == ("guangzhou-date-order", "dct:modified", "violation")
    assert set(result["message"]) == {"zh-Hans", "en"}
    for accept in ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"):
        answer = client.post(address, data=BAD, headers=headers | {"Accept": accept})
        assert answer.mimetype == accept
        report = rdflib.Graph().parse(data=answer.data, format=accept)
        assert len(list(report.subjects(rdflib.RDF.type, SH.ValidationReport))) == 1
        assert [str(each).rpartition("/")[2] for each in report.objects(None, SH.sourceShape)] == [
            "guangzhou-date-order"
        ]
    assert client.post(address, data=BAD, headers=headers | {"Accept": "image/png"}).status_code == 406


def test_a_good_document_is_said_to_be_good_however_it_is_sent(client: FlaskClient) -> None:
    json_ld = rdflib.Graph().parse(data=GOOD, format="turtle").serialize(format="json-ld").encode()
    for data, name in ((GOOD, "a.ttl"), (json_ld, "a.json"), (GOOD, "without-extension")):
        upload = {"file": (io.BytesIO(data), name), "profile": "guangzhou"}
        assert "没有必须修改的问题" in client.post("/check", data=upload).text
    english = client.post("/check", data={"text": GOOD.decode()}, headers={"Accept-Language": "en"})
    assert "Nothing has to be mended." in english.text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"text": " "}, 400),
        ({"text": "x", "profile": "none"}, 400),
        ({"text": "x", "format": "docx"}, 400),
        ({"text": "<html><body>no</body></html>"}, 422),
        ({"text": "@prefix a: <b> .\na:b a:c ;;; [ .", "format": "ttl"}, 422),
        ({"url": "http://127.0.0.1:1/x"}, 422),
        ({"url": "http://169.254.169.254/latest/meta-data/"}, 422),
        ({"url": "file:///etc/passwd"}, 422),
        ({"url": "http://[::1]/"}, 422),
    ],
)
def test_what_can_not_be_checked_is_refused_with_a_reason(
    client: FlaskClient, data: dict[str, str], status: int
) -> None:
    page = client.post("/check", data=data)
    assert page.status_code == status
    assert 'role="alert"' in page.text
    answer = client.post("/api/check", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"]
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/turtle", "@prefix a: <http://a/> .\na:b a:c a:d .\na:b a:c ] .\n"),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
            '<rdf:Description rdf:about="http://a/b">\n</rdf:Descript>\n</rdf:RDF>',
        ),
    ],
)
def test_a_syntax_error_names_its_line(client: FlaskClient, media_type: str, text: str) -> None:
    answer = client.post("/api/check", data=text, headers={"Content-Type": media_type, "Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json["line"] == 3


def test_a_syntax_error_names_the_syntax_as_its_specification_does(client: FlaskClient) -> None:
    headers = {"Content-Type": "application/rdf+xml", "Accept": "application/json"}
    answer = client.post("/api/check", data="<rdf:RDF", headers=headers)
    assert answer.status_code == 422
    assert "RDF/XML" in answer.json["detail"]


def test_a_document_that_is_too_large_is_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.checking.service.MAX_BYTES", 1000)
    answer = client.post("/api/check", data=GOOD, headers={"Content-Type": "text/turtle"})
    assert answer.status_code == 413


def test_a_check_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    outcome = CheckingService(tmp_path, time_limit_s=0.05).check(model.Asked("guangzhou"), GOOD)
    assert outcome == model.Failed("time")


def test_a_check_that_is_ended_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert CheckingService(tmp_path, time_limit_s=0.05).check(model.Asked("guangzhou"), GOOD) == model.Failed("time")
    assert list(scratch.iterdir()) == []


def test_a_bottomless_document_harms_nobody(tmp_path: Path) -> None:
    service = CheckingService(tmp_path)
    for document in (b"@prefix a: <http://a/> . a:b a:c " + b"[ a:d " * 200_000, b'{"@id":' * 100_000):
        assert isinstance(
            service.check(model.Asked("intake", "ttl" if document[:1] == b"@" else "jsonld"), document), model.Failed
        )


def test_no_more_than_two_are_checked_at_once(tmp_path: Path) -> None:
    service = CheckingService(tmp_path)
    locks = tmp_path / "locks"
    with sandbox.turn(locks, "check", 2) as first, sandbox.turn(locks, "check", 2) as second:
        assert first
        assert second
        assert service.check(model.Asked("guangzhou"), GOOD) == model.Failed("busy")
    assert isinstance(service.check(model.Asked("guangzhou"), GOOD), model.Checked)


def test_a_document_at_an_address_is_fetched_by_the_guarded_way() -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/turtle")
            self.end_headers()
            self.wfile.write(BAD)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked = model.Asked("guangzhou", url=f"http://127.0.0.1:{server.server_port}/catalogue")
    assert worker.check(asked, b"") == model.Failed("address")
    found = worker.check(asked, b"", Fetcher(allowed_networks=["127.0.0.0/8"]))
    server.shutdown()
    assert isinstance(found, model.Checked)
    assert [result.rule for result in found.results] == ["guangzhou-date-order"]


def test_who_checks_too_much_is_told_when_to_come_back(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_door.Budget, "wait_s", lambda *_: 7)
    answer = client.post("/api/check", data=GOOD, headers={"Content-Type": "text/turtle"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_scripts_of_other_sites_may_ask(client: FlaskClient) -> None:
    preflight = client.options("/api/check", headers={"Origin": "https://x.example"})
    assert preflight.status_code == 204
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]


def test_the_interface_is_documented_as_it_answers(client: FlaskClient, filled: Filled) -> None:
    described = json.loads(client.get("/api/openapi.json").text)
    operation = described["paths"]["/api/check"]["post"]
    schema = described["components"]["schemas"]["Check"]
    said = client.post("/api/check", data=BAD, headers={"Content-Type": "text/turtle", "Accept": "*/*"}).json
    assert set(said) == set(schema["required"])
    assert set(said["results"][0]) == set(schema["properties"]["results"]["items"]["required"])
    assert operation["parameters"][0]["schema"]["enum"] == ["intake", "guangzhou", "dcat-ap"]


def test_the_name_that_other_validators_have_leads_here(client: FlaskClient) -> None:
    found = client.get("/validate?profile=intake&lang=en")
    assert (found.status_code, found.headers["Location"]) == (308, "/check?profile=intake&lang=en")
    assert client.post("/validate", data={"text": BAD.decode()}, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(("name", "media_type"), [("json", "application/json"), ("turtle", "text/turtle")])
def test_the_form_gives_the_report_as_a_file_too(client: FlaskClient, name: str, media_type: str) -> None:
    answer = client.post(f"/check?report={name}", data={"text": BAD.decode()})
    assert answer.mimetype == media_type
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "guangzhou-date-order" in answer.text
    refused = client.post(f"/check?report={name}", data={"text": "no RDF <", "format": "ttl"})
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"


def test_a_syntax_error_is_shown_in_its_line(client: FlaskClient) -> None:
    page = client.post("/check", data={"text": BAD.decode().replace(" ;\n", "\n", 1), "format": "ttl"})
    assert page.status_code == 422
    assert "<mark>" in page.text


def test_an_uploaded_file_can_be_mended_in_place(client: FlaskClient) -> None:
    page = client.post("/check", data={"file": (io.BytesIO(BAD), "a.ttl"), "profile": "guangzhou"})
    assert "必须修改 <span" in page.text
    assert BAD.decode().splitlines()[3].replace("<", "&lt;").replace(">", "&gt;") in page.text


def test_a_document_and_an_address_at_once_are_asked_about(client: FlaskClient) -> None:
    page = client.post("/check", data={"text": BAD.decode(), "url": "https://data.example.org/a.ttl"})
    assert page.status_code == 400
    assert "请清空其中一个" in page.text
    assert "https://data.example.org/a.ttl" in page.text
