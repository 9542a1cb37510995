"""What is demanded of a record, and what only ranks it."""

from collections.abc import Callable

from indexer.analysis import understand
from indexer.analysis.lists import known_terms
from indexer.plan import EVERYTHING, All, Best, Bonus, Clause, Plan, Some, Term, Weighed, plan, weighed_up
from indexer.weights import COLUMN, PLACE, TITLE_PAIR


def frequencies(**of_tokens: int) -> Callable[[Term], int]:
    return lambda term: of_tokens.get(term.text, 7)


def terms(clause: Clause) -> set[str]:
    """Every token in a clause."""
    return {clause.text} if isinstance(clause, Term) else {text for each in clause.clauses for text in terms(each)}


def demanded(found: Plan) -> set[str]:
    """Tokens of words, without those of a whole title or identifier."""
    assert isinstance(found.match, All)
    first = found.match.clauses[0]
    assert isinstance(first, Some)
    return terms(first.clauses[0])


def test_words_that_nobody_has_or_nearly_everybody_has_are_not_demanded() -> None:
    asked = understand("公积金 道路运输 龘龘")
    found = plan(asked, frequencies(公积=5_000, 积金=5_000, 龘龘=0), 10_000)
    assert demanded(found) == {"道路", "运输"}


def test_where_every_word_is_common_all_are_demanded() -> None:
    found = plan(understand("数据 信息"), frequencies(数据=9_000, 信息=8_000), 10_000)
    assert demanded(found) == {"数据", "信息"}


def test_half_of_the_words_will_do() -> None:
    found = plan(understand("医院 学校 公园"), frequencies(), 1_000)
    assert isinstance(found.match, All)
    assert isinstance(found.match.clauses[0], Some)
    enough = found.match.clauses[0].clauses[0]
    assert isinstance(enough, Some)
    assert enough.at_least == 2


def test_nothing_typed_matches_everything_and_ranks_nothing() -> None:
    assert plan(understand(" "), frequencies(), 10) == Plan(EVERYTHING)


def test_only_exclusions_leave_everything_else() -> None:
    found = plan(understand("-贷款"), frequencies(), 10)
    assert found.match == All((Some((EVERYTHING,)),), (All((Term("pairs", "贷款"),)),))


def test_a_single_word_is_looked_for_without_asking_how_common_it_is() -> None:
    assert weighed_up(understand("公积金")) == []
    assert Term("pairs", "道路") in weighed_up(understand("道路运输"))


def test_a_whole_title_ranks_above_all_that_words_can_add() -> None:
    found = plan(understand("住房公积金 贷款 提取 缴存"), frequencies(), 1_000)
    points = sorted(score.points for score in found.scores if isinstance(score, Bonus))
    assert points[-1] > points[-3] > 100 * points[0]


def test_other_words_match_in_place_of_a_word_and_are_never_demanded_beside_it() -> None:
    found = plan(understand("驾照 换证"), frequencies(), 1_000)
    assert isinstance(found.match, All)
    assert isinstance(found.match.clauses[0], Some)
    enough = found.match.clauses[0].clauses[0]
    assert isinstance(enough, Some)
    licence = enough.clauses[0]
    assert isinstance(licence, Some)
    assert licence.at_least == 1
    assert terms(licence) >= {"驾照", "驾驶", "驶证"}


def test_of_a_word_and_its_other_words_the_best_counts_and_the_other_for_less() -> None:
    (best,) = (score for score in plan(understand("驾照"), frequencies(), 1_000).scores if isinstance(score, Best))
    weights = [
        max(score.weight for score in of if isinstance(score, Weighed) and score.term.field == "title_pairs")
        for of in best.sums
    ]
    assert weights[0] == TITLE_PAIR
    assert all(weight < weights[0] for weight in weights[1:])


def test_a_word_in_very_many_records_gets_no_other_words() -> None:
    assert any(isinstance(score, Best) for score in plan(understand("信息"), frequencies(), 10_000).scores)
    common = plan(understand("信息"), frequencies(信息=9_000), 10_000)
    assert not any(isinstance(score, Best) for score in common.scores)


def test_a_place_beside_a_subject_decides_on_order_and_not_on_what_is_found() -> None:
    found = plan(understand("天河区 图书馆"), frequencies(), 1_000)
    assert "天河" not in demanded(found)
    assert any(isinstance(score, Bonus) and score.points == PLACE for score in found.scores)
    assert "天河" in demanded(plan(understand("天河区"), frequencies(), 1_000))


def test_a_column_beside_a_subject_is_worth_the_same_wherever_it_stands() -> None:
    found = plan(understand("经纬度 公园"), frequencies(), 1_000)
    assert "经纬" not in demanded(found)
    assert any(isinstance(score, Bonus) and score.points == COLUMN for score in found.scores)
    weighed = {score.term.text for score in found.scores if isinstance(score, Weighed)}
    assert not weighed & {"经纬度", "经纬", "纬度"}


def test_what_a_plan_asks_of_an_index_can_be_asked_at_once_before() -> None:
    for typed in ("路灯维修信息", "天河区 发改委 数据 GDP", "养老院", "字段里有经纬度的公园", "a " * 60 + "信息 资讯"):
        asked = understand(typed)
        known = set(weighed_up(asked))

        def frequency(term: Term, known: set[Term] = known) -> int:
            assert term in known
            return 7

        plan(asked, frequency, 1_000)


def test_a_name_that_has_a_pair_twice_is_planned_once() -> None:
    found = plan(understand("行政许可和行政处罚"), frequencies(), 1_000)
    (best,) = [each for each in found.scores if isinstance(each, Best)]
    assert len([each for each in best.sums[0] if each == Weighed(Term("title_pairs", "行政"), TITLE_PAIR)]) == 1


def test_every_word_of_the_lists_can_be_asked_for() -> None:
    for word in known_terms():
        assert plan(understand(word), frequencies(), 1_000).scores, word
