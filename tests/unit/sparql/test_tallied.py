"""A count is taken from the tallies only where it comes to the same."""

import random
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from app.sparql.tallied import with_tallies
from app.triplestore import figures, tallies
from app.triplestore.figures import Figures
from app.triplestore.protocol import Mark
from app.triplestore.tallies import two_steps
from tests.unit.sparql.test_implied import HEAD, X, group, rows_of

TALLIES = {
    (f"{X}theme", f"{X}D"): {"<y:a>": 3, '"b"': 2},
    (f"{X}theme", ""): {"<y:a>": 4, '"b"': 2, "1": 1},
    (two_steps(f"{X}file", f"{X}format"), ""): {"<y:csv>": 9},
}
OF_D = 'VALUES (?v ?tallied) { (<y:a> 3) ("b" 2) }'
OF_ANY = 'VALUES (?v ?tallied) { (<y:a> 4) ("b" 2) (1 1) }'
SELECT = "SELECT ?v (COUNT(?d) AS ?n)"
SUM = "SELECT ?v (SUM(?tallied) AS ?n)"


def counted(body: str) -> str:
    return " ".join(with_tallies(HEAD + body, lambda name, class_: TALLIES.get((name, class_)))[len(HEAD) :].split())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"{SELECT} {{ ?d a x:D ; x:theme ?v }} GROUP BY ?v", f"{SUM} {{ {OF_D} }} GROUP BY ?v"),
        (f"{SELECT} {{ ?d a x:D . ?d x:theme ?v . }} GROUP BY ?v", f"{SUM} {{ {OF_D} . }} GROUP BY ?v"),
        (f"{SELECT} {{ $d x:theme $v }} GROUP BY ?v", f"{SUM} {{ {OF_ANY.replace('?v', '$v')} }} GROUP BY ?v"),
        ("SELECT (COUNT(*) AS ?n) { ?d x:theme ?v }", f"SELECT (SUM(?tallied) AS ?n) {{ {OF_ANY} }}"),
        (
            "SELECT ?v (COUNT(DISTINCT ?d) AS ?n) { ?d a x:D ; x:theme ?v } GROUP BY ?v ORDER BY DESC(COUNT(?d))",
            f"SELECT ?v (MAX(?tallied) AS ?n) {{ {OF_D} }} GROUP BY ?v ORDER BY DESC(SUM(?tallied))",
        ),
        (
            f"{SELECT} {{ ?d a x:D ; x:theme/x:name ?v FILTER (?v > 2) }} GROUP BY ?v HAVING (COUNT(?d) > 1)",
            f"{SUM} {{ {OF_D.replace('?v', '?tallied_value')} ?tallied_value /x:name ?v FILTER (?v > 2) }} "
            "GROUP BY ?v HAVING (SUM(?tallied) > 1)",
        ),
        (
            "SELECT ?v (COUNT(DISTINCT ?d) AS ?n) { ?d x:file/x:format ?v } GROUP BY ?v",
            "SELECT ?v (MAX(?tallied) AS ?n) { VALUES (?v ?tallied) { (<y:csv> 9) } } GROUP BY ?v",
        ),
    ],
)
def test_a_count_is_the_sum_of_the_tallies(body: str, told: str) -> None:
    assert counted(body) == told.replace("?tallied_value /", "?tallied_value ")


