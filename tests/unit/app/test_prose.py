"""Descriptions as other portals write them: HTML, Markdown, both, broken. What people read holds no marks."""

import time

import pytest

from app.catalogue.prose import one_line, readable


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>公交 <b>线路</b>&nbsp;站点</p>\n<p>按月更新</p>", "公交 线路 站点\n\n按月更新"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>after", "- a\n- b\n\nafter"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ('见<a href="https://a.example/x?id=1&copy=2">说明</a>', "见说明 (https://a.example/x?id=1&copy=2)"),
        ('<a href="https://a.example/">https://a.example</a>', "https://a.example/"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ('never closed <a href="https://a.example">link', "never closed link (https://a.example)"),
        ("<script>alert(1)</script>text<style>a {}</style>", "text"),
        ("<!-- note -->text", "text"),
        ("&lt;p&gt;escaped&lt;/p&gt;&lt;p&gt;twice&lt;/p&gt;", "escaped\n\ntwice"),
        ("R&amp;D &#20844;", "R&D 公"),
        ("<i>kept</i>\nline", "kept\nline"),
        ("## 说明\n**重点**见[页面](https://x.example/a)、<https://y.example>", "说明\n重点见页面 (https://x.example/a)、https://y.example"),
        ("![图](https://x.example/a.png) `code`", "图 code"),
    ],
)  # fmt: skip
def test_marks_go_and_words_paragraphs_and_addresses_stay(written: str, shown: str) -> None:
    assert readable(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a < b & c > d", "x<y 且 <年份>", "138****1234 张**和李**", "https://x.example/?id=1&copy=2", "C# 与 #1", "<p",
        "第一段\n\n第二段",
    ],
)  # fmt: skip
def test_signs_that_are_no_marks_stay(text: str) -> None:
    assert readable(text) == text


def test_a_title_keeps_to_its_line_and_never_vanishes() -> None:
    assert one_line("公交 &amp; <b>地铁</b><br>站点") == "公交 & 地铁 站点"
    assert one_line("<script>alert(1)</script>") == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "piece",
    [
        "<a ", "<!--", "<p <!--", "<p>", "[", "[a](", "`", "**a", "&", "<p '", "<script>", "\n# ", " \n", " ", "</a",
        "&lt;",
    ],
)  # fmt: skip
def test_no_text_keeps_the_reader_busy(piece: str) -> None:
    began = time.process_time()
    readable(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 1
