"""A source that says the same in other words at every answer has no changes."""

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import metadata
from app.harvesting.tables import run
from app.settings import Settings
from app.wiring import Portal, build
from benchmarks import generate

ENTRIES = 40
_LABEL = re.compile(r"_:[A-Za-z0-9]+")
_BLANKS = ("  ", "\t", "\n", " \r\n\t", ' # 一句注释 <https://x.example/> "x"@en .\n ')


def answer(chance: random.Random) -> str:
    """Turtle: another order of entries and of their statements, other labels, white space and case of tags."""
    entries = [generate.entry(number).splitlines() for number in range(ENTRIES)]
    chance.shuffle(entries)
    said = [line for lines in entries for line in lines]
    if chance.random() < 0.5:
        chance.shuffle(said)  # entries stand in each other, too
    labels: dict[str, str] = {}
    fresh = iter(chance.sample(range(10**6), len(said)))

    def other(match: re.Match[str]) -> str:
        return labels.get(match[0]) or labels.setdefault(match[0], f"_:x{next(fresh)}")

    written = []
    for line in said:
        subject, predicate, object_ = line.removesuffix(" .").split(" ", 2)
        tagged = object_.replace('"@zh-Hans', chance.choice(('"@zh-hans', '"@ZH-HANS', '"@zh-Hans', '"@Zh-hAnS')))
        terms = [subject, predicate, tagged] if tagged[0] == '"' else [subject, predicate, _LABEL.sub(other, tagged)]
        terms[0] = _LABEL.sub(other, subject)
        written.append("".join(term + chance.choice(_BLANKS) for term in terms) + ".")
    return "".join(statement + chance.choice(_BLANKS) for statement in written)


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return build(Settings(home=tmp_path / "home", base_url="http://portal.example"))


def rows(portal: Portal) -> dict[str, int]:
    """How many rows every table has, but for the runs themselves."""
    with portal.database.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
            if table is not run
        }


def test_order_labels_white_space_and_the_case_of_tags_are_no_change(portal: Portal, tmp_path: Path) -> None:
    chance = random.Random(20261127)
    file = tmp_path / "restless.ttl"
    file.write_text(answer(chance), encoding="utf-8")
    first = portal.harvesting.harvest_location(str(file)).report
    assert (first.seen, first.new) == (ENTRIES, ENTRIES)
    before = rows(portal)
    for _ in range(6):
        file.write_text(answer(chance), encoding="utf-8")
        again = portal.harvesting.harvest_location(str(file)).report
        assert (again.seen, again.unchanged) == (ENTRIES, ENTRIES)
        assert (again.new, again.changed, again.gone, again.quarantined) == (0, 0, 0, 0)
    assert rows(portal) == before


def test_one_changed_letter_among_all_that_is_found(portal: Portal, tmp_path: Path) -> None:
    chance = random.Random(7)
    file = tmp_path / "restless.ttl"
    file.write_text(answer(chance), encoding="utf-8")
    portal.harvesting.harvest_location(str(file))
    file.write_text(answer(chance).replace("第7号", "第七号"), encoding="utf-8")
    again = portal.harvesting.harvest_location(str(file)).report
    assert (again.changed, again.unchanged) == (1, ENTRIES - 1)
