import re
from pathlib import Path

import pytest

import harvest
from app.harvesting.reasons import Words, in_words
from shapes.profile import load
from vocab.notes import Kind

HARVEST = Path(next(iter(harvest.__path__)))


def _remarks() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in HARVEST.rglob("*.py"))
    return set(re.findall(r'f?"((?:un|link|key)[a-z]*-[a-z-]+): ', text))


@pytest.mark.parametrize("rule", sorted(_remarks() | {kind.value for kind in Kind}))
def test_every_remark_of_the_harvest_has_words_in_both_languages(rule: str) -> None:
    assert in_words(rule).zh.endswith("。")
    assert in_words(rule).en.endswith(".")


def test_a_rule_of_a_profile_speaks_for_itself() -> None:
    for rule in load("intake").rules.values():
        assert in_words(rule.name) == Words(rule.message["zh-Hans"], rule.message["en"], rule.article)


def test_a_rule_that_nobody_knows_is_called_by_its_name() -> None:
    assert in_words("never-heard-of") == Words("never-heard-of", "never-heard-of")
