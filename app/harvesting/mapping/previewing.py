"""What would become of a document's records under a mapping: read, mapped, checked, and kept nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.catalogue import terms
from app.catalogue.model import DatasetView
from app.catalogue.reading import Node
from app.catalogue.statements import read
from app.catalogue.view import view_of
from app.harvesting.checks import check, has_violation
from app.harvesting.mapping.model import MAX_RECORDS, PREVIEWED, Asked, Finding, Preview, PreviewedEntry
from harvest.mapping.writing import said
from harvest.record import Accepted, Incoming, Known, Problem, Quarantined, Source, Unreadable
from harvest.run import run
from harvest.sources import open_source
from vocab import codelists

_MAX_TEXT = 300
_MAX_FINDINGS = 20


@dataclass
class _Seen:
    """A recorder that keeps nothing but what the screen shows."""

    own: bool
    source_id: str
    published: int = 0
    held: int = 0
    entries: list[PreviewedEntry] = field(default_factory=list)

    def known(self) -> dict[str, Known]:
        return {}

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        for record in batch:
            if isinstance(record, Quarantined):
                self._show(record, "quarantined", [("intake", problem) for problem in record.problems])
                continue
            problems = check(record.ntriples, "guangzhou") if self.own else record.problems
            state = "held" if has_violation(problems) and self.own else "published"
            self.held += state == "held"
            self.published += state == "published"
            self._show(record, state, [("guangzhou" if self.own else "intake", problem) for problem in problems])

    def seen_all(self, gone: Sequence[str]) -> None:
        """Nothing was known, so nothing is gone."""

    def _show(self, record: Accepted | Quarantined, state: str, problems: list[tuple[str, Problem]]) -> None:
        if len(self.entries) >= PREVIEWED:
            return
        found = read_entry(record.ntriples, record.id, self.source_id)
        position = record.position if isinstance(record, Quarantined) else ""
        title = next(iter(found.titles.values()), "") if found else ""
        findings = [_finding(profile, problem) for profile, problem in problems[:_MAX_FINDINGS]]
        said = facts(found) if found else []
        self.entries.append(PreviewedEntry(position, record.key[:_MAX_TEXT], state, title[:_MAX_TEXT], said, findings))


class _Part:
    """The beginning of a source; tells whether there is more."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._source = source
        self.whole = False

    def records(self) -> Iterator[Incoming | Unreadable]:
        records = self._source.records()
        yield from islice(records, MAX_RECORDS)
        self.whole = next(records, None) is None


def previewed(asked: Asked) -> Preview:
    """Raises SourceFailed for a mapping that is none."""
    source = _Part(open_source(asked.path, dialect=asked.dialect, mapping=said(asked.mapping)))
    recorder = _Seen(asked.own, asked.source_id)
    report = run(
        source,
        recorder,
        lambda ntriples: check(ntriples, "intake"),
        source_id=asked.source_id,
        base_url=asked.base_url,
    )
    return Preview(
        seen=report.seen,
        whole=source.whole,
        published=recorder.published,
        held=recorder.held,
        quarantined=report.quarantined,
        duplicate=report.duplicate,
        entries=recorder.entries,
        reasons=dict(sorted(report.reasons.items(), key=lambda each: -each[1])[:100]),
        failure_zh=report.failure_zh,
        failure_en=report.failure_en,
    )


def read_entry(ntriples: bytes, id_: str, source_id: str) -> DatasetView | None:
    """What a record says; None where nothing of it could be read as statements."""
    try:
        return view_of(Node(read(ntriples), terms.dataset(id_), terms.BASE), id_, source_id)
    except (ValueError, IndexError, KeyError):
        return None


def facts(entry: DatasetView) -> list[tuple[str, list[str]]]:
    """What an entry says, by field of the profile: codes by their labels, the source's own words as they are."""
    coded = (
        ("theme", "theme", entry.themes), ("industry", "industry", entry.industries),
        ("open_attribute", "open-attribute", (entry.open_attribute,)), ("frequency", "frequency", (entry.frequency,)),
        ("format", "format", entry.formats), ("district", "district", entry.districts),
        ("level", "level", (entry.level,)),
    )  # fmt: skip
    found: dict[str, list[str]] = {
        "title": list(entry.titles.values()),
        "description": list(entry.descriptions.values()),
        "identifier": list(entry.identifiers),
        "publisher": list(entry.publisher.names.values()) if entry.publisher else [],
        "uscc": [entry.publisher.uscc] if entry.publisher else [],
        "contact": [text for each in entry.contacts for text in (*each.names.values(), *each.phones, *each.emails)],
    }
    for name, scheme, notations in coded:
        found[name] = [_label(scheme, notation) for notation in notations if notation]
    for name, words in entry.other_terms.items():
        found.setdefault(name, []).extend(f"“{word}”" for word in words)
    found |= {
        "keyword": list(entry.keywords),
        "condition": list(entry.conditions),
        "issued": [entry.issued.isoformat()] if entry.issued else [],
        "modified": [entry.modified.isoformat()] if entry.modified else [],
        "rows": [str(entry.rows)] if entry.rows is not None else [],
        "data_items": [item.title or item.name for item in entry.data_items],
        "landing_page": list(entry.landing_pages),
        "download": [each.download_url for each in entry.distributions if each.download_url],
        "licence": list(entry.licences),
    }
    return [(name, [text[:_MAX_TEXT] for text in texts[:30]]) for name, texts in found.items() if any(texts)]


def _label(scheme: str, notation: str) -> str:
    concept = codelists.scheme(scheme).get(notation)
    return concept.label("zh-Hans") if concept else notation


def _finding(profile: str, problem: Problem) -> Finding:
    return Finding(
        profile, problem.severity, problem.message_zh, problem.message_en, problem.article, problem.value[:_MAX_TEXT]
    )
