import random
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from rdflib import DCTERMS, FOAF

from harvest.errors import SourceFailed
from harvest.record import Incoming
from harvest.source import Memory
from harvest.sources.encoding import decoded
from tests.unit.harvest.graph import FIXTURES, Record, incoming, read
from vocab.namespaces import CSVW, DCAT, SUI, VCARD

CATALOGUE = FIXTURES / "catalogue.csv"
EU = "http://publications.europa.eu/resource/authority/"
SCHEME = "https://w3id.org/suishu/scheme/"


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return [Record(record) for record in incoming(CATALOGUE)]


def test_rows_below_the_headings_are_records_and_empty_or_closing_rows_are_none(records: list[Record]):
    assert [record.title for record in records] == [
        "城市公园名录",
        "企业水费缴纳信息",
        "重点人员信息",
        "没有代码的数据集",
    ]
    assert [record.record.position for record in records] == ["row 4", "row 5", "row 6", "row 9"]


def test_the_key_is_the_code_else_title_and_publisher(records: list[Record]):
    assert [record.record.key for record in records] == [
        "440100-001",
        "440100-002",
        "440100-003",
        "没有代码的数据集 @ 市统计局",
    ]


def test_a_full_row_says_every_field_of_the_profile(records: list[Record]):
    park = records[0]
    assert park.one(DCTERMS.description) == "全市城市公园的名称、地址、面积和开放时间。"
    assert park.one(DCTERMS.identifier) == "440100-001"
    assert park.one(DCTERMS.publisher, FOAF.name) == "市林业和园林局"
    assert park.one(DCTERMS.publisher, DCTERMS.identifier) == "114401000074823378"
    assert park.one(DCAT.contactPoint, VCARD.fn) == "公园处"
    assert park.one(DCAT.contactPoint, VCARD.hasTelephone) == "tel:020-12345678"
    assert park.one(DCAT.contactPoint, VCARD.hasEmail) == "mailto:parks@example.gov.cn"
    assert park.all(DCAT.theme) == [EU + "data-theme/ENVI", SCHEME + "theme/shengtai"]
    assert park.all(DCAT.keyword) == sorted(["公园", "绿地", "休闲", "游览"])
    assert park.one(DCTERMS.accessRights) == EU + "access-right/PUBLIC"
    assert park.all(DCTERMS["format"]) == [EU + f"file-type/{name}" for name in ("CSV", "JSON", "XLSX")]
    assert park.one(DCTERMS.accrualPeriodicity) == EU + "frequency/ANNUAL"
    assert (park.one(DCTERMS.issued), park.one(DCTERMS.modified)) == ("2024-01-05", "2025-03-01")
    assert park.one(SUI.rows) == "1024"
    assert park.record.notes == ()


def test_data_items_in_a_cell_become_columns_with_their_remarks(records: list[Record]):
    park = records[0]
    names = park.all(CSVW.tableSchema, CSVW.column, CSVW.name)
    assert names == sorted(["公园名称", "地址", "面积"])
    assert park.all(CSVW.tableSchema, CSVW.column, DCTERMS.description) == sorted(["街道门牌", "平方米"])
    assert park.all(CSVW.tableSchema, CSVW.column, SUI.position) == ["1", "2", "3"]


def test_a_hotline_is_a_telephone(records: list[Record]):
    assert records[2].one(DCAT.contactPoint, VCARD.hasTelephone) == "tel:110"
    assert records[1].one(DCAT.contactPoint, VCARD.hasTelephone).startswith("tel:020-87654321")


def test_a_conditional_entry_keeps_condition_and_basis(records: list[Record]):
    water = records[1]
    assert water.one(DCTERMS.accessRights) == EU + "access-right/RESTRICTED"
    assert [str(o) for o in water.graph.objects(None, DCTERMS.rights)] != []
    assert water.one(SUI.basis, DCTERMS.title) == "《示例市供水条例》第十条"
    assert water.one(SUI.frequencyText) == "按月更新"
    assert water.one(DCTERMS.accrualPeriodicity) == EU + "frequency/MONTHLY"
    assert "unreadable-number: rows 约三万" in water.record.notes


