import time
from pathlib import Path

import pytest

from tests.shared_data import SHARED, needs_shared
from vocab import codelists

EU = "http://publications.europa.eu/resource/authority/"


@pytest.mark.parametrize(
    "word",
    [
        *(
            "按年更新",
            "‘每年’",
            "年",
            "ANNUAL",
            "annual",
            " 每 年 ",
            "每年更新1次",
            "每年１次",
            "1次/年",
            "每年更新",
            "按年",
        ),
        *("EVERY_YEAR", "[每年]", "“每年”", "１年", "每 12 月", "yearly"),
        *(f"{EU}frequency/ANNUAL", f"<{EU}frequency/ANNUAL>", "https://w3id.org/suishu/scheme/frequency/ANNUAL"),
        "https://publications.europa.eu/resource/authority/frequency/ANNUAL",
    ],
)
def test_every_way_to_say_each_year_is_one_concept(word: str) -> None:
    concept = codelists.scheme("frequency").find(word)
    assert concept is not None
    assert concept.notation == "ANNUAL"


@pytest.mark.parametrize(
    ("scheme", "word", "notation"),
    [
        ("frequency", "每 null null", "UNKNOWN"),
        ("frequency", "即時", "REALTIME"),
        ("frequency", "實時", "REALTIME"),
        ("frequency", "每週", "WEEKLY"),
        ("frequency", "不定時", "IRREG"),
        ("frequency", "3個月", "QUARTERLY"),
        ("frequency", "按需更新", "IRREG"),
        ("frequency", "不更新", "NEVER"),
        ("open-attribute", "無條件開放", "WTJ"),
        ("open-attribute", "无条件开发", "WTJ"),
        ("open-attribute", "普遍开放", "WTJ"),
        ("open-attribute", "登录开放", "WTJ"),
        ("open-attribute", "普通公开，简单注册用户可下载", "WTJ"),
        ("open-attribute", "依申请开放", "YTJ"),
        ("open-attribute", "非开放类", "BKF"),
        ("open-attribute", f"{EU}access-right/NON_PUBLIC", "BKF"),
        ("format", "['xls']", "xls"),
        ("format", "DB数据库", "db"),
        ("format", "mysql", "mysql"),
        ("format", "JPEG", "jpg"),
        ("format", "text/csv", "csv"),
        ("format", "http://www.iana.org/assignments/media-types/text/csv", "csv"),
        ("format", f"{EU}file-type/RDF_TURTLE", "ttl"),
        ("industry", "A.农、林、牧、渔业", "A"),
        ("industry", "農林牧漁業", "A"),
        ("industry", "信息传揄、软件和信息技术服务业", "I"),
        ("theme", "醫療衛生", "yiliao"),
        ("theme-gbt21063", "商业贸易", "ZI"),
        ("district", "廣州市越秀區", "440104"),
        ("district", "Tianhe District", "440106"),
        ("level", "一般数据（3级）", "general-3"),
        ("item-datatype", "VARCHAR2", "C"),
    ],
)
def test_words_of_real_catalogues_are_found(scheme: str, word: str, notation: str) -> None:
    concept = codelists.scheme(scheme).find(word)
    assert concept is not None
    assert concept.notation == notation


@pytest.mark.parametrize(
    ("scheme", "word"),
    [
        ("open-attribute", "无条件共享"),  # sharing between authorities is not opening
        ("open-attribute", "免費"),
        ("open-attribute", "无"),
        ("format", "$type"),
        ("format", "http"),
        ("format", "file"),
        ("format", "EXCEL"),
        ("frequency", "6月"),  # June
        ("frequency", "每三年"),
        ("frequency", "每10分鐘"),
        ("frequency", "牲畜饲养"),
        ("frequency", "更新"),
        ("frequency", "每"),
        ("frequency", "一次"),
        ("theme", "公共服务"),
        ("theme", ""),
        ("theme", "  "),
        ("theme", "。、，"),
        ("theme", "\x00" * 50),
        ("theme", "信用服务" * 100_000),
        ("theme", "http://[half an address"),
    ],
)
def test_what_means_something_else_or_nothing_stays_unknown(scheme: str, word: str) -> None:
    assert codelists.scheme(scheme).find(word) is None


