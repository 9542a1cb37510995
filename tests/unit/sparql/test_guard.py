import random
import time

import pyoxigraph as ox
import pytest

from app.sparql.guard import calls_service, from_graphs, leave_out, server_function, update_operation, varies

CALLS = [
    "SELECT * { SERVICE <http://x> {} }",
    "SELECT * { service silent ?x{} }",
    "SELECT * { SeRvIcE <x> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<x>{} }",  # the engine needs no space
    "SELECT * { SERVICE#comment\n<x>#another\r{} }",
    "SELECT * { ?s ?p ?o # ' an open quote\n SERVICE <x> {} }",
    r"SELECT * { \u0053ERVICE <x> {} }",
    r"SELECT * { \U00000073ervice <x> {} }",
    "SELECT * { SERVICE:foo {} }",
    "SELECT * { SERVICEex:foo {} }",
    "SELECT * { SERVICESILENT?x{} }",
    "SELECT * { { { OPTIONAL { SERVICE <x> { ?s ?p ?o } } } } }",
    # "<" compares here, so what looks like an IRI and a string is a string and a call
    "SELECT * { FILTER(?a<?b&&?c='>') SERVICE <http://x/> { ?s ?p '1' } }",
    # an escape in an IRI, so that "#" seems to begin a comment
    r"SELECT * { <http://x/\u0061#f> ?p ?o . SERVICE <x> {} }",
    "SELECT * { ?a ?GRAPH SERVICE:x {} }",
    "SELECT * { # GRAPH \nSERVICE:x {} }",
    r"SELECT * { ?s ?p 'a\'b' SERVICE <x> {} }",
    r'''SELECT * { ?s ?p """a"" \""" """ SERVICE <x> {} }''',
    r"SELECT * { ex:a\# SERVICE <x> {} }",
    r"SELECT * { ?s ?p '\u0027 . SERVICE <x> {} #' }",
]

HARMLESS = [
    "SELECT * { ?service ?p ?o }",
    "SELECT ?service { ?s a dcat:DataService }",
    "SELECT * { ?s ?p 'SERVICE <x> {' }",
    'SELECT * { ?s ?p """ SERVICE <x> {} """ }',
    "SELECT * { ?s ?p ?o } # SERVICE <x> {",
    "PREFIX service: <http://x/> SELECT * { service:a ?p ?o }",
    "PREFIX services: <http://x/> SELECT * FROM services:a { GRAPH services:g { ?s ?p ?o } }",
    "SELECT * { <http://x/service/1> ?p ?o . { ?s ?p <http://x/service> } }",
    "ASK { ?s dcat:service ?x {} }",
]


@pytest.mark.parametrize("query", CALLS)
def test_a_call_is_seen_in_every_spelling(query: str) -> None:
    assert calls_service(query)


_CALL = "SERVICE <http://127.0.0.1:9/> {}"  # the engine refuses this port before it asks the network
_BEFORE = (
    "", "BIND('a' AS ?a)", "BIND('it\\'s' AS ?b)", 'BIND(""" " \'\'\' """ AS ?c)', "BIND(\'\'\' \\\\\'\'\' AS ?d)",
    "# ' <\n", "#\r", "FILTER(1<2)", "FILTER(1<2&&3>2)", "FILTER('<'<'>')", "BIND(<http://x/#y> AS ?e)",
    r"BIND(<http://x/\u0023y> AS ?f)", r"BIND('\u0027' AS ?g)", r"BIND('\u005C' AS ?h)", r"BIND('\u005C\u0027' AS ?h)",
    "BIND('a'@en AS ?i)", "BIND(?j<?k AS ?l)", "BIND(ex:a\\# AS ?m)", "BIND(ex:%20 AS ?n)", "VALUES ?o { UNDEF }",
    "{ SELECT * {", "{ SELECT (1 AS ?p) {", "OPTIONAL {", "{", "MINUS {", "GRAPH ?q {", "FILTER EXISTS {",
    "BIND(1 AS ?r)", "BIND(1.5e3 AS ?s)", "BIND(<http://x/'> AS ?t)", "BIND(<service:x> AS ?u)", "\ufeff", "\u2028",
)  # fmt: skip
_SPELLINGS = (
    _CALL, _CALL.lower(), _CALL.replace(" ", "#{}\n"), _CALL.replace(" ", "\t"), _CALL.replace(" ", ""),
    _CALL.replace("SERVICE", r"\u0053ERVICE"), _CALL.replace("127", r"\u0031\u0032\u0037"),
    _CALL.replace("<http://127.0.0.1:9/>", "ex:a"), _CALL.replace("<http://127.0.0.1:9/>", "?v"),
    _CALL.replace("SERVICE", "SERVICE SILENT"), "1" + _CALL, "'" + _CALL + "'", "# " + _CALL + "\n",
)  # fmt: skip