def test_words_that_are_no_code_are_kept_and_told(records: list[Record]):
    last = records[3]
    assert last.one(SUI.themeText) == "经济运行"
    assert last.one(SUI.openAttributeText) == "看情况"
    assert last.all(DCTERMS.accessRights) == []
    assert last.one(SUI.formatText) == "其他格式"
    assert last.one(CSVW.tableSchema, DCTERMS.description).startswith("请见附件")
    assert last.all(CSVW.tableSchema, CSVW.column) == []
    assert {note.partition(":")[0] for note in last.record.notes} == {
        "unknown-theme",
        "unknown-open-attribute",
        "unknown-format",
        "unreadable-date",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_makes_no_difference(encoding: str, tmp_path: Path):
    text = CATALOGUE.read_text(encoding="utf-8")
    copy = tmp_path / "copy.csv"
    copy.write_bytes(text.encode(encoding))
    assert Record(incoming(copy)[0]).title == "城市公园名录"
    assert len(incoming(copy)) == 4


def test_big5_is_told_from_gb18030():
    traditional = "資料集名稱,提供機關\r\n臺北市公有零售市場行情,臺北市市場處\r\n腸病毒統計,衛生局\r\n"
    simplified = "数据集名称,提供单位\r\n广州市公园名录,市林业和园林局\r\n手足口病统计,卫健委\r\n"
    assert decoded(traditional.encode("cp950")) == traditional
    assert decoded(simplified.encode("gb18030")) == simplified
    assert decoded("喆堃鎏鑫龘靐".encode("gb18030") + simplified.encode("gb18030")).endswith(simplified)


def test_every_beginning_of_a_text_is_read_in_its_encoding():
    words = "公園名錄統計資料市場行情交通運輸衛生局社會福利水利環境教育文化觀光都市發展土地公告現值"
    rng = random.Random(5)
    for _ in range(200):
        text = "".join(rng.choices(words, k=rng.randint(8, 40)))
        assert decoded(text.encode("cp950")) == text
    words = "公园名录统计资料市场行情交通运输卫生局社会福利水利环境教育文化旅游城市发展土地公告价格数据"
    for _ in range(200):
        text = "".join(rng.choices(words, k=rng.randint(8, 40)))
        assert decoded(text.encode("gb18030")) == text


def test_traditional_headings_and_texts(tmp_path: Path):
    path = tmp_path / "tw.csv"
    path.write_bytes(
        "資料集名稱,資料集描述,提供機關,主要欄位說明,資料量,分類,更新頻率,檔案格式,資料集網址,更新日期,授權方式\r\n"
        "零售市場行情,行情,380120000J 【市場處】,「日期」、「品名」、「平均(元/公斤)」,12,公共資訊 (948),每週,CSV;JSON,"
        "https://data.example.tw/1,2018-07-06 22:28:04,政府資料開放授權條款-第1版\r\n".encode("cp950")
    )
    market = Record(incoming(path)[0])
    title = next(market.graph.objects(market.node, DCTERMS.title))
    assert title.language.lower() == "zh-hant"
    assert market.one(DCTERMS.publisher, FOAF.name) == "市場處"
    assert market.one(DCTERMS.publisher, DCTERMS.identifier) == "380120000J"
    assert market.one(DCTERMS.accrualPeriodicity) == EU + "frequency/WEEKLY"
    assert market.one(SUI.themeText) == "公共資訊"
    assert market.one(DCTERMS.modified) == "2018-07-06T22:28:04"
    assert market.one(DCAT.landingPage) == "https://data.example.tw/1"
    assert len(market.all(CSVW.tableSchema, CSVW.column)) == 3


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    guide = book.active
    guide.title = "填表说明"
    guide.append(["请按模板填写，不要改动表头。"])
    first = book.create_sheet("目录")
    first.merge_cells("A1:F1")
    first["A1"] = "示例市公共数据资源目录"
    first.append(["序号", "信息资源名称", "信息资源代码", "提供单位", "开放属性", "更新周期"])
    first.append([1, "行政区划", "A-1", "市民政局", "无条件开放", "每年"])
    first.append([2, "地名", "A-2", None, "无条件开放", "每年"])
    first.merge_cells("D3:D4")
    second = book.create_sheet("补充目录")
    second.append(["资源名称", "提供方", "更新日期", "下载地址", "数据格式"])
    second.append(["节假日", "市政府办公厅", date(2026, 1, 1), "https://x.example/h.csv", "csv"])
    items = book.create_sheet("数据项")
    items.append(["信息资源代码", "字段名称", "中文名称", "数据类型", "说明", "是否开放"])
    items.append(["A-1", "CODE", "区划代码", "字符型 C", "GB/T 2260", "是"])
    items.append(["A-1", "POP", "人口", "整型", None, "否"])
    path = tmp_path / "编目表.xlsx"
    book.save(path)
    return path


def test_a_workbook_of_several_sheets_is_one_source(workbook: Path):
    records = [Record(record) for record in incoming(workbook)]
    assert [record.title for record in records] == ["行政区划", "地名", "节假日"]
    assert records[1].one(DCTERMS.publisher, FOAF.name) == "市民政局"
    holidays = records[2]
    assert holidays.one(DCTERMS.modified) == "2026-01-01"
    assert holidays.one(DCAT.distribution, DCAT.downloadURL) == "https://x.example/h.csv"
    assert holidays.one(DCAT.distribution, DCTERMS["format"]) == EU + "file-type/CSV"


def test_a_sheet_of_data_items_joins_the_records_it_names(workbook: Path):
    regions, places, _ = (Record(record) for record in incoming(workbook))
    assert regions.all(CSVW.tableSchema, CSVW.column, CSVW.name) == ["CODE", "POP"]
    assert regions.all(CSVW.tableSchema, CSVW.column, CSVW.title) == ["人口", "区划代码"]
    assert regions.all(CSVW.tableSchema, CSVW.column, SUI.open) == ["false", "true"]
    assert "integer" in regions.all(CSVW.tableSchema, CSVW.column, CSVW.datatype)
    assert places.all(CSVW.tableSchema) == []


def test_a_mapping_renames_columns_and_gives_constants(tmp_path: Path):
    path = tmp_path / "odd.csv"
    path.write_text("目的,谁\n公园,局\n", encoding="utf-8")
    with pytest.raises(SourceFailed, match="目的"):
        read(path)
    mapping = {"rename": {"目的": "title", "谁": "publisher"}, "constants": {"open_attribute": "无条件开放"}}
    park = Record(incoming(path, mapping=mapping)[0])
    assert park.title == "公园"
    assert park.one(DCTERMS.accessRights) == EU + "access-right/PUBLIC"


@pytest.mark.parametrize(
    "mapping",
    [{"renames": {}}, {"rename": {"a": "nosuchfield"}}, {"codes": {"frequency": "每年"}}, {"language": "de"}],
)
def test_a_wrong_mapping_is_named(mapping: dict[str, object]):
    with pytest.raises(SourceFailed, match="mapping is wrong"):
        read(CATALOGUE, mapping=mapping)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("words.csv", "第一行\n第二行\n".encode()),
        ("broken.xlsx", b"PK\x03\x04 not a workbook"),
        ("zeros.csv", b"\x00" * 1000),
        ("binary.csv", bytes(range(256)) * 20),
    ],
)
def test_what_is_no_catalogue_fails_in_words(name: str, content: bytes, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceFailed) as failure:
        read(tmp_path / name, dialect="table")
    assert failure.value.zh
    assert failure.value.en


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n", ",,,\n , \n"])
def test_an_empty_table_is_called_empty(content: str, tmp_path: Path):
    (tmp_path / "empty.csv").write_text(content, encoding="utf-8")
    with pytest.raises(SourceFailed) as failure:
        read(tmp_path / "empty.csv")
    assert "the file is empty" in failure.value.en
    assert "是空的" in failure.value.zh