@pytest.mark.parametrize(
    ("scheme", "text", "found", "left"),
    [
        ("format", "['xls', 'xml', '其他']", ["xls", "xml"], ("其他",)),
        ("format", "[xml,xls,csv,json,rdf]", ["xml", "xls", "csv", "json", "rdf"], ()),
        ("format", "xlsx,xlsx,xlsx", ["xlsx"], ()),
        ("format", '"SHX, DBF, SHP"', ["dbf", "shp"], ("SHX",)),
        ("format", "['']", [], ()),
        ("theme", "市场监管|生活服务", ["shichang", "shenghuo"], ()),
        ("theme", "信用服务，", ["xinyong"], ()),
        ("theme-gbt21063", "城乡建设、环境保护", ["ZF"], ()),
        ("theme-gbt21063", "经济管理，财政", ["ZB", "ZH"], ()),
        ("theme-gbt21063", "财政、综合政务", ["ZH", "ZA"], ()),
        ("industry", "建筑业，公共管理、社会保障和社会组织", ["E", "S"], ()),
    ],
)
def test_lists_are_split_where_no_name_is_cut(scheme: str, text: str, found: list[str], left: tuple[str, ...]) -> None:
    concepts, unknown = codelists.scheme(scheme).find_all(text)
    assert [concept.notation for concept in concepts] == found
    assert unknown == left


def test_a_label_falls_back_to_simplified_chinese() -> None:
    concept = codelists.scheme("open-attribute").get("YTJ")
    assert concept is not None
    assert concept.label("en") == "Open on conditions"
    assert concept.label("zh-Hant") == "有條件開放"
    assert concept.label("fr") == "有条件开放"


def test_the_first_of_several_concepts_answers_for_a_shared_iri() -> None:
    concept = codelists.scheme("theme").by_iri(f"{EU}data-theme/ECON")
    assert concept is not None
    assert concept.notation == "xinyong"


def test_a_level_of_general_data_lies_below_general_data() -> None:
    concept = codelists.scheme("level").get("general-2")
    assert concept is not None
    assert concept.broader == "general"


def test_an_unknown_scheme_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        codelists.scheme("../theme")


def test_importing_reads_no_scheme() -> None:
    import subprocess
    import sys

    code = "import vocab.codelists as c; assert c._load.cache_info().currsize == 0"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0


def test_look_ups_do_not_get_slower_with_the_list() -> None:
    scheme = codelists.scheme("format")
    started = time.perf_counter()
    for number in range(10_000):
        scheme.find(f"no format {number}")
    assert time.perf_counter() - started < 1


@needs_shared
def test_the_aliases_that_were_collected_from_portals_all_resolve() -> None:
    import json

    assert SHARED is not None
    lists = json.loads((SHARED / "codelists.json").read_text(encoding="utf-8"))
    for key, name in (("frequency", "frequency"), ("open_attribute", "open-attribute")):
        for entry in lists[key]:
            for alias in filter(None, (entry["zh"], entry["eu"], *entry["aliases"])):
                concept = codelists.scheme(name).find(alias)
                assert concept is not None, alias
                assert concept.notation == entry["id"], alias


@needs_shared
@pytest.mark.parametrize(
    ("field", "scheme", "share"),
    [("update_frequency", "frequency", 0.99), ("is_open", "open-attribute", 0.98), ("data_formats", "format", 0.84)],
)
def test_most_of_what_real_catalogues_say_resolves(field: str, scheme: str, share: float) -> None:
    import json

    assert SHARED is not None
    said = known = 0
    for name in ("mainland", "mainland_more", "taiwan", "taiwan_more"):
        with (SHARED / "catalogues" / f"{name}.jsonl").open(encoding="utf-8") as file:
            for line in file:
                value = str(json.loads(line).get(field) or "").strip()
                said += bool(value)
                known += bool(value) and bool(codelists.scheme(scheme).find_all(value)[0])
    assert known / said > share
