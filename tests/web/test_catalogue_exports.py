"""The open catalogue as table, exports and dumps: the same entries in each."""

import csv
import gzip
import io
import json
import re
import time
from collections.abc import Iterator
from typing import IO

import openpyxl
import pytest
import rdflib
from flask.testing import FlaskClient
from python_calamine import load_workbook

from app.errors import Busy
from app.web import streaming
from app.web.sheets import write_csv, write_xlsx
from app.web.streaming import Pulled
from tests.web.portals import BASE, Filled

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


def uris(filled: Filled) -> set[str]:
    return {f"{BASE}/dataset/{id_}" for id_ in filled.ids.values()}


def test_every_export_has_a_row_for_each_entry(client: FlaskClient, filled: Filled) -> None:
    text = client.get("/catalog/export.csv").data.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[:3] == ["数据集名称", "数据摘要", "数据项"]
    assert {row[-1] for row in rows} == uris(filled)

    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/catalog/export.xlsx").data)).active
    table = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert table[0] == head
    assert {row[-1] for row in table[1:]} == uris(filled)

    document = json.loads(client.get("/catalog/export.jsonld").data)
    assert {node["@id"] if "@id" in node else node["id"] for node in document["@graph"]} == uris(filled)

    page = client.get("/catalog").text
    assert {f"{BASE}{path}" for path in re.findall(r'<th scope="row"><a href="([^"]*)"', page)} == uris(filled)


def test_a_row_says_what_article_11_asks_for(client: FlaskClient, filled: Filled) -> None:
    text = client.get("/catalog/export.csv").data.decode("utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(text)) if filled.ids["bus"] in row["地址"])
    assert row["数据集名称"] == "公交线路站点"
    assert row["数据项"] == "线路名称"
    assert row["数据格式"] == "CSV"
    assert row["开放主体"] == "广州市交通运输局"
    assert row["开放属性"] == "无条件开放"
    assert row["更新频率"] == "每周"


def test_what_is_withheld_is_said_in_one_sentence(client: FlaskClient, filled: Filled) -> None:
    for language, sentence in (("zh-Hans", "开放主体未公开本数据集的摘要"), ("en", "keeps the description")):
        text = client.get(f"/catalog/export.csv?lang={language}").data.decode("utf-8-sig")
        row = next(row for row in csv.reader(io.StringIO(text)) if filled.ids["closed"] in row[-1])
        assert sentence in row[1]
        assert row[2] != ""
        assert sentence in client.get(f"/catalog?lang={language}").text


def test_an_export_is_in_the_readers_language(client: FlaskClient) -> None:
    text = client.get("/catalog/export.csv?lang=en").data.decode("utf-8-sig")
    assert text.startswith("Title,Description,Data items")
    assert "Open unconditionally" in text


def test_no_cell_runs_as_a_formula(client: FlaskClient) -> None:
    text = client.get("/catalog/export.csv").data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=网约车轨迹（脱敏）" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_spreadsheet_bears_any_text() -> None:
    awkward = ["a\x00b\x0b<&>\"'", "🌾\ud800", "x" * 40_000, "=1+1", " spaced ", ""]
    out = io.BytesIO()
    write_xlsx(iter([["头"], awkward]), out, title="目录/[x]" + "长" * 40, widths=(10,))
    rows = load_workbook(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()
    assert rows[1][3] == "=1+1"
    assert len(str(rows[1][2])) == 32_767
    text = io.BytesIO()
    write_csv([awkward], text)
    assert "'=1+1" in text.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize(("suffix", "name"), [("nt", "nt"), ("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_every_dump_says_the_same(client: FlaskClient, filled: Filled, suffix: str, name: str) -> None:
    response = client.get(f"/dump/catalog.{suffix}")
    graph = rdflib.Graph().parse(data=response.data, format=name)
    assert {str(dataset) for dataset in graph.objects(rdflib.URIRef(f"{BASE}/catalog"), DCAT.dataset)} == uris(filled)
    assert (rdflib.URIRef(f"{BASE}/catalog"), rdflib.RDF.type, DCAT.Catalog) in graph
    expected = rdflib.Graph().parse(data=client.get("/dump/catalog.nt").data, format="nt")
    assert len(graph) == len(expected)
    packed = client.get(f"/dump/catalog.{suffix}.gz")
    assert packed.mimetype == "application/gzip"
    assert gzip.decompress(packed.data) == response.data


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("gzip, deflate, br", "gzip"), ("GZIP", "gzip"), ("", None), ("*", None), ("gzip;q=0", None), ("identity", None)],
)
def test_a_dump_is_packed_on_its_way_for_those_who_unpack(
    client: FlaskClient, filled: Filled, accepts: str, coding: str | None
) -> None:
    plain = client.get("/dump/catalog.nt")
    response = client.get("/dump/catalog.nt", headers={"Accept-Encoding": accepts})
    assert response.headers.get("Content-Encoding") == coding
    assert (gzip.decompress(response.data) if coding else response.data) == plain.data
    assert "Accept-Encoding" in response.headers["Vary"]
    assert (response.headers["ETag"] == plain.headers["ETag"]) is (coding is None)
    again = client.get(
        "/dump/catalog.nt", headers={"Accept-Encoding": accepts, "If-None-Match": response.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    packed = client.get("/dump/catalog.nt.gz", headers={"Accept-Encoding": accepts})
    assert "Content-Encoding" not in packed.headers


def test_a_dump_that_breaks_off_never_looks_whole() -> None:
    def produce(out: IO[bytes]) -> None:
        out.write(b"x" * 200_000)
        raise OSError("the record is gone")

    with pytest.raises(OSError, match="gone"):
        list(Pulled(produce))


def test_when_the_reader_leaves_the_writer_stops() -> None:
    stopped: list[bool] = []

    def produce(out: IO[bytes]) -> None:
        try:
            while True:
                out.write(b"x" * 10_000)
        finally:
            stopped.append(True)

    answer = Pulled(produce)
    assert next(answer)
    answer.close()
    deadline = time.monotonic() + 5
    while not stopped and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stopped


def test_a_writer_whose_reader_never_came_stops_too() -> None:
    stopped: list[bool] = []

    def produce(out: IO[bytes]) -> None:
        try:
            while True:
                out.write(b"x" * 10_000)
        finally:
            stopped.append(True)

    Pulled(produce)  # dropped at once
    deadline = time.monotonic() + 5
    while not stopped and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stopped


def test_only_so_many_long_answers_are_given_at_once(client: FlaskClient) -> None:
    waiting = [Pulled(lambda out: _endless(out)) for _ in range(streaming._AT_ONCE)]
    try:
        with pytest.raises(Busy):
            Pulled(lambda out: _endless(out))
        refused = client.get("/dump/catalog.nt")
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert client.get("/catalog").status_code == 200
    finally:
        for answer in waiting:
            answer.close()
    deadline = time.monotonic() + 5
    while client.get("/dump/catalog.nt").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.get("/dump/catalog.nt").status_code == 200


def _endless(out: IO[bytes]) -> None:
    while True:
        out.write(b"x" * 10_000)


def test_what_is_written_is_never_held_whole() -> None:
    written = 0

    def produce(out: IO[bytes]) -> None:
        nonlocal written
        for _ in range(2_000):
            out.write(b"x" * 10_000)
            written += 10_000

    answer: Iterator[bytes] = iter(Pulled(produce))
    taken = len(next(answer))
    time.sleep(0.2)
    assert written - taken < 2_000_000
    assert taken + sum(map(len, answer)) == 20_000_000
