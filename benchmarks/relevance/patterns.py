"""
Queries whose answer a pattern tells: which titles, of which place, with which columns (`patterns.tsv`).

Written before any result was looked at, so that word lists can't be fitted to them; a coarse judge, but one that
reads every record alike. A query's score: of its first ten, or as many as there are, the share that the pattern has.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.relevance.records import Raw
from indexer.analysis import fold

_FIRST = 10


class Pattern(NamedTuple):
    """`wanted`: the docids that answer the query."""

    kind: str
    text: str
    wanted: frozenset[str]


def read(rows: Sequence[Raw]) -> list[Pattern]:
    """Each query with what answers it among `rows`; raises ValueError where nothing does."""
    read_records = [_Record(each) for each in rows]
    with Path(__file__).with_name("patterns.tsv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = [Pattern(line["kind"], line["query"], _wanted(line, read_records)) for line in lines]
    if unanswerable := [each.text for each in found if not each.wanted]:
        raise ValueError(f"no record answers {unanswerable}")
    return found


def score(pattern: Pattern, ranked: Sequence[str]) -> float:
    return len(pattern.wanted.intersection(ranked[:_FIRST])) / min(_FIRST, len(pattern.wanted))


def by_kind(patterns: Sequence[Pattern], scores: Mapping[str, float]) -> dict[str, float]:
    """The mean of all, and of each kind; `scores` by query."""
    kinds = dict.fromkeys(each.kind for each in patterns)
    of = {"all": patterns} | {kind: [each for each in patterns if each.kind == kind] for kind in kinds}
    return {kind: sum(scores[each.text] for each in some) / len(some) for kind, some in of.items()}


class _Record:
    """What patterns are held against, folded."""

    def __init__(self, raw: Raw) -> None:
        row = raw.row
        self.docid = raw.docid
        self.title = fold(str(row.get("title") or ""))
        self.place = fold(" ".join(str(row.get(name) or "") for name in ("city", "department", "title")))
        self.fields = fold(" ".join(str(row.get(name) or "") for name in ("description", "tags", "fields")))


def _wanted(line: Mapping[str, str], records: Sequence[_Record]) -> frozenset[str]:
    title, place, fields = (re.compile(line[name] or "") for name in ("title", "place", "fields"))
    return frozenset(
        each.docid
        for each in records
        if title.search(each.title) and place.search(each.place) and fields.search(each.fields)
    )
