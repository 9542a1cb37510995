"""Terms of N-Triples written and read by hand agree with the parser; IRIs and tags are mended as RFCs say."""

import doctest

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab import iris, ntriples

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXT, st.sampled_from(["", "zh-Hans", "EN_gb", "x-own", "de-1901", "中文", "a-b-c"]))
def test_a_literal_is_what_the_parser_would_write(text: str, language: str) -> None:
    term = ntriples.literal(text, language=language)
    (quad,) = ox.parse(ntriples.line(b"<http://s.example/>", b"<http://p.example/>", term), ox.RdfFormat.N_TRIPLES)
    assert quad.object.value == text
    written = ox.serialize([quad], format=ox.RdfFormat.N_TRIPLES)
    assert written == ntriples.line(b"<http://s.example/>", b"<http://p.example/>", term)
    read = ntriples.literal_value(term)
    assert read is not None
    assert (read.text, read.language, read.datatype) == (text, quad.object.language or "", quad.object.datatype.value)


@given(st.text(max_size=30))
def test_even_half_characters_make_a_literal(text: str) -> None:
    ntriples.literal(text).decode()


@given(st.text(max_size=60))
def test_what_is_mended_is_an_iri_and_stays_as_it_is(text: str) -> None:
    for candidate in (text, f"http://a.example/{text}", f"urn:{text}", f"http://a.example/?{text}#{text}"):
        mended = iris.mended(candidate)
        if mended is not None and candidate != text:
            assert iris.mended(mended) == mended
        if candidate.startswith("http://a.example/"):
            assert mended is not None
            ox.NamedNode(mended)


@given(st.text(st.sampled_from("abzAZ019-_x中"), max_size=14))
def test_a_language_tag_that_is_accepted_satisfies_the_parser(text: str) -> None:
    tag = iris.language_tag(text)
    if tag is not None:
        ox.Literal("x", language=tag)
        assert iris.language_tag(tag) == tag


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://a.example/数据", "http://a.example/数据"),
        (" http://a.example/\ufeff\n", "http://a.example/"),
        ("http://a.example\\x\\y", "http://a.example%5Cx%5Cy"),
        ("http://[2001:db8::1]:80/[x]", "http://[2001:db8::1]:80/%5Bx%5D"),
        ("http://a.example/#a#b", "http://a.example/#a%23b"),
        ("http://a.example/%e4%zz%", "http://a.example/%e4%25zz%25"),
        ("http://a.example/\ufffd\ue000", "http://a.example/%EF%BF%BD%EE%80%80"),
        ("data.gz.gov.cn/1", None),
        ("", None),
        ("数据:1", None),
        ("http://a.example/" + "x" * 10_000, None),
    ],
)
def test_iris_are_mended_by_percent_encoding_alone(before: str, after: str | None) -> None:
    assert iris.mended(before) == after


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (b"<http://s/> <http://p/> <http://o/> .\n", (b"<http://s/>", b"<http://p/>", b"<http://o/>")),
        (b'_:b <http://p/> "a \\" . b"@en .', (b"_:b", b"<http://p/>", b'"a \\" . b"@en')),
        (b'<http://s/>\t<http://p/>"x".', (b"<http://s/>", b"<http://p/>", b'"x"')),
        (b"<http://s/> <http://p/> _:b . # remark\r\n", (b"<http://s/>", b"<http://p/>", b"_:b")),
    ],
)
def test_a_line_is_split_into_its_terms(line: bytes, parts: tuple[bytes, bytes, bytes]) -> None:
    assert ntriples.split(line) == parts


@pytest.mark.parametrize("line", [b"", b"\n", b"# remark\n", b"<http://s/> <http://p/>", b"no statement at all ."])
def test_what_is_no_statement_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a statement"):
        ntriples.split(line)


def test_terms_say_what_they_are_not() -> None:
    assert ntriples.iri_value(b"_:b") is None
    assert ntriples.iri_value(b'"<x>"') is None
    assert ntriples.literal_value(b"<http://a/>") is None
    assert ntriples.iri_value(b"<http://a/\\u4E2D>") == "http://a/中"
    with pytest.raises(ValueError, match="absolute"):
        ntriples.iri("relative")


def test_the_examples_in_the_documentation_are_true() -> None:
    assert doctest.testmod(iris).failed == 0
