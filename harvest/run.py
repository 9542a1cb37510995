"""One run over one source: reads records, tells what changed, has them checked, and hands on what must be kept."""

import hashlib
import time
from collections.abc import Callable, Iterator

from harvest.changes import Canonical, canonical, excerpt, gone, rough_hash, skolemise
from harvest.errors import SourceFailed, TooComplex, without_secrets
from harvest.record import (
    Accepted,
    Check,
    Ended,
    Incoming,
    Known,
    OnlyChanges,
    Outcome,
    Problem,
    Quarantined,
    Recorder,
    RunReport,
    Said,
    Source,
    Unreadable,
    dataset_id,
)
from vocab.namespaces import PROV

BATCH = 200
MAX_REASONS = 300
"""Distinct reasons a report keeps apart; after that a note counts under its rule alone."""
SAMPLES = 5


def run(
    source: Source,
    recorder: Recorder,
    check: Check,
    *,
    source_id: str,
    base_url: str,
    progress: Callable[[RunReport], None] | None = None,
    batch: int = BATCH,
) -> RunReport:
    """
    Reads a source to its end or to its failure. Only what is new, changed or newly refused reaches `recorder.keep`.

    Never raises for what a source sends: a bad record goes to quarantine, a source that fails ends the run with its
    words in the report. What `recorder` raises passes through. `progress` sees the report at the beginning and
    after every `batch` records, and what it raises ends the run.
    """
    started = time.monotonic()
    report = RunReport(source=source.name)
    if progress:
        progress(report)
    work = _Run(report, recorder, check, source_id, base_url, batch)
    for record in _until_failure(source, report):
        if isinstance(record, OnlyChanges):
            report.incremental = True
            continue
        if isinstance(record, Ended):
            work.end(record)
            continue
        work.take(record)
        if report.seen % batch == 0:
            report.seconds = time.monotonic() - started
            if progress:
                progress(report)
    work.finish()
    report.seconds = time.monotonic() - started
    if progress:
        progress(report)
    return report


def _until_failure(source: Source, report: RunReport) -> Iterator[Said]:
    """The source's records; a failure ends them and stands in the report."""
    try:
        yield from source.records()
        report.complete = True
    except SourceFailed as failure:
        report.failure_zh, report.failure_en = failure.zh, failure.en
    except MemoryError:
        report.failure_zh = "读取来源所需的内存超过上限。请拆分来源，或提高采集的内存上限。"
        report.failure_en = "Reading the source takes more memory than it may. Split it, or raise the harvest's limit."
    except Exception as error:
        # A fault of ours in a dialect: what was read stays, the run says so, and nothing counts as gone.
        report.failure_zh = f"读取来源时出现内部错误（{_words(error)}），请报告此问题。"
        report.failure_en = f"An internal error stopped the reading ({_words(error)}); please report it."


def _words(error: Exception) -> str:
    return without_secrets(f"{type(error).__name__}: {error}")[:300]


def _uncanonical(error: Exception) -> Problem:
    if isinstance(error, TooComplex):
        return Problem("record-too-complex", "violation", "", "", error.zh, error.en)
    zh, en = f"记录的 RDF 无法处理（{_words(error)}）。", f"The record's RDF can't be handled ({_words(error)})."
    return Problem("unreadable", "violation", "", "", zh, en)


_NOBODY = Problem(
    "intake-identity",
    "violation",
    "dct:identifier",
    "",
    "数据集既没有地址（IRI）也没有标识，下次无法再认出它：改为不开放时，旧条目也无从关闭。请填写 dct:identifier。",
    "The dataset has neither an IRI nor an identifier, so it can't be recognised again: were it closed, its old entry "
    "would stay open. Give dct:identifier.",
)
"""The rule of `intake` of that name sees a record under the name that we gave it, and so can't find this."""


