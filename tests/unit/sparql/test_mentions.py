import time

import pytest

from app.sparql.mentions import mentioned, nearest

P = "PREFIX e: <http://e/> "


@pytest.mark.parametrize(
    ("query", "classes", "predicates"),
    [
        ("SELECT * { ?s a e:C ; e:p ?o , 1.5 ; e:q 'x'@en . ?o e:r e:i }", ["C"], ["p", "q", "r"]),
        ("SELECT * { ?s e:p/e:q*|^e:r+ ?o . ?s !(e:x|^e:y) ?z }", [], ["p", "q", "r", "x", "y"]),
        ("SELECT * { ?s (e:p/(e:q|e:r))? e:i }", [], ["p", "q", "r"]),
        ("SELECT * { ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> e:C, e:D }", ["C", "D"], []),
        ("SELECT * { ?s e:p [ a e:C ; e:q ?x ] ; e:r ( e:i e:j ) . }", ["C"], ["p", "q", "r"]),
        ("SELECT * { [ e:p 1 ] e:q true . ?s e:r 2. ?t e:s e:i. ?u e:t ?v }", [], ["p", "q", "r", "s", "t"]),
        ("CONSTRUCT { ?s e:new ?o } WHERE { ?s e:p ?o }", [], ["p"]),
        ("SELECT (e:f(?x) AS ?y) { ?s e:p ?x FILTER (?x > 3 && e:g(?x)) ?s e:q ?z } GROUP BY e:h(?x)", [], ["p", "q"]),
        ("SELECT * { ?s e:p ?o FILTER NOT EXISTS { ?s a e:C ; e:q ?x } ?s e:r ?t }", ["C"], ["p", "q", "r"]),
        ("SELECT * { ?s e:p ?o FILTER regex(?o, 'e:x') FILTER e:f(?o) . ?s e:r ?t }", [], ["p", "r"]),
        ("SELECT * { VALUES (?a ?b) { (e:i e:j) } BIND(e:k AS ?c) ?s e:p ?o . }", [], ["p"]),
        ("SELECT * { GRAPH e:g { ?s e:p ?o } { SELECT ?x { ?x e:q ?y } ORDER BY ?x } ?s e:r 1 }", [], ["p", "q", "r"]),
        ("DESCRIBE e:i", [], []),
        ("ASK { ?s e:p '''a { e:x ?y''' } # ?s e:y ?o", [], ["p"]),
        ("SELECT * { ?s ?p ?o ; <relative> 1 ; other:x 2 }", [], []),
        ("SELECT * { ?s e:p 'a \\' b # c' ; e:q \"d 'e\" ; <http://e/r#x> 1 } # e:s", [], ["p", "q", "r#x"]),
        ("SELECT * { ?s e:p ?o . ?s e:it\\'s ?o ; e:q ?t } # '", [], ["p", "it's", "q"]),
        ('SELECT * { ?s e:p "5"^^e:type ; e:q 1 } VALUES ?z { e:i }', [], ["p", "q"]),
    ],
)  # fmt: skip
def test_classes_and_predicates_are_told_from_other_names(
    query: str, classes: list[str], predicates: list[str]
) -> None:
    found = mentioned(P + query)
    assert [*map(list, found)] == [[f"http://e/{name}" for name in names] for names in (classes, predicates)]


def test_a_hostile_text_is_read_in_little_time() -> None:
    for piece in ("{", "[", "(", "?s e:p/", "FILTER (", "VALUES {", "SELECT "):
        began = time.process_time()
        mentioned("SELECT * " + piece * 20_000)
        assert time.process_time() - began < 2


def test_the_name_that_was_meant_is_found() -> None:
    known = ["http://purl.org/dc/terms/publisher", "http://purl.org/dc/terms/title"]
    assert nearest("http://purl.org/dc/elements/1.1/publisher", known) == known[0]
    assert nearest("http://purl.org/dc/terms/titel", known) == known[1]
    assert nearest("http://purl.org/dc/terms/creator", known) == ""
    assert nearest("http://e/", known) == ""
