"""The measures of a ranking, by hand-made rankings."""

import pytest

from benchmarks.relevance.judgements import mean, scores

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}


def test_the_best_order_scores_one_in_all() -> None:
    best = scores(["a", "b", "c", "d"], GRADES)
    assert best == (pytest.approx(1.0), 1.0, 1.0, 1.0, 0.0)


def test_a_gain_grows_with_the_grade_and_falls_with_the_place() -> None:
    # 7/log2(3) + 3 of 7 + 3/log2(3) + 1/2: gain 2^grade - 1, discount log2(place + 1)
    found = scores(["b", "a"], GRADES)
    assert found.ndcg == pytest.approx((3 + 7 / 1.58496) / (7 + 3 / 1.58496 + 1 / 2), abs=1e-4)


def test_success_and_reciprocal_rank_want_a_grade_of_two() -> None:
    found = scores(["c", "x", "b"], GRADES)
    assert (found.first, found.mrr) == (0.0, pytest.approx(1 / 3))
    assert found.recall == 0.5
    assert found.unjudged == pytest.approx(1 / 3)


def test_no_answer_scores_nothing() -> None:
    assert scores([], GRADES) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_means_are_of_each_measure() -> None:
    assert mean([scores([], GRADES), scores(["a", "b", "c"], GRADES)]).ndcg == pytest.approx(0.5)
