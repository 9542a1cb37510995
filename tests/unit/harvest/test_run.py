from collections.abc import Sequence

import pytest

from harvest.record import Accepted, Incoming, Outcome, Problem, Quarantined, RunReport, Source, Unreadable, dataset_id
from harvest.run import run
from tests.unit.harvest.memory import FAILED, ListSource, MemoryRecorder, record, wants_title


def _run(source: Source, recorder: MemoryRecorder, check=wants_title, **more) -> RunReport:
    report = run(source, recorder, check, source_id="src", base_url="https://portal.example", **more)
    outcomes = report.new + report.changed + report.unchanged + report.quarantined + report.duplicate
    assert report.seen == outcomes
    return report


def test_new_records_are_kept_under_our_id_with_the_sources_iri_beside():
    recorder = MemoryRecorder()
    report = _run(ListSource(record(1, "公园名录"), record(2, "图书馆名录")), recorder)
    assert (report.seen, report.new, report.complete) == (2, 2, True)
    kept = recorder.held["https://example.org/dataset/1"]
    assert isinstance(kept, Accepted)
    assert kept.id == dataset_id("src", "https://example.org/dataset/1")
    assert kept.source_iri == "https://example.org/dataset/1"
    assert kept.outcome is Outcome.NEW
    assert (
        f'<urn:suishu:dataset/{kept.id}> <http://purl.org/dc/terms/title> "公园名录"@zh-Hans .'
        in kept.ntriples.decode()
    )


def test_an_unchanged_source_costs_no_write():
    recorder = MemoryRecorder()
    source = ListSource(record(1, "甲"), record(2), record(3, "乙"))
    _run(source, recorder)
    recorder.writes = 0
    report = _run(source, recorder)
    assert (report.unchanged, report.quarantined, report.new, report.changed) == (2, 1, 0, 0)
    assert recorder.writes == 0
    assert report.reasons == {"quarantined-before": 1, "title-missing": 1}
    assert report.samples["title-missing"] == ["row 2 https://example.org/dataset/2"]


def test_everything_is_checked_again_when_the_rules_changed():
    recorder = MemoryRecorder()
    source = ListSource(record(1, "甲"), record(2), record(3, "乙"))
    _run(source, recorder)
    recorder.stale, recorder.writes = True, 0

    def only_first(ntriples: bytes) -> Sequence[Problem]:
        passes = "甲".encode() in ntriples
        return [] if passes else [Problem("too-strict", "violation", "", "", "严", "strict")]

    report = _run(source, recorder, only_first)
    assert (report.unchanged, report.quarantined, report.new, report.changed) == (1, 2, 0, 0)
    assert report.reasons == {"too-strict": 2}
    report = _run(source, recorder, lambda _: [])
    assert (report.unchanged, report.changed, report.quarantined) == (1, 2, 0)


def test_a_changed_record_is_written_alone():
    recorder = MemoryRecorder()
    _run(ListSource(record(1, "甲"), record(2, "乙")), recorder)
    recorder.writes = 0
    report = _run(ListSource(record(1, "甲"), record(2, "乙之二")), recorder)
    assert (report.unchanged, report.changed, recorder.writes) == (1, 1, 1)


def test_a_record_without_a_title_goes_to_quarantine_and_harms_no_other():
    recorder = MemoryRecorder()
    report = _run(ListSource(record(1, "甲"), record(2), record(3, "丙")), recorder)
    assert (report.new, report.quarantined) == (2, 1)
    assert report.reasons == {"title-missing": 1}
    assert report.samples == {"title-missing": ["row 2 https://example.org/dataset/2"]}
    refused = recorder.held["https://example.org/dataset/2"]
    assert isinstance(refused, Quarantined)
    assert refused.problems[0].article == "第十一条"


