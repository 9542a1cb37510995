"""A question as the body that Elasticsearch is sent. Pure: golden files hold every shape of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from indexer.analysis import Asked, Phrase, Word
from indexer.elastic.mapping import clean
from indexer.query import FACETS, MAX_PAGE_SIZE, Query, Sort
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

Clause = dict[str, Any]
Frequency = Callable[[Word], int]

_ALL: Clause = {"match_all": {}}
_NONE: Clause = {"match_none": {}}
_MAX_FACET_SIZE = 1_000


def required(asked: Asked) -> list[Word]:
    return [word for word in asked.words[:MAX_WORDS] if word.required]


def frequencies(needs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """How many records have each of these (field, token), in order."""
    filters = {str(number): {"term": {field: clean(token)}} for number, (field, token) in enumerate(needs)}
    return {"size": 0, "track_total_hits": True, "aggs": {"needs": {"filters": {"filters": filters}}}}


def match(asked: Asked, frequency: Frequency, records: int, *, relaxed: bool = False) -> Clause:
    """What is found: enough of the words, or what is named by title or identifier. `relaxed`: any piece of a word."""
    if not asked.text:
        return _ALL
    words = asked.words[:MAX_WORDS]
    named = [clause for clause, _ in _named(asked)]
    if words and relaxed:
        found = _any_piece(words)
    elif words:
        wanted = enough(required(asked), frequency, records)
        found = [_at_least([_has(word) for word in wanted.words], wanted.at_least)]
    elif asked.excluded and not asked.key:
        found, named = [_ALL], []
    else:
        found = [_NONE]
    clause: Clause = {"bool": {"filter": [_either([*found, *named]), *map(_phrase, asked.phrases)]}}
    if asked.excluded:
        clause["bool"]["must_not"] = [_phrase(phrase) for phrase in asked.excluded]
    return clause


def ranked(asked: Asked, matching: Clause, *, relaxed: bool = False) -> Clause:
    """`matching` with scores."""
    scores = [*_scores(asked, relaxed=relaxed), *(_constant(clause, score) for clause, score in _named(asked))]
    return {"bool": {"filter": [matching], "should": scores}}


def body(
    question: Clause, query: Query, chosen: Mapping[str, tuple[str, ...]], order: Sort, start: int | list[Any]
) -> dict[str, Any]:
    """
    One page (one hit more, to know whether there is a next), the exact total, and each facet's counts without its own
    filter. Filters of facets that are counted come after the query, and each facet repeats the others'.
    """
    wanted = [facet for facet in FACETS if facet in query.facets]
    filters = {facet: {"terms": {f"in_{facet}": list(values)}} for facet, values in chosen.items()}
    before = [clause for facet, clause in filters.items() if facet not in wanted]
    after = [clause for facet, clause in filters.items() if facet in wanted]
    size = page_size(query)
    found: dict[str, Any] = {
        "query": {"bool": {"must": [question], "filter": before}} if before else question,
        "size": size + 1 if size else 0,
        "track_total_hits": True,
        "sort": _order(order),
    }
    if after:
        found["post_filter"] = {"bool": {"filter": after}}
    if isinstance(start, list):
        found["search_after"] = start
    elif start:
        found["from"] = start
    if wanted:
        found["aggs"] = {
            facet: _counts(
                facet,
                [filters[other] for other in wanted if other != facet and other in filters],
                chosen.get(facet, ()),
                query.facet_size,
            )
            for facet in wanted
        }
    return found


def place(scored: Clause, id_: str) -> dict[str, Any]:
    """Sort values of one hit of a ranked question."""
    query = {"bool": {"must": [scored], "filter": [{"term": {"id": id_}}]}}
    return {"query": query, "size": 1, "source": False, "sort": _order(Sort.RELEVANCE)}


def page_size(query: Query) -> int:
    return max(0, min(query.size, MAX_PAGE_SIZE))


def facet_size(query: Query) -> int:
    return max(0, min(query.facet_size, _MAX_FACET_SIZE))


def chosen_filters(query: Query) -> dict[str, tuple[str, ...]]:
    """The filters that mean something: known facets, with at least one value."""
    chosen = {}
    for facet in FACETS:
        values = tuple(dict.fromkeys(clean(value) for value in query.filters.get(facet, ()) if value))
        if values:
            chosen[facet] = values
    return chosen


def _counts(facet: str, others: list[Clause], own: tuple[str, ...], size: int) -> Clause:
    terms = {"field": f"in_{facet}", "size": max(1, min(size, _MAX_FACET_SIZE))}
    inner: dict[str, Any] = {"top": {"terms": terms}}
    if own:
        # Chosen values are shown however rare they are.
        inner["own"] = {"terms": {"field": f"in_{facet}", "include": list(own), "size": len(own)}}
    return {"filter": {"bool": {"filter": others}} if others else _ALL, "aggs": inner}


def _order(order: Sort) -> list[Clause]:
    by_id: Clause = {"id": "asc"}
    if order is Sort.RELEVANCE:
        return [{"_score": "desc"}, {"by_modified": "desc"}, by_id]
    return [{f"by_{order}": "desc"}, by_id]


def _needs(word: Word) -> list[tuple[str, str]]:
    return [("pairs" if word.cjk else "codes", need) for need in word.needs]


def needs(words: Iterable[Word]) -> list[tuple[str, str]]:
    """The (field, token) that a record with these words has, each once."""
    return list(dict.fromkeys(need for word in words for need in _needs(word)))


def _has(word: Word) -> Clause:
    return _all(_needs(word))


def _any_piece(words: Sequence[Word]) -> list[Clause]:
    pieces = dict.fromkeys(needs(words))
    for word in words:
        if not word.cjk:
            letters = (piece for piece in word.inside if len(piece) > 1 and not piece.isdigit())
            pieces.update(dict.fromkeys(("codes", piece) for piece in letters))
    return [_term(field, piece) for field, piece in pieces]


def _phrase(phrase: Phrase) -> Clause:
    """Every pair of the phrase in one record; positions would double the index and tell little more."""
    return _all([*(("pairs", pair) for pair in phrase.pairs), *(("codes", code) for code in phrase.codes)])


def _named(asked: Asked) -> list[tuple[Clause, float]]:
    found = [(_term("ident", asked.folded), IDENTIFIER)]
    if asked.key:
        found.append((_term("exact", asked.key), EXACT_TITLE))
    return found


def _scores(asked: Asked, *, relaxed: bool) -> list[Clause]:
    terms: dict[tuple[str, str], float] = {}
    for word in asked.words[:MAX_WORDS]:
        for field, weight in WEIGHTS.items():
            terms[field, word.text] = weight
            for piece in word.inside if relaxed else ():
                terms.setdefault((field, piece), weight * INSIDE)
    found = [_term(field, text, boost=weight) for (field, text), weight in terms.items()]
    within = {need for word in asked.words[:MAX_WORDS] for need in word.needs}
    for pair in dict.fromkeys(pair for stretch in asked.stretches for pair in stretch.pairs):
        found.append(_term("title_pairs", pair, boost=TITLE_PAIR))
        if pair not in within:
            found.append(_term("pairs", pair, boost=PAIR_ACROSS))
    words = required(asked)
    if len(words) > 1:
        found.append(_constant(_all(needs(words)), ALL_WORDS))
    return found


def _term(field: str, text: str, *, boost: float | None = None) -> Clause:
    value = clean(text)
    return {"term": {field: value if boost is None else {"value": value, "boost": boost}}}


def _constant(clause: Clause, score: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": score}}


def _all(terms: Sequence[tuple[str, str]]) -> Clause:
    if len(terms) == 1:
        return _term(*terms[0])
    return {"bool": {"filter": [_term(field, text) for field, text in terms]}}


def _either(clauses: Sequence[Clause]) -> Clause:
    return _at_least(clauses, 1)


def _at_least(clauses: Sequence[Clause], number: int) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    if number == len(clauses):
        return {"bool": {"filter": list(clauses)}}
    return {"bool": {"should": list(clauses), "minimum_should_match": number}}
