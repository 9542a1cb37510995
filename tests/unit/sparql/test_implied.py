"""A type is left out only where each match stays one match."""

import random
from collections import Counter

import pyoxigraph as ox
import pytest

from app.sparql.implied import without_implied_types

X = "https://x.example/"
HEAD = f"PREFIX x: <{X}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
IMPLIED = {(f"{X}publisher", f"{X}Dataset"): [], (f"{X}theme", f"{X}Dataset"): [f"{X}c", f"{X}d"]}
OTHERS = "".join(f"FILTER (!sameTerm(?d, <{X}{each}>)) . " for each in "cd")


def implies(name: str, class_: str) -> list[str] | None:
    return IMPLIED.get((name, class_))


def shortened(body: str) -> str:
    found = without_implied_types(HEAD + body, implies)
    return " ".join(found[len(HEAD) :].split())


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("SELECT * { ?d a x:Dataset ; x:publisher ?p }", "SELECT * { ?d x:publisher ?p }"),
        ("SELECT * { ?d rdf:type x:Dataset ; x:publisher ?p }", "SELECT * { ?d x:publisher ?p }"),
        ("SELECT * { ?d a x:Dataset . ?d x:publisher ?p }", "SELECT * { ?d x:publisher ?p }"),
        ("SELECT * { ?d a x:Dataset. ?d x:publisher ?p }", "SELECT * { ?d x:publisher ?p }"),
        ("SELECT * { ?d a x:Dataset ; x:publisher/x:name ?p }", "SELECT * { ?d x:publisher/x:name ?p }"),
        ("SELECT * { ?d a x:Dataset ; x:publisher/^x:name ?p }", "SELECT * { ?d x:publisher/^x:name ?p }"),
        ("SELECT * { ?d a x:Dataset ; x:title 'a' ; x:publisher ?t }", "SELECT * { ?d x:title 'a' ; x:publisher ?t }"),
        ("ASK { OPTIONAL { ?d a x:Dataset ; x:publisher ?t } }", "ASK { OPTIONAL { ?d x:publisher ?t } }"),
        ("ASK { ?d a x:Dataset ; x:theme ?t }", f"ASK {{ {OTHERS}?d x:theme ?t }}"),
        ("ASK { ?e ?p ?d . ?d a x:Dataset . ?d x:theme ?t }", f"ASK {{ ?e ?p ?d . {OTHERS}?d x:theme ?t }}"),
        ("ASK { ?d a x:Dataset ; x:theme ?t ; x:publisher ?p }", "ASK { ?d x:theme ?t ; x:publisher ?p }"),
    ],
)
def test_a_type_that_a_property_implies_is_left_out(body: str, left: str) -> None:
    assert shortened(body) == left


