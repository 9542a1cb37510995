import gzip
import ipaddress
import socket
import threading
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from harvest.errors import Refused, SourceFailed
from harvest.fetch import Fetcher
from harvest.fetch.reach import may_be_asked
from harvest.run import run
from harvest.sources import open_source
from tests.services.site import Site
from tests.unit.harvest.memory import MemoryRecorder, wants_title


def _fetcher(**more: object) -> Fetcher:
    return Fetcher(allowed_networks=("127.0.0.0/8",), retry_wait_s=0.01, **more)  # type: ignore[arg-type]


def test_a_document_is_kept_in_a_file_until_it_is_closed(site: Site):
    site.pages["/a.ttl"] = (200, {"Content-Type": "text/turtle; charset=utf-8"}, "内容".encode())
    with _fetcher().get(site.url + "/a.ttl") as fetched:
        assert fetched.path.read_text(encoding="utf-8") == "内容"
        assert fetched.content_type.startswith("text/turtle")
    assert not fetched.path.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8080/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.5/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[64:ff9b:1:7f00:0:100::]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[fec0::1]/",
        "http://[5f00::1]/",
        "http://[3fff::1]/",
        "http://[2002:a00:1::]/",
        "http://[2001:0:4136:e378:8000:0:f5ff:fffe]/",
        "http://[ff0e::1]/",
        "http://[fd00::1]/",
        "http://224.0.0.1/",
        "http://user:pass@127.0.0.1/",
    ],
)
def test_inner_addresses_are_refused_in_every_spelling(url: str):
    with pytest.raises(Refused) as refusal:
        Fetcher(attempts=1).get(url)
    assert "private network" in refusal.value.en


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::1", True),
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("64:ff9b::a01:203", True),
        ("fd00::1", True),
        ("192.168.0.1", False),
        ("fd01::1", False),
    ],
)
def test_public_addresses_and_allowed_networks_may_be_asked(address: str, may: bool):
    allowed = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/16")]
    assert may_be_asked(ipaddress.ip_address(address), allowed) is may


