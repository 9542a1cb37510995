"""What a question matches and how it is ranked, as tantivy queries."""

from collections.abc import Iterable
from dataclasses import dataclass

import tantivy

from indexer.analysis import Asked, Phrase, Word
from indexer.embedded.schema import schema
from indexer.weights import (
    ALL_WORDS,
    EXACT_TITLE,
    IDENTIFIER,
    INSIDE,
    MAX_WORDS,
    PAIR_ACROSS,
    TITLE_PAIR,
    WEIGHTS,
    enough,
)

_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_Q = tantivy.Query


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` decides what is found, None for everything; `ranked` is the same with scores."""

    match: tantivy.Query | None
    ranked: tantivy.Query


def plan(asked: Asked, searcher: tantivy.Searcher, *, relaxed: bool = False) -> Plan:
    """
    A record matches when it has at least half of the words that were asked for, counting neither words that no
    record has nor words so common that they tell nothing; or is named by title or identifier. `relaxed`: any piece
    of any word will do.
    """
    if not asked.text:
        return Plan(None, _Q.all_query())
    words = asked.words[:MAX_WORDS]
    demands = [(_MUST, _phrase(phrase)) for phrase in asked.phrases]
    demands += [(_NOT, _phrase(phrase)) for phrase in asked.excluded]
    named = _named(asked)
    if words:
        enough = _any_piece(words) if relaxed else _enough(words, searcher)
    elif asked.excluded and not asked.key:
        enough, named = _Q.all_query(), []
    else:
        enough = _Q.empty_query()
    either = _either([enough, *(query for query, _ in named)])
    match = _both(either, demands)
    scores = [(_SHOULD, query) for query in _scores(words, asked, relaxed=relaxed)]
    scores += [(_SHOULD, _Q.const_score_query(query, score)) for query, score in named]
    return Plan(match, _Q.boolean_query([(_MUST, _Q.const_score_query(match, 0.0)), *scores]))


def filtered(query: tantivy.Query | None, filters: Iterable[tantivy.Query]) -> tantivy.Query:
    """`query` (None: everything) among what passes all `filters`, which don't change scores."""
    passed = [(_MUST, _Q.const_score_query(each, 0.0)) for each in filters]
    if query is None:
        return _Q.boolean_query(passed) if passed else _Q.all_query()
    return _Q.boolean_query([(_MUST, query), *passed]) if passed else query


def any_of(facet: str, values: Iterable[str]) -> tantivy.Query:
    return _either([_term(f"in_{facet}", value) for value in values])


def _enough(words: tuple[Word, ...], searcher: tantivy.Searcher) -> tantivy.Query:
    required = [word for word in words if word.required]
    wanted = enough(required, lambda word: _frequency(word, searcher), searcher.num_docs)
    if wanted.at_least == len(wanted.words):
        return _every(wanted.words)
    if wanted.at_least == 1:
        return _either([_has(word) for word in wanted.words])
    return _Q.boolean_query([(_SHOULD, _has(word)) for word in wanted.words], wanted.at_least)


def _frequency(word: Word, searcher: tantivy.Searcher) -> int:
    """At most so many records have the word."""
    field = "pairs" if word.cjk else "codes"
    return min(searcher.doc_freq(field, need) for need in word.needs)


def _has(word: Word) -> tantivy.Query:
    field = "pairs" if word.cjk else "codes"
    return _all_terms([(field, need) for need in word.needs])


def _every(words: Iterable[Word]) -> tantivy.Query:
    terms = dict.fromkeys(("pairs" if word.cjk else "codes", need) for word in words for need in word.needs)
    return _all_terms(list(terms))


def _any_piece(words: tuple[Word, ...]) -> tantivy.Query:
    pieces: dict[tuple[str, str], None] = {}
    for word in words:
        pieces.update(dict.fromkeys(("pairs" if word.cjk else "codes", need) for need in word.needs))
        if not word.cjk:
            letters = (piece for piece in word.inside if len(piece) > 1 and not piece.isdigit())
            pieces.update(dict.fromkeys(("codes", piece) for piece in letters))
    return _either([_term(field, piece) for field, piece in pieces])


def _phrase(phrase: Phrase) -> tantivy.Query:
    """
    Every pair of the phrase in one record. That they follow each other is not asked: who has all pairs of a phrase
    almost always has the phrase, and positions would double the index.
    """
    return _all_terms([*(("pairs", pair) for pair in phrase.pairs), *(("codes", code) for code in phrase.codes)])


def _named(asked: Asked) -> list[tuple[tantivy.Query, float]]:
    found = [(_term("ident", asked.folded), IDENTIFIER)]
    if asked.key:
        found.append((_term("exact", asked.key), EXACT_TITLE))
    return found


def _scores(words: tuple[Word, ...], asked: Asked, *, relaxed: bool) -> list[tantivy.Query]:
    """One clause a word and field. Pieces of a word rank only where they may match, since each clause costs."""
    terms: dict[tuple[str, str], float] = {}
    for word in words:
        for field, weight in WEIGHTS.items():
            terms[field, word.text] = weight
            if relaxed:
                for piece in word.inside:
                    terms.setdefault((field, piece), weight * INSIDE)
    found = [_Q.boost_query(_term(field, text), weight) for (field, text), weight in terms.items()]
    within = {need for word in words for need in word.needs}
    for pair in dict.fromkeys(pair for stretch in asked.stretches for pair in stretch.pairs):
        found.append(_Q.boost_query(_term("title_pairs", pair), TITLE_PAIR))
        if pair not in within:
            found.append(_Q.boost_query(_term("pairs", pair), PAIR_ACROSS))
    required = [word for word in words if word.required]
    if len(required) > 1:
        found.append(_Q.const_score_query(_every(required), ALL_WORDS))
    return found


def _term(field: str, text: str) -> tantivy.Query:
    return _Q.term_query(schema(), field, text, "freq" if field in WEIGHTS else "basic")


def _all_terms(terms: list[tuple[str, str]]) -> tantivy.Query:
    if len(terms) == 1:
        return _term(*terms[0])
    return _Q.boolean_query([(_MUST, _term(field, text)) for field, text in terms])


def _either(queries: list[tantivy.Query]) -> tantivy.Query:
    return queries[0] if len(queries) == 1 else _Q.boolean_query([(_SHOULD, query) for query in queries])


def _both(query: tantivy.Query, demands: list[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
    return _Q.boolean_query([(_MUST, query), *demands]) if demands else query
