from collections import Counter
from datetime import date

import pytest

from shapes.profile import PROFILES, load
from shapes.validate import validate
from tests.unit.shapes.damage import record

TODAY = date(2026, 11, 1)
pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")
RECORDS = 1000
BATCH = 100


def compare(profile: str, seeds: range) -> Counter[str]:
    """How often each rule was reported, by either engine alike."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        damaged = record(seed)
        fast = validate(damaged, profile, engine="fast", today=TODAY)
        reference = validate(damaged, profile, engine="reference", today=TODAY)
        assert fast == reference, f"seed {seed}: only one engine finds {set(fast.results) ^ set(reference.results)}"
        seen.update(result.rule for result in fast.results)
    return seen


@pytest.mark.parametrize("start", range(0, RECORDS, BATCH))
def test_both_engines_say_the_same_of_damaged_records_under_guangzhou(start: int) -> None:
    assert compare("guangzhou", range(start, start + BATCH)).total() > BATCH


@pytest.mark.parametrize("profile", ["intake", "dcat-ap"])
def test_both_engines_say_the_same_of_damaged_records_under_the_other_profiles(profile: str) -> None:
    assert compare(profile, range(0, RECORDS, 10)).total() > 0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("profile", PROFILES)
def test_both_engines_say_the_same_of_damaged_records_under_every_profile(profile: str) -> None:
    assert compare(profile, range(RECORDS, 2 * RECORDS)).total() > 0


def test_damage_reaches_nearly_every_rule_of_guangzhou() -> None:
    broken = {
        result.rule for seed in range(RECORDS) for result in validate(record(seed), "guangzhou", today=TODAY).results
    }
    rules = {rule.name for rule in load("guangzhou").rules.values()}
    assert len(broken) >= 0.9 * len(rules), f"never broken: {sorted(rules - broken)}"
