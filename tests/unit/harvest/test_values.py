from datetime import date, datetime

import pytest

from harvest.mapping.fields import columns
from harvest.mapping.items import datatype, items
from harvest.mapping.values import chinese, listed, moment, number, text, words, yes_no


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-6-16", "2023-06-16"),
        ("2023/06/16", "2023-06-16"),
        ("2023.6.16", "2023-06-16"),
        ("2023年6月16日", "2023-06-16"),
        ("２０２３－０６－１６", "2023-06-16"),
        ("20230616", "2023-06-16"),
        ("2023-06-16 00:00:00", "2023-06-16"),
        ("2018-07-06 22:28:04", "2018-07-06T22:28:04"),
        ("2018-07-06T22:28:04.123Z", "2018-07-06T22:28:04Z"),
        ("2018-07-06T22:28:04+0800", "2018-07-06T22:28:04+08:00"),
        ("2024/1/5 8:03", "2024-01-05T08:03:00"),
        ("107年5月1日", "2018-05-01"),
        ("民國107年5月1日", "2018-05-01"),
        (1686873600000, "2023-06-16T08:00:00+08:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4), "2026-01-02T03:04:00"),
    ],
)
def test_days_and_instants_are_read_as_they_are_written(written: object, day: str):
    assert moment(written) == day


@pytest.mark.parametrize(
    "written",
    ["", "2023", "2023-06", "2023年", "2023-13-01", "2023-02-30", "昨天", "每年", "2023-06-161", "99999999", 7],
)
def test_what_is_no_day_is_none(written: object):
    assert moment(written) is None


@pytest.mark.parametrize(
    ("written", "elements"),
    [
        ("['xls', 'api']", ["xls", "api"]),
        ("[csv,json,rdf]", ["csv", "json", "rdf"]),
        ('["xls", "xls"]', ["xls"]),
        ("[]", []),
        ("暂无", []),
        (["a", None, "", {"name": "b"}], ["a", "b"]),
        ("交通\r\n\t运输", ["交通，运输"]),
        (None, []),
    ],
)
def test_lists_are_read_in_every_spelling(written: object, elements: list[str]):
    assert listed(written) == elements


def test_words_are_split_on_chinese_and_western_separators():
    assert words("公园，绿地、休闲;游览；湖,山\n水|林") == ["公园", "绿地", "休闲", "游览", "湖", "山", "水", "林"]


@pytest.mark.parametrize(
    ("written", "count"), [("469,585", 469585), ("１２３", 123), (0, 0), (3.0, 3), ("1024条", 1024), ("5.0", 5)]
)
def test_counts(written: object, count: int):
    assert number(written) == count


@pytest.mark.parametrize("written", ["约三万", "-1", "1.5", "", None, True, "1e9", "9" * 40])
def test_what_is_no_count_is_none(written: object):
    assert number(written) is None


def test_text_is_one_clean_line():
    assert text("  公园\x00\u200b \n 名录\t") == "公园 名录"
    assert text(None) == ""
    assert text(3.0) == "3"


def test_yes_and_no():
    assert yes_no("是") is True
    assert yes_no("不开放") is False
    assert yes_no("也许") is None


def test_the_script_is_decided_by_characters_that_only_one_has():
    assert chinese(["臺南市食品工廠名單", "统计"]) == "zh-Hant"
    assert chinese(["广州市公园名录"]) == "zh-Hans"
    assert chinese(["PM2.5", ""]) == "zh-Hans"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("「序號」、「工廠製造場所名稱」、「緯度」", ["序號", "工廠製造場所名稱", "緯度"]),
        ("職稱、官等、職等、員額、備考", ["職稱", "官等", "職等", "員額", "備考"]),
        ("日期,種類,市場,品名,平均(元/公斤)", ["日期", "種類", "市場", "品名", "平均"]),
        ("行政區(行政區名稱)、公告現值(元、平方公尺)", ["行政區", "公告現值"]),
        ("名称；地址；电话", ["名称", "地址", "电话"]),
        ("實徵數", ["實徵數"]),
        ("名称\n地址\n", ["名称", "地址"]),
        ("左括号（没有右边、另一项", ["左括号（没有右边", "另一项"]),
    ],
)
def test_data_items_of_a_cell(cell: str, names: list[str]):
    found, rest = items(cell)
    assert [item.name for item in found] == names
    assert rest == ""


@pytest.mark.parametrize(
    "cell",
    [
        "請參閱交通部頒定「公共運輸旅運資料標準(V2.0)」",
        '"機關名稱：桃園市政府青年事務局 地址：桃園市中壢區環北路390號 電話：(03)4225205 "',
        "本数据集包含全市所有公园的基本情况，由各区园林部门每年逐级上报并经市局审核汇总之后形成，详见附件中的字段说明与统计口径，未尽事宜以主管部门公告为准，如有疑问请致电。",
    ],
)
def test_a_sentence_is_no_list_of_items_and_is_kept_as_text(cell: str):
    found, rest = items(cell)
    assert found == []
    assert rest


def test_items_of_one_name_are_one_and_remarks_stay():
    found, _ = items("面积（平方米）、面积（亩）、名称")
    assert [(item.name, item.description) for item in found] == [("面积", "平方米"), ("名称", "")]


def test_type_and_openness_are_told_from_other_remarks():
    found, _ = items("户号（字符型）、金额（数值型，元，不开放）、日期(date，开放)、备注")
    assert [(item.datatype, item.description, item.open) for item in found] == [
        ("string", "", None),
        ("decimal", "元", False),
        ("date", "", True),
        ("", "", None),
    ]


def test_data_types_of_the_guide_and_of_sql():
    assert [datatype(word) for word in ("字符型 C", "VARCHAR(32)", "数值型", "日期时间", "几何")] == [
        "字符型 C",
        "string",
        "decimal",
        "dateTime",
        "几何",
    ]


def test_a_heading_is_known_whatever_stands_around_it():
    found = columns([" 数据集名称 *", "更新周期（必填）", "所属 领域：", "无关"])
    assert found == {"title": [" 数据集名称 *"], "frequency": ["更新周期（必填）"], "theme": ["所属 领域："]}


def test_the_condition_of_opening_is_the_attribute_only_where_there_is_no_other():
    assert columns(["开放条件"]) == {"open_attribute": ["开放条件"]}
    assert columns(["开放条件", "开放属性"]) == {"open_attribute": ["开放属性"], "condition": ["开放条件"]}
