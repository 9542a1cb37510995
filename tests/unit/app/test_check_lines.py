import time
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from app.checking.lines import Lines

DCT = "http://purl.org/dc/terms/"
TURTLE = """@prefix dct: <http://purl.org/dc/terms/> .
@prefix d: <https://x.example/> .

d:catalogue d:dataset
    <https://x.example/one> ,
    d:two .

<https://x.example/one> a d:Dataset ;
    dct:title "甲" ; # d:two is another
    dct:modified "2024" .

# a remark
d:two a d:Dataset ;
    dct:publisher [ dct:title "乙" ;
        dct:identifier "9" ] ;
    dct:modified "2025" .
"""


def lines(text: str, format_: ox.RdfFormat) -> Lines:
    quads = ox.parse(text.encode(), format_, base_iri="https://x.example/")
    return Lines(text, [(str(q.subject), str(q.predicate), str(q.object)) for q in quads])


@pytest.mark.parametrize(
    ("focus", "path", "value", "line"),
    [
        ("https://x.example/one", "title", "甲", 9),
        ("https://x.example/one", "modified", "2024", 10),
        ("https://x.example/two", "modified", "2025", 16),
        ("https://x.example/two", "title", "", 14),
        ("https://x.example/two", "licence", "", 13),
        ("https://x.example/one", "publisher", "", 8),
        ("https://x.example/none", "title", "", 0),
        ("", "", "", 0),
    ],
)
def test_a_line_of_turtle_is_found_by_subject_property_and_value(focus: str, path: str, value: str, line: int) -> None:
    assert lines(TURTLE, ox.RdfFormat.TURTLE).find(focus, [DCT + path] if path else [], value) == line


def test_a_node_without_a_name_is_found_by_way_of_its_parent() -> None:
    found = lines(TURTLE, ox.RdfFormat.TURTLE)
    (blank,) = found._parents
    assert found.find(blank, [DCT + "identifier"], "9") == 15
    assert found.find("_:unknown", [DCT + "title"], "") == 0


@pytest.mark.parametrize("format_", ["nt", "xml", "json-ld"])
def test_lines_of_other_syntaxes_are_found(format_: str) -> None:
    graph = rdflib.Graph().parse(data=TURTLE, format="turtle")
    text = graph.serialize(format=format_)
    syntax = {"nt": ox.RdfFormat.N_TRIPLES, "xml": ox.RdfFormat.RDF_XML, "json-ld": ox.RdfFormat.JSON_LD}[format_]
    line = lines(text, syntax).find("https://x.example/two", [DCT + "modified"], "2025")
    assert "2025" in text.splitlines()[line - 1]


def test_a_large_document_is_searched_in_little_time() -> None:
    text = "@prefix d: <https://x.example/> .\n" + "d:one d:p d:one-more , d:one ;\n d:q 1 .\n" * 40_000
    found = Lines(text, [])
    began = time.process_time()
    for number in range(20):
        found.find(f"https://x.example/one{number}", ["https://x.example/r"], "x")
    assert time.process_time() - began < 5


def test_every_example_of_a_mistake_is_found_in_its_file() -> None:
    from app.checking.model import Asked, Checked
    from app.checking.worker import check

    folder = Path(__file__).parents[3] / "shapes" / "examples" / "invalid"
    without = []
    for path in sorted(folder.glob("guangzhou-*.ttl")):
        outcome = check(Asked("guangzhou"), path.read_bytes())
        assert isinstance(outcome, Checked), path.name
        if not any(result.line for result in outcome.results):
            without.append(path.stem)
    assert without == ["guangzhou-dataset"]
