"""Judged queries over real records: a floor under the mean, and under each kind what plain rankers reach."""

from pathlib import Path

import pytest

from benchmarks.relevance import plain, records
from benchmarks.relevance.judgements import DEPTH, Scores, mean, read, scores
from indexer import embedded
from indexer.query import Query
from tests.shared_data import SHARED, needs_shared

LEAST = 0.83


@pytest.mark.slow
@needs_shared
@pytest.mark.timeout(600)
def test_judged_queries_are_answered_well_and_each_kind_better_than_by_any_plain_ranker(tmp_path: Path) -> None:
    assert SHARED
    judged = read(SHARED / "relevance")
    rows = list(records.raw(SHARED / "catalogues"))
    entries = list(records.documents(rows))
    with embedded.rebuild(tmp_path / "index") as writer:
        writer.apply(entries, ())
    reader = embedded.EmbeddedReader(tmp_path / "index")
    docid_of = {entry.id: entry.identifiers[0] for entry in entries}

    def ours(text: str) -> list[str]:
        hits = reader.search(Query(text, size=DEPTH, facets=(), highlight=False)).hits
        return [docid_of[hit.id] for hit in hits]

    found = {qid: scores(ours(query.text), query.grades) for qid, query in judged.items()}
    assert mean(found.values()).ndcg >= LEAST

    def by_kind(of: dict[str, Scores]) -> dict[str, float]:
        kinds = dict.fromkeys(query.kind for query in judged.values())
        return {kind: mean(each for qid, each in of.items() if judged[qid].kind == kind).ndcg for kind in kinds}

    reached = by_kind(found)
    for name, ranker in plain.rankers(rows).items():
        floor = by_kind({qid: scores(ranker(query.text), query.grades) for qid, query in judged.items()})
        assert [kind for kind in reached if reached[kind] < floor[kind]] == [], name
