import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from app.catalogue.model import PublicEntry, SourceKind, State, Tombstone
from app.errors import Busy, Invalid, NotFound
from app.harvesting.model import ChangeKind, Outcome
from app.harvesting.places import normalised
from harvest.record import Incoming, Unreadable
from tests.factories.sources import ListedSource, incoming
from tests.unit.app.bureau import SOURCE, Bureau

MARK = "密MARKED密"


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path, SourceKind.FEDERATED)


@pytest.fixture
def own(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path, SourceKind.OWN)


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Decides by a word what `guangzhou` finds, so that a test needs no complete entry."""
    from app.harvesting import checks, recorder

    passes = True

    def decide(value: bool) -> None:
        nonlocal passes
        passes = value

    real = checks.check

    def check(ntriples: bytes, profile: str) -> Sequence[object]:
        found = real(ntriples, profile)
        return () if profile == "guangzhou" and passes else found

    monkeypatch.setattr(recorder, "check", check)
    return decide


def test_a_harvest_publishes_and_its_report_is_kept(bureau: Bureau) -> None:
    run = bureau.harvest(incoming(1), incoming(2))
    assert (run.report.seen, run.report.new, run.report.complete) == (2, 2, True)
    assert isinstance(bureau.entry(1), PublicEntry)
    assert bureau.harvesting.run(run.id) == run
    assert bureau.harvesting.runs(SOURCE) == [run]
    assert bureau.harvesting.counts()[SOURCE].published == 2


def test_the_same_again_writes_nothing_but_the_run(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2), incoming(3, title=""))
    before = bureau.rows()
    run = bureau.harvest(incoming(2), incoming(1), incoming(3, title=""))
    assert (run.report.unchanged, run.report.quarantined) == (2, 1)
    assert bureau.rows() == before


def test_a_change_is_a_new_version(bureau: Bureau) -> None:
    bureau.harvest(incoming(1))
    run = bureau.harvest(incoming(1, "公交线路与站点"))
    assert run.report.changed == 1
    entry = bureau.entry(1)
    assert isinstance(entry, PublicEntry)
    assert entry.version == 2


def test_a_bad_record_goes_to_quarantine_and_harms_no_other(bureau: Bureau) -> None:
    run = bureau.harvest(incoming(1), incoming(2, title=""), Unreadable("3", "row 3", "坏了", "broken", MARK))
    assert (run.report.new, run.report.quarantined) == (1, 2)
    total, refused = bureau.harvesting.quarantine(SOURCE)
    assert total == 2
    assert {problem.rule for record in refused for problem in record.problems} >= {"unreadable"}
    assert bureau.entry(2) is None
    assert bureau.harvesting.counts()[SOURCE].quarantined == 2


def test_what_the_public_reads_of_a_refused_record_holds_nothing_of_it(bureau: Bureau) -> None:
    secret = f'<http://purl.org/dc/terms/issued> "{MARK}"^^<http://www.w3.org/2001/XMLSchema#date>'
    bureau.harvest(incoming(2, title="", also=[secret]), Unreadable(MARK, "row 3", "坏了", "broken", MARK))
    _, shown = bureau.harvesting.quarantine(SOURCE)
    _, full = bureau.harvesting.quarantine(SOURCE, full=True)
    assert MARK not in "".join(map(repr, shown))
    assert MARK in "".join(repr(asdict(record)) for record in full)
    assert "GZ-2" not in "".join(map(repr, shown))


def test_a_refused_record_that_was_mended_leaves_quarantine(bureau: Bureau) -> None:
    bureau.harvest(incoming(1, title=""))
    run = bureau.harvest(incoming(1))
    assert run.report.recorded == 1
    assert bureau.harvesting.quarantine(SOURCE)[0] == 0
    assert isinstance(bureau.entry(1), PublicEntry)


def test_a_refused_record_that_is_gone_leaves_quarantine(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2, title=""))
    bureau.harvest(incoming(1))
    assert bureau.harvesting.quarantine(SOURCE)[0] == 0


def test_an_entry_whose_new_record_is_refused_stays_as_it_was(bureau: Bureau) -> None:
    bureau.harvest(incoming(1))
    bureau.harvest(incoming(1, title=""))
    entry = bureau.entry(1)
    assert isinstance(entry, PublicEntry)
    assert entry.view.titles == {"zh-Hans": "公交线路站点"}


@pytest.mark.parametrize("access", ["RESTRICTED", "NON_PUBLIC"])
def test_an_entry_whose_refused_record_closes_it_is_public_no_more(bureau: Bureau, access: str) -> None:
    bureau.harvest(incoming(1))
    bureau.harvest(incoming(1, title="", access=access))
    assert bureau.entry(1) is None
    assert bureau.state(1) is State.HELD
    bureau.harvest(incoming(1))
    assert isinstance(bureau.entry(1), PublicEntry)


def test_a_record_of_the_citys_own_that_fails_guangzhou_is_held_with_its_reasons(own: Bureau) -> None:
    run = own.harvest(incoming(1))
    assert run.report.recorded == 1
    assert any(reason.startswith("held") for reason in run.report.reasons)
    assert own.entry(1) is None
    total, [refused] = own.harvesting.held(SOURCE)
    assert total == 1
    assert all(problem.message_zh and problem.message_en for problem in refused.problems)
    assert refused.key == ""


def test_the_report_says_which_rules_hold_which_records_also_when_nothing_changed(own: Bureau) -> None:
    first = own.harvest(incoming(1), incoming(2)).report
    _, [refused, _] = own.harvesting.held(SOURCE)
    broken = {problem.rule for problem in refused.problems if problem.severity == "violation"}
    assert broken
    for rule in broken:
        assert first.reasons[rule] == 2
        assert sorted(first.samples[rule]) == ["https://bureau.example/1", "https://bureau.example/2"]
    again = own.harvest(incoming(1), incoming(2)).report
    assert again.unchanged == 2
    assert again.reasons == first.reasons


def test_at_most_five_held_records_of_a_rule_are_named(own: Bureau) -> None:
    report = own.harvest(*(incoming(number) for number in range(7))).report
    assert 7 in report.reasons.values()
    assert {len(samples) for samples in report.samples.values()} == {5}


def test_a_held_record_is_published_when_it_passes_though_nobody_sent_it_anew(
    own: Bureau, lenient: Callable[[bool], None]
) -> None:
    lenient(False)
    own.harvest(incoming(1))
    assert own.state(1) is State.HELD
    lenient(True)
    run = own.harvest(incoming(1))
    assert run.report.unchanged == 1
    assert own.state(1) is State.PUBLISHED
    assert any(reason.startswith("released") for reason in run.report.reasons)


def test_an_entry_of_the_citys_own_that_fails_later_is_public_no_more(
    own: Bureau, lenient: Callable[[bool], None]
) -> None:
    own.harvest(incoming(1))
    assert isinstance(own.entry(1), PublicEntry)
    lenient(False)
    own.harvest(incoming(1, "公交线路与站点"))
    assert own.entry(1) is None


def test_a_missing_record_is_withdrawn_after_the_grace(bureau: Bureau) -> None:
    everything = [incoming(number) for number in range(10)]
    bureau.harvest(*everything)
    assert bureau.harvest(*everything[1:]).report.gone == 1
    assert bureau.harvesting.counts()[SOURCE].missing == 1
    bureau.clock.pass_days(13)
    bureau.harvest(*everything[1:])
    assert isinstance(bureau.entry(0), PublicEntry)
    bureau.clock.pass_days(1)
    run = bureau.harvest(*everything[1:])
    assert isinstance(bureau.entry(0), Tombstone)
    assert any(reason.startswith("withdrawn") for reason in run.report.reasons)
    assert bureau.harvest(*everything[1:]).report.gone == 0


def test_a_record_that_comes_back_in_time_is_missing_no_more(bureau: Bureau) -> None:
    everything = [incoming(number) for number in range(10)]
    bureau.harvest(*everything)
    bureau.harvest(*everything[1:])
    bureau.clock.pass_days(10)
    bureau.harvest(*everything)
    assert bureau.harvesting.counts()[SOURCE].missing == 0
    bureau.clock.pass_days(10)
    bureau.harvest(*everything[1:])
    assert isinstance(bureau.entry(0), PublicEntry)


def test_a_withdrawn_entry_comes_back_with_its_record(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2))
    bureau.harvest(incoming(2), withdraw_missing=True)
    assert isinstance(bureau.entry(1), Tombstone)
    run = bureau.harvest(incoming(1), incoming(2))
    assert (run.report.new, run.report.unchanged) == (1, 1)
    assert isinstance(bureau.entry(1), PublicEntry)


def test_a_source_that_lost_half_its_records_waits_for_a_person(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2))
    bureau.harvest(incoming(2))
    bureau.clock.pass_days(20)
    run = bureau.harvest(incoming(2))
    assert isinstance(bureau.entry(1), PublicEntry)
    assert any(reason.startswith("missing-kept") for reason in run.report.reasons)
    bureau.harvest(incoming(2), withdraw_missing=True)
    assert isinstance(bureau.entry(1), Tombstone)


def test_a_source_that_fails_half_way_loses_nothing(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2))
    run = bureau.harvest(incoming(3), fails=True)
    assert (run.report.new, run.report.gone, run.report.complete) == (1, 0, False)
    assert run.report.failure_zh == "连接中断。"
    assert bureau.harvesting.counts()[SOURCE].missing == 0


def test_a_source_that_cannot_be_opened_has_a_report_that_says_so(bureau: Bureau, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><p>no catalogue</p>")
    run = bureau.portal.harvesting.harvest_location(str(tmp_path / "page.html"))
    assert run.report.seen == 0
    assert "page.html" in run.report.failure_en
    assert run.finished_at is not None


def test_a_place_where_nothing_is_becomes_no_source(bureau: Bureau, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        bureau.harvesting.harvest_location(str(tmp_path / "nowhere.ttl"))
    assert [entry.id for entry in bureau.harvesting.sources()] == [SOURCE]


def test_a_folder_is_no_source_and_the_words_say_so(bureau: Bureau, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is a directory"):
        bureau.harvesting.harvest_location(str(tmp_path))


def test_a_source_named_by_its_id_moves_to_the_new_place(bureau: Bureau, tmp_path: Path) -> None:
    bureau.has = ListedSource([incoming(1)])
    (tmp_path / "moved.ttl").write_text("")
    bureau.harvesting.harvest_location(str(tmp_path / "moved.ttl"), id_=SOURCE)
    entry = bureau.harvesting.source(SOURCE)
    assert entry is not None
    assert (entry.location, entry.title) == (str(tmp_path / "moved.ttl"), "交通运输局")


@pytest.mark.parametrize("fails", [False, True])
def test_new_settings_that_read_nothing_are_not_kept(bureau: Bureau, tmp_path: Path, fails: bool) -> None:
    bureau.harvest(incoming(1))
    before = bureau.harvesting.source(SOURCE)
    (tmp_path / "elsewhere.csv").write_text("x")
    bureau.has = ListedSource([], fails=fails)
    run = bureau.harvesting.harvest_location(SOURCE, dialect="table", mapping=str(tmp_path / "bad.yaml"), title="别名")
    bureau.harvesting.harvest_location(str(tmp_path / "elsewhere.csv"), id_=SOURCE)
    assert bureau.harvesting.source(SOURCE) == before
    assert bureau.harvesting.run(run.id) == run


def test_new_settings_that_read_something_are_kept_also_where_nothing_changed(bureau: Bureau) -> None:
    bureau.harvest(incoming(1))
    run = bureau.harvesting.harvest_location(SOURCE, dialect="dcat")
    entry = bureau.harvesting.source(SOURCE)
    assert run.report.unchanged == 1
    assert entry is not None
    assert entry.dialect == "dcat"


def test_a_wrong_mapping_does_no_harm_to_the_next_harvest(bureau: Bureau, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("信息资源名称,提供单位\n公交线路,交通局\n", encoding="utf-8")
    bad = tmp_path / "bad.yaml"
    bad.write_text("rename: [", encoding="utf-8")
    harvest = bureau.portal.harvesting.harvest_location
    first = harvest(str(table))
    assert first.report.seen == 1
    assert "bad.yaml" in harvest(str(table), mapping=str(bad)).report.failure_en
    assert harvest(str(table), dialect="portal-json").report.seen == 0
    assert harvest(first.source_id).report.seen == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("page.html", b"<!doctype html>"), ("binary.bin", bytes(range(256))), ("none.ttl", b"")],
)
def test_a_new_place_that_gave_nothing_leaves_no_trace(
    bureau: Bureau, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    before = bureau.rows()
    run = bureau.portal.harvesting.harvest_location(str(tmp_path / name), id_="wished")
    assert (run.id, run.report.seen) == (0, 0)
    assert run.report.failure_zh
    assert [entry.id for entry in bureau.harvesting.sources()] == [SOURCE]
    assert bureau.harvesting.runs("wished") == []
    assert bureau.rows() == before


@pytest.mark.parametrize("address", ["ftp://data.example/a.csv", "http://127.0.0.1:9/a.csv", "http://"])
def test_an_address_that_cannot_be_asked_leaves_no_source(bureau: Bureau, address: str) -> None:
    run = bureau.portal.harvesting.harvest_location(address)
    assert run.report.failure_en
    assert [entry.id for entry in bureau.harvesting.sources()] == [SOURCE]


def test_a_place_that_gave_nothing_can_come_again_under_another_id_and_kind(bureau: Bureau, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.nt"
    path.write_bytes(b"")
    harvest = bureau.portal.harvesting.harvest_location
    assert harvest(str(path)).id == 0
    path.write_bytes(incoming(1).ntriples)
    run = harvest(str(path), id_="traffic", kind=SourceKind.OWN)
    assert (run.source_id, run.report.new) == ("traffic", 1)
    assert bureau.harvesting.runs("traffic") == [run]


def test_a_new_place_whose_records_are_all_refused_is_a_source(bureau: Bureau, tmp_path: Path) -> None:
    (tmp_path / "bad.nt").write_bytes(incoming(1, title="").ntriples)
    bureau.portal.harvesting.harvest_location(str(tmp_path / "bad.nt"))
    assert bureau.harvesting.quarantine("bad")[0] == 1


def test_another_id_for_a_known_place_is_refused_with_the_one_it_has(bureau: Bureau) -> None:
    with pytest.raises(Invalid, match="--id bureau") as refused:
        bureau.harvesting.harvest_location("https://bureau.example/", id_="other")
    assert "“bureau”" in refused.value.zh
    assert [entry.id for entry in bureau.harvesting.sources()] == [SOURCE]


def test_a_fault_of_our_own_ends_the_run_in_words_and_passes_on(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **words: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(bureau.portal.catalogue, "record", fail)
    with pytest.raises(RuntimeError):
        bureau.harvest(incoming(1))
    [run] = bureau.harvesting.runs(SOURCE)
    assert run.finished_at is not None
    assert "broke off" in run.report.failure_en


def test_two_harvests_of_one_source_do_not_run_at_once(bureau: Bureau) -> None:
    with bureau.portal.database.lock(f"harvest-{SOURCE}"), pytest.raises(Busy, match="being harvested"):
        bureau.harvest(incoming(1))


def dies_after(bureau: Bureau, *records: Incoming | Unreadable) -> None:
    class Dying:
        name = "dying"

        def records(self) -> object:
            yield from records
            os._exit(9)

    child = os.fork()
    if child == 0:
        bureau.has = Dying()  # type: ignore[assignment]
        bureau.harvesting.harvest(SOURCE)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_run_whose_process_died_goes_on_and_its_report_counts_everything_once(bureau: Bureau) -> None:
    bureau.harvest(*(incoming(number) for number in range(50)), incoming(900, title=""))
    later = [incoming(number, "另一个名称") for number in range(50)]
    later += [incoming(number) for number in range(50, 200)]
    later += [incoming(number, title="") for number in (200, 201)]
    later += [incoming(900, title="")]
    dies_after(bureau, *later[:160])
    [dead, _] = bureau.harvesting.runs(SOURCE)
    assert dead.finished_at is None
    assert bureau.harvesting.counts()[SOURCE].published in (100, 150)  # the third batch was on its way
    run = bureau.harvest(*later)
    assert (run.id, run.attempts, run.outcome) == (dead.id, 2, Outcome.DONE)
    assert (run.report.new, run.report.changed, run.report.unchanged, run.report.quarantined) == (150, 50, 0, 3)
    assert run.report.reasons["intake-title"] == 3
    assert run.report.reasons["quarantined-before"] == 1
    assert bureau.portal.operation.run_counts(run.id) == {
        ChangeKind.NEW: 150, ChangeKind.CHANGED: 50, ChangeKind.QUARANTINED: 2,
    }  # fmt: skip


def test_a_run_that_was_cut_off_long_ago_is_over(bureau: Bureau) -> None:
    dies_after(bureau, incoming(1))
    bureau.clock.pass_days(2)
    bureau.harvest(incoming(1))
    newest, ended = bureau.harvesting.runs(SOURCE)
    assert ended.finished_at is not None
    assert "cut off" in ended.report.failure_en
    assert newest.report.new == 1


def test_an_unknown_source_is_not_found(bureau: Bureau) -> None:
    with pytest.raises(NotFound):
        bureau.harvesting.harvest("nobody")
    assert bureau.harvesting.source("nobody") is None
    assert bureau.harvesting.run(99) is None
    assert bureau.harvesting.quarantine("nobody") == (0, [])


def test_the_same_place_is_the_same_source(bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalogue.ttl").write_text("")
    bureau.has = ListedSource([incoming(1)])
    first = bureau.harvesting.harvest_location(str(tmp_path / "catalogue.ttl"), title="目录")
    monkeypatch.chdir(tmp_path)
    assert bureau.harvesting.harvest_location("catalogue.ttl").source_id == first.source_id == "catalogue"
    assert bureau.harvesting.harvest_location("catalogue").source_id == "catalogue"
    entry = bureau.harvesting.source("catalogue")
    assert entry is not None
    assert entry.title == "目录"


def test_places_of_one_name_get_ids_of_their_own(bureau: Bureau) -> None:
    add = bureau.harvesting.add_source
    ids = [
        add(place, kind=SourceKind.FEDERATED).id for place in ("/a/catalogue.ttl", "/b/catalogue.ttl", "/c/目录.xlsx")
    ]
    assert len(set(ids)) == 3
    assert ids[0] == "catalogue"
    assert add("https://data.gov.example/Export/All.rdf", kind=SourceKind.FEDERATED).id == "data-gov-example-all"


def test_a_source_cannot_change_its_kind(bureau: Bureau) -> None:
    with pytest.raises(Invalid, match="federated"):
        bureau.harvesting.harvest_location(SOURCE, kind=SourceKind.OWN)


@pytest.mark.parametrize("id_", ["Upper", "a b", "../up", "a--b", "-a", "a" * 81, "源"])
def test_an_id_that_cannot_stand_in_an_address_is_refused(bureau: Bureau, id_: str) -> None:
    with pytest.raises(Invalid):
        bureau.harvesting.add_source("https://x.example/", kind=SourceKind.OWN, id_=id_)


def test_an_id_that_is_taken_is_refused(bureau: Bureau) -> None:
    with pytest.raises(Invalid, match="taken"):
        bureau.harvesting.add_source("https://x.example/", kind=SourceKind.OWN, id_=SOURCE)


def test_addresses_stay_and_paths_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert normalised("https://data.example/a.ttl ") == "https://data.example/a.ttl"
    assert normalised("a.ttl") == str(tmp_path / "a.ttl")


def test_a_person_who_withdraws_what_is_missing_finds_that_in_the_report(bureau: Bureau) -> None:
    bureau.harvest(incoming(1), incoming(2))
    report = bureau.harvest(incoming(2), withdraw_missing=True).report
    assert report.reasons == {"withdrawn-confirmed": 1}


@pytest.mark.parametrize(("given", "title"), [("", "全市开放数据目录"), ("别名", "别名")])
def test_a_catalogue_that_nobody_named_is_called_as_it_calls_itself(
    bureau: Bureau, tmp_path: Path, given: str, title: str
) -> None:
    catalogue = """
      @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
      <https://x.example/all> a dcat:Catalog ; dct:title "All data"@en, "全市开放\\n数据目录"@zh-Hans ;
        dcat:dataset <https://x.example/1> .
      <https://x.example/part> a dcat:Catalog ; dct:title "分目录"@zh-Hans .
      <https://x.example/1> a dcat:Dataset ; dct:title "甲"@zh-Hans ."""
    (tmp_path / "c.ttl").write_text(catalogue.replace("\\n", ""), encoding="utf-8")
    bureau.portal.harvesting.harvest_location(str(tmp_path / "c.ttl"), title=given)
    entry = bureau.harvesting.source("c")
    assert entry is not None
    assert entry.title == title


def test_the_command_line_knows_every_dialect():
    from app.cli.harvesting import DIALECTS as offered
    from harvest.sources import DIALECTS

    assert set(offered) == set(DIALECTS)
