"""The first rows of an order, found among the values at its end; and only where they are certain."""

import random

import pyoxigraph as ox
import pytest

from app.sparql.topmost import Topmost, topmost
from tests.unit.sparql.test_implied import HEAD, X, group
from tests.unit.sparql.test_tallied import measured

XSD = "http://www.w3.org/2001/XMLSchema#"


def day(number: int, zone: str = "") -> str:
    return f'"2026-01-{number:02}{zone}"^^<{XSD}date>'


DAYS = {day(number): 10 for number in (3, 1, 5, 2, 4)}
OF_D = {day(5): 1, day(4): 100}


def restricted(body: str, days: dict[str, int] = DAYS) -> Topmost | None:
    known = {(f"{X}made", ""): days, (f"{X}made", f"{X}D"): OF_D}
    return topmost(HEAD + body, lambda name, class_: known.get((name, class_)))


@pytest.mark.parametrize(
    ("body", "days", "rows"),
    [
        ("SELECT * {| ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2", (5,), 2),
        ("SELECT * {| ?d x:made ?m } ORDER BY DESC(?m) ?d LIMIT 3 OFFSET 2", (5, 4), 3),
        ("SELECT * {| ?d x:made ?m } ORDER BY ?m OFFSET 2 LIMIT 3", (1, 2), 3),
        ("SELECT DISTINCT ?d WHERE {| ?d x:title ?t ; x:made ?m . } ORDER BY ASC($m) LIMIT 1", (1,), 1),
        ("SELECT * {| ?d a x:D ; x:title 't' ; x:made ?m } ORDER BY DESC(?m) LIMIT 2", (5, 4), 2),
        ("SELECT * {| ?d a x:E . ?e a x:D . ?e x:made ?m } ORDER BY DESC(?m) LIMIT 2", (5, 4), 2),
        ("SELECT * {| OPTIONAL { ?d x:title ?t } ?d x:made ?m OPTIONAL { ?d x:by ?m } } ORDER BY ?m LIMIT 2", (1,), 2),
    ],
)
def test_only_the_end_of_the_order_is_asked(body: str, days: tuple[int, ...], rows: int) -> None:
    name = "$m" if "($m)" in body else "?m"
    values = f" VALUES {name} {{ {' '.join(map(day, days))} }} "
    assert restricted(body.replace("|", "")) == Topmost(HEAD + body.replace("|", values), rows)


@pytest.mark.parametrize(
    "body",
    [
        "SELECT * { ?d x:made ?m } ORDER BY DESC(?m)",
        "SELECT * { ?d x:made ?m } ORDER BY DESC(?m) LIMIT 0",
        "SELECT * { ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2000",
        "SELECT * { ?d x:made ?m } ORDER BY DESC(?m) LIMIT 13",  # takes all days
        "SELECT * { ?d x:made ?m } ORDER BY ?d DESC(?m) LIMIT 2",
        "SELECT * { ?d x:made ?m } ORDER BY DESC(STR(?m)) LIMIT 2",
        "SELECT * { ?d x:made ?m } ORDER BY DESC(?m + ?n) LIMIT 2",
        "SELECT * { ?d x:title ?m } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { ?d x:made ?m , ?n } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { ?d x:made|x:title ?m } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { ?d x:title ?t OPTIONAL { ?d x:made ?m } } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { { ?d x:made ?m } UNION { ?d x:title ?m } } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { OPTIONAL { ?d x:by ?m } ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { MINUS { ?d x:by ?m } ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2",
        "SELECT ?m (COUNT(?d) AS ?n) { ?d x:made ?m } GROUP BY ?m ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { { SELECT ?m { ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2 } }",
        "SELECT (EXISTS { ?d x:made ?m } AS ?is) { ?d x:title ?t } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { GRAPH ?g { ?d x:made ?m } } ORDER BY DESC(?m) LIMIT 2",
        "CONSTRUCT WHERE { ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2",
        "SELECT * { ?d x:made ?m } ORDER BY DESC(?m LIMIT 2",
    ],
)
def test_any_other_query_is_asked_as_it_is(body: str) -> None:
    assert restricted(body) is None


@pytest.mark.parametrize(
    "other",
    [
        day(32),
        day(6, "Z"),
        '"2026-01-06"',
        f'"2026-01-06T00:00:00"^^<{XSD}dateTime>',
        f'"12026-01-06"^^<{XSD}date>',
        "<y:a>",
    ],
)
def test_values_whose_order_is_not_that_of_their_texts_are_left_alone(other: str) -> None:
    assert restricted("SELECT * { ?d x:made ?m } ORDER BY DESC(?m) LIMIT 2", DAYS | {other: 1}) is None


def test_fractions_of_a_second_come_after_the_second() -> None:
    times = [f'"2026-01-01T00:00:0{each}+08:00"^^<{XSD}dateTime>' for each in ("0.5", "0", "1")]
    top = restricted("SELECT * { ?d x:made ?m } ORDER BY ?m LIMIT 2", dict.fromkeys(times, 5))
    assert top is not None
    assert f"{{ {times[1]} {times[0]} }}" in top.query


def test_where_there_are_enough_they_are_the_first_rows_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(3)
    store = ox.Store()
    for number in range(60):
        subject = ox.NamedNode(f"{X}{number}")
        kind = ox.NamedNode(X + rng.choice(["Dataset", "Dataset", "Other"]))
        store.add(ox.Quad(subject, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), kind))
        for name in rng.choices(["publisher", "theme", "title", "name"], k=4):
            store.add(ox.Quad(subject, ox.NamedNode(X + name), ox.NamedNode(f"{X}{rng.randrange(60)}")))
        made = f"2026-02-{rng.randint(1, 28):02}"
        store.add(ox.Quad(subject, ox.NamedNode(f"{X}made"), ox.Literal(made, datatype=ox.NamedNode(f"{XSD}date"))))
    known = measured(store, monkeypatch)
    certain = 0
    for _ in range(1500):
        parts = [rng.choice(["", group(rng, 1), "OPTIONAL " + group(rng, 1)]), "?d "]
        parts += [
            rng.choice(["", "a x:Dataset ; ", "a x:Other . ?d "]),
            rng.choice(["", "x:theme ?o ; "]),
            "x:made ?m . ",
        ]
        parts += [rng.choice(["", group(rng, 0), "OPTIONAL " + group(rng, 0), "FILTER (?m > '2026-02-10'^^xsd:date)"])]
        order = rng.choice(["?m ?d ?o ?e", "DESC(?m) ?d ?o ?e", "ASC(?m) DESC(?d) ?o ?e"])
        columns = rng.choice(["?m ?d ?o ?e", "DISTINCT ?m ?d ?o ?e"])
        rows = f"LIMIT {rng.randint(1, 4)} OFFSET {rng.randint(0, 2)}"
        query = f"PREFIX xsd: <{XSD}> {HEAD} SELECT {columns} {{ {''.join(parts)} }} ORDER BY {order} {rows}"
        top = topmost(query, known.tally)
        if top is not None and len(found := _rows(store, top.query)) == top.rows:
            certain += 1
            assert found == _rows(store, query), query
    assert certain > 300


def _rows(store: ox.Store, query: str) -> list[str]:
    return [str(row) for row in store.query(query)]  # type: ignore[union-attr]
