"""The rarer statement comes first, and every answer stays what it was."""

import random

import pyoxigraph as ox
import pytest

from app.sparql.ordering import rarest_first
from tests.unit.sparql.test_implied import HEAD, X, group, rows_of

COUNTS = {f"{X}publisher": 1000, f"{X}theme": 2000, f"{X}name": 10, f"{X}title": 90}


def ordered(body: str) -> str:
    found = rarest_first(HEAD + body, lambda name: COUNTS.get(name, 0))
    return " ".join(found[len(HEAD) :].split())


SELECT = "SELECT ?n (COUNT(?d) AS ?c)"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("{ ?d x:publisher/x:name ?n } GROUP BY ?n", "{ _:step0 x:name ?n . ?d x:publisher _:step0 } GROUP BY ?n"),
        ("{ ?d a x:D ; x:publisher/x:name ?n . }", "{ _:step0 x:name ?n . ?d a x:D ; x:publisher _:step0 . }"),
        ("{ ?d x:publisher ?p . ?p x:name ?n }", "{ ?p x:name ?n . ?d x:publisher ?p . }"),
        (
            "{ ?d x:publisher ?p . ?p x:name ?n . ?d x:title ?t }",
            "{ ?p x:name ?n . ?d x:publisher ?p . ?d x:title ?t }",
        ),
    ],
)
def test_the_rarer_statement_is_put_first(body: str, left: str) -> None:
    assert ordered(f"{SELECT} {body}") == f"{SELECT} {left}"


@pytest.mark.parametrize(
    "body",
    [
        f"{SELECT} {{ ?d x:publisher/x:theme ?n }}",  # not rarer
        f"{SELECT} {{ ?d x:publisher/x:unknown ?n }}",
        f"{SELECT} {{ ?d x:publisher/x:name/x:title ?n }}",
        f"{SELECT} {{ ?d x:publisher/x:name|x:title ?n }}",
        f"{SELECT} {{ ?d x:publisher/x:name* ?n }}",
        f"{SELECT} {{ ?d x:publisher/^x:name ?n }}",
        f"{SELECT} {{ ?d x:publisher|x:theme/x:name ?n }}",
        f"{SELECT} {{ ?d x:publisher/x:name ?n , ?m }}",
        f"{SELECT} {{ ?d x:publisher ?p . OPTIONAL {{ ?p x:name ?n }} }}",
        f"{SELECT} {{ ?d x:publisher ?p OPTIONAL {{ ?d x:title ?t }} ?p x:name ?n }}",
        f"{SELECT} {{ ?d x:publisher _:p . _:p x:name ?n }}",
        f"{SELECT} {{ GRAPH ?g {{ ?d x:publisher/x:name ?n }} }}",
        "SELECT ?n { ?d x:publisher/x:name ?n } LIMIT 10",  # a list is begun at once as it is
    ],
)
def test_everything_else_stays_as_it_is(body: str) -> None:
    assert ordered(body) == " ".join(body.split())


def test_queries_put_together_by_chance_have_the_same_answers_in_either_order() -> None:
    rng = random.Random(11)
    store = ox.Store()
    names = ["publisher", "theme", "title", "name"]
    for _ in range(200):
        subject, value = (ox.NamedNode(f"{X}{rng.randrange(12)}") for _ in range(2))
        store.add(ox.Quad(subject, ox.NamedNode(X + rng.choice(names)), value))
    changed = 0
    for _ in range(2500):
        counts = {f"{X}{name}": rng.choice([1, 100]) for name in names}
        parts = [group(rng, 0)]
        for _ in range(rng.randint(0, 2)):
            one, other = rng.sample(names, 2)
            parts.append(rng.choice(["?d x:{0} ?e . ?e x:{1} ?f .", "?d x:{0}/x:{1} ?f ."]).format(one, other))
        # The second half has one solution; it is there for its COUNT.
        query = f"{HEAD}SELECT * {{ {' '.join(parts)} {{ SELECT (COUNT(*) AS ?n) {{}} }} }}"
        quicker = rarest_first(query, lambda name, counts=counts: counts.get(name, 0))
        changed += quicker != query
        assert rows_of(store, query) == rows_of(store, quicker), query
    assert changed > 400