@pytest.mark.parametrize(
    ("content", "shown"),
    [("\n\n颜色,形状\n红,圆\n", "颜色、形状"), ("数据集名称,字段名称,字段类型\n公交,站名,字符\n", "字段名称")],
)
def test_a_table_without_catalogue_is_shown_by_its_first_filled_row(content: str, shown: str, tmp_path: Path):
    (tmp_path / "other.csv").write_text(content, encoding="utf-8")
    with pytest.raises(SourceFailed) as failure:
        read(tmp_path / "other.csv")
    assert shown in failure.value.en


def test_hostile_cells_harm_no_other_row(tmp_path: Path):
    path = tmp_path / "hostile.csv"
    cells = ["\x00\x01控制", '=HYPERLINK("x")', "a" * 100_000, "\ud800".encode("utf-8", "replace").decode(), "<script>"]
    rows = "\n".join(f'"{cell.replace(chr(34), chr(34) * 2)}",{cell[:20]!r},{cell[:20]!r}' for cell in cells)
    path.write_text("数据集名称,更新日期,数据量\n" + rows + "\n正常,2024-01-01,5\n", encoding="utf-8")
    found = read(path)
    assert len(found) == 6
    last = found[-1]
    assert isinstance(last, Incoming)
    assert Record(last).title == "正常"


HEAD = "identifier,数据集名称,开放主体\n"


def _keys(path: Path, text: str, memory: Memory) -> list[str]:
    path.write_text(HEAD + text, encoding="utf-8")
    return [record.key for record in incoming(path, memory=memory)]


def test_the_kind_of_key_is_chosen_once(tmp_path: Path):
    path, memory = tmp_path / "t.csv", Memory()
    assert _keys(path, "K1,甲,局\nK2,乙,局\n", memory) == ["K1", "K2"]
    assert memory.keys == ("identifier",)
    assert _keys(path, "K1,甲,局\nK1,乙,局\n", memory) == ["K1", "K1"]
    assert _keys(path, "K1,甲,局\nK1,乙,局\n", Memory()) == ["甲 @ 局", "乙 @ 局"]


def test_codes_that_come_later_change_no_key(tmp_path: Path):
    path, memory = tmp_path / "t.csv", Memory()
    assert _keys(path, ",甲,局\n,乙,局\n", memory) == ["甲 @ 局", "乙 @ 局"]
    assert _keys(path, "K1,甲,局\nK2,乙,局\n", memory) == ["甲 @ 局", "乙 @ 局"]


def test_one_row_chooses_nothing(tmp_path: Path):
    memory = Memory()
    assert _keys(tmp_path / "t.csv", "K1,甲,局\n", memory) == ["K1"]
    assert memory.keys is None
