"""What is guessed of columns and codes that nobody described."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.errors import SourceFailed
from harvest.mapping.fields import LISTS, aliases, columns, key
from harvest.mapping.guess import Guess, Why, guess
from harvest.mapping.likeness import likeness
from harvest.mapping.meanings import How, meanings
from harvest.mapping.survey import MAX_DISTINCT, survey
from harvest.mapping.writing import read, said, written
from harvest.source import Document
from harvest.sources.looking import look
from tests.factories.sheets import PARKS, as_csv, as_json
from tests.shared_data import SHARED, needs_shared
from tests.unit.harvest.graph import FIXTURES, Record, incoming

LABELS: dict[str, str] = yaml.safe_load((FIXTURES / "portal_fields.yaml").read_text(encoding="utf-8"))["all"]


def _guesses(rows: list[Mapping[str, object]]) -> dict[str, Guess]:
    return {each.heading: each for each in guess(survey(list(rows[0]), rows))}


def test_columns_with_unusual_names_are_recognised_by_likeness_and_by_their_words() -> None:
    found = _guesses(list(PARKS))
    assert {heading: each.field for heading, each in found.items()} == {
        "资源名称": "title", "简要描述": "description", "数据供给部门": "publisher", "涉及领域": "theme",
        "更新频次": "frequency", "上线日期": "issued", "开放形式": "open_attribute", "备用": "",
    }  # fmt: skip
    assert found["资源名称"].why is Why.NAME
    assert found["数据供给部门"].why is Why.WORDS
    assert all(0 < each.confidence <= 1 for each in found.values() if each.field)


def test_words_decide_where_headings_say_nothing() -> None:
    rows = [
        {
            "a": f"公园{n}的开放时间一览",
            "b": "市林业和园林局" if n % 2 else "市水务局",
            "c": f"https://data.example.org/d/{n}",
            "d": "每月",
            "e": f"2023-05-{n:02}",
            "f": f"2024-06-{n:02}",
            "g": "无条件开放",
            "h": "csv,xlsx",
        }
        for n in range(1, 20)
    ]
    fields = {heading: each.field for heading, each in _guesses(rows).items()}
    assert fields == {
        "a": "title", "b": "publisher", "c": "landing_page", "d": "frequency", "e": "issued", "f": "modified",
        "g": "open_attribute", "h": "format",
    }  # fmt: skip


def test_a_field_that_is_no_list_is_taken_once() -> None:
    rows = [{"x": "每年", "y": "每月", "z": "每日"}] * 3
    found = _guesses(rows)
    assert [each.field for each in found.values()].count("frequency") == 1


@pytest.mark.parametrize(
    ("heading", "name", "alike"),
    [("资源所属领域", "领域", True), ("resUpdateCycle", "updatecycle", True), ("数据集发布时间", "发布时间", True),
     ("update_frequence", "updatefrequency", True), ("linkDept", "link", False), ("areaCode", "code", False),
     ("领导", "领域", False), ("", "title", False)],
)  # fmt: skip
def test_a_heading_is_like_a_name_that_it_holds_or_nearly_is(heading: str, name: str, alike: bool) -> None:
    assert (likeness(heading, name) >= 0.55) is alike


def test_every_code_is_listed_with_its_count_and_none_is_dropped() -> None:
    surveyed = {column.heading: column for column in survey(list(PARKS[0]), PARKS)}
    found = meanings(
        [("theme", surveyed["涉及领域"]), ("frequency", surveyed["更新频次"])], {"theme": {"花鸟鱼虫": "生态环境"}}
    )
    assert {(code.field, code.word): (code.count, code.how) for code in found} == {
        ("frequency", "看情况"): (4, How.UNKNOWN),
        ("theme", "花鸟鱼虫"): (6, How.SAID),
        ("theme", "生态环境"): (6, How.KNOWN),
        ("frequency", "每年"): (8, How.KNOWN),
    }
    assert found[0].how is How.UNKNOWN


def test_a_word_that_holds_a_known_one_is_only_proposed() -> None:
    (column,) = survey(["x"], [{"x": "无条件共享"}, {"x": "3"}])
    found = {code.word: code for code in meanings([("open_attribute", column)], {})}
    assert (found["无条件共享"].how, found["无条件共享"].means) == (How.LIKE, "无条件开放")
    assert found["3"].how is How.UNKNOWN


def test_the_sources_own_word_stays_beside_the_concept_that_a_mapping_gives_it(tmp_path: Path) -> None:
    rows = [{"标题": "公园", "领域": "花鸟鱼虫，生态环境", "更新频率": "看情况", "开放属性": "3"}]
    how = {
        "codes": {
            "theme": {"花鸟鱼虫": "教育文化"},
            "frequency": {"看情况": "不定期"},
            "open_attribute": {"3": "有条件开放"},
        }
    }
    park = Record(incoming(as_json(tmp_path / "a.json", rows), mapping=how)[0])
    text = park.record.ntriples.decode()
    assert "frequency/IRREG" in text
    assert '"看情况"' in text
    assert '"花鸟鱼虫"' in text
    assert "access-right/RESTRICTED" in text
    assert '"3"' not in text  # a number is no word: its meaning stands in the mapping
    assert "unknown-" not in str(park.record.notes)


def test_a_guess_written_as_yaml_reads_back_and_remarks_can_be_taken_up(tmp_path: Path) -> None:
    from app.harvesting.mapping.looking import looked

    path = as_csv(tmp_path / "parks.csv")
    text = looked(Document(path, path.name)).mapping
    assert read(text).rename["涉及领域"] == "theme"
    assert "看情况: '?'  # ×4" in text
    taken_up = text.replace("# codes:", "codes:").replace("#   frequency:", "  frequency:")
    taken_up = taken_up.replace("#     看情况: '?'", "    看情况: 不定期")
    assert read(taken_up).codes == {"frequency": {"看情况": "不定期"}}
    assert "frequency/IRREG" in str([each.ntriples for each in incoming(path, mapping=said(taken_up))])


def test_keys_that_the_screen_does_not_know_stay() -> None:
    how = {"rename": {"a": "title"}, "paging": {"page": "pageNo"}, "constants": {"level": "10"}}
    assert said(written(how)) == how


HOSTILE = (
    "a: b", "- x", "# y", "&a", "*a", "!!python/object:os.system", "\u2028", "{", "'", '"', "yes", "1", "null", "a\nb",
    "标题\x85", "=cmd|' /C calc'!A0", "<script>", "\u202egnp.exe", "a\tb", "长" * 1500, " ", "%YAML 1.1", "? x", "0\n",
)  # fmt: skip


def test_headings_and_codes_of_any_shape_stay_words() -> None:
    how = {
        "rename": dict.fromkeys(HOSTILE, "keyword"),
        "ignore": list(HOSTILE),
        "codes": {"theme": dict.fromkeys(HOSTILE, "交通运输")},
    }
    text = written(how)
    assert said(text) == how


@pytest.mark.parametrize(
    "text",
    ["a: &x [1]\nb: *x", "[", "a: b: c", "\t", "rename: [x]", "rename: {a: nowhere}",
     "!!python/object/apply:os.system ['x']", "x" * 300_000, "rename: {a: title}\n" + "[" * 5000],
)  # fmt: skip
def test_what_is_no_mapping_is_refused_in_words(text: str) -> None:
    with pytest.raises(SourceFailed) as failure:
        read(text)
    assert failure.value.zh
    assert failure.value.en


def test_a_table_with_a_banner_is_read_from_its_headings_under_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "banner.csv"
    path.write_text("某市公共数据目录,,\n名目,部门甲,备注\n公园,市林业局,x\n", encoding="utf-8")
    found = look(Document(path, path.name), read("rename: {名目: title, 部门甲: publisher}"))
    assert list(found.headings) == ["名目", "部门甲", "备注"]
    assert [
        Record(each).title for each in incoming(path, mapping={"rename": {"名目": "title", "部门甲": "publisher"}})
    ] == ["公园"]


def test_headings_of_a_mapping_that_the_table_has_not_are_not_found() -> None:
    assert columns(["标题"], {"没有": "publisher"}) == {"title": ["标题"]}


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"[1, 2]", b"<html>", b"\x00\x01\x02", b"a\n1\n2\n"])
def test_what_is_no_catalogue_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(SourceFailed) as failure:
        look(Document(path, "bad"), read(""))
    assert failure.value.zh
    assert failure.value.en


def test_a_column_of_endless_words_is_counted_and_not_kept_whole() -> None:
    (column,) = survey(["x"], ({"x": f"词{n}"} for n in range(MAX_DISTINCT + 500)))
    assert (column.filled, len(column.words), column.cut) == (MAX_DISTINCT + 500, MAX_DISTINCT, True)


_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=12), _values, max_size=5), min_size=1, max_size=6))
def test_whatever_a_table_holds_a_guess_is_made_and_can_be_written(rows: list[dict[str, object]]) -> None:
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    surveyed = survey(headings, rows)
    found = guess(surveyed)
    assert [each.heading for each in found] == [column.heading for column in surveyed]
    singles = [each.field for each in found if each.field and each.field not in LISTS and each.why is not Why.NAME]
    assert len(singles) == len(set(singles))
    codes = meanings([(g.field, c) for g, c in zip(found, surveyed, strict=True) if g.field], {})
    how = {"rename": {each.heading: each.field for each in found if each.field}}
    assert read(written(how, codes)).rename == {str(h): f for h, f in said(written(how)).get("rename", {}).items()}


@needs_shared
def test_real_catalogues_are_guessed_as_a_person_mapped_them() -> None:
    """With usual names; with the names of the file unknown; by the words alone."""
    assert SHARED is not None
    right = {"named": 0, "unnamed": 0, "words": 0}
    total = 0
    for path in sorted((*(SHARED / "portal_json").glob("*.json"), *(SHARED / "taiwan_csv").glob("*.csv"))):
        found = look(Document(path, path.name), read(""))
        surveyed = [column for column in survey(found.headings, (row for _, row in found.rows)) if column.filled]
        own = {key(column.heading) for column in surveyed}
        others = {field: tuple(name for name in names if name not in own) for field, names in aliases().items()}
        plain = [type(c)(f"c{n}", c.rows, c.filled, c.words, c.cut) for n, c in enumerate(surveyed)]
        for way, guesses in (("named", guess(surveyed)), ("unnamed", guess(surveyed, others)), ("words", guess(plain))):
            right[way] += sum(each.field == LABELS[c.heading] for c, each in zip(surveyed, guesses, strict=True))
        total += len(surveyed)
    assert total == 267
    assert right["named"] == total
    assert right["unnamed"] >= 0.92 * total
    assert right["words"] >= 0.78 * total
