import json
from pathlib import Path

import pytest
from rdflib import DCTERMS, FOAF

from harvest.errors import SourceFailed
from harvest.record import Incoming, Unreadable
from harvest.run import run
from harvest.sources import open_source
from tests.unit.harvest.graph import FIXTURES, Record, incoming, read
from tests.unit.harvest.memory import MemoryRecorder, wants_title
from vocab.namespaces import DCAT, SUI

ROWS, MAPPING = FIXTURES / "portal_rows.json", FIXTURES / "portal_rows.yaml"
EU = "http://publications.europa.eu/resource/authority/"


@pytest.fixture
def found() -> list[Incoming | Unreadable]:
    return read(ROWS, mapping=MAPPING)


def _record(found: list[Incoming | Unreadable], title: str) -> Record:
    return next(Record(r) for r in found if isinstance(r, Incoming) and title in r.ntriples.decode())


def test_a_mapping_file_renames_keys_and_reads_the_portals_own_codes(found: list[Incoming | Unreadable]):
    school = _record(found, "市属学校名单")
    assert school.one(DCTERMS.publisher, FOAF.name) == "市教育局"
    assert school.one(DCTERMS.accessRights) == EU + "access-right/PUBLIC"
    assert school.one(DCTERMS.accrualPeriodicity) == EU + "frequency/WEEKLY"


def test_junk_is_cleaned(found: list[Incoming | Unreadable]):
    school = _record(found, "市属学校名单")
    assert EU + "file-type/XLS" in school.all(DCTERMS["format"])
    assert school.one(SUI.rows) == "469585"
    assert school.all(DCAT.keyword) == sorted(["学校", "教育文化", "水利、环境和公共设施管理业"])
    assert school.one(DCTERMS.modified) == "2023-06-16"
    assert school.one(DCTERMS.issued).startswith("2023-06-16T")
    bus = _record(found, "校车线路")
    assert bus.all(DCTERMS["format"]) == []
    assert bus.all(SUI.formatText) == []


def test_unknown_codes_stay_in_the_sources_words(found: list[Incoming | Unreadable]):
    bus = _record(found, "校车线路")
    assert bus.one(SUI.openAttributeText) == "9"
    assert "unknown-open-attribute: 9" in bus.record.notes
    assert "unreadable-date: modified 昨天" in bus.record.notes


def test_every_element_of_the_list_is_counted():
    recorder = MemoryRecorder()
    source = open_source(str(ROWS), mapping=MAPPING)
    report = run(source, recorder, wants_title, source_id="s", base_url="https://p.example")
    assert report.source == "示例市开放平台"
    assert (report.seen, report.new, report.duplicate, report.quarantined) == (6, 3, 1, 2)
    assert report.reasons["unreadable"] == 1
    assert report.reasons["title-missing"] == 1
    recorder.writes = 0
    assert run(source, recorder, wants_title, source_id="s", base_url="https://p.example").unchanged == 3
    assert recorder.writes == 0


def test_without_a_mapping_the_usual_names_are_understood(tmp_path: Path):
    path = tmp_path / "list.json"
    row = {
        "目录名称": "公园",
        "数源单位": "市林业局",
        "开放条件": "有条件开放",
        "更新周期": "年",
        "主题领域": "生态环境，卫生健康",
    }
    path.write_text(json.dumps([row], ensure_ascii=False), encoding="utf-8")
    park = Record(incoming(path)[0])
    assert park.one(DCTERMS.publisher, FOAF.name) == "市林业局"
    assert park.one(DCTERMS.accessRights) == EU + "access-right/RESTRICTED"
    assert park.one(DCTERMS.accrualPeriodicity) == EU + "frequency/ANNUAL"
    assert "https://w3id.org/suishu/scheme/theme/shengtai" in park.all(DCAT.theme)


def test_an_address_that_many_records_share_is_no_key(tmp_path: Path):
    path = tmp_path / "list.json"
    rows = [{"标题": f"数据集{i}", "提供单位": "市局", "url": "https://x.example/list"} for i in range(20)]
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    assert {record.key for record in incoming(path)} == {f"数据集{i} @ 市局" for i in range(20)}


def test_a_code_that_all_records_share_is_no_key(tmp_path: Path):
    path = tmp_path / "list.json"
    rows = [{"标题": f"数据集{i}", "编号": "440100"} for i in range(20)]
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    assert len({record.key for record in incoming(path)}) == 20


def test_the_mapping_names_the_identity(tmp_path: Path):
    path = tmp_path / "list.json"
    path.write_text('[{"标题": "公园", "批次": "2", "序": 7}]', encoding="utf-8")
    assert incoming(path, mapping={"identity": ["批次", "序"]})[0].key == "2 7"


def test_a_path_to_the_list_and_its_absence(tmp_path: Path):
    path = tmp_path / "deep.json"
    path.write_text('{"a": {"b": [{"标题": "公园"}], "data": [{"标题": "湖"}]}}', encoding="utf-8")
    assert Record(incoming(path, mapping={"list": "a.b"})[0]).title == "公园"
    with pytest.raises(SourceFailed, match=r"a\.c"):
        read(path, mapping={"list": "a.c"})


def test_json_lines_are_a_list_and_a_broken_line_is_refused_alone(tmp_path: Path):
    path = tmp_path / "rows.json"
    path.write_text('{"标题": "公园"}\n{"标题": "湖\n{"标题": "山"}\n', encoding="utf-8")
    assert [type(each).__name__ for each in read(path, dialect="portal-json")].count("Incoming") == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"a": 1}', b"[" * 100_000, b"\xff\xfe\x00", b"null", b'{"data": {"rows": "none"}}', b"1" * 10_000],
    ids=["empty", "cut", "no list", "deep", "bytes", "null", "rows are text", "long number"],
)
def test_json_without_records_fails_in_words(content: bytes, tmp_path: Path):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(SourceFailed) as failure:
        read(path, dialect="portal-json")
    assert failure.value.zh
    assert failure.value.en


def test_values_of_any_type_in_any_field_harm_nothing(tmp_path: Path):
    odd: list[object] = [None, True, 3.5, 10**30, [], [[1], {"a": [2]}], {"b": None}, "\ud83d", "x" * 50_000, [None]]
    fields = (
        "提供单位",
        "所属领域",
        "更新频率",
        "数据格式",
        "发布日期",
        "更新日期",
        "数据量",
        "关键词",
        "开放属性",
        "url",
    )
    rows = [{"标题": f"数据集{i}", **dict.fromkeys(fields, value)} for i, value in enumerate(odd)]
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    titles = [Record(record).title for record in incoming(path)]
    assert titles == [f"数据集{i}" for i in range(len(odd))]