def test_a_name_that_does_not_exist_is_asked_for_once(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def resolved(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        code = socket.EAI_NONAME if host == "nowhere.example" else socket.EAI_AGAIN
        raise socket.gaierror(code, "resolver's words")

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    for host, times in (("nowhere.example", 1), ("slow.example", 3)):
        with pytest.raises(SourceFailed, match="resolver's words"):
            _fetcher().get(f"http://{host}/")
        assert asked.count(host) == times


SECRETS = (
    "user:geheim@",
    "access_token=geheim",
    "API-Key=geheim",
    "sig=geheim",
    "X-Amz-Signature=geheim",
    "apikey=geheim",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_failure_repeats_what_opens_an_address(site: Site, secret: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    port = site.port
    tail = "/missing?page=2&format=ttl"
    url = f"http://{secret}127.0.0.1:{port}{tail}" if "@" in secret else f"{site.url}{tail}&{secret}&size=7"
    source = open_source(url, fetcher=_fetcher())
    report = run(source, MemoryRecorder(), wants_title, source_id="s", base_url="https://p.example")
    said = f"{report} {[record.getMessage() for record in caplog.records if record.name.startswith('httpx')]}"
    assert "HTTP 404" in report.failure_en
    assert "page=2&format=ttl" in report.failure_en
    assert "geheim" not in said


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/", "gopher://x.example/", "http://", "//x", "x"]
)
def test_only_http_and_https_are_asked(url: str):
    with pytest.raises(Refused):
        Fetcher().get(url)


def test_a_name_with_one_inner_address_among_outer_ones_is_refused(monkeypatch: pytest.MonkeyPatch):
    def resolved(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        Fetcher().get("http://two-faced.example/")


def test_the_connection_goes_to_the_address_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch):
    answers = iter([("127.0.0.1", site.port)])
    asked: list[str] = []

    def resolved(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host == "rebinding.example":
            return [(2, 1, 6, "", next(answers))]  # a second look-up would find nothing
        asked.append(host)
        return [(2, 1, 6, "", (host, port))]

    def page(handler: BaseHTTPRequestHandler) -> None:
        body = handler.headers["Host"].encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.pages["/"] = page
    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with _fetcher().get(f"http://rebinding.example:{site.port}/") as fetched:
        assert fetched.path.read_text() == f"rebinding.example:{site.port}"
    assert set(asked) <= {"127.0.0.1"}


def test_redirects_are_followed_and_each_is_checked(site: Site):
    site.pages["/old"] = (302, {"Location": "/new"}, b"")
    site.pages["/new"] = (200, {}, b"here")
    site.pages["/inside"] = (302, {"Location": "http://169.254.169.254/latest/"}, b"")
    site.pages["/file"] = (301, {"Location": "file:///etc/passwd"}, b"")
    site.pages["/round"] = (302, {"Location": "/round"}, b"")
    with _fetcher().get(site.url + "/old") as fetched:
        assert fetched.url == site.url + "/new"
    for path in ("/inside", "/file", "/round"):
        with pytest.raises(Refused):
            _fetcher().get(site.url + path)
    assert site.asked.count("/round") == 6


def test_a_busy_server_is_asked_again_and_a_missing_page_is_not(site: Site):
    def flaky(handler: BaseHTTPRequestHandler) -> None:
        busy = site.asked.count("/flaky") < 3
        handler.send_response(503 if busy else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/flaky"] = flaky
    _fetcher().get(site.url + "/flaky").close()
    assert site.asked.count("/flaky") == 3
    with pytest.raises(SourceFailed, match="HTTP 404"):
        _fetcher().get(site.url + "/missing")
    assert site.asked.count("/missing") == 1
    site.pages["/down"] = (500, {}, b"")
    with pytest.raises(SourceFailed, match="HTTP 500"):
        _fetcher().get(site.url + "/down")
    assert site.asked.count("/down") == 3


def test_a_connection_that_breaks_off_is_no_document(site: Site):
    site.pages["/cut"] = (200, {"Content-Length": "1000"}, b"half")
    with pytest.raises(SourceFailed):
        _fetcher(attempts=2).get(site.url + "/cut")
    assert site.asked.count("/cut") == 2


def test_compressed_answers_are_unpacked_and_bombs_noticed(site: Site):
    packed = {"Content-Encoding": "gzip"}
    site.pages["/ok"] = (200, packed, gzip.compress(b"one") + gzip.compress(b"two"))
    with _fetcher().get(site.url + "/ok") as fetched:
        assert fetched.path.read_bytes() == b"onetwo"
    site.pages["/bomb"] = (200, packed, gzip.compress(bytes(50_000_000)))
    with pytest.raises(Refused, match="1,000,000"):
        _fetcher(max_unpacked_bytes=1_000_000).get(site.url + "/bomb")
    site.pages["/cut"] = (200, packed, gzip.compress(b"x" * 10_000)[:-20])
    site.pages["/junk"] = (200, packed, b"no gzip at all")
    site.pages["/other"] = (200, {"Content-Encoding": "br"}, zlib.compress(b""))
    for path in ("/cut", "/junk", "/other"):
        with pytest.raises(SourceFailed):
            _fetcher(attempts=1).get(site.url + path)


def test_a_body_over_the_limit_is_refused(site: Site):
    site.pages["/large"] = (200, {}, bytes(3_000_000))
    with pytest.raises(Refused, match="larger than the limit"):
        _fetcher(max_body_bytes=1_000_000).get(site.url + "/large")


def test_a_slow_server_does_not_hold_a_harvest(site: Site):
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.05):
            try:
                handler.wfile.write(b"x" * 300_000)
            except OSError:
                return

    site.pages["/drip"] = drip
    with pytest.raises(SourceFailed, match="not complete"):
        _fetcher(timeout_s=0.5, attempts=1).get(site.url + "/drip")
    stop.set()


_PAGE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<{url}/d{number}> a dcat:Dataset ; dct:title "数据集{number}" ; dcat:contactPoint _:c . _:c dct:title "联系{number}" .
{paging}
"""


def _paged(site: Site, style: str, *, after_last: str = "") -> None:
    """Three pages; the last one names `after_last` as the next."""
    last = 3
    for number in range(1, last + 1):
        following = f"p{number + 1}" if number < last else after_last
        paging = f"<{site.url}/p{number}> {style} <{site.url}/{following}> ." if following else ""
        body = _PAGE.format(url=site.url, number=number, paging=paging).encode()
        site.pages[f"/p{number}"] = (200, {"Content-Type": "text/turtle"}, body)


@pytest.mark.parametrize("style", ["hydra:next", "hydra:nextPage"])
def test_pages_of_both_hydra_styles_are_followed_once_each(site: Site, style: str):
    _paged(site, style)
    recorder = MemoryRecorder()
    source = open_source(site.url + "/p1", fetcher=_fetcher())
    report = run(source, recorder, wants_title, source_id="s", base_url="https://p.example")
    assert (report.new, report.complete, report.failure_en) == (3, True, "")
    assert site.asked == ["/p1", "/p2", "/p3"]
    third = recorder.held[f"{site.url}/d3"].ntriples.decode()
    assert "联系3" in third
    assert "联系1" not in third


@pytest.mark.parametrize("back", ["p1", "p2", "p3"])
def test_a_circle_of_pages_ends_in_words_and_takes_nothing_for_gone(site: Site, back: str):
    _paged(site, "hydra:next", after_last=back)
    recorder = MemoryRecorder()
    source = open_source(site.url + "/p1", fetcher=_fetcher())
    report = run(source, recorder, wants_title, source_id="s", base_url="https://p.example")
    assert (report.new, report.complete) == (3, False)
    assert f"lead back to {site.url}/{back}" in report.failure_en
    assert "循环" in report.failure_zh
    assert site.asked == ["/p1", "/p2", "/p3"]


def test_a_circle_of_pages_that_gave_all_that_was_promised_is_complete(site: Site):
    _paged(site, "hydra:next", after_last="p1")
    status, headers, body = site.pages["/p1"]  # type: ignore[misc]
    site.pages["/p1"] = (status, headers, body + f"<{site.url}/c> hydra:totalItems 3 .".encode())
    source = open_source(site.url + "/p1", fetcher=_fetcher())
    report = run(source, MemoryRecorder(), wants_title, source_id="s", base_url="https://p.example")
    assert (report.new, report.complete, report.failure_en) == (3, True, "")


@pytest.mark.parametrize("status", [200, 404, 503], ids=["broken", "missing", "busy"])
def test_a_page_that_fails_keeps_the_others_and_takes_nothing_for_gone(site: Site, status: int):
    _paged(site, "hydra:next")
    recorder = MemoryRecorder()
    run(open_source(site.url + "/p1", fetcher=_fetcher()), recorder, wants_title, source_id="s", base_url="https://p")
    recorder.gone = None
    broken = site.pages["/p2"][2][:-80]  # type: ignore[index]
    site.pages["/p2"] = (status, {"Content-Type": "text/turtle"}, broken)
    report = run(
        open_source(site.url + "/p1", fetcher=_fetcher()), recorder, wants_title, source_id="s", base_url="https://p"
    )
    assert (report.seen, report.unchanged, report.complete) == (1, 1, False)
    assert f"{site.url}/p2" in report.failure_zh
    assert f"{site.url}/p2" in report.failure_en
    assert recorder.gone is None
    assert len(recorder.held) == 3