def test_a_mended_record_leaves_quarantine():
    recorder = MemoryRecorder()
    _run(ListSource(record(1)), recorder)
    report = _run(ListSource(record(1, "补上名称")), recorder)
    assert (report.changed, report.quarantined) == (1, 0)
    assert isinstance(recorder.held["https://example.org/dataset/1"], Accepted)


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (Unreadable("k", "row 2", "坏行", "bad row", "{"), "unreadable"),
        (Incoming("k", "<urn:k>", b"garbage\n", "row 2"), "unreadable"),
        (
            Incoming(
                "k",
                "<urn:k>",
                "".join(f"_:n{i} <urn:p> _:n{j} .\n" for i in range(30) for j in range(30) if i != j).encode(),
                "row 2",
            ),
            "record-too-complex",
        ),
    ],
    ids=["could not be mapped", "is no N-Triples", "has a clique of blank nodes"],
)
def test_whatever_is_wrong_with_one_record_the_others_go_on(bad: Incoming | Unreadable, rule: str):
    recorder = MemoryRecorder()
    source = ListSource(record(1, "甲"), bad, record(3, "丙"))
    report = _run(source, recorder)
    assert (report.new, report.quarantined, report.reasons[rule]) == (2, 1, 1)
    recorder.writes = 0
    assert _run(source, recorder).quarantined == 1
    assert recorder.writes == 0


def test_a_check_that_crashes_quarantines_the_record_and_says_so():
    def broken(ntriples: bytes) -> Sequence[Problem]:
        raise ZeroDivisionError("engine")

    recorder = MemoryRecorder()
    report = _run(ListSource(record(1, "甲")), recorder, broken)
    assert report.reasons == {"check-failed": 1}
    assert "ZeroDivisionError" in recorder.held["https://example.org/dataset/1"].problems[0].message_zh


def test_an_exact_repetition_is_a_duplicate():
    recorder = MemoryRecorder()
    report = _run(ListSource(*[record(1, "甲")] * 5, record(2, "乙")), recorder)
    assert (report.seen, report.new, report.duplicate, recorder.writes) == (6, 2, 4, 2)
    assert report.reasons == {"duplicate": 4}


def test_records_that_share_a_key_are_all_kept_and_stay_unchanged_in_any_order():
    first, second, third = (
        Incoming("key", "_:d", f'_:d <http://purl.org/dc/terms/title> "{title}" .\n'.encode()) for title in "甲乙丙"
    )
    recorder = MemoryRecorder()
    report = _run(ListSource(first, second, third), recorder)
    assert (report.new, len(recorder.held)) == (3, 3)
    assert sum(count for reason, count in report.reasons.items() if reason.startswith("key-shared")) == 2
    recorder.writes = 0
    report = _run(ListSource(third, first, second), recorder)
    assert (report.unchanged, report.gone, recorder.writes) == (3, 0, 0)


def test_what_does_not_appear_any_more_is_gone():
    recorder = MemoryRecorder()
    _run(ListSource(record(1, "甲"), record(2, "乙")), recorder)
    report = _run(ListSource(record(1, "甲")), recorder)
    assert report.gone == 1
    assert recorder.gone == ["https://example.org/dataset/2"]


def test_a_source_that_fails_keeps_what_was_read_and_takes_nothing_for_gone():
    recorder = MemoryRecorder()
    _run(ListSource(record(1, "甲"), record(2, "乙"), record(3, "丙")), recorder)
    recorder.gone = None
    report = _run(ListSource(record(1, "甲之二"), FAILED, record(2, "乙")), recorder)
    assert (report.changed, report.gone, report.complete) == (1, 0, False)
    assert (report.failure_zh, report.failure_en) == (FAILED.zh, FAILED.en)
    assert recorder.gone is None
    assert len(recorder.held) == 3


def test_a_fault_in_a_dialect_ends_the_run_in_words():
    report = _run(ListSource(record(1, "甲"), KeyError("oops")), MemoryRecorder())
    assert (report.new, report.complete) == (1, False)
    assert "KeyError" in report.failure_en


def test_an_empty_source_takes_nothing_for_gone():
    recorder = MemoryRecorder()
    _run(ListSource(record(1, "甲")), recorder)
    recorder.gone = None
    report = _run(ListSource(), recorder)
    assert recorder.gone is None
    assert report.failure_zh
    assert report.gone == 0