@pytest.mark.parametrize(
    "body",
    [
        "SELECT * { ?d a x:Dataset ; x:title ?t }",
        "SELECT * { ?d a x:Other ; x:publisher ?p }",
        "SELECT * { ?d a ?c ; x:publisher ?p }",
        "SELECT * { ?d a x:Dataset , x:Other ; x:publisher ?p }",
        "SELECT * { ?d a x:Dataset . ?e x:publisher ?p }",
        "SELECT * { ?d a x:Dataset . OPTIONAL { ?d x:publisher ?p } }",
        "SELECT * { ?d a x:Dataset OPTIONAL { ?d x:publisher ?p } }",
        "SELECT * { ?d a x:Dataset ; x:publisher* ?p }",
        "SELECT * { ?d a x:Dataset ; x:publisher? ?p }",
        "SELECT * { ?d a x:Dataset ; x:publisher|x:title ?p }",
        "SELECT * { ?d a x:Dataset ; x:publisher/x:a|x:title ?p }",
        "SELECT * { ?d a x:Dataset ; (x:publisher|x:title) ?p }",
        "SELECT * { ?d a x:Dataset ; ^x:publisher ?p }",
        "SELECT * { ?d a x:Dataset ; !x:publisher ?p }",
        "SELECT * { ?d a x:Dataset ; y:publisher ?p }",
        "SELECT * { GRAPH ?g { ?d a x:Dataset ; x:publisher ?p } }",
        "SELECT * FROM <https://x.example/g> { ?d a x:Dataset ; x:publisher ?p }",
        "CONSTRUCT { ?d a x:Dataset ; x:publisher ?p } WHERE { ?d x:publisher ?p }",
        "SELECT ('{ ?d a x:Dataset ; x:publisher ?p }' AS ?text) {}",
        'SELECT ("""{ ?d a x:Dataset ; x:publisher ?p }""" AS ?text) {}',
        "SELECT * {} # { ?d a x:Dataset ; x:publisher ?p }",
        "SELECT * { FILTER(?a<?b&&?c>'{ ?d a x:Dataset ; x:publisher ?p }') }",
        r"SELECT ('\'{ ?d a x:Dataset ; x:publisher ?p }' AS ?text) {}",
        "SELECT * { ?d a x:Dataset ; x:publisher",
    ],
)
def test_everything_else_stays_as_it_is(body: str) -> None:
    assert shortened(body) == " ".join(body.split())


def test_queries_put_together_by_chance_have_the_same_answers_with_and_without() -> None:
    rng = random.Random(7)
    store = ox.Store()
    for number in range(30):
        subject = ox.NamedNode(f"{X}{number}")
        kind = rng.choice(["Dataset", "Dataset", "Other"])
        few = number in (11, 23)  # what is of no such class and has a theme all the same
        kind = "Other" if few else kind
        store.add(
            ox.Quad(subject, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(X + kind))
        )
        for name in ["publisher", "theme", "theme"] * (kind == "Dataset") + ["theme"] * few + ["title", "name", "name"]:
            store.add(ox.Quad(subject, ox.NamedNode(X + name), ox.NamedNode(f"{X}{rng.randrange(30)}")))
    known = {f"{X}publisher": [], f"{X}theme": [f"{X}11", f"{X}23"]}
    changed = 0
    for _ in range(1500):
        query = f"{HEAD}SELECT {rng.choice(['*', '(COUNT(*) AS ?n)', '(COUNT(DISTINCT ?d) AS ?n)'])} {group(rng, 0)}"
        other = without_implied_types(query, lambda name, class_: known.get(name) if class_ == f"{X}Dataset" else None)
        changed += other != query
        assert rows_of(store, query) == rows_of(store, other), query
    assert changed > 300


def group(rng: random.Random, depth: int) -> str:
    parts = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if kind < 0.65 or depth == 2:
            subject = rng.choice(["?d", "?e"])
            list_ = [f"{rng.choice(['a', 'rdf:type'])} x:{rng.choice(['Dataset', 'Dataset', 'Other'])}"] * rng.randint(
                0, 1
            )
            list_ += [
                f"{_path(rng)} {rng.choice(['?e', '?o', '?d', f'x:{rng.randrange(30)}'])}"
                for _ in range(rng.randint(1, 2))
            ]
            parts.append(f"{subject} {rng.choice([' ; ', f' . {subject} ']).join(list_)} . ")
        else:
            word = "OPTIONAL " if kind < 0.8 else "MINUS " if kind < 0.87 else "FILTER EXISTS " if kind < 0.94 else ""
            parts.append(word + group(rng, depth + 1))
    return "{ " + " ".join(parts) + " }"


def _path(rng: random.Random) -> str:
    name = "x:" + rng.choice(["publisher", "theme", "title", "name"])
    return name + rng.choice(["", "", "", "/x:name", "|x:title", "?", "/^x:theme"])


def rows_of(store: ox.Store, query: str) -> Counter[str]:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    names = sorted(variable.value for variable in solutions.variables)
    return Counter(" ".join(f"{name}={row[name]}" for name in names) for row in solutions)
