"""What is wrong with a query, read from its text and from what the engine's parser says of it."""

import pyoxigraph as ox
import pytest

from app.sparql.mistakes import Mistake, Place, Undeclared, mistake, undeclared

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"


def complaint(query: str) -> str:
    with pytest.raises(SyntaxError) as raised:
        ox.Store().query(query)
    return str(raised.value)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * WHERE { ?s dcat:title ?o }", [("dcat", (1, 21), DCAT)]),
        ("SELECT * {\n ?s a dcat:Dataset ;\n  dcterms:title ?t }", [("dcat", (2, 7), DCAT), ("dcterms", (3, 3), DCT)]),
        ("SELECT * { ?s :p ?o }", [("", (1, 15), "")]),
        ("SELECT * { ?s 表:列 ?o }", [("表", (1, 15), "")]),
        ("prefix foo: <http://foo.example/> ASK { ?s foo:a dcat:b }", [("dcat", (1, 50), DCAT)]),
        ("# dcat:a\nASK { ?s ?p 'dct:x' , <dct:x> , _:b ; sh:x ?o }", [("sh", (2, 39), "http://www.w3.org/ns/shacl#")]),
    ],
)
def test_a_prefix_without_a_declaration_is_named_at_its_first_use(
    query: str, expected: list[tuple[str, tuple[int, int], str]]
) -> None:
    found = undeclared(query, complaint(query))
    assert found == tuple(Undeclared(prefix, Place(*place), namespace) for prefix, place, namespace in expected)


def test_a_mistake_that_stands_before_a_prefix_is_told_first() -> None:
    query = "SELECT * WERE IT IS { ?s ?p ?o . ?o ?q ?r . ?r dcat:title ?o }"
    assert undeclared(query, complaint(query)) == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Mistake("empty", Place(1, 1))),
        ("SELECT * WHERE {\n ?s ?p }", Mistake("unclear", Place(2, 2), "?s ?p }")),
        ("x", Mistake("unclear", Place(1, 1), "x")),
        ("SELEC * {?s ?p ?o}", Mistake("unclear", Place(1, 1), "SELEC * {?s ?p ?o}")),
        ("SELECT * WHERE { ?s ?p ?o\n", Mistake("ends", Place(1, 26))),
        ('SELECT * { ?s ?p "a }', Mistake("ends", Place(1, 22))),
        ("SELECT * {\n ?s a <rel> }", Mistake("iri", Place(2, 7), "<rel>")),
        ("SELECT ?x WHERE { ?s ?p ?o } GROUP BY ?s", Mistake("unbound", Place(1, 41))),
    ],
)
def test_a_mistake_has_a_kind_and_a_place(query: str, expected: Mistake) -> None:
    assert mistake(query, complaint(query)) == expected


def test_words_of_another_parser_give_a_place_too() -> None:
    assert mistake("ASK { ?s", "Lexical error").kind == "ends"