def test_what_the_recorder_raises_is_not_taken_for_a_fault_of_the_source():
    class Full(MemoryRecorder):
        def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        _run(ListSource(record(1, "甲")), Full())


def test_writes_come_in_batches_and_progress_is_told():
    recorder = MemoryRecorder()
    told: list[int] = []
    _run(
        ListSource(*(record(i, f"数据集{i}") for i in range(450))),
        recorder,
        progress=lambda report: told.append(report.seen),
    )
    assert recorder.batches == [200, 200, 50]
    assert told == [0, 200, 400, 450]


def test_notes_are_counted_and_their_variety_is_capped():
    notes = [record(i, f"数据集{i}", f"unknown-format: 格式{i}") for i in range(400)]
    report = _run(ListSource(*notes), MemoryRecorder())
    assert report.reasons["unknown-format"] == 100
    assert len(report.reasons) == 301


def test_foreign_statements_about_our_addresses_are_dropped():
    evil = record(1, "甲")
    lines = (
        b'<urn:suishu:publisher/abc> <http://xmlns.com/foaf/0.1/name> "evil" .\n'
        b'<https://portal.example/dataset/x> <http://purl.org/dc/terms/title> "evil" .\n'
        b'<https://portal.example.org/other> <http://purl.org/dc/terms/title> "good" .\n'
        b'<https://example.org/dataset/1> <https://w3id.org/suishu/ns#basisOnFile> "true" .\n'
        b"<https://example.org/dataset/1> <http://www.w3.org/ns/prov#wasDerivedFrom> <https://evil.example/> .\n"
        b"<https://example.org/dataset/1> <http://purl.org/dc/terms/publisher> <urn:suishu:publisher/abc> .\n"
    )
    recorder = MemoryRecorder()
    _run(ListSource(Incoming(evil.key, evil.subject, evil.ntriples + lines)), recorder)
    kept = recorder.held[evil.key].ntriples
    assert b"evil" not in kept
    assert b"basisOnFile" not in kept
    assert b"good" in kept
    assert b"<http://purl.org/dc/terms/publisher> <urn:suishu:publisher/abc> ." in kept


def test_a_blank_publisher_has_one_address_in_all_records_of_its_source():
    def said(number: int) -> Incoming:
        base = record(number, f"数据集{number}")
        agent = (
            f"{base.subject} <http://purl.org/dc/terms/publisher> _:p .\n"
            f'_:p <http://xmlns.com/foaf/0.1/name> "市公园局"@zh-Hans .\n'
            f'_:p <http://xmlns.com/foaf/0.1/name> "Parks"@en .\n'
        )
        return Incoming(base.key, base.subject, base.ntriples + agent.encode())

    recorder = MemoryRecorder()
    _run(ListSource(said(1), said(2)), recorder)
    addresses = {
        line.rpartition(b" <")[2]
        for kept in recorder.held.values()
        for line in kept.ntriples.splitlines()
        if b"terms/publisher>" in line
    }
    assert len(addresses) == 1
    assert addresses.pop().startswith(b"urn:suishu:publisher/")


def test_our_own_export_comes_back_as_the_same_record_with_its_parts():
    node = "<https://portal.example/dataset/aaaa>"
    contact = "<https://portal.example/dataset/aaaa#contact-1>"
    lines = (
        f'{node} <http://purl.org/dc/terms/title> "甲"@zh-Hans .\n'
        f"{node} <http://www.w3.org/ns/dcat#contactPoint> {contact} .\n"
        f'{contact} <http://www.w3.org/2006/vcard/ns#fn> "热线"@zh-Hans .\n'
    )
    recorder = MemoryRecorder()
    _run(ListSource(Incoming("k", node, lines.encode())), recorder)
    kept = recorder.held["k"]
    assert f"<urn:suishu:dataset/{kept.id}#contact-1> <http://www.w3.org/2006/vcard/ns#fn>" in kept.ntriples.decode()
    assert b"portal.example" not in kept.ntriples
