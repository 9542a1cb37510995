"""Properties of the canonical form: what must not make a change, what must, and what a hostile record may cost."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.changes import Canonical, canonical, diff, ordering, skolemise
from harvest.errors import TooComplex

DATASET = "<https://example.org/dataset/1>"
Triples = list[tuple[str, str, str]]


def _text(triples: Triples) -> bytes:
    return "".join(f"{s} {p} {o} .\n" for s, p, o in triples).encode()


def _random_graph(rng: random.Random) -> Triples:
    """A record with blank nodes in any constellation: shared, nested, in cycles, twins."""
    nodes = [DATASET, *(f"_:n{i}" for i in range(rng.randint(1, 9)))]
    predicates = [f"<urn:p{i}>" for i in range(rng.choice((1, 2, 4)))]
    values = ['"a"', '"b"@en', '"c _:n1"', "<urn:x>", '"<https://example.org/dataset/1>"']
    triples = {(DATASET, "<urn:title>", '"t"')}
    for _ in range(rng.randint(1, 22)):
        target = rng.choice(nodes) if rng.random() < 0.6 else rng.choice(values)
        triples.add((rng.choice(nodes), rng.choice(predicates), target))
    return sorted(triples)


def _shuffled(triples: Triples, rng: random.Random, subject: str = DATASET) -> tuple[Triples, str]:
    """The same graph in another order under other labels; the dataset's node may be blank too."""
    old = sorted({t for s, _, o in triples for t in (s, o) if t.startswith("_:")})
    fresh = [f"_:x{i}" for i in rng.sample(range(10_000 + 2 * len(old)), len(old))]
    new = dict(zip(old, fresh, strict=True))
    again = [(new.get(s, s), p, new.get(o, o)) for s, p, o in triples]
    again += rng.choices(again, k=2)  # a statement said twice is one statement
    rng.shuffle(again)
    return again, new.get(subject, subject)


def test_two_thousand_shuffled_and_relabelled_graphs_make_no_false_change():
    rng = random.Random(20261)
    refused = 0
    for _ in range(2_000):
        triples = _random_graph(rng)
        subject = DATASET if rng.random() < 0.8 else "_:n0"
        try:
            first = canonical(_text(triples), subject)
        except TooComplex:
            refused += 1
            continue
        again, name = _shuffled(triples, rng, subject)
        assert canonical(_text(again), name) == first, triples
    assert refused < 10


def test_naming_by_content_alone_gives_the_names_of_the_whole_way():
    rng = random.Random(20262)
    short = 0
    for _ in range(3_000):
        subject = DATASET if rng.random() < 0.8 else "_:n0"
        triples = [
            tuple(term.encode() for term in triple)
            for triple in _random_graph(rng)
            if "_:" in triple[0] + triple[2][:2]
        ]
        labels = ordering._by_content(triples, subject.encode())
        if labels is not None:
            short += 1
            assert labels == ordering._Ordering(triples, subject.encode()).labels(), triples
    assert short > 300


def test_graphs_that_differ_in_one_edge_have_different_hashes():
    rng = random.Random(7)
    for _ in range(500):
        triples = _random_graph(rng)
        changed = [*triples, ("_:n0", "<urn:extra>", '"e"')]
        assert canonical(_text(triples), DATASET).content_hash != canonical(_text(changed), DATASET).content_hash


def test_a_hexagon_and_two_triangles_are_told_apart():
    hexagon = [(f"_:n{i}", "<urn:p>", f"_:n{(i + 1) % 6}") for i in range(6)]
    triangles = [(f"_:n{i}", "<urn:p>", f"_:n{i // 3 * 3 + (i + 1) % 3}") for i in range(6)]
    assert canonical(_text(hexagon), DATASET).content_hash != canonical(_text(triangles), DATASET).content_hash


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_canonical_form_is_its_own_canonical_form(rng: random.Random):
    try:
        once = canonical(_text(_random_graph(rng)), DATASET)
        assert canonical(once.ntriples, once.subject) == once
    except TooComplex:
        pass


def test_the_case_of_language_tags_makes_no_difference():
    def form(tag: str) -> Canonical:
        return canonical(f'{DATASET} <urn:p> "标题"@{tag} .\n{DATASET} <urn:p> "\\"@en ."@en .\n'.encode(), DATASET)

    assert form("zh-hans") == form("zh-Hans") == form("ZH-HANS")
    assert b'"@zh-Hans .' in form("zh-hans").ntriples
    assert form("zh-hant") != form("zh-hans")
    assert b'"@zh-Hans-CN .' in form("zh-hans-cn").ntriples


