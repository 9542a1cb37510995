"""What one source can do to the portal and to the others."""

import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from harvest.mapping import values
from harvest.source import Document
from harvest.sources import workbook
from tests.security.portals import entry, harvest, opened, public_text

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="a" sheetId="1" r:id="r"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
_READ = """
import sys
from harvest.errors import SourceFailed
from harvest.sources import open_source
try:
    print(len(list(open_source(sys.argv[1]).records())))
except SourceFailed as failure:
    print(failure.en)
"""
_MEMORY_BYTES = 2 * 1024**3


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _workbook(path: Path, last: str, filling: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, f'<?xml version="1.0"?>{content}')
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                f'<sheetData><row r="1">{_cell("A1", "数据集名称")}{_cell("B1", "开放主体")}</row>'
                f'<row r="2"><c r="{last}" t="inlineStr"><is><t>'.encode()
            )
            for _ in range(filling):
                sheet.write(b"A" * 1_000_000)
            sheet.write(b"x</t></is></c></row></sheetData></worksheet>")
    return path


def _read_apart(path: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, because what goes wrong here ends the process."""
    return subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES)),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_small_workbook_is_read(tmp_path: Path) -> None:
    read = _read_apart(_workbook(tmp_path / "small.xlsx", "A2"))
    assert (read.returncode, read.stdout) == (0, "1\n")


def test_a_workbook_whose_last_cell_lies_far_out_is_refused_in_words(tmp_path: Path) -> None:
    read = _read_apart(_workbook(tmp_path / "far.xlsx", "XFD1048576"))
    assert read.returncode == 0, read.stderr[-300:]
    assert "too large" in read.stdout


def test_a_zip_bomb_of_a_workbook_is_refused_in_words(tmp_path: Path) -> None:
    read = _read_apart(_workbook(tmp_path / "bomb.xlsx", "A2", filling=900))
    assert read.returncode == 0, read.stderr[-300:]
    assert "too large" in read.stdout


def test_a_workbook_that_lies_about_its_size_is_refused_in_words(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "liar.xlsx", "A2", filling=900)
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    small = (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(true.to_bytes(4, "little"), small))
    read = _read_apart(path)
    assert read.returncode == 0, read.stderr[-300:]
    assert "The workbook liar.xlsx" in read.stdout


@pytest.mark.slow
def test_a_workbook_of_a_hundred_thousand_rows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, f'<?xml version="1.0"?>{content}')
        rows = (
            f'<row r="{row}">'
            + "".join(_cell(f"{column}{row}", f"{column}{row}摘要摘要摘要") for column in "ABCDEFGH")
            + f'<c r="I{row}"><v>{row}</v></c></row>'
            for row in range(1, 100_001)
        )
        head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        archive.writestr("xl/worksheets/sheet1.xml", head + "".join(rows) + "</sheetData></worksheet>")
    grid = workbook.sheets(Document(path, path.name))["a"]
    assert len(grid) == 100_000
    assert list(grid[-1][:1]) + list(grid[-1][-1:]) == ["A100000摘要摘要摘要", 100_000]


def test_a_federated_source_gives_no_new_name_to_another_sources_publisher(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    code = "11440100007482734M"
    for source, name in (("good", "广州市交通运输局"), ("bad", "冒名者")):
        agent = f'<https://{source}.example/a> foaf:name "{name}"@zh-Hans ; dct:identifier "{code}" .'
        record = entry("dct:accessRights eu:PUBLIC").replace("https://a.example", f"https://{source}.example")
        harvest(portal, tmp_path, record.replace("/agency>", "/a>") + agent, source=source)
    ((publisher, count),) = portal.catalogue.publishers()
    assert count == 2
    assert publisher.names == {"zh-Hans": "广州市交通运输局"}


def test_a_source_may_give_its_own_publisher_a_new_name(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    for name in ("广州市交通委员会", "广州市交通运输局"):
        agent = f'<https://a.example/a> foaf:name "{name}"@zh-Hans .'
        record = entry("dct:accessRights eu:PUBLIC").replace("/agency>", "/a>").replace('"1"', f'"{name}"')
        harvest(portal, tmp_path, record + agent)
    ((publisher, _),) = portal.catalogue.publishers()
    assert publisher.names == {"zh-Hans": "广州市交通运输局"}


def _deep_json_ld(levels: int) -> str:
    deep = '{"dct:relation":' * levels + '"x"' + "}" * levels
    context = '{"dcat":"http://www.w3.org/ns/dcat#","dct":"http://purl.org/dc/terms/"}'
    entries = [f'{{"@id":"urn:x:{n}","@type":"dcat:Dataset","dct:title":"名{n}"}}' for n in "abc"]
    entries[1] = entries[1][:-1] + f',"dct:accessRights":"非开放","dct:provenance":{deep}}}'
    return f'{{"@context":{context},"@graph":[{",".join(entries)}]}}'


def _deep_rows(levels: int) -> str:
    entries = [f'{{"identifier":"{n}","数据集名称":"名{n}","开放主体":"示例局"}}' for n in "abc"]
    entries[1] = entries[1][:-1] + f',"开放属性":"不予开放","数据摘要":{"[" * levels}{"]" * levels}}}'
    return f"[{','.join(entries)}]"


@pytest.mark.parametrize("levels", [2_000, 100_000])
@pytest.mark.parametrize(("deep", "ending"), [(_deep_json_ld, "jsonld"), (_deep_rows, "json")])
def test_a_record_that_nests_without_end_stops_only_itself(
    tmp_path: Path, deep: Callable[[int], str], ending: str, levels: int
) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, deep(3), ending=ending)
    assert "名b" in public_text(portal)
    report = harvest(portal, tmp_path, deep(levels), ending=ending)
    assert (report.unchanged, report.quarantined, report.complete) == (2, 1, True)
    text = public_text(portal)
    assert "名a" in text
    assert "名c" in text
    _, [refused] = portal.harvesting.quarantine("agency")
    assert "150" in refused.problems[0].message_zh
    assert "150" in refused.problems[0].message_en


def test_a_record_that_nests_without_end_still_closes_its_entry(tmp_path: Path) -> None:
    for deep, ending in ((_deep_json_ld, "jsonld"), (_deep_rows, "json")):
        (tmp_path / ending).mkdir()
        portal = opened(tmp_path / ending)
        harvest(portal, tmp_path, deep(3).replace("非开放", "无条件开放").replace("不予", "无条件"), ending=ending)
        assert "名b" in public_text(portal)
        harvest(portal, tmp_path, deep(9_000), ending=ending)
        assert "名b" not in public_text(portal)


def test_one_long_cell_does_not_hold_up_a_table() -> None:
    began = time.process_time()
    values.chinese(["长" * 200_000])
    assert time.process_time() - began < 0.3
