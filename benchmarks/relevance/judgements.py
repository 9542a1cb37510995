"""Judged queries, read; and the measures of a ranking."""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

WANTED = 2
"""The grade from which a record counts as found, where a measure knows only yes and no."""

DEPTH = 50
"""Records looked at of each answer."""


class Judged(NamedTuple):
    """`grades`: what was judged of the records, by docid."""

    kind: str
    text: str
    grades: dict[str, int]


class Scores(NamedTuple):
    """`unjudged` is the share of the first ten that nobody has judged."""

    ndcg: float
    mrr: float
    first: float
    recall: float
    unjudged: float


def read(folder: Path) -> dict[str, Judged]:
    """The queries of `queries.tsv` with the grades of `qrels.tsv`, by id."""
    with (folder / "queries.tsv").open(encoding="utf-8") as file:
        found = {
            row["qid"]: Judged(row["kind"], row["query"], {})
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    with (folder / "qrels.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["qid"]].grades[row["docid"]] = int(row["grade"])
    return found


def scores(ranked: Sequence[str], grades: Mapping[str, int]) -> Scores:
    """nDCG@10 with gain 2^grade - 1, MRR@10, success@1, recall@50 over at most 50; no answer scores nothing."""
    wanted = {docid for docid, grade in grades.items() if grade >= WANTED}
    ten = ranked[:10]
    best = _gain(sorted(grades.values(), reverse=True)[:10])
    return Scores(
        _gain([grades.get(docid, 0) for docid in ten]) / best if best else 0.0,
        next((1 / place for place, docid in enumerate(ten, 1) if docid in wanted), 0.0),
        float(bool(ten) and ten[0] in wanted),
        len(wanted.intersection(ranked[:DEPTH])) / min(len(wanted), DEPTH) if wanted else 0.0,
        sum(docid not in grades for docid in ten) / len(ten) if ten else 0.0,
    )


def mean(found: Iterable[Scores]) -> Scores:
    rows = list(found)
    return Scores(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))
