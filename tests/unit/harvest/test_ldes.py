"""Streams of changes as others write them; our own is followed in tests/web/test_federation.py."""

from harvest.source import Memory
from tests.services.site import Site
from tests.unit.harvest.memory import MemoryRecorder, harvested

TURTLE = {"Content-Type": "text/turtle"}
_HEAD = """@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_STREAM = """<#s> a ldes:EventStream ; ldes:timestampPath dct:modified ; ldes:versionOfPath dct:isVersionOf ;
  dct:title "变更流"@zh ."""


def _member(entity: str, version: int, title: str = "", *, day: int) -> str:
    body = f'dct:title "{title}"@zh ; dct:publisher "某局"' if title else "a as:Delete"
    return (
        f"<#s> tree:member <https://p.example/{entity}/v{version}> . <https://p.example/{entity}/v{version}> "
        f"a dcat:Dataset ; dct:isVersionOf <https://p.example/{entity}> ; "
        f'dct:modified "2026-01-{day:02}T00:00:00Z"^^xsd:dateTime ; {body} .\n'
    )


def _relation(target: str, *, kind: str = "", day: int = 0) -> str:
    bound = f'; a tree:{kind} ; tree:path dct:modified ; tree:value "2026-01-{day:02}T00:00:00Z"^^xsd:dateTime'
    return f"<> tree:relation [ tree:node <{target}> {bound if kind else ''} ] .\n"


def _page(site: Site, path: str, *parts: str) -> None:
    site.pages[path] = (200, TURTLE, "\n".join((_HEAD, _STREAM, *parts)).encode())


def _titles(recorder: MemoryRecorder) -> set[str]:
    text = "".join(kept.ntriples.decode() for kept in recorder.held.values())
    return {line.split('"')[1] for line in text.splitlines() if "terms/title>" in line}


def test_the_newest_version_counts_whatever_page_it_stands_on(site: Site):
    _page(site, "/s", _relation("/p2"), _relation("/p1"), _relation("/p2"))
    _page(site, "/p1", _member("a", 1, "旧", day=1), _member("b", 1, "乙", day=2))
    _page(site, "/p2", _member("a", 2, "新", day=3), _relation("/s"))
    memory = Memory()
    report, recorder = harvested(f"{site.url}/s", memory=memory)
    assert (report.new, report.complete, _titles(recorder)) == (2, True, {"新", "乙"})
    assert sorted(site.asked) == ["/p1", "/p2", "/s"]
    assert (memory.since, memory.title) == ("2026-01-03T00:00:00Z", "变更流")
    kept = recorder.held["https://p.example/a"].ntriples.decode()
    assert "isVersionOf" not in kept
    assert "/v2" not in kept


def test_only_pages_that_may_hold_something_new_are_asked_for(site: Site):
    _page(site, "/s", _relation("/p1", kind="LessThanOrEqualToRelation", day=2), _relation("/p2"))
    _page(site, "/p1", _member("a", 1, "甲", day=1), _member("b", 1, "乙", day=2))
    _page(site, "/p2", _member("c", 1, "丙", day=3))
    memory, recorder = Memory(), MemoryRecorder()
    harvested(f"{site.url}/s", recorder, memory=memory)
    _page(site, "/p2", _member("c", 1, "丙", day=3), _member("a", 2, "甲改", day=4), _member("b", 2, day=5))
    site.asked.clear()
    report, _ = harvested(f"{site.url}/s", recorder, memory=memory)
    assert site.asked == ["/s", "/p2"]
    assert (report.changed, report.unchanged, report.gone, report.incremental) == (1, 1, 1, True)
    assert recorder.gone == ["https://p.example/b"]
    assert _titles(recorder) == {"甲改", "丙"}


def test_an_end_that_comes_back_is_no_end(site: Site):
    _page(site, "/s", _member("a", 1, "甲", day=1), _member("a", 2, day=2), _member("a", 3, "又来", day=3))
    report, recorder = harvested(f"{site.url}/s")
    assert (report.new, _titles(recorder)) == (1, {"又来"})


def test_an_entity_that_ended_is_gone_after_a_whole_reading(site: Site):
    _page(site, "/s", _member("a", 1, "甲", day=1), _member("b", 1, "乙", day=1))
    recorder = MemoryRecorder()
    harvested(f"{site.url}/s", recorder)
    _page(site, "/s", _member("a", 1, "甲", day=1), _member("b", 2, day=2))
    report, _ = harvested(f"{site.url}/s", recorder)
    assert (report.unchanged, report.gone, report.incremental) == (1, 1, False)


def test_a_page_that_can_not_be_read_keeps_the_others_and_the_time_of_before(site: Site):
    _page(site, "/s", _relation("/p1"), _relation("/missing"))
    _page(site, "/p1", _member("a", 1, "甲", day=1))
    memory, recorder = Memory(), MemoryRecorder()
    report, _ = harvested(f"{site.url}/s", recorder, memory=memory)
    assert (report.new, report.complete, memory.since, recorder.gone) == (1, False, "", None)
    assert "/missing" in report.failure_en


def test_text_that_looks_like_an_address_of_the_version_stays(site: Site):
    _page(site, "/s", _member("a", 1, "见 <https://p.example/a/v1> 说明", day=1))
    _, recorder = harvested(f"{site.url}/s")
    assert _titles(recorder) == {"见 <https://p.example/a/v1> 说明"}


def test_members_without_versions_are_entities_themselves(site: Site):
    body = '<#s> tree:member <https://p.example/x> . <https://p.example/x> a dcat:Dataset ; dct:title "独"@zh .'
    _page(site, "/s", body)
    report, recorder = harvested(f"{site.url}/s")
    assert (report.new, list(recorder.held)) == (1, ["https://p.example/x"])


def test_times_that_are_none_harm_nothing(site: Site):
    odd = _member("a", 1, "甲", day=1).replace("2026-01-01T00:00:00Z", "yesterday")
    _page(site, "/s", odd, _member("b", 1, "乙", day=2))
    memory = Memory(since="not a time")
    report, _ = harvested(f"{site.url}/s", memory=memory)
    assert (report.new, report.incremental, memory.since) == (2, False, "2026-01-02T00:00:00Z")


def test_versions_are_told_apart_by_their_numbers_however_long_or_odd(site: Site):
    def named(version: str, title: str, day: int = 2) -> str:
        return _member("a", 1, title, day=day).replace("/a/v1>", f"/a/v{version}>")

    long = "9" * 5_000  # more digits than Python makes a number of
    _page(site, "/s", named("²", "零", 1), named("0", "甲"), named("10", "乙"), named("9", "丙"), named(long, "丁"))
    report, recorder = harvested(f"{site.url}/s")
    assert (report.new, report.complete, _titles(recorder)) == (1, True, {"丁"})
