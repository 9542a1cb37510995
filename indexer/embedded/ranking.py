"""A plan as tantivy queries: translation only, nothing is decided here."""

from collections.abc import Iterable, Sequence

import tantivy

from indexer.analysis import clean
from indexer.embedded.schema import TIE_BITS, TIE_MASK, schema
from indexer.plan import All, Best, Bonus, Clause, Range, Score, Some, Term, Weighed
from indexer.weights import WEIGHTS

_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_Q = tantivy.Query


def query(clause: Clause) -> tantivy.Query:
    """What matches; its scores mean nothing."""
    match clause:
        case Term(field, text):
            return _Q.term_query(schema(), field, text, "freq" if field in WEIGHTS else "basic")
        case Range(field, first, last):
            return _Q.range_query(
                schema(), field, tantivy.FieldType.Unsigned, first << TIE_BITS, (last << TIE_BITS) | TIE_MASK
            )
        case All((), ()):
            return _Q.all_query()
        case All((one,), ()) | Some((one,), 1):
            return query(one)
        case All(clauses, without):
            wanted = [(_MUST, query(each)) for each in clauses] or [(_MUST, _Q.all_query())]
            return _Q.boolean_query([*wanted, *((_NOT, query(each)) for each in without)])
        case Some((), _):
            return _Q.empty_query()
        case Some(clauses, at_least):
            each_of = [(_SHOULD, query(each)) for each in clauses]
            return _Q.boolean_query(each_of, None if at_least == 1 else at_least)


def ranked(matching: tantivy.Query, scores: Iterable[Score]) -> tantivy.Query:
    """The same matches with scores."""
    added = [(_SHOULD, _score(each)) for each in scores]
    return _Q.boolean_query([(_MUST, _Q.const_score_query(matching, 0.0)), *added]) if added else matching


def scored(matching: tantivy.Query, scores: Iterable[Score]) -> tantivy.Query:
    """Of the same matches those that have any score, where a word's score is known to be of a match only."""
    each_of = []
    for score in scores:
        if isinstance(score, Bonus):  # which records have that don't match
            both = _Q.boolean_query([(_MUST, matching), (_MUST, query(score.clause))])
            each_of.append((_SHOULD, _Q.const_score_query(both, score.points)))
        else:
            each_of.append((_SHOULD, _score(score)))
    return _Q.boolean_query(each_of)


def filtered(matching: tantivy.Query, filters: Iterable[tantivy.Query]) -> tantivy.Query:
    """`matching` among what passes all `filters`, which don't change scores."""
    passed = [(_MUST, _Q.const_score_query(each, 0.0)) for each in filters]
    return _Q.boolean_query([(_MUST, matching), *passed]) if passed else matching


def any_of(facet: str, values: Iterable[str]) -> tantivy.Query:
    return query(Some(tuple(Term(f"in_{facet}", value) for value in values)))


def among(ids: Sequence[str]) -> tantivy.Query:
    return _Q.term_set_query(schema(), "id", [clean(id_) for id_ in ids])


def _score(score: Score) -> tantivy.Query:
    match score:
        case Weighed(term, weight):
            return _Q.boost_query(query(term), weight)
        case Bonus(clause, points):
            return _Q.const_score_query(query(clause), points)
        case Best(sums):
            return _Q.disjunction_max_query([_Q.boolean_query([(_SHOULD, _score(each)) for each in of]) for of in sums])
