from http.server import BaseHTTPRequestHandler

from harvest.source import Memory
from tests.factories import iso
from tests.services.hostile import catalogue
from tests.services.site import Site, send
from tests.unit.harvest.memory import MemoryRecorder, harvested

HTML = {"Content-Type": "text/html"}
_LISTING = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN"><html><head><title>Index of /waf</title></head><body>
<table><tr><td><a href="?C=N;O=D">Name</a></td></tr><tr><td><a href="/">Parent Directory</a></td></tr>{links}</table>
</body></html>"""


def _listing(*hrefs: str) -> bytes:
    return _LISTING.format(links="".join(f'<tr><td><a href="{href}">x</a></td></tr>' for href in hrefs)).encode()


def _file(site: Site, name: str, first: int, *, tag: str = "") -> None:
    body = catalogue(site.url, range(first, first + 2))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if tag and handler.headers.get("If-None-Match") == tag:
            send(handler, 304, {}, b"")
        else:
            send(handler, 200, {"Content-Type": "text/turtle", **({"ETag": tag} if tag else {})}, body)

    site.pages[f"/waf/{name}"] = answer


def test_the_files_of_a_folder_are_read_and_nothing_outside_of_it(site: Site):
    site.pages["/waf/"] = (200, HTML, _listing(
        "a.ttl", "./b.ttl#x", "a.ttl", "%E5%9B%BE.xml", "deeper/c.ttl", "../d.ttl", "http://127.0.0.2/e.ttl",
        "javascript:alert(1)", "mailto:a@b.example", "//evil.example/f.ttl", "photo.png", "http://[::1", "",
    ))  # fmt: skip
    _file(site, "a.ttl", 0)
    _file(site, "b.ttl", 2)
    site.pages["/waf/%E5%9B%BE.xml"] = (200, {"Content-Type": "text/xml"}, iso.metadata("M-1", "图层").encode())
    report, recorder = harvested(f"{site.url}/waf/")
    assert (report.new, report.complete) == (5, True), report
    assert "M-1" in recorder.held
    assert sorted(site.asked) == ["/waf/", "/waf/%E5%9B%BE.xml", "/waf/a.ttl", "/waf/b.ttl"]


def test_only_files_that_changed_are_sent_again(site: Site):
    site.pages["/waf/"] = (200, HTML, _listing("a.ttl", "b.ttl"))
    _file(site, "a.ttl", 0, tag='"1"')
    _file(site, "b.ttl", 2, tag='"1"')
    memory, recorder = Memory(), MemoryRecorder()
    first, _ = harvested(f"{site.url}/waf/", recorder, memory=memory)
    assert (first.new, first.incremental) == (4, False)
    assert set(memory.validators) == {f"{site.url}/waf/a.ttl", f"{site.url}/waf/b.ttl"}
    _file(site, "b.ttl", 3, tag='"2"')
    again, _ = harvested(f"{site.url}/waf/", recorder, memory=memory)
    assert (again.seen, again.new, again.incremental, again.complete) == (2, 1, True, True)
    assert recorder.gone == []
    assert memory.validators[f"{site.url}/waf/b.ttl"] == '"2"'


def test_a_file_that_is_listed_no_more_has_everything_read_and_its_records_gone(site: Site):
    site.pages["/waf/"] = (200, HTML, _listing("a.ttl", "b.ttl"))
    _file(site, "a.ttl", 0, tag='"1"')
    _file(site, "b.ttl", 2, tag='"1"')
    memory, recorder = Memory(), MemoryRecorder()
    harvested(f"{site.url}/waf/", recorder, memory=memory)
    site.pages["/waf/"] = (200, HTML, _listing("a.ttl"))
    report, _ = harvested(f"{site.url}/waf/", recorder, memory=memory)
    assert (report.unchanged, report.gone, report.incremental) == (2, 2, False)


def test_a_file_that_can_not_be_read_spoils_no_other(site: Site):
    site.pages["/waf/"] = (200, HTML, _listing("a.ttl", "broken.ttl", "missing.rdf", "other.xml"))
    _file(site, "a.ttl", 0)
    site.pages["/waf/broken.ttl"] = (200, {"Content-Type": "text/turtle"}, b"<a> <b> broken")
    site.pages["/waf/other.xml"] = (200, {"Content-Type": "text/xml"}, b"<html/>")
    recorder = MemoryRecorder()
    report, _ = harvested(f"{site.url}/waf/", recorder)
    assert (report.new, report.complete, recorder.gone) == (2, False, None)
    assert "3 files of the folder can't be read" in report.failure_en


def test_a_page_without_files_is_said(site: Site):
    site.pages["/waf/"] = (200, HTML, _listing("a.html"))
    report, _ = harvested(f"{site.url}/waf/", dialect="waf")
    assert "lists no files" in report.failure_en