def test_whatever_makes_the_engine_call_is_seen() -> None:
    """Queries put together by chance; the engine itself says which of them call."""
    chance = random.Random(5)
    called = 0
    for _ in range(6_000):
        pieces = [*chance.choices(_BEFORE, k=chance.randint(0, 4)), chance.choice(_SPELLINGS)]
        chance.shuffle(pieces)
        body = chance.choice(("", " ", "\n")).join(pieces)
        depth = sum(piece.count("{") - piece.count("}") for piece in pieces)
        query = "PREFIX ex: <http://127.0.0.1:9/> SELECT * { " + body + " }" * (depth + 1)
        try:
            list(ox.Store().query(query))  # type: ignore[arg-type]
        except (OSError, RuntimeError):
            called += 1
            assert calls_service(query), query
        except (SyntaxError, ValueError):
            continue
    assert called > 400


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_alone_is_no_call(query: str) -> None:
    assert not calls_service(query)


@pytest.mark.parametrize("piece", ["'", "<", "<a> service", "'\\", "service ", "service:", "service#\n", "'''a", "<'>"])
def test_a_long_hostile_text_is_read_in_little_time(piece: str) -> None:
    text = (piece * (100_000 // len(piece)))[:100_000] + " service"
    began = time.process_time()
    calls_service(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("INSERT DATA { <a> <b> <c> }", "INSERT"),
        ("PREFIX a: <b> # SELECT\n delete where {?s ?p ?o}", "DELETE"),
        ("LOAD <http://x>", "LOAD"),
        ("WITH <g> DELETE {} WHERE {}", "WITH"),
        (r"\u0044ROP ALL", "DROP"),
        ("SELECT * { ?s ?insert ?o }", ""),
        ("ASK { ?s ?p 'LOAD <x>' }", ""),
        ("", ""),
    ],
)
def test_an_update_is_known_by_its_word(query: str, word: str) -> None:
    assert update_operation(query) == word


def test_graphs_of_from_are_found_by_iri_and_by_prefix() -> None:
    query = "PREFIX a: <http://a/> SELECT * FROM <x> FROM NAMED a:b\\,c from named <y\\u0061> { ?FROM ?p 'FROM <z>' }"
    assert from_graphs(query) == ["x", "http://a/b,c", "ya"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER (?g NOT IN (<x>))  }"),
        (
            "ASK { graph <a> { { ?s ?p '}' } OPTIONAL { ?s ?p ?o } } } # }",
            "ASK { graph <a> { { ?s ?p '}' } OPTIONAL { ?s ?p ?o } } FILTER (<a> NOT IN (<x>))  } # }",
        ),
        ("ASK { GRAPH#{\na:b{}}", "ASK { GRAPH#{\na:b{} FILTER (a:b NOT IN (<x>)) }"),
        ("ASK { ?graph ?GRAPH 'GRAPH ?g {' }", "ASK { ?graph ?GRAPH 'GRAPH ?g {' }"),
    ],
)
def test_hidden_graphs_are_left_out_behind_each_group_that_names_a_graph(query: str, expected: str) -> None:
    assert leave_out(query, "NOT IN (<x>)") == expected


def test_a_graph_clause_in_escapes_is_refused_where_graphs_are_hidden() -> None:
    with pytest.raises(ValueError, match="GRAPH"):
        leave_out(r"SELECT * { \u0047RAPH ?g { ?s ?p ?o } }", "NOT IN (<x>)")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (<java:java.lang.System.exit>(1) AS ?x) {}",
        "PREFIX b: <bif:> SELECT (b:exec('x') AS ?x) {}",
        r"PREFIX b: <\u0062if:> SELECT (b:exec('x') AS ?x) {}",
        "BASE <SQL:> SELECT (<x>(1) AS ?x) {}",
    ],
)
def test_functions_inside_a_server_are_seen(query: str) -> None:
    assert server_function(query)
    assert not server_function("SELECT * { ?s ?p <https://example.org/java:x> FILTER (?o < 3) }")


def test_a_row_of_number_signs_takes_no_time() -> None:
    query = "SELECT * { ?s ?p ?o } SERVICE" + "#" * 50_000
    began = time.process_time()
    assert not calls_service(query)
    assert not varies("NOW" + "#" * 50_000)
    assert time.process_time() - began < 1
