"""A portal's own JSON, asked for page by page as its mapping says."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harvest.errors import SourceFailed
from harvest.sources import open_source
from tests.services.site import Site, send
from tests.unit.harvest.memory import MemoryRecorder, harvested

_ROWS = [{"catalogName": f"数据集{n}", "orgName": "某局", "cataId": f"C-{n}"} for n in range(23)]


def _portal(site: Site, mode: str, *, total: Any = 23, heeds: bool = True, breaks_at: int = 99) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if mode == "json":
            asked = json.loads(site.bodies[-1])["page"]
        elif mode == "form":
            asked = {name: values[0] for name, values in parse_qs(site.bodies[-1].decode()).items()}
        else:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        size, at = int(asked["size"]), int(asked["at"])
        start = (at if mode == "records" else (at - 1) * size) if heeds else 0
        rows: Any = _ROWS[start : start + size] if at < breaks_at else "拒绝访问"
        body = json.dumps({"code": 200, "data": {"total": total, "rows": rows}})
        send(handler, 200, {"Content-Type": "application/json"}, body.encode())

    class Any_(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            return answer

    site.pages = Any_()


def _mapping(mode: str, **more: Any) -> dict[str, Any]:
    names = {"page": "page.at", "size": "page.size"} if mode == "json" else {"page": "at", "size": "size"}
    send_ = mode if mode in ("json", "form") else "query"
    counts = "records" if mode == "records" else "pages"
    return {"list": "data.rows", "paging": {**names, "of": 10, "send": send_, "counts": counts, **more}}


@pytest.mark.parametrize("mode", ["query", "form", "json", "records"])
@pytest.mark.parametrize("total", ["data.total", ""])
def test_every_page_is_read_however_it_is_asked_for(site: Site, mode: str, total: str):
    _portal(site, mode)
    report, recorder = harvested(f"{site.url}/list?lang=zh", mapping=_mapping(mode, total=total))
    assert (report.new, report.complete, report.failure_en) == (23, True, "")
    assert len(site.asked) == 3
    assert "C-22" in recorder.held


def test_the_parameters_that_a_portal_wants_beside_are_sent(site: Site):
    _portal(site, "json")
    harvested(f"{site.url}/list", mapping=_mapping("json", **{"with": {"regionCode": "440100", "page.sort": "asc"}}))
    assert json.loads(site.bodies[0]) == {"regionCode": "440100", "page": {"sort": "asc", "at": 1, "size": 10}}


def test_a_portal_that_does_not_heed_the_page_ends_in_words(site: Site):
    _portal(site, "query", heeds=False, total=1000)
    recorder = MemoryRecorder()
    report, _ = harvested(f"{site.url}/list", recorder, mapping=_mapping("query", total="data.total"))
    assert (report.seen, report.complete, recorder.gone) == (10, False, None)
    assert "循环" in report.failure_zh


def test_a_portal_that_promised_more_is_not_complete(site: Site):
    _portal(site, "query", total="30")
    report, _ = harvested(f"{site.url}/list", mapping=_mapping("query", total="data.total"))
    assert (report.new, report.complete) == (23, False)
    assert "30 records and gave 23" in report.failure_en


def test_a_page_that_is_no_list_keeps_what_came_before(site: Site):
    _portal(site, "query", breaks_at=3)
    recorder = MemoryRecorder()
    report, _ = harvested(f"{site.url}/list", recorder, mapping=_mapping("query"))
    assert (report.new, report.complete, recorder.gone) == (20, False, None)


@pytest.mark.parametrize(
    ("paging", "words"),
    [
        ({"size": "n"}, "at least page"),
        ("page", "at least page"),
        ({"page": "p", "pages": 3}, "unknown key pages"),
        ({"page": "p", "of": 0}, "paging.of"),
        ({"page": "p", "of": True}, "paging.of"),
        ({"page": "p", "send": "fax"}, "paging.send"),
        ({"page": "p", "with": [1]}, "paging.with"),
    ],
)
def test_a_wrong_paging_is_refused_with_what_is_wrong(paging: Any, words: str):
    with pytest.raises(SourceFailed, match=words):
        open_source("https://x.example/list", mapping={"paging": paging})


def test_parameters_that_contradict_each_other_are_said(site: Site):
    _portal(site, "json")
    report, _ = harvested(f"{site.url}/list", mapping=_mapping("json", **{"with": {"page": 3}}))
    assert "contradict each other" in report.failure_en