def _derived_from(record: Incoming | Unreadable, base_url: str) -> bool:
    """
    Is it an entry of ours that another portal harvested from us? Were it taken for theirs, two portals that harvest
    each other would copy copies without end.
    """
    said = f"{record.subject} <{PROV.wasDerivedFrom}> <{base_url}/dataset/".encode()
    return bool(record.subject) and (record.ntriples.startswith(said) or b"\n" + said in record.ntriples)


class _Run:
    def __init__(
        self, report: RunReport, recorder: Recorder, check: Check, source_id: str, base_url: str, batch: int
    ) -> None:
        self.report = report
        self.recorder = recorder
        self.check = check
        self.source_id = source_id
        self.base_url = base_url
        self.batch = batch
        self.known = recorder.known()
        self.seen: dict[str, str] = {}
        self.ended: set[str] = set()
        self.waiting: list[Accepted | Quarantined] = []

    def take(self, record: Incoming | Unreadable) -> None:
        self.report.seen += 1
        if _derived_from(record, self.base_url):
            self._count(Outcome.DUPLICATE, "own-entry", record.position, record.key)
            return
        if isinstance(record, Unreadable):
            zh, en = without_secrets(record.reason_zh), without_secrets(record.reason_en)
            problem = Problem("unreadable", "violation", "", record.excerpt, zh, en)
            said = record.excerpt.encode("utf-8", "replace")
            rough = rough_hash(record.ntriples).encode()
            content = hashlib.sha256(b"%s\n%s\n%s" % (record.reason_en.encode(), said, rough)).hexdigest()
            self._refuse(record, content, problem)
            return
        try:
            form = record.form or canonical(record.ntriples, record.subject)
        except Exception as error:
            content = rough_hash(record.ntriples)
            self._refuse(record, content, _uncanonical(error))
            return
        key = self._place(record.key, form.content_hash)
        if not key:
            self._count(Outcome.DUPLICATE, "duplicate", record.position, record.key)
            return
        known = self.known.get(key)
        same = known is not None and known.content_hash == form.content_hash
        if known and same and not known.stale:
            if known.quarantined:
                self._quarantined_before(known, record.position, key)
            else:
                self._count(known.earlier or Outcome.UNCHANGED)
                for note in self._notes(record, key) if known.earlier else ():
                    self._because(note, record.position, key)
            return
        outcome = Outcome.UNCHANGED if known and same and not known.quarantined else Outcome.CHANGED
        if known is None or known.earlier is Outcome.NEW:
            outcome = Outcome.NEW
        self._decide(record, key, form, self._notes(record, key), outcome)

    def finish(self) -> None:
        """Writes what waits; tells what is gone, if the source was read to its end and said anything."""
        self._flush()
        if not self.report.complete:
            return
        if not self.report.seen and not self.report.incremental:
            self.report.complete = False
            self.report.failure_zh = "来源可以读取，但其中没有数据集。请检查地址和格式（--as）。"
            self.report.failure_en = "The source could be read but holds no dataset. Check its address and its dialect."
            return
        missing = self._ended() if self.report.incremental else gone(self.known, self.seen)
        self.report.gone = len(missing)
        self.recorder.seen_all(missing)

    def end(self, record: Ended) -> None:
        if record.key in self.known:
            self.ended.add(record.key)

    def _ended(self) -> list[str]:
        """What is gone where the source told only changes: what it says has ended, and what was gone before."""
        missing = self.ended | {key for key, known in self.known.items() if known.missing}
        return sorted(missing - self.seen.keys())

    def _place(self, key: str, content: str) -> str:
        """
        The key this record is kept under, "" for an exact repetition.

        Several records of one key are kept apart by a piece of their hash, and find their place again on the next
        run in whatever order they come.
        """
        extended = f"{key}#{content[:12]}"
        known = self.known.get(key)
        if (known and known.content_hash == content) or (extended not in self.known and key not in self.seen):
            place = key
        else:
            place = extended
        if place in self.seen and self.seen[place] != content:
            place = extended
        if self.seen.get(place) == content or self.seen.get(key) == content:
            return ""
        self.seen[place] = content
        return place

    @staticmethod
    def _notes(record: Incoming, key: str) -> tuple[str, ...]:
        if key == record.key:
            return record.notes
        return (*record.notes, "key-shared: another record of this source has the same key and other content")

    def _decide(self, record: Incoming, key: str, form: Canonical, notes: tuple[str, ...], outcome: Outcome) -> None:
        id_ = dataset_id(self.source_id, key)
        ntriples, problems = self._named_and_checked(form, id_)
        if not record.lasting:
            problems = (*problems, _NOBODY)
        violations = [problem for problem in problems if problem.severity == "violation"]
        if violations:
            self._keep(Quarantined(id_, key, record.position, form.content_hash, problems, ntriples))
            self._count(Outcome.QUARANTINED)
            for rule in {problem.rule for problem in violations}:
                self._because(rule, record.position, key)
            return
        source_iri = form.subject[1:-1] if form.subject.startswith("<") else ""
        self._keep(Accepted(id_, key, source_iri, ntriples, form.content_hash, outcome, problems, notes))
        self._count(outcome)
        for note in notes:
            self._because(note, record.position, key)

    def _named_and_checked(self, form: Canonical, id_: str) -> tuple[bytes, tuple[Problem, ...]]:
        try:
            ntriples = skolemise(form, id_, source_id=self.source_id, base_url=self.base_url)
        except ValueError as error:
            return excerpt(form.ntriples, form.subject, id_), (_uncanonical(error),)
        try:
            return ntriples, tuple(self.check(ntriples))
        except Exception as error:
            zh, en = (
                f"检查未能完成（{_words(error)}），请报告此问题。",
                f"The check failed ({_words(error)}); please report it.",
            )
            return ntriples, (Problem("check-failed", "violation", "", "", zh, en),)

    def _refuse(self, record: Incoming | Unreadable, content: str, problem: Problem) -> None:
        """Quarantines what never became a canonical record."""
        place = self._place(record.key, content)
        if not place:
            self._count(Outcome.DUPLICATE, "duplicate", record.position, record.key)
            return
        known = self.known.get(place)
        if known and known.quarantined and known.content_hash == content and not known.stale:
            self._quarantined_before(known, record.position, place)
            return
        id_ = dataset_id(self.source_id, place)
        if record.ntriples:
            read = excerpt(record.ntriples, record.subject, id_)
        else:
            read = record.excerpt.encode("utf-8", "replace") if isinstance(record, Unreadable) else b""
        self._keep(Quarantined(id_, place, record.position, content, (problem,), read))
        self._count(Outcome.QUARANTINED, problem.rule, record.position, place)

    def _quarantined_before(self, known: Known, position: str, key: str) -> None:
        """Nothing is written, but the report says again why: who reads this one need not look for the first."""
        self._count(Outcome.QUARANTINED, "" if known.earlier else "quarantined-before", position, key)
        for rule in known.broken:
            self._because(rule, position, key)

    def _keep(self, record: Accepted | Quarantined) -> None:
        self.waiting.append(record)
        if len(self.waiting) >= self.batch:
            self._flush()

    def _flush(self) -> None:
        if self.waiting:
            batch, self.waiting = self.waiting, []
            self.recorder.keep(batch)

    def _count(self, outcome: Outcome, reason: str = "", position: str = "", key: str = "") -> None:
        setattr(self.report, outcome.value, getattr(self.report, outcome.value) + 1)
        if reason:
            self._because(reason, position, key)

    def _because(self, note: str, position: str, key: str) -> None:
        """Counts a rule or a note. What is unknown counts by its value too; other values only stand in the samples."""
        reasons, samples = self.report.reasons, self.report.samples
        rule, _, value = note.partition(": ")
        by_value = rule.startswith("unknown-") and (note in reasons or len(reasons) < MAX_REASONS)
        reason = note if by_value else rule
        reasons[reason] = reasons.get(reason, 0) + 1
        found = samples.setdefault(reason, [])
        if len(found) < SAMPLES:
            found.append(" ".join(filter(None, (position, key[:200], "" if by_value else value))))
