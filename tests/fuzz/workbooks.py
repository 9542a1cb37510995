"""A small 编目表 as XLSX, by its members (ECMA-376), for tests that spoil one of them."""

import io
import zipfile
from collections.abc import Mapping

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOOK = "xl/workbook.xml"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TEXTS = (
    "数据集名称",
    "数据摘要",
    "开放主体",
    "数据集代码",
    "发布日期",
    "数据量（行）",
    "公园名录",
    "全市公园。",
    "园林局",
)


def sheet(rows: str, *, before: str = "", after: str = "") -> bytes:
    """A sheet whose first row has the headings in the columns A to F."""
    headings = "".join(f'<c r="{"ABCDEF"[i]}1" t="s"><v>{i}</v></c>' for i in range(6))
    data = f'<sheetData><row r="1">{headings}</row>{rows}</sheetData>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{before}{data}{after}</worksheet>'.encode()


def row(number: int, *, date: str | None = None, more: str = "") -> str:
    """A good row; `date` is its cell in the column of dates, `more` stands after it."""
    date = f'<c r="E{number}" s="1"><v>45000</v></c>' if date is None else date
    return (
        f'<row r="{number}"><c r="A{number}" t="s"><v>6</v></c><c r="B{number}" t="s"><v>7</v></c>'
        f'<c r="C{number}" t="s"><v>8</v></c><c r="D{number}" t="inlineStr"><is><t>GZ-{number}</t></is></c>'
        f"{date}{more}</row>"
    )


def strings(items: str, *, before: str = "") -> bytes:
    return f'{_HEAD}{before}<sst xmlns="{_MAIN}">{items}</sst>'.encode()


TEXTS = "".join(f"<si><t>{text}</t></si>" for text in _TEXTS)
MEMBERS: dict[str, bytes] = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{BOOK}" ContentType="{MEDIA_TYPE}.main+xml"/></Types>'
    ).encode(),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        f'Target="{BOOK}"/></Relationships>'
    ).encode(),
    BOOK: (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="目录" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    ).encode(),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ).encode(),
    SHEET: sheet(
        row(2, more='<c r="F2"><v>12.5</v></c>') + row(3, date='<c r="E3" t="d"><v>2024-02-30T10:00:00</v></c>'),
        before='<dimension ref="A1:F3"/>',
        after='<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>',
    ),
    STRINGS: strings(TEXTS),
    STYLES: (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
        '</numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="46"/></cellXfs></styleSheet>'
    ).encode(),
}


def packed(instead: Mapping[str, bytes] | None = None) -> bytes:
    """The workbook, some of its members others; the same bytes each time."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in (MEMBERS | dict(instead or {})).items():
                archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
        return file.getvalue()
