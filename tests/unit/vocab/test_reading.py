"""Documents in: every syntax, every encoding, whatever is wrong with them."""

import contextlib
import gzip
import io
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from vocab import document, nesting, rdf
from vocab.notes import Kind
from vocab.rdf import Format, RdfError, to_ntriples

BASE = "http://portal.example/catalog/"
TITLE = b'<http://portal.example/d/1> <http://purl.org/dc/terms/title> "\xe5\x85\xac\xe7\xa7\xaf\xe9\x87\x91" .\n'
SAME: dict[Format, str] = {
    Format.TURTLE: '@prefix dct: <http://purl.org/dc/terms/> . <../d/1> dct:title "公积金" .',
    Format.TRIG: '@prefix dct: <http://purl.org/dc/terms/> . <http://g.example/> { <../d/1> dct:title "公积金" }',
    Format.RDF_XML: (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">'
        '<rdf:Description rdf:about="../d/1"><dct:title>公积金</dct:title></rdf:Description></rdf:RDF>'
    ),
    Format.JSON_LD: '{"@context": {"t": "http://purl.org/dc/terms/title"}, "@id": "../d/1", "t": "公积金"}',
    Format.N_TRIPLES: '<http://portal.example/d/1>\t<http://purl.org/dc/terms/title>"\\u516C积金".  # said\r\n',
    Format.N_QUADS: '<http://portal.example/d/1> <http://purl.org/dc/terms/title> "公积金" <http://g.example/> .',
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError(f"something was fetched: {args[:2]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)


def read(
    text: str | bytes, format: Format, base: str = BASE, **options: Any
) -> tuple[set[str], document.ParsedDocument]:
    parsed = to_ntriples(text.encode() if isinstance(text, str) else text, format, base, **options)
    return {line.decode().rstrip("\n") for line in parsed.lines}, parsed


@pytest.mark.parametrize("format", list(Format))
def test_every_syntax_says_the_same(format: Format) -> None:
    assert to_ntriples(SAME[format].encode(), format, BASE).read() == TITLE


@pytest.mark.parametrize("format", list(Format))
def test_bytes_paths_and_streams_are_read_alike(format: Format, tmp_path: Path) -> None:
    path = tmp_path / f"catalog.{format.value}"
    path.write_bytes(SAME[format].encode())
    assert to_ntriples(path, format, BASE).read() == TITLE
    with path.open("rb") as file:
        assert to_ntriples(file, format, BASE).read() == TITLE
    packed = io.BytesIO(gzip.compress(path.read_bytes()))
    with gzip.open(packed) as file:
        assert to_ntriples(file, format, BASE).read() == TITLE  # type: ignore[arg-type]


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("size", [10, 40])
def test_documents_beyond_memory_are_streamed_with_the_same_result(
    format: Format, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "IN_MEMORY", size)
    monkeypatch.setattr(document, "_PIECE", 16)
    assert to_ntriples(io.BytesIO(SAME[format].encode()), format, BASE).read() == TITLE


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_in_any_form_is_read(format: Format, codec: str) -> None:
    assert to_ntriples(SAME[format].encode(codec), format, BASE).read() == TITLE


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("format", list(Format))
def test_streams_are_transcoded_too(format: Format, codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "IN_MEMORY", 64)
    monkeypatch.setattr(document, "_PIECE", 33)
    assert to_ntriples(io.BytesIO(SAME[format].encode(codec)), format, BASE).read() == TITLE


@pytest.mark.parametrize("codec", ["GB2312", "gb18030", "Big5", "UTF-16", "utf-8"])
def test_an_xml_declaration_names_the_encoding(codec: str) -> None:
    text = f'<?xml version="1.0" encoding="{codec}"?>\n' + SAME[Format.RDF_XML]
    text = text.replace("公积金", "公積金") if codec == "Big5" else text
    parsed = to_ntriples(text.encode(codec), Format.RDF_XML, BASE)
    assert parsed.read().decode().count("金") == 1
    assert len(parsed.notes) == 0


def test_the_servers_charset_counts_where_the_document_says_nothing() -> None:
    text = SAME[Format.TURTLE].encode("gbk")
    assert to_ntriples(text, Format.TURTLE, BASE, charset="GBK").read() == TITLE


def test_undeclared_gb18030_is_recognised_and_noted() -> None:
    parsed = to_ntriples(SAME[Format.TURTLE].encode("gb18030"), Format.TURTLE, BASE)
    assert parsed.read() == TITLE
    assert parsed.notes.counts == {Kind.ENCODING: 1}


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    lines, parsed = read(b'<http://a.example/> <http://p.example/> "caf\xe9 \xff" .', Format.TURTLE)
    assert lines == {'<http://a.example/> <http://p.example/> "caf\ufffd \ufffd" .'}
    assert parsed.notes.counts == {Kind.ENCODING: 1}
    lines, _ = read(b'<http://a.example/> <http://p.example/> "caf\xe9" .\n' + TITLE, Format.N_TRIPLES)
    assert len(lines) == 2


def test_an_unknown_encoding_is_refused_in_words() -> None:
    with pytest.raises(RdfError, match="klingon") as caught:
        read('<?xml version="1.0" encoding="klingon-8"?><a/>', Format.RDF_XML)
    assert "UTF-8" in caught.value.reason_zh


@pytest.mark.parametrize(
    ("iri", "mended"),
    [
        ("http://a.example/b c", "http://a.example/b%20c"),
        ("http://a.example/{id}?q=[1]", "http://a.example/%7Bid%7D?q=%5B1%5D"),
        ("http://a.example/100%", "http://a.example/100%25"),
        ("http://a.example/数据/表 一", "http://a.example/数据/表%20一"),
        ("tel:+86 20 8888", "tel:+86%20%2020%208888".replace("%2020", "20")),
    ],
)
@pytest.mark.parametrize("format", [Format.TURTLE, Format.RDF_XML, Format.JSON_LD, Format.N_TRIPLES, Format.N_QUADS])
def test_iris_that_rdf_forbids_are_mended_in_every_syntax(format: Format, iri: str, mended: str) -> None:
    text = {
        Format.TURTLE: f"<http://s.example/> <http://p.example/> <{iri}> .",
        Format.N_TRIPLES: f"<http://s.example/> <http://p.example/> <{iri}> .",
        Format.N_QUADS: f"<http://s.example/> <http://p.example/> <{iri}> <http://g.example/> .",
        Format.RDF_XML: SAME[Format.RDF_XML].replace("<dct:title>公积金</dct:title>", f'<dct:x rdf:resource="{iri}"/>'),
        Format.JSON_LD: f'{{"@id": "http://s.example/", "http://p.example/": {{"@id": "{iri}"}}}}',
    }[format]
    lines, parsed = read(text, format)
    assert len(lines) == 1
    assert f"<{mended}> ." in lines.pop()
    assert parsed.notes.counts == {Kind.IRI: 1}


def test_a_statement_beyond_mending_goes_and_the_others_stay() -> None:
    lines, parsed = read(
        "<http://s.example/> <http://p.example/> <http://host:port/x>, <http://ok.example/> .",
        Format.TURTLE,
    )
    assert lines == {"<http://s.example/> <http://p.example/> <http://ok.example/> ."}
    assert parsed.dropped == 1
    assert "http://host:port/x" in next(iter(parsed.notes)).zh


def test_an_iri_with_a_line_feed_cannot_smuggle_in_a_statement() -> None:
    plain = "http://a.example/> <http://p.example/> <http://o.example/> .\n<http://evil.example/"
    evil = "".join(char if char.isalnum() or char in ":/." else f"\\u{ord(char):04X}" for char in plain)
    lines, parsed = read(f'<{evil}> <http://p.example/> "x" .', Format.TURTLE)
    assert not any(line.startswith("<http://evil.example/") for line in lines)
    assert parsed.notes.count(Kind.IRI) + parsed.dropped == 1


def test_bad_lines_of_n_triples_go_with_their_number_and_the_others_stay() -> None:
    text = (
        TITLE
        + b"this is no statement\n"
        + b"\n# a remark\n"
        + b'<http://a> <b> "relative" .\n'
        + b'"l" <http://p> "l" .\n'
    )
    parsed = to_ntriples(text, Format.N_TRIPLES, BASE)
    lines = list(parsed.lines)
    assert lines[0] == TITLE
    assert lines[1] == b'<http://a> <http://portal.example/catalog/b> "relative" .\n'
    assert [note.line for note in parsed.notes if note.kind is Kind.DROPPED] == [2, 6]


def test_line_numbers_count_through_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_PIECE", 256)
    text = TITLE * 100 + b"no statement\n" + TITLE * 10
    parsed = to_ntriples(text, Format.N_TRIPLES, BASE)
    assert len(list(parsed.lines)) == 110
    assert [note.line for note in parsed.notes] == [101]


def test_a_million_faults_are_counted_but_not_kept() -> None:
    parsed = to_ntriples(b"no statement\n" * 2_000, Format.N_TRIPLES)
    assert list(parsed.lines) == []
    assert parsed.dropped == 2_000
    assert len(parsed.notes) == 50


@pytest.mark.parametrize(
    ("tag", "kept"), [("zh_CN", "@zh-cn"), ("ZH-Hans", "@zh-hans"), ("averylonglanguage", ""), ("e", "")]
)
def test_language_tags_are_mended_or_left_out(tag: str, kept: str) -> None:
    xml = SAME[Format.RDF_XML].replace("<dct:title>", f'<dct:title xml:lang="{tag}">')
    lines, _ = read(xml, Format.RDF_XML)
    assert lines == {f'<http://portal.example/d/1> <http://purl.org/dc/terms/title> "公积金"{kept} .'}


def test_tags_are_lower_case_from_every_syntax() -> None:
    json = SAME[Format.JSON_LD].replace('"公积金"', '{"@value": "公积金", "@language": "zh-Hans"}')
    turtle = SAME[Format.TURTLE].replace('"公积金"', '"公积金"@zh-Hans')
    assert read(json, Format.JSON_LD)[0] == read(turtle, Format.TURTLE)[0]
    assert next(iter(read(json, Format.JSON_LD)[0])).endswith("@zh-hans .")


def test_terms_of_rdf_1_2_are_simplified_or_dropped() -> None:
    text = (
        '<http://s.example/> <http://p.example/> "مرحبا"@ar--rtl, '
        "<<( <http://a.example/> <http://b.example/> 1 )>>, 2 ."
    )
    lines, parsed = read(text, Format.TURTLE)
    assert {line.split(" ", 2)[2] for line in lines} == {
        '"مرحبا"@ar .',
        '"2"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    }
    assert parsed.notes.counts == {Kind.LITERAL: 1, Kind.DROPPED: 1}
    lines, _ = read('<http://s.example/> <http://p.example/> "a"@ar--rtl .', Format.N_TRIPLES)
    assert lines == {'<http://s.example/> <http://p.example/> "a"@ar .'}


def test_relative_iris_without_a_base_stand_under_an_address_that_never_resolves() -> None:
    parsed = to_ntriples(b"<data/1> <http://p.example/> <> .", Format.TURTLE)
    assert parsed.read() == b"<http://relative.invalid/data/1> <http://p.example/> <http://relative.invalid/> .\n"
    assert parsed.notes.counts == {Kind.BASE: 1}


def test_a_well_known_prefix_that_was_forgotten_is_supplied() -> None:
    lines, parsed = read('<a> dct:title "x"^^xsd:string ; dcat:keyword "y" .', Format.TURTLE)
    assert len(lines) == 2
    assert parsed.notes.counts == {Kind.PREFIX: 3}


def test_what_only_rdflib_reads_is_read() -> None:
    text = "@prefix p: <http://p.example/> . p:g { p:s ; a p:T ; p:q 'x' }"
    lines, parsed = read(text, Format.TRIG)
    assert len(lines) == 2
    assert parsed.notes.counts == {Kind.PARSER: 1}


@pytest.mark.parametrize(
    ("text", "format", "line"),
    [
        ("<http://a.example/> <http://p.example/> ;;; }", Format.TURTLE, 1),
        ("\n\n<http://a.example/> <http://p.example/> 'x", Format.TURTLE, 3),
        ("<rdf:RDF>", Format.RDF_XML, None),
        ("<html><body>404</body></html>", Format.RDF_XML, None),
        ("{", Format.JSON_LD, 1),
    ],
)
def test_what_nobody_reads_is_refused_in_both_languages(text: str, format: Format, line: int | None) -> None:
    with pytest.raises(RdfError) as caught:
        read(text, format)
    assert caught.value.line == line
    assert caught.value.reason_zh
    assert caught.value.reason_en
    assert caught.value.reason_zh in str(caught.value)


@pytest.mark.parametrize("format", [f for f in Format if f is not Format.JSON_LD])
@pytest.mark.parametrize("text", [b"", b"   \n\t", b"\xef\xbb\xbf"])
def test_an_empty_document_is_empty_or_refused_but_never_a_crash(format: Format, text: bytes) -> None:
    if format is Format.RDF_XML:
        with pytest.raises(RdfError):
            to_ntriples(text, format).read()
    else:
        assert to_ntriples(text, format).read() == b""


def test_rubbish_is_refused_or_dropped_but_never_a_crash() -> None:
    import random

    chance = random.Random(7)
    for format in Format:
        for start in ("", SAME[format]):
            for _ in range(20):
                text = start.encode() + bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
                with contextlib.suppress(RdfError):
                    to_ntriples(text, format, BASE).read()


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        to_ntriples(tmp_path / "none.ttl", Format.TURTLE).read()


def test_a_stream_that_breaks_late_gives_what_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "IN_MEMORY", 100)
    text = "\n".join(f'<http://a.example/{n}> <http://p.example/> "x" .' for n in range(20_000)) + "\n oh"
    parsed = to_ntriples(text.encode(), Format.TURTLE)
    seen: list[bytes] = []
    with pytest.raises(RdfError):
        seen.extend(parsed.lines)
    assert len(seen) == 20_000


class TestJsonLd:
    def test_a_remote_context_is_refused_by_name(self) -> None:
        with pytest.raises(RdfError, match=r"https://evil\.example/context") as caught:
            read('{"@context": "https://evil.example/context", "@id": "http://a.example/"}', Format.JSON_LD)
        assert "Turtle" in caught.value.reason_zh

    @pytest.mark.parametrize(
        "context",
        [
            '["https://evil.example/c"]',
            '[{"a": "http://a.example/"}, "https://evil.example/c"]',
            '{"@import": "https://evil.example/c"}',
            '{"t": {"@id": "http://t.example/", "@context": "https://evil.example/c"}}',
        ],
    )
    def test_wherever_it_hides(self, context: str) -> None:
        with pytest.raises(RdfError):
            read(f'{{"@context": {context}, "@id": "http://a.example/", "t": {{"x": 1}}}}', Format.JSON_LD)

    def test_rdflib_is_never_given_a_remote_context(self) -> None:
        # What the fast reader refuses for another reason goes to rdflib, which would fetch.
        text = '{"@context": [{"@version": 9}, "https://evil.example/c"], "@id": "http://a.example/"}'
        with pytest.raises(RdfError):
            read(text, Format.JSON_LD)

    def test_the_context_of_dcat_us_is_known(self) -> None:
        address = "https://raw.githubusercontent.com/DOI-DO/dcat-us/main/context/dcat-us-3.0.jsonld"
        text = f'{{"@context": "{address}", "@id": "http://d.example/", "@type": "dcat:Dataset", "title": "T"}}'
        lines, parsed = read(text, Format.JSON_LD)
        assert '<http://d.example/> <http://purl.org/dc/terms/title> "T" .' in lines
        assert parsed.notes.counts == {Kind.CONTEXT: 1}

    def test_terms_that_no_context_defines_are_noted_and_not_counted_as_lost(self) -> None:
        lines, parsed = read('{"@id": "http://d.example/", "accessLevel": "public"}', Format.JSON_LD)
        assert lines == set()
        assert parsed.notes.counts == {Kind.TERM: 1}
        assert parsed.dropped == 0

    @pytest.mark.parametrize(
        "text",
        [
            '{"@context":{"p":"http://p.example/"},"p":' + "[" * 5_000 + "]" * 5_000 + "}",
            '{"@context":{"p":"http://p.example/"},"p":' + '{"@list":[' * 5_000 + "]}" * 5_000 + "}",
            '{"@context":' + '{"p":{"@id":"http://p.example/","@context":' * 20_000 + "{}" + "}}" * 20_000 + "}",
            "[" * 1_000_000,
        ],
    )
    def test_bottomless_nesting_is_refused_at_once(self, text: str) -> None:
        with pytest.raises(RdfError, match="200"):
            read(text, Format.JSON_LD)

    def test_brackets_in_strings_are_no_nesting(self) -> None:
        for text in ('[{\\"[' * 1_000, "[" * 1_000 + "\\\\", '\\\\\\"[[' * 1_000):
            assert len(read(SAME[Format.JSON_LD].replace("公积金", text), Format.JSON_LD)[0]) == 1

    @pytest.mark.parametrize("size", [1, 2, 3, 5])
    def test_where_a_text_is_cut_does_not_hide_nesting(self, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(nesting, "_SLICE", size)
        shallow = r'{"a\\": "[\\\"[", "b": ["\"", "x"]}' + "[]" * 300
        for text, refused in ((shallow, False), (shallow + "[" * 201, True)):
            expected = pytest.raises(RdfError, match="200") if refused else contextlib.nullcontext()
            with expected:
                assert b"".join(nesting.guarded(iter([text.encode()]), Format.JSON_LD)) == text.encode()

    def test_long_strings_full_of_quotes_take_no_time(self) -> None:
        started = time.perf_counter()
        list(nesting.guarded(iter([b'{"a": "' + b'\\"' * 2_000_000]), Format.JSON_LD))
        assert time.perf_counter() - started < 1


@pytest.mark.parametrize("format", [Format.TURTLE, Format.TRIG, Format.N_TRIPLES])
def test_nested_triple_terms_do_not_end_the_process(format: Format) -> None:
    depth = 20_000
    text = "<http://s.example/> <http://p.example/> " + "<<( <http://s.example/> <http://p.example/> " * depth
    with pytest.raises(RdfError, match="200"):
        read(text + "1" + " )>>" * depth + " .", format)


def test_deep_blank_nodes_of_turtle_are_read() -> None:
    text = "<http://s.example/> <http://p.example/> " + "[ <http://p.example/> " * 3_000 + "1" + "]" * 3_000 + " ."
    assert len(read(text, Format.TURTLE)[0]) == 3_001


def test_rdf_inside_a_csw_answer_is_found() -> None:
    text = (
        f'<?xml version="1.0"?><csw:R xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">{SAME[Format.RDF_XML]}</csw:R>'
    )
    assert to_ntriples(text.encode(), Format.RDF_XML, BASE).read() == TITLE


def test_quads_of_what_was_read_are_terms() -> None:
    (quad,) = rdf.quads(TITLE)
    assert quad.object.value == "公积金"
