from datetime import UTC, datetime, timedelta

from app.harvesting.missing import Verdict, judge

NOW = datetime(2026, 11, 20, tzinfo=UTC)
GRACE = timedelta(days=14)


def days_ago(number: int) -> datetime:
    return NOW - timedelta(days=number)


def test_nothing_is_withdrawn_inside_the_grace() -> None:
    assert judge({"a": days_ago(13)}, 100, NOW, grace=GRACE, limit_percent=20) == Verdict()


def test_what_is_missing_for_the_whole_grace_is_withdrawn() -> None:
    missing = {"a": days_ago(14), "b": days_ago(3), "c": days_ago(90)}
    assert judge(missing, 100, NOW, grace=GRACE, limit_percent=20) == Verdict(withdrawn=("a", "c"))


def test_too_much_missing_at_once_waits_for_a_person() -> None:
    missing = {str(number): days_ago(20) for number in range(21)}
    assert judge(missing, 100, NOW, grace=GRACE, limit_percent=20) == Verdict(held=tuple(sorted(missing)))


def test_just_as_much_as_the_limit_is_withdrawn() -> None:
    missing = {str(number): days_ago(20) for number in range(20)}
    assert len(judge(missing, 100, NOW, grace=GRACE, limit_percent=20).withdrawn) == 20


def test_recent_losses_count_towards_the_limit() -> None:
    missing = {"a": days_ago(20)} | {str(number): days_ago(0) for number in range(30)}
    assert judge(missing, 100, NOW, grace=GRACE, limit_percent=20) == Verdict(held=tuple(sorted(missing)))


def test_a_persons_word_stands_above_grace_and_limit() -> None:
    assert judge({"a": NOW}, 1, NOW, grace=timedelta(0), limit_percent=100) == Verdict(withdrawn=("a",))
