"""What a run asks of a source: limits, conditional requests, loops, patience."""

import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest

from harvest.errors import Refused, SourceFailed
from harvest.fetch import Question
from harvest.limits import Limits
from harvest.source import Memory
from harvest.sources import open_source
from tests.services.hostile import Hostile, catalogue
from tests.services.site import Site, send
from tests.unit.harvest.memory import MemoryRecorder, harvested, local_fetcher

TURTLE = {"Content-Type": "text/turtle"}


def _pages(site: Site, count: int) -> None:
    for number in range(count):
        following = f"{site.url}/{number + 1}" if number + 1 < count else ""
        site.pages[f"/{number}"] = (200, TURTLE, catalogue(site.url, range(number * 2, number * 2 + 2), following))


@pytest.mark.parametrize(
    ("limits", "seen", "words"),
    [
        (Limits(pages=2), 4, "over 2 pages"),
        (Limits(records=3), 3, "over 3 records"),
        (Limits(bytes=1_500), None, "1,500 bytes"),
        (Limits(run_s=0.0), 0, "longer than its limit"),
    ],
    ids=["pages", "records", "bytes", "time"],
)
def test_a_limit_ends_a_run_in_words_and_takes_nothing_for_gone(
    site: Site, limits: Limits, seen: int | None, words: str
):
    _pages(site, 4)
    recorder = MemoryRecorder()
    whole, _ = harvested(f"{site.url}/0", recorder, dialect="dcat")
    assert (whole.new, whole.complete) == (8, True)
    recorder.gone = None
    report, _ = harvested(f"{site.url}/0", recorder, dialect="dcat", limits=limits)
    assert (
        words in report.failure_en or "more than" in report.failure_en or "larger than the limit" in report.failure_en
    )
    assert report.failure_zh
    assert not report.complete
    assert recorder.gone is None
    assert len(recorder.held) == 8
    if seen is not None:
        assert report.seen == seen


def test_a_source_tells_how_many_documents_it_was_asked_for(site: Site):
    _pages(site, 4)
    source = open_source(f"{site.url}/0", dialect="dcat", fetcher=local_fetcher())
    assert len(list(source.records())) == 8
    assert source.asked == 4  # type: ignore[attr-defined]


def test_requests_keep_the_pause_that_a_source_wants(site: Site):
    _pages(site, 3)
    begun = time.monotonic()
    report, _ = harvested(f"{site.url}/0", dialect="dcat", limits=Limits(pause_s=0.2))
    assert report.complete
    assert time.monotonic() - begun >= 0.4


@pytest.mark.parametrize(
    ("header", "value", "asked"),
    [("ETag", '"v1"', "if-none-match"), ("Last-Modified", "Fri, 27 Nov 2026 01:00:00 GMT", "if-modified-since")],
)
def test_a_document_that_did_not_change_is_not_sent_again_and_nothing_is_gone(
    site: Site, header: str, value: str, asked: str
):
    body = catalogue(site.url, range(3))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get(asked) == value:
            send(handler, 304, {}, b"")
        else:
            send(handler, 200, {**TURTLE, header: value}, body)

    site.pages["/c"] = answer
    memory, recorder = Memory(), MemoryRecorder()
    first, _ = harvested(f"{site.url}/c", recorder, memory=memory)
    assert (first.new, first.complete, first.incremental) == (3, True, False)
    assert memory.validators == {f"{site.url}/c": value}
    again, _ = harvested(f"{site.url}/c", recorder, memory=memory)
    assert (again.seen, again.complete, again.incremental, again.failure_en) == (0, True, True, "")
    assert recorder.gone == []
    assert len(recorder.held) == 3
    memory.forget()
    whole, _ = harvested(f"{site.url}/c", recorder, memory=memory)
    assert (whole.unchanged, whole.incremental) == (3, False)


def test_a_table_by_address_is_read_and_not_sent_again_while_it_stays(site: Site):
    rows = "数据集名称,开放主体,代码\n公交站点,交通局,A1\n公园,园林局,A2\n".encode("gb18030")

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == '"1"'
        send(handler, 304 if known else 200, {} if known else {"ETag": '"1"'}, b"" if known else rows)

    site.pages["/catalogue.csv?year=2026"] = answer
    memory, recorder = Memory(), MemoryRecorder()
    report, _ = harvested(f"{site.url}/catalogue.csv?year=2026", recorder, memory=memory)
    assert (report.new, sorted(recorder.held)) == (2, ["A1", "A2"])
    again, _ = harvested(f"{site.url}/catalogue.csv?year=2026", recorder, memory=memory)
    assert (again.complete, again.incremental, recorder.gone) == (True, True, [])


