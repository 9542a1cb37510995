"""The demonstration catalogue, harvested as `suishu demo` does it, with a recorder that only remembers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from harvest.record import Accepted, Known, Problem, Quarantined, RunReport
from harvest.run import run
from harvest.sources import open_source
from shapes.validate import Result, validate
from vocab.namespaces import DCT, FOAF

DEMO = Path(__file__).parents[3] / "app" / "demo"
TODAY = date(2026, 11, 23)
"""The day the catalogue was written for; its dates lie before it."""


@dataclass
class Memory:
    kept: list[Accepted] = field(default_factory=list)
    refused: list[Quarantined] = field(default_factory=list)

    def known(self) -> dict[str, Known]:
        return {}

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        for record in batch:
            if isinstance(record, Accepted):
                self.kept.append(record)
            else:
                self.refused.append(record)

    def seen_all(self, gone: Sequence[str]) -> None:
        assert not gone


@dataclass(frozen=True)
class Entry:
    """One recorded entry: its own code, its record, and what `guangzhou` finds in it."""

    code: str
    record: Accepted
    findings: tuple[Result, ...]

    @property
    def published(self) -> bool:
        return not any(found.severity == "violation" for found in self.findings)

    @property
    def rules(self) -> set[str]:
        return {found.rule for found in self.findings}

    def texts(self, predicate: str) -> list[str]:
        """The dataset's own values of a property, as N-Triples writes them."""
        start = f"<urn:suishu:dataset/{self.record.id}> <{predicate}> "
        return [line[len(start) : -2] for line in self.record.ntriples.decode().splitlines() if line.startswith(start)]

    @property
    def publisher(self) -> str:
        node = self.texts(DCT.publisher)[0]
        start = f"{node} <{FOAF.name}> "
        names = [line for line in self.record.ntriples.decode().splitlines() if line.startswith(start)]
        return names[0][len(start) :].split('"')[1]


@dataclass(frozen=True)
class Harvest:
    report: RunReport
    entries: tuple[Entry, ...]
    refused: tuple[Quarantined, ...]


def sources() -> list[dict[str, str]]:
    return yaml.safe_load((DEMO / "sources.yaml").read_text(encoding="utf-8"))


@cache
def harvested() -> dict[str, Harvest]:
    """Source id -> what a first harvest of it brings."""
    return {each["id"]: _harvest(each) for each in sources()}


def entries() -> dict[str, Entry]:
    return {entry.code: entry for one in harvested().values() for entry in one.entries}


def _harvest(each: dict[str, str]) -> Harvest:
    memory = Memory()
    mapping = DEMO / each["mapping"] if "mapping" in each else None
    source = open_source(str(DEMO / each["file"]), dialect=each["dialect"], mapping=mapping)
    report = run(source, memory, _intake, source_id=each["id"], base_url="https://portal.example")
    found = tuple(
        Entry(_code(record), record, tuple(validate(record.ntriples, "guangzhou", today=TODAY).results))
        for record in memory.kept
    )
    return Harvest(report, found, tuple(memory.refused))


def _code(record: Accepted) -> str:
    blank = Entry("", record, ())
    return blank.texts(DCT.identifier)[0].strip('"')


def _intake(ntriples: bytes) -> list[Problem]:
    return [
        Problem(r.rule, r.severity, r.path, r.value, r.message["zh-Hans"], r.message["en"], r.article)
        for r in validate(ntriples, "intake", today=TODAY).results
    ]
