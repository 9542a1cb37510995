"""
A plan for one commit of an index: without what no record has, and without what something else in it makes needless.

The engine pays for every clause, once where it counts and once where it ranks. What is found stays the same, and so
does its order.
"""

from collections.abc import Callable, Iterable, Sequence

from indexer.plan import NOTHING, All, Best, Bonus, Clause, Plan, Range, Score, Some, Term, Weighed
from indexer.weights import WEIGHTS

Frequency = Callable[[Term], int]


def pruned(plan: Plan, frequency: Frequency) -> Plan:
    """`frequency` tells in how many records a token is; records that were removed may count."""
    there: dict[Term, bool] = {}

    def is_there(term: Term) -> bool:
        found = there.get(term)
        if found is None:
            found = there[term] = frequency(term) > 0
        return found

    return Plan(_clause(plan.match, is_there), tuple(_scores(plan.scores, is_there)))


def scores_only_matches(plan: Plan) -> bool:
    """
    Does what has the score of any word match too? Known of a word of two characters, whose pair every record has that
    has the word.
    """
    match = plan.match
    if not isinstance(match, Term) or match.field != "pairs":
        return False
    words = [each for each in plan.scores if not (isinstance(each, Bonus) and isinstance(each.clause, Range))]
    return bool(words) and all(isinstance(each, Weighed) and _holds(each.term, match.text) for each in words)


def _holds(term: Term, pair: str) -> bool:
    return pair in term.text if term.field in WEIGHTS else term == ("title_pairs", pair)


IsThere = Callable[[Term], bool]


def _clause(clause: Clause, is_there: IsThere) -> Clause:
    match clause:
        case Term():
            return clause if is_there(clause) else NOTHING
        case All(clauses, without):
            return _all([_clause(each, is_there) for each in clauses], [_clause(each, is_there) for each in without])
        case Some(clauses, 1):
            return _any([_clause(each, is_there) for each in clauses])
        case Some(clauses, at_least):
            left = [found for each in clauses if (found := _clause(each, is_there)) != NOTHING]
            return Some(tuple(left), at_least) if len(left) >= at_least else NOTHING
    return clause


def _all(clauses: Sequence[Clause], without: Sequence[Clause]) -> Clause:
    if NOTHING in clauses:
        return NOTHING
    left = tuple([each for each in without if each != NOTHING])
    return clauses[0] if len(clauses) == 1 and not left else All(tuple(clauses), left)


def _any(clauses: Iterable[Clause]) -> Clause:
    """Of alternatives, one that asks for more than another finds nothing more: 公共 and 停车场 beside 停车场."""
    flat: list[Clause] = []
    for each in clauses:
        flat += each.clauses if isinstance(each, Some) and each.at_least == 1 else (each,)
    if len(flat) > 1:
        needs = {each: _terms(each) for each in flat}
        flat = [
            each
            for each, own in needs.items()
            if own is None or not any(other is not None and other < own for other in needs.values())
        ]
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def _terms(clause: Clause) -> frozenset[Clause] | None:
    """The terms that a record must have, where the clause says nothing else."""
    if isinstance(clause, Term):
        return frozenset((clause,))
    if isinstance(clause, All) and clause.clauses and not clause.without:
        return frozenset(clause.clauses) if all(isinstance(each, Term) for each in clause.clauses) else None
    return None


def _scores(scores: Iterable[Score], is_there: IsThere) -> Iterable[Score]:
    for score in scores:
        match score:
            case Weighed(term):
                if is_there(term):
                    yield score
            case Bonus(clause, points):
                left = _clause(clause, is_there)
                if left != NOTHING:
                    yield Bonus(left, points)
            case Best(sums):
                yield from _best([tuple(_scores(each, is_there)) for each in sums])


def _best(sums: Iterable[tuple[Score, ...]]) -> Iterable[Score]:
    """A sum is never the best beside one that has all its words and gives no less for them."""
    kept: list[tuple[Score, ...]] = []
    for each in sums:
        if each and not any(_gives_no_less(other, each) for other in kept):
            kept.append(each)
    if len(kept) == 1:
        return kept[0]
    return (Best(tuple(kept)),) if kept else ()


def _gives_no_less(one: Sequence[Score], other: Sequence[Score]) -> bool:
    given = {score.term: score.weight for score in one if isinstance(score, Weighed)}
    words = {score.term: score.weight for score in other if isinstance(score, Weighed)}
    return len(words) == len(other) and all(given.get(term, 0.0) >= weight for term, weight in words.items())
