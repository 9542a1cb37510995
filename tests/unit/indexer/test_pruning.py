"""A pruned plan finds and ranks as the whole one does, with fewer clauses."""

from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import understand
from indexer.embedded.pruning import pruned, scores_only_matches
from indexer.plan import NOTHING, All, Best, Bonus, Clause, Plan, Range, Score, Some, Term, Weighed, plan

Record = frozenset[Term]

TERMS = [Term("pairs", text) for text in "甲乙丙丁戊"]
clauses: st.SearchStrategy[Clause] = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple), st.lists(inner, max_size=1).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=4).map(tuple), st.integers(1, 2)),
    ),
    max_leaves=8,
)
weighed = st.builds(Weighed, st.sampled_from(TERMS), st.sampled_from([1.0, 2.0, 4.0]))
scores: st.SearchStrategy[Score] = st.one_of(
    weighed,
    st.builds(Bonus, clauses, st.just(8.0)),
    st.builds(Best, st.lists(st.lists(weighed, max_size=3).map(tuple), max_size=3).map(tuple)),
)


def matches(clause: Clause, record: Record) -> bool:
    match clause:
        case Term():
            return clause in record
        case All(wanted, without):
            return all(matches(each, record) for each in wanted) and not any(matches(each, record) for each in without)
        case Some(some, at_least):
            return sum(matches(each, record) for each in some) >= at_least
    raise AssertionError(clause)


def total(of: Iterable[Score], record: Record) -> float:
    points = 0.0
    for score in of:
        match score:
            case Weighed(term, weight):
                points += weight * (term in record)
            case Bonus(clause, given_points):
                points += given_points * matches(clause, record)
            case Best(sums):
                points += max([total(each, record) for each in sums], default=0.0)
    return points


def counting(records: Iterable[Record]) -> Callable[[Term], int]:
    return lambda term: sum(term in record for record in records)


@given(clauses, st.lists(scores, max_size=4).map(tuple), st.lists(st.frozensets(st.sampled_from(TERMS)), max_size=5))
def test_what_is_found_and_its_scores_stay_the_same(
    match: Clause, given_scores: tuple[Score, ...], records: list[Record]
) -> None:
    left = pruned(Plan(match, given_scores), counting(records))
    for record in records:
        assert matches(left.match, record) == matches(match, record)
        assert total(left.scores, record) == total(given_scores, record)


def test_alternatives_that_ask_for_more_than_another_are_left_out() -> None:
    made = pruned(Plan(Some((All((TERMS[0], TERMS[1])), TERMS[1], TERMS[2]))), lambda _term: 7)
    assert made.match == Some((TERMS[1], TERMS[2]))


def test_what_no_record_has_is_not_asked_of_the_engine() -> None:
    made = pruned(plan(understand("公积金"), lambda _term: 7, 100), lambda term: 7 if term.field == "pairs" else 0)
    assert made.match == All((Term("pairs", "公积"), Term("pairs", "积金")))
    assert made.scores == ()
    assert pruned(plan(understand("公积金"), lambda _term: 7, 100), lambda _term: 0).match == NOTHING


def test_only_a_word_of_one_pair_is_known_to_match_where_it_scores() -> None:
    def planned(text: str, *more: Score) -> Plan:
        common = plan(understand(text), lambda _term: 90_000, 100_000)
        made = pruned(common, lambda term: term.field not in ("ident", "id", "exact"))
        return made._replace(scores=(*made.scores, *more))

    assert scores_only_matches(planned("数据"))
    assert scores_only_matches(planned("数据", Bonus(Range("by_due", 1, 2), 1.0)))
    assert not scores_only_matches(planned("数据", Bonus(Term("pairs", "乙"), 1.0)))
    assert not scores_only_matches(planned("公积金"))
    assert not scores_only_matches(planned("数据 -贷款"))
