"""The public history in words that readers know."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.catalogue.model import PublicVersion
from app.pages import history
from app.web.language import choose

_URI = "https://data.example/dataset/abc"
_EU = "http://publications.europa.eu/resource/authority"
_SCHEME = "https://w3id.org/suishu/scheme"
_DCT, _DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"


@pytest.fixture(params=["zh-Hans", "en"])
def reader(request: pytest.FixtureRequest, application: Flask) -> Iterator[str]:
    with application.test_request_context("/", headers={"Accept-Language": request.param}):
        choose()
        yield request.param


def _line(predicate: str, value: str, subject: str = _URI) -> str:
    return f"<{subject}> <{predicate}> {value} ."


def _second_step(added: list[str], removed: list[str]) -> history.Step:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    versions = [PublicVersion(2, at, tuple(added), tuple(removed)), PublicVersion(1, at, (), ())]
    return history.steps(versions, _URI)[0]


def test_codes_are_told_by_their_labels(reader: str) -> None:
    step = _second_step(
        [
            _line(f"{_DCT}accrualPeriodicity", f"<{_EU}/frequency/WEEKLY>"),
            _line(f"{_DCT}accessRights", f"<{_EU}/access-right/RESTRICTED>"),
            _line(f"{_DCAT}theme", f"<{_SCHEME}/theme/jiaotong>"),
            _line(f"{_DCT}format", f"<{_EU}/file-type/CSV>"),
            _line(f"{_DCT}spatial", f"<{_SCHEME}/district/440104>"),
        ],
        [],
    )
    values = {change.value for change in step.changes}
    assert not [value for value in values if "://" in value]
    chinese = {"每周", "有条件开放", "交通运输", "CSV", "越秀区"}
    assert values == chinese if reader == "zh-Hans" else {"CSV", "Weekly"} < values


def test_what_only_machines_need_is_neither_told_nor_counted(reader: str) -> None:
    step = _second_step(
        [
            _line(f"{_DCAT}theme", f"<{_SCHEME}/theme/jiaotong>"),
            _line(f"{_DCAT}theme", f"<{_EU}/data-theme/TRAN>"),
            _line(f"{_DCAT}distribution", f"<{_URI}#distribution-1>"),
            _line(f"{_DCAT}mediaType", "<http://www.iana.org/assignments/media-types/text/csv>", f"{_URI}#d"),
            _line("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", f"<{_DCAT}Distribution>", f"{_URI}#d"),
        ],
        [],
    )
    assert len(step.changes) == step.added == 1
    assert step.removed == 0


def test_an_eu_theme_that_stands_alone_is_told(reader: str) -> None:
    step = _second_step([], [_line(f"{_DCAT}theme", f"<{_EU}/data-theme/TRAN>")])
    assert [change.value for change in step.changes] == ["TRAN"]


def test_addresses_and_texts_are_told_as_they_are(reader: str) -> None:
    step = _second_step(
        [_line(f"{_DCAT}landingPage", "<https://a.example/x>")],
        [_line(f"{_DCT}title", '"旧 \\"名\\" ."@zh-Hans'), _line(f"{_DCT}license", "<https://l.example/1>"), "odd"],
    )
    assert {change.value for change in step.changes} == {"https://a.example/x", '旧 "名" .', "l.example/1"}


def test_marks_of_html_are_no_part_of_what_changed(reader: str) -> None:
    step = _second_step([_line(f"{_DCT}description", '"<p>每月 <b>更新</b></p>"@zh-Hans')], [])
    assert [change.value for change in step.changes] == ["每月 更新"]