def test_twins_do_not_merge_when_they_get_names():
    twins = [(DATASET, "<http://www.w3.org/ns/dcat#distribution>", f"_:d{i}") for i in range(5)]
    twins += [(f"_:d{i}", "<urn:checksum>", f"_:c{i}") for i in range(5)]
    twins += [(f"_:c{i}", "<urn:algorithm>", '"md5"') for i in range(5)]
    record = canonical(_text(twins), DATASET)
    named = skolemise(record, "abc", source_id="s", base_url="https://portal.example")
    assert len(named.splitlines()) == 15
    rng = random.Random(3)
    for _ in range(20):
        again, _ = _shuffled(twins, rng)
        assert canonical(_text(again), DATASET) == record


def test_a_nodes_name_depends_on_its_content_alone():
    contact = [(DATASET, "<http://www.w3.org/ns/dcat#contactPoint>", "_:c"), ("_:c", "<urn:fn>", '"热线"')]
    before = canonical(_text([*contact, (DATASET, "<urn:t>", '"1"')]), DATASET)
    after = canonical(_text([*contact, (DATASET, "<urn:t>", '"2"')]), DATASET)
    added, removed = diff(before.ntriples, after.ntriples)
    assert added == (f'{DATASET} <urn:t> "2" .',)
    assert removed == (f'{DATASET} <urn:t> "1" .',)


def _clique(n: int) -> Triples:
    return [(f"_:n{i}", "<urn:p>", f"_:n{j}") for i in range(n) for j in range(n) if i != j]


def _cube(dimensions: int) -> Triples:
    return [(f"_:n{i}", "<urn:p>", f"_:n{i ^ (1 << bit)}") for i in range(1 << dimensions) for bit in range(dimensions)]


def _chain(n: int, both_ways: bool) -> Triples:
    steps = [(f"_:n{i}", "<urn:p>", f"_:n{i + 1}") for i in range(n)]
    return steps + [(o, "<urn:q>", s) for s, _, o in steps] if both_ways else steps


def _list(n: int) -> Triples:
    first, rest = "<urn:first>", "<urn:rest>"
    return [t for i in range(n) for t in ((f"_:l{i}", first, f'"{i % 3}"'), (f"_:l{i}", rest, f"_:l{i + 1}"))]


def _wide(n: int) -> Triples:
    return [("_:hub", "<urn:p>", f"_:n{i}") for i in range(n)]


@pytest.mark.alone
@pytest.mark.parametrize(
    "poison",
    [
        pytest.param(_clique(8), id="clique of 8"),
        pytest.param(_clique(30), id="clique of 30"),
        pytest.param(_cube(3), id="cube of 8"),
        pytest.param(_cube(5), id="cube of 32"),
        pytest.param(_chain(500, False), id="chain of 500"),
        pytest.param(_chain(500, True), id="chain of 500, both ways"),
        pytest.param(_list(1_000), id="list of 1,000"),
        pytest.param(_list(100_000), id="list of 100,000"),
        pytest.param(_wide(5_000), id="5,000 twins"),
        pytest.param([(DATASET, "<urn:k>", f'"词{i}"') for i in range(34_866)], id="34,866 keywords"),
        pytest.param([(DATASET, "<urn:t>", '"' + "长" * 3_500_000 + '"')], id="title of 10 MB"),
    ],
)
def test_a_hostile_record_is_recorded_or_refused_within_a_second(poison: Triples):
    text = _text(poison)
    again, _ = _shuffled(poison, random.Random(1))
    start = time.process_time()
    try:
        form: Canonical | None = canonical(text, DATASET)
    except TooComplex:
        form = None
    assert time.process_time() - start < 1
    if form:
        assert canonical(_text(again), DATASET) == form
    else:
        with pytest.raises(TooComplex) as refusal:
            canonical(_text(again), DATASET)
        assert "IRI" in refusal.value.zh
        assert "IRI" in refusal.value.en


def test_a_chain_and_a_short_list_are_ordinary_records():
    canonical(_text(_chain(500, False)), DATASET)
    canonical(_text(_list(1_000)), DATASET)