def test_a_source_of_several_pages_is_never_taken_for_unchanged_by_its_first(site: Site):
    _pages(site, 2)
    for path in ("/0", "/1"):
        status, headers, body = site.pages[path]  # type: ignore[misc]
        site.pages[path] = (status, {**headers, "ETag": '"same"'}, body)
    memory = Memory()
    harvested(f"{site.url}/0", memory=memory, dialect="dcat")
    assert memory.validators == {}


def test_a_run_that_failed_remembers_nothing_new(site: Site):
    site.pages["/c"] = (200, {**TURTLE, "ETag": '"v1"'}, b"<a> <b> broken")
    memory = Memory(validators={"other": "kept"})
    report, _ = harvested(f"{site.url}/c", memory=memory, dialect="dcat")
    assert not report.complete
    assert memory.validators == {"other": "kept"}


def test_a_304_that_nobody_asked_for_is_a_failure(site: Site):
    site.pages["/c"] = (304, {}, b"")
    report, _ = harvested(f"{site.url}/c", dialect="dcat")
    assert "HTTP 304" in report.failure_en


def test_an_answer_without_datasets_is_not_complete_and_takes_nothing_for_gone():
    with Hostile() as hostile:
        recorder = MemoryRecorder()
        first, _ = harvested(hostile.url("shrinking"), recorder)
        assert (first.new, first.complete) == (20, True)
        recorder.gone = None
        second, _ = harvested(hostile.url("shrinking"), recorder)
        assert (second.complete, recorder.gone) == (False, None)
        assert "holds no dataset" in second.failure_en
        assert len(recorder.held) == 20


def test_a_server_that_says_when_to_come_again_is_heeded_within_bounds(site: Site):
    def busy(handler: BaseHTTPRequestHandler) -> None:
        again = site.asked.count("/busy") > 1
        send(handler, 200 if again else 429, {} if again else {"Retry-After": "1"}, b"")

    site.pages["/busy"] = busy
    begun = time.monotonic()
    local_fetcher().get(f"{site.url}/busy").close()
    assert 0.9 <= time.monotonic() - begun < 5
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for said in ("86400", format_datetime(tomorrow, usegmt=True)):
        site.pages["/later"] = (503, {"Retry-After": said}, b"")
        site.asked.clear()
        with pytest.raises(SourceFailed, match="Retry-After: 86"):
            local_fetcher().get(f"{site.url}/later")
        assert site.asked == ["/later"]


def test_a_server_that_drips_ends_at_the_deadline():
    with Hostile() as hostile:
        begun = time.monotonic()
        with pytest.raises(SourceFailed, match="not complete"):
            local_fetcher(timeout_s=1.5).get(hostile.url("drip"))
        assert time.monotonic() - begun < 4


def test_a_server_that_drips_headers_ends_at_the_deadline(site: Site):
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            handler.wfile.write(b"X-%d: x\r\n" % number)
            handler.wfile.flush()
            time.sleep(0.2)

    site.pages["/drip"] = drip
    begun = time.monotonic()
    with pytest.raises(SourceFailed, match="not complete"):
        local_fetcher(timeout_s=1.0).get(f"{site.url}/drip")
    assert time.monotonic() - begun < 4


def test_a_bomb_is_told_by_its_ratio_before_it_fills_the_disk():
    with Hostile() as hostile:
        begun = time.monotonic()
        with pytest.raises(Refused, match="compressed as no catalogue is"):
            local_fetcher().get(hostile.url("bomb"))
        assert time.monotonic() - begun < 10


def test_a_gzipped_file_that_is_a_bomb_is_refused_too(site: Site):
    site.pages["/c.ttl.gz"] = (200, {}, gzip.compress(bytes(1024**2), 9) * 100)
    report, _ = harvested(f"{site.url}/c.ttl.gz")
    assert "unpacks to far more" in report.failure_en


@pytest.mark.parametrize("name", ["loop", "huge", "garbage", "flaky", "bomb"])
def test_what_a_hostile_source_does_is_reported_in_words(name: str):
    with Hostile(records=5) as hostile:
        limits = Limits(bytes=100 * 1024**2)
        report, _ = harvested(hostile.url(name), limits=limits)
        if name == "flaky" and report.complete:
            assert report.new == 25
            return
        assert (report.complete, bool(report.failure_zh), bool(report.failure_en)) == (False, True, True)
        assert "internal error" not in report.failure_en


def test_a_question_that_is_posted_follows_redirects_as_a_browser_does(site: Site):
    site.pages["/post"] = (307, {"Location": "/kept"}, b"")
    site.pages["/form"] = (303, {"Location": "/kept"}, b"")
    site.pages["/kept"] = (200, {}, b"ok")
    question = Question(body=b"a=1", content_type="application/x-www-form-urlencoded")
    local_fetcher().get(f"{site.url}/post", question).close()
    assert site.bodies == [b"a=1", b"a=1"]
    local_fetcher().get(f"{site.url}/form", question).close()
    assert site.bodies == [b"a=1"] * 3