@pytest.mark.parametrize(
    "body",
    [
        f"{SELECT} {{ ?d a x:E ; x:theme ?v }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:title ?v }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme ?v ; x:title ?t }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme ?v , ?w }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme ?v . ?d x:title ?t }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme ?v FILTER EXISTS {{ ?e x:of ?d }} }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme ?d }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme|x:name ?v }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme/x:name* ?v }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme <y:a> }} GROUP BY ?v",
        f"{SELECT} {{ ?e x:title ?t . ?d a x:D ; x:theme ?v }} GROUP BY ?v",
        f"{SELECT} {{ OPTIONAL {{ ?d a x:D ; x:theme ?v }} }} GROUP BY ?v",
        f"{SELECT} {{ ?d a x:D ; x:theme ?v }} GROUP BY ?v ?d",
        f"{SELECT} {{ ?d a x:D ; x:theme ?v BIND (RAND() AS ?r) }} GROUP BY ?v ?r",
        f"{SELECT} (SUM(?w) AS ?s) {{ ?d x:theme ?v . ?v x:weight ?w }} GROUP BY ?v",
        f"{SELECT} (GROUP_CONCAT(?w) AS ?s) {{ ?d x:theme ?v . ?v x:label ?w }} GROUP BY ?v",
        "SELECT ?v (COUNT(?w) AS ?n) { ?d x:theme ?v OPTIONAL { ?v x:label ?w } } GROUP BY ?v",
        "SELECT ?v (COUNT(DISTINCT ?d) AS ?n) { ?d x:theme/x:name ?v } GROUP BY ?v",
        "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d x:theme ?v }",
        "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d x:file/x:format ?v }",
        "SELECT ?v (COUNT(?d) AS ?n) { ?d x:file/x:format ?v } GROUP BY ?v",
        "SELECT ?v (COUNT(DISTINCT ?d) AS ?n) (COUNT(*) AS ?m) { ?d x:file/x:format ?v } GROUP BY ?v",
        "SELECT ?v (COUNT(DISTINCT ?d) AS ?n) { ?d x:file/x:format/x:name ?v } GROUP BY ?v",
        "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d x:theme ?v } GROUP BY ?v ?w",
        "SELECT (COUNT(DISTINCT *) AS ?n) { ?d x:theme ?v } GROUP BY ?v",
        "SELECT ?count { ?d x:theme ?count }",
        "SELECT (EXISTS { ?d x:theme ?v } AS ?is) (COUNT(?d) AS ?n) { ?e x:title ?t }",
        "ASK { ?d x:theme ?v . { SELECT (COUNT(?d) AS ?n) { ?e x:title ?t } } }",
        "SELECT ?v { ?d x:theme ?v . { SELECT (COUNT(?d) AS ?n) { ?e x:title ?t } } }",
        "SELECT ?v (COUNT(?d) AS ?tallied) { ?d x:theme ?v } GROUP BY ?v",
        "SELECT ?v (COUNT(?d) AS ?n) { GRAPH ?g { ?d x:theme ?v } } GROUP BY ?v",
        "SELECT ?v (COUNT(?d) AS ?n) FROM <y:g> { ?d x:theme ?v } GROUP BY ?v",
        "SELECT ?v (COUNT(?d) AS ?n) { ?d x:theme",
        "SELECT (COUNT",
    ],
)
def test_everything_else_stays_as_it_is(body: str) -> None:
    assert counted(body) == " ".join(body.split())


class Reader:
    """As much of a published graph as is measured."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def mark(self) -> Mark:
        return Mark(1, "")

    def state(self) -> str:
        return "1"

    def table(self, query: str) -> Iterator[tuple[str, ...]]:
        solutions = self._store.query(query)
        assert isinstance(solutions, ox.QuerySolutions)
        for row in solutions:
            yield tuple(getattr(term, "value", "") for term in row)


def measured(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> Figures:
    monkeypatch.setattr(tallies, "_MANY", 1)
    return figures.measure(Reader(store))  # type: ignore[arg-type]


def test_queries_put_together_by_chance_have_the_same_answers_with_tallies(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    store = ox.Store()
    values = [
        ox.Literal("七"),
        ox.Literal('a"\\\n'),
        ox.Literal("七", language="zh-Hans"),
        ox.Literal(7),
        ox.Literal("x", datatype=ox.NamedNode(f"{X}t")),
    ]
    for number in range(30):
        subject = ox.NamedNode(f"{X}{number}")
        kind = ox.NamedNode(X + rng.choice(["Dataset", "Dataset", "Other"]))
        store.add(ox.Quad(subject, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), kind))
        for name in ["publisher", "theme", "theme", "name", "name", "title"]:
            value = rng.choice([ox.NamedNode(f"{X}{rng.randrange(10)}"), rng.choice(values)])
            store.add(ox.Quad(subject, ox.NamedNode(X + name), value))
    monkeypatch.setattr(tallies, "_OF_FILES", f"{X}theme")
    monkeypatch.setattr(tallies, "_DISTRIBUTION", f"{X}Dataset")
    known = measured(store, monkeypatch)
    assert known.tally(two_steps(f"{X}theme", f"{X}name"), "")
    changed = 0
    for _ in range(2500):
        counts = ["COUNT(?d)", "COUNT(*)", "COUNT(DISTINCT ?d)", "COUNT(?o)", "SUM(?o)", "MAX(?o)"]
        shown = [
            f"({each} AS ?n{at})"
            for at, each in enumerate(rng.choices(counts, [5, 3, 3, 1, 1, 1], k=rng.randint(1, 2)))
        ]
        by = rng.choice(["", "?o", "?o ?e", "?e"])
        type_ = rng.choice(["", "a x:Dataset ; ", "a x:Dataset . ?d ", "a x:Other ; "])
        path = (
            "x:"
            + rng.choice(["publisher", "theme", "title"])
            + rng.choice(["", "", "/x:name", "/x:name/x:theme", "|x:title"])
        )
        rest = rng.choice(
            [
                "",
                "",
                ". ",
                ". ?o x:name ?e",
                "FILTER isIRI(?o)",
                "BIND (STR(?o) AS ?e)",
                "OPTIONAL { ?o x:theme ?e }",
                "MINUS { ?o x:name ?e }",
                group(rng, 1),
                "; x:theme ?e",
            ]
        )
        query = f"{HEAD}SELECT {by} {' '.join(shown)} {{ ?d {type_}{path} ?o {rest} }} {by and 'GROUP BY ' + by}"
        quicker = with_tallies(query, known.tally)
        changed += quicker != query
        assert rows_of(store, query) == rows_of(store, quicker), query
    assert changed > 700
