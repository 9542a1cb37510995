import pytest

from app.sparql.chart import chart
from app.web.charts import MAX_BARS

I = "integer"  # noqa: E741


def test_names_and_numbers_become_bars_in_the_order_of_the_rows() -> None:
    drawn = chart(("name", "n"), [[("教育", ""), ("10", I)], [("交通", ""), ("40", I)]])
    assert drawn is not None
    assert [(bar.label, bar.value, bar.width) for bar in drawn.bars] == [("教育", "10", 115.0), ("交通", "40", 460.0)]
    assert (drawn.names, drawn.numbers, drawn.more) == ("name", "n", False)


def test_of_an_address_and_a_word_the_word_is_drawn_and_long_names_are_shortened() -> None:
    rows = [[("https://x.example/1", ""), ("广州市规划和自然资源局（示例）", ""), ("1.5", "decimal")]] * 2
    drawn = chart(("iri", "name", "n"), rows)
    assert drawn is not None
    assert drawn.bars[0].label == "广州市规划和自然资源局…"
    assert drawn.bars[0].title == "广州市规划和自然资源局（示例）"


def test_many_rows_are_drawn_in_part() -> None:
    drawn = chart(("a", "b"), [[(str(n), ""), ("1", I)] for n in range(100)])
    assert drawn is not None
    assert (len(drawn.bars), drawn.more) == (MAX_BARS, True)


@pytest.mark.parametrize(
    "rows",
    [
        [[("a", ""), ("1", I)]],
        [[("a", ""), ("1", I)], [("b", ""), ("-1", I)]],
        [[("a", ""), ("1", I)], [("b", ""), ("", "")]],
        [[("a", ""), ("0", I)], [("b", ""), ("0", I)]],
        [[("1", I), ("1", I)], [("2", I), ("2", I)]],
        [[("a", ""), ("b", "")], [("a", ""), ("b", "")]],
        [[("a", ""), ("INF", "double")], [("b", ""), ("NaN", "double")]],
    ],
)
def test_what_is_no_list_of_names_and_numbers_is_not_drawn(rows: list[list[tuple[str, str]]]) -> None:
    assert chart(("a", "b"), rows) is None


def test_years_become_a_line_on_which_a_missing_year_is_a_gap() -> None:
    rows = [[("2020", ""), ("10", I)], [("2021", ""), ("30", I)], [("2024", ""), ("20", I)]]
    drawn = chart(("year", "n"), rows)
    assert drawn is not None
    assert drawn.line is not None
    x = [point.x for point in drawn.line.points]
    assert x[2] - x[1] == pytest.approx(3 * (x[1] - x[0]), abs=0.2)
    assert [rule[1] for rule in drawn.line.rules] == ["0", "20", "40"]
    assert min(point.y for point in drawn.line.points) == drawn.line.points[1].y


def test_years_may_be_numbers_and_come_in_any_order() -> None:
    rows = [[("2024", I), ("2", I)], [("2019", I), ("1", I)], [("2020-06", ""), ("5", I)]]
    drawn = chart(("year", "n"), rows)
    assert drawn is not None
    assert drawn.line is not None
    assert [point.time for point in drawn.line.points] == ["2019", "2020-06", "2024"]


@pytest.mark.parametrize("times", [("2020", "2020", "2021"), ("2020-13", "2021", "2022")])
def test_times_that_come_twice_or_are_none_are_not_drawn_as_a_line(times: tuple[str, ...]) -> None:
    drawn = chart(("year", "n"), [[(time, ""), ("1", I)] for time in times])
    assert drawn is None or drawn.line is None
