import csv
import time
from pathlib import Path

import pytest

from tests.shared_data import SHARED, needs_shared
from vocab.syntax import Format, guess

RDF_XML = b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'


@pytest.mark.parametrize("format", list(Format))
def test_a_format_is_known_by_its_media_types_and_extensions(format: Format) -> None:
    for media_type in format.media_types:
        assert guess(content_type=media_type.upper() + "; charset=UTF-8") is format
    for extension in format.extensions:
        assert guess(filename=f"https://a.example/catalog.{extension.upper()}.gz?page=2#x") is format
    assert format.media_type == format.media_types[0]


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (RDF_XML, Format.RDF_XML),
        (b"\xef\xbb\xbf  <!-- c --><rdf:RDF>", Format.RDF_XML),
        (RDF_XML.decode().encode("utf-16"), Format.RDF_XML),
        (b"<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>", Format.RDF_XML),
        (b'{"@context": {}, "@graph": []}', Format.JSON_LD),
        (b'[ {"@id": "http://a.example/"} ]', Format.JSON_LD),
        (b"# remark\n@prefix dct: <http://purl.org/dc/terms/> .", Format.TURTLE),
        (b"PREFIX dct: <http://purl.org/dc/terms/>", Format.TURTLE),
        (b'<http://a.example/> <http://p.example/> "x"@en .\n', Format.N_TRIPLES),
        (b"_:a <http://p.example/> _:b .\n", Format.N_TRIPLES),
        (b"<http://a.example/> <http://p.example/> <http://o.example/> <http://g.example/> .\n", Format.N_QUADS),
        (b"<!DOCTYPE html><html><head>", None),
        (b"<html lang='zh'>", None),
        (b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>", None),
        (b'{"success": true, "result": []}', None),
        (b'{"@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", "dataset": []}', None),
        (b"id,title\n1,x\n", None),
        (b"", None),
        (b"\x00\xff\x00\xff", None),
    ],
)
def test_the_first_bytes_tell_what_a_document_is(head: bytes, format: Format | None) -> None:
    assert guess(head=head) is format


@pytest.mark.parametrize("content_type", ["text/turtle", "text/plain", "application/octet-stream", "text/html", ""])
def test_bytes_that_are_plainly_xml_or_json_outweigh_the_server(content_type: str) -> None:
    assert guess(content_type=content_type, filename="catalog.ttl", head=RDF_XML) is Format.RDF_XML
    assert guess(content_type=content_type, head=b'{"@graph": []}') is Format.JSON_LD
    assert guess(content_type="text/turtle", head=b"<!DOCTYPE html><html>") is None


def test_the_content_type_goes_before_the_name() -> None:
    assert guess(content_type="application/trig", filename="a.ttl", head=b"@prefix a: <http://a/> .") is Format.TRIG
    assert guess(content_type="text/plain", filename="a.nt") is Format.N_TRIPLES


def test_braces_and_brackets_of_trig_and_turtle_are_not_json() -> None:
    assert guess(filename="a.trig", head=b"{ <http://a.example/> a <http://b.example/> }") is Format.TRIG
    assert guess(filename="a.ttl", head=b"[] a <http://b.example/> .") is Format.TURTLE


@needs_shared
def test_real_documents_are_recognised_by_name_and_first_bytes() -> None:
    assert SHARED is not None
    names = {"Turtle": Format.TURTLE, "RDF/XML": Format.RDF_XML, "JSON-LD": Format.JSON_LD, "TriG": Format.TRIG}
    names |= {"N-Triples": Format.N_TRIPLES, "N-Quads": Format.N_QUADS, "data.json": None, "ckan-package": None}
    wrong = []
    with (SHARED / "dcat" / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            path = SHARED / "dcat" / row["file"]
            if row["format"] in names and row["oxigraph"] in ("ok", ""):
                with path.open("rb") as document:
                    head = document.read(4096)
                if guess(filename=Path(row["file"]).name, head=head) is not names[row["format"]]:
                    wrong.append(row["file"])
    assert wrong == []


def test_a_hostile_beginning_takes_no_time() -> None:
    started = time.perf_counter()
    for tail in (b'"' * 100_000, b'"" ' * 50_000, b'"\\' * 50_000, b"_:" * 50_000, b"<" * 100_000):
        assert guess(head=b"<http://a.example/> <http://p.example/> " + tail) is None
    assert time.perf_counter() - started < 0.5
