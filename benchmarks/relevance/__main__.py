"""
Judged queries against both backends and against plain rankers, by kind of query.

`python -m benchmarks.relevance [--elasticsearch URL | --start-elasticsearch] [--before FILE] [--save FILE]`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.relevance import heldout, patterns, plain, records
from benchmarks.relevance.judgements import DEPTH, Judged, Scores, mean, read, scores
from indexer import elastic, embedded
from indexer.backend import SearchReader
from indexer.document import Document
from indexer.query import Query
from tests.shared_data import SHARED

Ranked = Callable[[str], list[str]]
Measured = dict[str, dict[str, Scores]]
"""Ranker -> query id -> scores."""


def main() -> None:
    options = _options()
    if SHARED is None:
        sys.exit(
            "the judged queries are not here: set SUISHU_TEST_DATA to the folder that has relevance/ and catalogues/"
        )
    judged = read(SHARED / "relevance")
    rows = list(records.raw(SHARED / "catalogues"))
    entries = list(records.documents(rows))
    docid_of = {entry.id: entry.identifiers[0] for entry in entries}
    measured: Measured = {}
    apart: dict[str, Mapping[str, float]] = {}
    judging = patterns.read(rows)
    by_pattern: dict[str, dict[str, float]] = {}
    if not options.only_ours:
        for name, ranker in plain.rankers(rows).items():
            measured[name] = {qid: scores(ranker(query.text), query.grades) for qid, query in judged.items()}
            by_pattern[name] = {each.text: patterns.score(each, ranker(each.text)) for each in judging}
    with _readers(options, entries) as readers:
        for name, reader in readers.items():
            ranked = _ranker(reader, docid_of)
            measured[name] = {qid: scores(ranked(query.text), query.grades) for qid, query in judged.items()}
            by_pattern[name] = {each.text: patterns.score(each, ranked(each.text)) for each in judging}
            if not options.no_heldout:
                apart[name] = heldout.measure(reader, entries)
    _show(judged, measured, _before(options.before))
    if options.queries:
        _show_queries(judged, measured)
    _show_patterns(judging, by_pattern, each_query=options.queries)
    _show_apart(apart)
    if options.save:
        saved = {name: {qid: each._asdict() for qid, each in of.items()} for name, of in measured.items()}
        options.save.write_text(json.dumps(saved, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relevance", description=__doc__)
    parser.add_argument("--elasticsearch", metavar="URL", help="measure this server too; an index of its own is made")
    parser.add_argument("--start-elasticsearch", action="store_true", help="start one as the tests do")
    parser.add_argument("--before", type=Path, help="a file of --save, to compare with")
    parser.add_argument("--save", type=Path, help="keep the scores of every query")
    parser.add_argument("--queries", action="store_true", help="show each query too")
    parser.add_argument("--only-ours", action="store_true", help="leave out the plain rankers")
    parser.add_argument("--no-heldout", action="store_true", help="leave out the queries made from records")
    return parser.parse_args()


@contextmanager
def _readers(options: argparse.Namespace, entries: list[Document]) -> Iterator[dict[str, SearchReader]]:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="suishu-relevance-")))
        place.chmod(0o755)  # a server that is started by root runs as another user
        with embedded.rebuild(place / "index") as writer:
            writer.apply(entries, ())
        found: dict[str, SearchReader] = {"embedded": embedded.EmbeddedReader(place / "index")}
        url = options.elasticsearch
        if options.start_elasticsearch:
            from tests.services import elasticsearch

            folder = place / "elasticsearch"
            stack.callback(elasticsearch.remove, folder)
            try:
                url = elasticsearch.start(folder)
            except elasticsearch.CannotStart as error:
                print(f"Elasticsearch is left out: {error}")
        if url:
            url = f"{url.rstrip('/')}/suishu-relevance"
            with elastic.rebuild(url) as remote:
                remote.apply(entries, ())
            found["elasticsearch"] = elastic.ElasticReader(url)
        yield found


def _ranker(reader: SearchReader, docid_of: Mapping[str, str]) -> Ranked:
    def ranked(text: str) -> list[str]:
        found = reader.search(Query(text, size=DEPTH, facets=(), highlight=False))
        return [docid_of[hit.id] for hit in found.hits]

    return ranked


def _before(path: Path | None) -> Measured:
    said: Any = json.loads(path.read_text()) if path else {}
    return {f"{name} (before)": {qid: Scores(**each) for qid, each in of.items()} for name, of in said.items()}


def _show(judged: Mapping[str, Judged], measured: Measured, before: Measured) -> None:
    kinds = list(dict.fromkeys(query.kind for query in judged.values()))
    ours = [name for name in measured if name in ("embedded", "elasticsearch")]
    everything = {**measured, **{name: of for name, of in before.items() if name.split(" (")[0] in ours}}
    print(f"\n## All {len(judged)} judged queries\n")
    print("| ranker | nDCG@10 | MRR@10 | success@1 | recall@50 | unjudged |\n|---|---|---|---|---|---|")
    for name, of in everything.items():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in mean(of.values())) + " |")
    print("\n## nDCG@10 by kind\n")
    print("| ranker | " + " | ".join(kinds) + " |\n|---" * 1 + "|---" * len(kinds) + "|")
    by_kind = {
        name: [mean(of[qid] for qid, query in judged.items() if query.kind == kind).ndcg for kind in kinds]
        for name, of in everything.items()
    }
    for name, values in by_kind.items():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |")
    plain_ones = [values for name, values in by_kind.items() if name.split(" (")[0] not in ours]
    if plain_ones:
        floor = [max(column) for column in zip(*plain_ones, strict=True)]
        print("| **best plain ranker** | " + " | ".join(f"{value:.3f}" for value in floor) + " |")
        for name in ours:
            short = [kind for kind, has, least in zip(kinds, by_kind[name], floor, strict=True) if has < least]
            print(
                f"\n{name}: {'every kind reaches the best plain ranker' if not short else 'below a plain ranker: ' + ', '.join(short)}"
            )


def _show_queries(judged: Mapping[str, Judged], measured: Measured) -> None:
    print(
        "\n## nDCG@10 of each query\n\n| | kind | query | "
        + " | ".join(measured)
        + " |\n|---"
        + "|---" * (2 + len(measured))
        + "|"
    )
    for qid, query in judged.items():
        print(
            f"| {qid} | {query.kind} | {query.text} | "
            + " | ".join(f"{of[qid].ndcg:.2f}" for of in measured.values())
            + " |"
        )


def _show_patterns(
    judging: Sequence[patterns.Pattern], found: Mapping[str, Mapping[str, float]], *, each_query: bool
) -> None:
    print("\n## Queries that a pattern judges: share of the first ten\n")
    by_kind = {name: patterns.by_kind(judging, scores) for name, scores in found.items()}
    kinds = list(next(iter(by_kind.values())))
    print("| ranker | " + " | ".join(kinds) + " |\n|---" + "|---" * len(kinds) + "|")
    for name, means in by_kind.items():
        print(f"| {name} | " + " | ".join(f"{means[kind]:.3f}" for kind in kinds) + " |")
    if each_query:
        print("\n| kind | query | answers | " + " | ".join(found) + " |\n|---" + "|---" * (2 + len(found)) + "|")
        for each in judging:
            shares = " | ".join(f"{scores[each.text]:.1f}" for scores in found.values())
            print(f"| {each.kind} | {each.text} | {len(each.wanted)} | {shares} |")


def _show_apart(apart: Mapping[str, Mapping[str, float]]) -> None:
    if apart:
        names = list(apart)
        print("\n## Queries made from the records and from common terms, that nobody judged\n")
        print("| | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
        for what in apart[names[0]]:
            print(f"| {what} | " + " | ".join(f"{apart[name][what]:.3f}" for name in names) + " |")


main()
