"""Documents out: whatever is written reads back as the same statements, in every syntax and by more than one reader."""

import io
import json
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from vocab import jsonld, rdfxml
from vocab.namespaces import DCAT, DCT, PREFIXES, RDF, SUI, XSD
from vocab.rdf import Format, RdfError, serialize, to_ntriples, write

DATASET = "urn:suishu:dataset/abc"
ENTRY = f"""\
<{DATASET}#contact-1> <{RDF.type}> <http://www.w3.org/2006/vcard/ns#Organization> .
<{DATASET}#contact-1> <http://www.w3.org/2006/vcard/ns#fn> "市政务服务数据管理局" .
<{DATASET}#csv> <{DCAT.downloadURL}> <http://data.example/公积金.csv> .
<{DATASET}#csv> <{DCT.title}> "CSV"@en .
<{DATASET}> <{DCAT.contactPoint}> <{DATASET}#contact-1> .
<{DATASET}> <{DCAT.distribution}> <{DATASET}#csv> .
<{DATASET}> <{DCAT.theme}> <https://w3id.org/suishu/scheme/theme/shebao> .
<{DATASET}> <{DCT.issued}> "2024-01-02"^^<{XSD.date}> .
<{DATASET}> <{DCT.modified}> "2024-01-02T03:04:05Z"^^<{XSD.dateTime}> .
<{DATASET}> <{DCT.title}> "住房公积金缴存"@zh-hans .
<{DATASET}> <{DCT.title}> "住房公積金繳存"@zh-hant .
<{DATASET}> <{RDF.type}> <{DCAT.Dataset}> .
<{DATASET}> <{SUI.rows}> "12"^^<{XSD.integer}> .
""".encode()
ALL = list(Format)


def statements(ntriples: bytes) -> ox.Dataset:
    """The graph, so that labels of blank nodes make no difference."""
    graph = ox.Dataset(ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES))
    graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return graph


def read_back(text: bytes, format: Format) -> ox.Dataset:
    parsed = to_ntriples(text, format, "http://base.example/")
    graph = statements(parsed.read())
    assert parsed.notes.counts == {}
    return graph


SUBJECTS = ["http://s.example/1", "http://s.example/2#a", "urn:suishu:dataset/x", "http://data.example/数据?a=1&b='2'"]
PREDICATES = [str(RDF.type), str(DCT.title), str(DCAT.theme), str(DCT.issued), str(SUI.rows), str(DCAT.distribution)]
PREDICATES += ["http://p.example/名称", "http://p.example/a.b-c", "http://p.example/x?y=z&w", "urn:p:q", str(RDF["_1"])]
TAGS = ["zh-hans", "zh-hant", "en", "en-gb", "de-1901", "x-own"]
DATATYPES = [str(XSD[name]) for name in ("date", "integer", "boolean", "decimal", "double", "dateTime", "anyURI")]
DATATYPES += ["http://t.example/own", str(RDF.XMLLiteral), str(RDF.JSON)]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "5",
        "05",
        "-0",
        "true",
        "1.0",
        "2024-01-01",
        "a\r\nb\tc",
        "]]>",
        "<b>&amp;</b>",
        '"""\\',
        " x ",
        "{}",
        "99999999999999999999",
    ]
)
nodes = st.sampled_from([*map(ox.NamedNode, SUBJECTS), *map(ox.BlankNode, ["a", "b1", "0x", "c-d"])])
literals = (
    st.builds(ox.Literal, text)
    | st.builds(lambda value, tag: ox.Literal(value, language=tag), text, st.sampled_from(TAGS))
    | st.builds(lambda value, type_: ox.Literal(value, datatype=ox.NamedNode(type_)), text, st.sampled_from(DATATYPES))
)
triples = st.builds(ox.Triple, nodes, st.sampled_from([*map(ox.NamedNode, PREDICATES)]), st.one_of(nodes, literals))
odd_predicates = st.sampled_from(
    [*map(ox.NamedNode, ["http://p.example/123", "http://p.example/", "urn:7", str(RDF.li), str(RDF.Description)])]
)
odd_triples = st.builds(ox.Triple, nodes, odd_predicates, literals)
ambiguous = st.builds(
    ox.Triple,
    st.sampled_from([*map(ox.NamedNode, ["dct:title", "org:1", "title:x", "page:1"]), *map(ox.NamedNode, SUBJECTS)]),
    st.sampled_from([*map(ox.NamedNode, ["schema:name", "rows:x", str(DCT.title), str(RDF.type), str(DCT.issued)])]),
    st.one_of(st.sampled_from([*map(ox.NamedNode, ["time:x", str(DCAT.Dataset)])]), literals),
)


