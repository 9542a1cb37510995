"""Workbooks made to harm whoever reads them: each ends in records or in words, soon, and its reader alone may die."""

import struct
from pathlib import Path

import pytest

from harvest.errors import SourceFailed
from harvest.limits import Limits
from harvest.record import Incoming, Unreadable
from harvest.source import Memory
from harvest.sources import open_source
from tests.fuzz.targets import Answering, narrow, table
from tests.fuzz.workbooks import BOOK, MEDIA_TYPE, SHEET, STRINGS, STYLES, TEXTS, packed, row, sheet, strings

_ROWS = row(2) + row(3, date="")
_LAUGHS = "<!DOCTYPE sst [<!ENTITY a0 '哈哈'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
)


def _dates(*cells: str) -> bytes:
    return packed({SHEET: sheet("".join(row(n, date=cell) for n, cell in enumerate(cells, 2)))})


def _of_false_size(said: int) -> bytes:
    """A sheet of spaces whose size stands in the archive as `said`."""
    content = packed({SHEET: sheet(_ROWS, after=" " * 5_000_000)})
    size = struct.pack("<I", len(sheet(_ROWS, after=" " * 5_000_000)))
    assert content.count(size) >= 2
    return content.replace(size, struct.pack("<I", said))


def _encrypted() -> bytes:
    content = bytearray(packed())
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    return bytes(content)


REFUSED = {
    "a billion laughs": packed({STRINGS: strings(TEXTS + "<si><t>&a11;</t></si>", before=_LAUGHS)}),
    "a day before all time": _dates('<c r="E2" s="1"><v>-1e308</v></c>'),
    "a span of time without end": _dates('<c r="E11" s="2"><v>1e300</v></c>'),
    "a cell in the last place of all": packed(
        {SHEET: sheet(_ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}),
    "more cells than it may": packed({SHEET: sheet(_ROWS + '<row r="900000"><c r="B900000"><v>1</v></c></row>')}),
    "a zip bomb": packed({SHEET: sheet(_ROWS, after=" " * 20_000_000)}),
    "a bomb that no sheet uses": packed({"xl/media/x.bin": bytes(20_000_000)}),
    "a false size": _of_false_size(10),
    "a size of four gigabytes": _of_false_size(0xFFFF_FFF0),
    "one text in many cells": packed(
        {STRINGS: strings(TEXTS + f"<si><t>{'大' * 500_000}</t></si>"),
         SHEET: sheet("".join(f'<row r="{n}"><c r="A{n}" t="s"><v>9</v></c></row>' for n in range(2, 400)))}
    ),
    "encrypted members": _encrypted(),
    "no book": packed({BOOK: b""}),
    "a text that is not there": packed({SHEET: sheet('<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>')}),
}  # fmt: skip
HARMLESS = {
    "a size that is none": packed({SHEET: sheet(_ROWS, before='<dimension ref="A1:XFD1048576"/>')}),
    "a text nested deep": packed({STRINGS: strings(TEXTS + "<si>" + "<r>" * 200_000 + "</r>" * 200_000 + "</si>")}),
    "a sheet nested deep": packed({SHEET: sheet(_ROWS, after="<x>" * 200_000 + "</x>" * 200_000)}),
    "dates out of range": _dates(
        *(f'<c r="E{n}" s="1"><v>{v}</v></c>'
          for n, v in enumerate(("1e308", "-1", "2958466", "99999999999", "nan", "inf", "0", "60"), 2)),
        '<c r="E12" s="2"><v>999999999.9999999</v></c>',
        '<c r="E13" t="d"><v>9999-99-99T99:99:99</v></c>', '<c r="E14" t="d"><v>+10000-01-01</v></c>',
    ),
    "many merged ranges": packed({SHEET: sheet(
        _ROWS + row(20_000, date=""),
        after="<mergeCells>" + '<mergeCell ref="A4:F20000"/>' * 50 + '<mergeCell ref="A5:A1"/></mergeCells>')}),
    "styles that are not there": _dates('<c r="E2" s="4294967295"><v>1</v></c>', '<c r="E3" s="-1"><v>1</v></c>'),
    "styles by the million": packed(
        {STYLES: b"<styleSheet><cellXfs>" + b"<xf/>" * 500_000 + b"</cellXfs></styleSheet>"}),
}  # fmt: skip
EITHER = {
    "places that are none": [packed({SHEET: sheet(_ROWS + f'<row r="{at}"><c r="{cell}"><v>1</v></c></row>')})
                             for at, cell in (("0", "A0"), ("-1", "A-1"), ("4", "ZZZZZZZZ4"),
                                              ("9" * 30, "A" + "9" * 30), ("4", ""), ("4", "4"), ("1", "A1"))],
    "values of wrong types": [_dates(f'<c r="E2" t="{kind}"><v>{value}</v></c>')
                              for kind in ("n", "s", "b", "e", "d", "str", "inlineStr", "zzz")
                              for value in ("abc", "-1", "1e999", "")],
}  # fmt: skip


def _read(content: bytes) -> list[Incoming | Unreadable]:
    source = open_source(
        "http://p.example/x.xlsx", dialect="table", memory=Memory(), limits=Limits(),
        fetcher=Answering(content=content, content_type=MEDIA_TYPE),
    )  # fmt: skip
    with narrow():
        return [each for each in source.records() if isinstance(each, Incoming | Unreadable)]


@pytest.mark.parametrize("name", [*REFUSED, *HARMLESS])
def test_a_workbook_made_to_harm_ends_in_records_or_in_words(name: str):
    table((REFUSED | HARMLESS)[name])


@pytest.mark.parametrize("name", EITHER)
def test_cells_that_can_not_be_meant_harm_nobody(name: str):
    for content in EITHER[name]:
        table(content)


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_asks_for_too_much_or_is_none_is_refused_in_words(name: str):
    with pytest.raises(SourceFailed) as refused:
        _read(REFUSED[name])
    assert "过大" in refused.value.zh or "无法打开" in refused.value.zh


@pytest.mark.parametrize("name", HARMLESS)
def test_the_good_rows_of_a_strange_workbook_are_read(name: str):
    assert {each.key for each in _read(HARMLESS[name])} >= {"GZ-2", "GZ-3"}


def test_no_entity_opens_a_file(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("机密-41")
    entity = f'<!DOCTYPE sst [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    spoilt = packed({STRINGS: strings(TEXTS.replace("全市公园。", "&x;"), before=entity)})
    try:
        said = "".join(str(each) for each in _read(spoilt))
    except SourceFailed as failure:
        said = failure.zh + failure.en
    assert said
    assert "机密-41" not in said
