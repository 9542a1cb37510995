from datetime import date
from pathlib import Path

import pytest

from shapes.profile import PROFILES, load
from shapes.validate import validate
from tests.unit.shapes.examples import INVALID, VALID, ntriples

TODAY = date(2026, 11, 1)
PASSES = {"federated": ("intake",), "dcat-ap": PROFILES}


def profile_of(rule: str) -> str:
    return next(name for name in PROFILES if rule.startswith(f"{name}-"))


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("example", VALID, ids=name)
def test_a_valid_example_gives_no_result_at_all(example: Path) -> None:
    for profile in PASSES.get(example.stem, ("intake", "guangzhou")):
        report = validate(ntriples(example), profile, today=TODAY)
        assert report.results == ()
        assert report.conforms


@pytest.mark.parametrize("example", INVALID, ids=name)
def test_an_invalid_example_breaks_the_rule_in_its_name_and_no_other(example: Path) -> None:
    report = validate(ntriples(example), profile_of(example.stem), today=TODAY)
    assert {result.rule for result in report.results} == {example.stem}


def test_every_rule_of_our_own_profiles_has_an_example_that_breaks_it() -> None:
    rules = {rule.name for profile in ("intake", "guangzhou") for rule in load(profile).rules.values()}
    assert rules <= {example.stem for example in INVALID}


@pytest.mark.parametrize("example", VALID + INVALID, ids=name)
@pytest.mark.parametrize("profile", PROFILES)
def test_both_engines_say_the_same_of_every_example(example: Path, profile: str) -> None:
    record = ntriples(example)
    fast = validate(record, profile, engine="fast", today=TODAY)
    assert fast == validate(record, profile, engine="reference", today=TODAY)