def lines(graph: list[ox.Triple]) -> bytes:
    return ox.serialize(graph, format=ox.RdfFormat.N_TRIPLES) or b""


@pytest.mark.parametrize("format", [f for f in ALL if f is not Format.RDF_XML])
@given(graph=st.lists(triples | odd_triples, max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_graph_reads_back_the_same(format: Format, graph: list[ox.Triple]) -> None:
    assert read_back(serialize(lines(graph), format), format) == statements(lines(graph))


@given(graph=st.lists(ambiguous, max_size=8))
@settings(max_examples=150, deadline=None)
def test_iris_that_look_like_prefixed_names_survive_json_ld(graph: list[ox.Triple]) -> None:
    text = serialize(lines(graph), Format.JSON_LD)
    assert read_back(text, Format.JSON_LD) == statements(lines(graph))


@given(graph=st.lists(triples, max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_graph_that_xml_can_say_reads_back_the_same_from_rdf_xml(graph: list[ox.Triple]) -> None:
    graph = [t for t in graph if not isinstance(t.object, ox.Literal) or not rdfxml._NOT_XML.search(t.object.value)]
    text = serialize(lines(graph), Format.RDF_XML)
    ET.fromstring(text)
    if graph:
        assert read_back(text, Format.RDF_XML) == statements(lines(graph))


@given(graph=st.lists(triples | odd_triples, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_rdf_xml_is_well_formed_and_tells_how_much_it_leaves_out(graph: list[ox.Triple]) -> None:
    text = serialize(lines(graph), Format.RDF_XML)
    ET.fromstring(text)
    odd = {t for t in graph if t.predicate.value in ("http://p.example/123", "http://p.example/", "urn:7")}
    odd |= {t for t in graph if t.predicate.value in (str(RDF.li), str(RDF.Description))}
    kept = {(t.subject, t.predicate) for t in graph if t not in odd}
    if kept:
        found = {(q.predicate) for q in ox.parse(to_ntriples(text, Format.RDF_XML).read(), ox.RdfFormat.N_TRIPLES)}
        assert found == {predicate for _, predicate in kept}
    assert (f"<!-- {len(odd)} statements".encode() in text) == bool(odd)


def test_control_characters_become_replacement_characters_in_rdf_xml_alone() -> None:
    line = b'<http://s.example/> <http://p.example/x> "a\\u0001b\\fc\\\\u0001\\uFFFE" .\n'
    back = to_ntriples(serialize(line, Format.RDF_XML), Format.RDF_XML).read().decode()
    assert '"a\ufffdb\ufffdc\\\\u0001\ufffd"' in back
    assert to_ntriples(serialize(line, Format.TURTLE), Format.TURTLE).read() == line


@pytest.mark.parametrize("format", ALL)
def test_rdflib_reads_what_we_write(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    name = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt", "nq": "nquads", "trig": "trig"}[
        format.value
    ]
    graph = rdflib.Dataset(default_union=True)
    graph.parse(io.BytesIO(serialize(ENTRY, format)), format=name)
    found = {(str(s), str(p), str(o), str(getattr(o, "language", None) or "").lower()) for s, p, o, _ in graph.quads()}
    expected = {
        (q.subject.value, q.predicate.value, q.object.value, getattr(q.object, "language", None) or "")
        for q in ox.parse(ENTRY, ox.RdfFormat.N_TRIPLES)
    }
    assert found == expected


@pytest.mark.parametrize("format", ALL)
def test_the_same_graph_is_the_same_bytes(format: Format) -> None:
    backwards = b"".join(reversed(ENTRY.splitlines(keepends=True)))
    assert len({serialize(ENTRY, format) for _ in range(5)}) == 1
    if format not in (Format.N_TRIPLES, Format.N_QUADS):
        assert serialize(backwards, format) == serialize(ENTRY, format)


def test_turtle_starts_with_the_dataset_and_declares_what_it_uses() -> None:
    text = serialize(ENTRY, Format.TURTLE).decode()
    prefixes = [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    assert set(prefixes) == {"dcat:", "dct:", "rdf:", "sui:", "vcard:", "xsd:"}
    body = [line for line in text.splitlines() if not line.startswith("@prefix")]
    assert body[0] == f"<{DATASET}> a dcat:Dataset ;"
    assert body[1].startswith("\tdct:title ")


def test_own_prefixes_may_be_given() -> None:
    assert b"@prefix purl: <http://purl.org/dc/terms/> ." in serialize(ENTRY, Format.TURTLE, {"purl": str(DCT)})


def test_json_ld_is_a_tree_that_people_can_read() -> None:
    document = json.loads(serialize(ENTRY, Format.JSON_LD))
    context = document.pop("@context")
    assert document == {
        "@id": DATASET,
        "@type": "dcat:Dataset",
        "title": {"zh-Hans": "住房公积金缴存", "zh-Hant": "住房公積金繳存"},
        "issued": "2024-01-02",
        "modified": {"@value": "2024-01-02T03:04:05Z", "@type": "xsd:dateTime"},
        "theme": "https://w3id.org/suishu/scheme/theme/shebao",
        "rows": 12,
        "contactPoint": {
            "@id": f"{DATASET}#contact-1",
            "@type": "vcard:Organization",
            "fn": "市政务服务数据管理局",
        },
        "distribution": {
            "@id": f"{DATASET}#csv",
            "title": {"en": "CSV"},
            "downloadURL": "http://data.example/公积金.csv",
        },
    }
    assert set(context) == {
        *("dcat", "vcard", "xsd", "title", "issued", "modified", "theme", "rows", "contactPoint", "distribution"),
        *("fn", "downloadURL"),
    }


def test_json_ld_writes_well_formed_lists_as_lists_and_others_as_nodes() -> None:
    first, rest, nil = RDF.first, RDF.rest, RDF.nil
    chain = f'_:a <{first}> "1" .\n_:a <{rest}> _:b .\n_:b <{first}> <http://o.example/> .\n_:b <{rest}> <{nil}> .\n'
    whole = f"<http://s.example/> <http://p.example/x> _:a .\n{chain}".encode()
    assert json.loads(serialize(whole, Format.JSON_LD))["http://p.example/x"] == {
        "@list": ["1", {"@id": "http://o.example/"}]
    }
    for more in ('_:b <http://p.example/x> "more" .\n', "<http://z.example/> <http://p.example/x> _:b .\n"):
        graph = whole + more.encode()
        assert read_back(serialize(graph, Format.JSON_LD), Format.JSON_LD) == statements(graph)


def test_rings_and_deep_chains_are_written_without_end_of_stack() -> None:
    ring = b"".join(b"_:n%d <http://p.example/x> _:n%d .\n" % (number, (number + 1) % 3_000) for number in range(3_000))
    nodes = jsonld.nodes(ring)
    assert len(nodes) > 1
    assert to_ntriples(serialize(ring, Format.JSON_LD), Format.JSON_LD).read().count(b"\n") == 3_000


@pytest.mark.parametrize("format", ALL)
def test_an_empty_graph_is_an_empty_document(format: Format) -> None:
    text = serialize(b"", format)
    if format is Format.RDF_XML:
        ET.fromstring(text)
    else:
        assert to_ntriples(text, format).read() == b""


@pytest.mark.parametrize("format", [Format.TURTLE, Format.RDF_XML, Format.JSON_LD])
def test_what_is_no_n_triples_is_refused(format: Format) -> None:
    with pytest.raises(RdfError):
        serialize(b"this is no statement\n", format)
    with pytest.raises(RdfError):
        write([ENTRY, b"this is no statement\n"], format, io.BytesIO())


def entries(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield ENTRY.replace(b"dataset/abc", b"dataset/%08d" % number)


@pytest.mark.parametrize("format", ALL)
def test_a_catalogue_is_written_record_by_record(format: Format) -> None:
    out = io.BytesIO()
    write(entries(50), format, out)
    assert read_back(out.getvalue(), format) == statements(b"".join(entries(50)))


@pytest.mark.parametrize("format", ALL)
def test_memory_does_not_grow_with_the_catalogue(format: Format) -> None:
    class Sink(io.RawIOBase):
        size = 0

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.size += len(data)
            return len(data)

    peaks = []
    for count in (200, 2_000):
        sink = Sink()
        tracemalloc.start()
        write(entries(count), format, sink)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sink.size > 200 * count
    assert peaks[1] < peaks[0] + 200_000


@pytest.mark.parametrize("format", ALL)
def test_an_empty_catalogue_is_a_valid_document(format: Format) -> None:
    out = io.BytesIO()
    write([], format, out)
    if format is not Format.RDF_XML:
        assert to_ntriples(out.getvalue(), format).read() == b""
    else:
        ET.fromstring(out.getvalue())


def test_no_prefix_of_ours_is_a_short_name_too() -> None:
    assert not PREFIXES.keys() & jsonld.TERMS.keys()


def test_language_tags_are_written_as_the_standard_writes_them_and_texts_are_left_alone() -> None:
    said = '<urn:a> <urn:p> "他说\\"@zh-hans\\""@zh-Hans .\n'.encode()
    for format in (Format.TURTLE, Format.JSON_LD, Format.RDF_XML, Format.N_TRIPLES):
        text = serialize(said, format).decode()
        assert "zh-Hans" in text, format
        assert text.count("zh-hans") == 1, format
