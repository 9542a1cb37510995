"""The audit log on every database that can hold it: any change of it shows, and none can be made by accident."""

import io
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.audit import heads, log, origin, service
from app.audit.chain import Head, Row, Verdict
from app.audit.chain import head as head_of
from app.audit.events import Action, Event
from app.audit.log import PAGE_SIZE, AuditLog, Wanted, examine, verify_file
from app.audit.tables import audit_event
from app.db import Database, at_the_end, migrate, one_at_a_time
from app.errors import Invalid

START = datetime(2026, 11, 27, 8, tzinfo=UTC)
ROWS = 6


def write(database: Database, *events: Event, at: datetime = START) -> None:
    with database.write() as connection:
        service.append(connection, events, at)


def fill(database: Database, count: int = ROWS) -> None:
    for number in range(count):
        event = Event(f"actor-{number % 2}", Action.RATED, f"dataset/{number}", {"stars": number, "also": ["星", None]})
        write(database, event, at=START + timedelta(minutes=number))


def rows(connection: Connection) -> list[Row | int]:
    return list(log._rows(connection))


@pytest.fixture
def audit(database: Database, tmp_path: Path) -> AuditLog:
    return AuditLog(database, tmp_path)


class Undo(Exception):
    """Ends a test's transaction without a trace."""


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """A transaction of somebody who owns the tables, which is taken back at its end."""
    try:
        with database.write() as connection:
            if database.is_sqlite:
                for act in ("insert", "update", "delete"):
                    connection.execute(text(f"DROP TRIGGER audit_event_no_{act}"))
            else:
                connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
            yield connection
            raise Undo
    except Undo:
        pass


def test_rows_hang_together_and_the_newest_is_noted_outside(
    database: Database, audit: AuditLog, tmp_path: Path
) -> None:
    assert audit.head() is None
    assert audit.verify() == Verdict(0, None, 0, ())
    fill(database)
    verdict = audit.verify()
    assert (verdict.rows, verdict.heads, verdict.findings) == (ROWS, ROWS, ())
    assert verdict.head == audit.head() == heads.noted(tmp_path)[-1]
    assert (tmp_path / heads.FILE).stat().st_mode & 0o777 == 0o600


def test_the_form_never_changes(database: Database) -> None:
    """Hashes that were made must come out the same for ever; whoever has to change this makes every log invalid.

    Made by the standard library, as docs/audit.md says.
    """
    origin.come_from("web:0123456789abcdef")
    write(database, Event("5f0c", Action.RATED, "dataset/公交", {"stars": 5, "why": "“好”\n", "a": [1.5, True, None]}))
    write(database, Event("harvest", Action.DATASET_PUBLISHED, "dataset/2"))
    origin.come_from("")
    with database.read() as connection:
        assert connection.scalars(select(audit_event.c.hash).order_by(audit_event.c.id)).all() == [
            "917ecbdbf0ab769668a30ef84597369d05b7374ea5b111871141353b433a30a6",
            "b084a4e71491be760a89254b1442f5a20e8665e2656c336b321e32283903225a",
        ]


def test_what_is_taken_back_leaves_neither_row_nor_head(database: Database, audit: AuditLog, tmp_path: Path) -> None:
    with suppress(Undo), database.write() as connection:
        service.append(connection, [Event("a", Action.RATED, "dataset/1")], START)
        raise Undo
    assert audit.head() is None
    assert heads.noted(tmp_path) == []
    with database.read() as connection, pytest.raises(RuntimeError):
        service.append(connection, [Event("a", Action.RATED, "dataset/1")], START)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
DETAILS = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@OFTEN
@given(details=DETAILS, actor=WORDS, subject=WORDS, at=MOMENTS)
def test_whatever_is_written_is_read_back_as_it_was_hashed(
    database: Database, audit: AuditLog, details: dict[str, Any], actor: str, subject: str, at: datetime
) -> None:
    write(database, Event(actor, Action.RATED, subject, details), at=at)
    assert audit.verify().findings == ()


def numbers(id_: Any) -> Any:
    return st.tuples(id_, id_).filter(lambda pair: pair[0] != pair[1])


ID = st.integers(1, ROWS)
MUTATIONS = st.one_of(
    st.tuples(st.just("actor"), ID, WORDS),
    st.tuples(st.just("action"), ID, st.sampled_from([str(action) for action in Action])),
    st.tuples(st.just("subject"), ID, WORDS),
    st.tuples(st.just("origin"), ID, WORDS),
    st.tuples(st.just("hash"), ID, st.text("0123456789abcdef", min_size=64, max_size=64)),
    st.tuples(st.just("at"), ID, MOMENTS),
    st.tuples(st.just("details"), ID, st.dictionaries(WORDS, st.none() | st.integers(-9, 9) | WORDS, max_size=3)),
    st.tuples(st.just("id"), ID, st.integers(ROWS + 1, 2**40) | st.integers(-(2**40), 0)),
    st.tuples(st.just("delete"), ID, st.integers(1, ROWS)),
    numbers(ID).map(lambda pair: ("swap", *pair)),
    st.tuples(st.just("copy"), ID, st.integers(ROWS + 1, ROWS + 2) | st.integers(-5, 0)),
)


@pytest.fixture
def written(database: Database) -> Database:
    fill(database)
    return database


@OFTEN
@given(mutation=MUTATIONS)
def test_any_single_change_is_found(written: Database, tmp_path: Path, mutation: tuple[str, int, Any]) -> None:
    what, id_, value = mutation
    row = audit_event.c.id == id_
    with unguarded(written) as connection:
        before = rows(connection)
        if what == "delete":
            connection.execute(delete(audit_event).where(audit_event.c.id.between(id_, max(id_, value))))
        elif what == "swap":
            for a, b in ((id_, -1), (value, id_), (-1, value)):
                connection.execute(update(audit_event).where(audit_event.c.id == a).values(id=b))
        elif what == "copy":
            (kept,) = connection.execute(select(audit_event).where(row)).mappings()
            connection.execute(insert(audit_event).values({**kept, "id": value}))
        else:
            connection.execute(update(audit_event).where(row).values({what: value}))
        assume(rows(connection) != before)
        assert examine(connection, heads.noted(tmp_path)).findings, mutation
    with written.read() as connection:
        assert examine(connection, heads.noted(tmp_path)).findings == ()


@pytest.mark.parametrize("value", ["x'ff00'", "'no such day'", "'{\"a\": '", "'2026-13-45 00:00:00.000000'", "7"])
@pytest.mark.parametrize("column", ["at", "details", "actor", "hash"])
def test_what_sqlite_lets_stand_in_a_cell_is_found_too(tmp_path: Path, column: str, value: str) -> None:
    database = Database(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "locks")
    migrate(database)
    fill(database)
    with unguarded(database) as connection:
        connection.execute(text(f"UPDATE audit_event SET {column} = {value} WHERE id = 3"))
        verdict = examine(connection, [])
        assert verdict.rows == ROWS
        assert 3 in [each.id for each in verdict.findings]
    database.close()


def test_a_cut_end_and_a_log_made_anew_are_found_by_heads_alone(written: Database, tmp_path: Path) -> None:
    noted = heads.noted(tmp_path)
    with unguarded(written) as connection:
        connection.execute(delete(audit_event).where(audit_event.c.id > ROWS - 1))
        assert examine(connection, []).findings == ()
        assert [each.id for each in examine(connection, noted).findings] == [ROWS]
    with unguarded(written) as connection:  # somebody who knows how it is made takes one row out and makes the rest fit
        connection.execute(delete(audit_event))
        for number in range(ROWS):
            service.append(connection, [Event("a", Action.RATED, f"dataset/{number}")], START)
        at_the_end(connection, "audit", service._Waiting).before_commit(connection)
        assert examine(connection, []).findings == ()
        assert len(examine(connection, noted).findings) == ROWS


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'x'",
        "UPDATE audit_event SET actor = actor WHERE id = 2",
        "DELETE FROM audit_event WHERE id = 2",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "INSERT OR REPLACE INTO audit_event SELECT 2, at, 'x', action, subject, details, origin, hash FROM audit_event",
    ],
)
def test_the_database_refuses_to_change_or_delete(written: Database, audit: AuditLog, statement: str) -> None:
    with pytest.raises(DBAPIError), written.write() as connection:
        connection.execute(text(statement))
    assert audit.verify().rows == ROWS
    assert audit.verify().findings == ()


def test_many_who_write_at_once_make_one_chain(database: Database, audit: AuditLog, tmp_path: Path) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    others = [Database(url, tmp_path / "locks") for _ in range(4)]
    failed: list[BaseException] = []

    def work(own: Database, name: str) -> None:
        try:
            for number in range(15):
                write(own, *(Event(name, Action.RATED, f"dataset/{number}-{place}") for place in range(number % 3)))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(own, f"t{place}")) for place, own in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in others:
        own.close()
    assert failed == []
    verdict = audit.verify()
    assert (verdict.rows, verdict.findings) == (60, ())
    assert verdict.head is not None
    assert verdict.head.id == 60


def test_acts_that_lock_in_another_order_do_not_wait_for_each_other(database: Database, audit: AuditLog) -> None:
    both = threading.Barrier(2)
    failed: list[BaseException] = []

    def work(first: str) -> None:
        try:
            for number in range(10):
                with database.write() as connection:
                    if first == "audit":
                        service.append(connection, [Event("a", Action.RATED, f"dataset/{number}")], START)
                    one_at_a_time(connection, "catalogue")
                    if first != "audit":
                        service.append(connection, [Event("b", Action.RATED, f"dataset/{number}")], START)
        except BaseException as error:
            failed.append(error)
        both.wait(30)

    threads = [threading.Thread(target=work, args=(first,)) for first in ("audit", "catalogue")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert (audit.verify().rows, audit.verify().findings) == (20, ())


def _die_before_the_head(url: str, home: Path) -> None:
    heads.note = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    write(Database(url, home / "locks"), Event("a", Action.RATED, "dataset/last"))


def test_a_process_killed_between_commit_and_head_is_no_finding(
    written: Database, audit: AuditLog, tmp_path: Path
) -> None:
    url = written.engine.url.render_as_string(hide_password=False)
    process = multiprocessing.get_context("spawn").Process(target=_die_before_the_head, args=(url, tmp_path))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    verdict = audit.verify()
    assert (verdict.rows, verdict.findings) == (ROWS + 1, ())
    assert heads.noted(tmp_path)[-1].id == ROWS
    write(written, Event("a", Action.RATED, "dataset/next"))
    assert heads.noted(tmp_path)[-1] == audit.head()
    assert audit.verify().findings == ()


def test_a_torn_line_of_heads_is_left_out_and_a_full_file_is_followed_by_another(
    written: Database, audit: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / heads.FILE).open("ab") as file:
        file.write(b'{"id": 99, "ha')
    write(written, Event("a", Action.RATED, "dataset/1"))
    write(written, Event("a", Action.RATED, "dataset/2"))
    assert heads.noted(tmp_path)[-1] == audit.head()
    monkeypatch.setattr(heads, "_MAX_BYTES", 300)
    for number in range(20):
        write(written, Event("a", Action.RATED, f"dataset/{number}"))
        assert heads.noted(tmp_path)[-1] == audit.head()
    assert sum(path.stat().st_size for path in tmp_path.glob(f"{heads.FILE}*")) < 1000
    assert audit.verify().findings == ()


def test_a_home_that_is_not_there_yet_is_made(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, tmp_path / "home" / "locks")
    migrate(database)
    fill(database)
    assert len(heads.noted(tmp_path / "home")) == ROWS
    assert AuditLog(database, tmp_path / "home").verify().findings == ()
    database.close()


def test_a_home_that_can_not_be_written_keeps_the_change(
    database: Database, audit: AuditLog, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / heads.FILE).mkdir()
    write(database, Event("a", Action.RATED, "dataset/1"))
    assert audit.head() is not None
    assert "can't be noted" in "".join(capfd.readouterr())


def exported(audit: AuditLog, **times: datetime) -> bytes:
    stream = io.BytesIO()
    audit.export(stream, **times)
    return stream.getvalue()


def test_an_export_is_checked_without_a_database(written: Database, audit: AuditLog) -> None:
    whole = exported(audit)
    head = audit.head()
    assert head is not None
    verdict = verify_file(io.BytesIO(whole), [head])
    assert (verdict.rows, verdict.head, verdict.heads, verdict.findings) == (ROWS, head, 1, ())
    part = exported(audit, since=START + timedelta(minutes=2), until=START + timedelta(minutes=4))
    assert part.count(b"\n") == 3
    assert verify_file(io.BytesIO(part)).findings == ()
    assert verify_file(io.BytesIO(part), [head]).findings != ()
    nothing = exported(audit, since=START + timedelta(days=1))
    assert verify_file(io.BytesIO(nothing)) == Verdict(0, None, 0, ())
    lines = whole.splitlines(keepends=True)
    for damaged in (b"", whole[:-1][:-9], b"".join(lines[:-1]), b"".join(lines[:2] + lines[3:]), whole + lines[0],
                    b"".join([lines[1], lines[0], *lines[2:]]), b"[]\n" + whole, whole + b"\xff"):  # fmt: skip
        assert verify_file(io.BytesIO(damaged)).findings, damaged
    assert verify_file(io.BytesIO(whole.replace(b"\n", b"\r\n"))).findings == ()


@OFTEN
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_any_byte_of_an_export_that_differs_is_found(written: Database, audit: AuditLog, place: int, byte: int) -> None:
    whole = bytearray(exported(audit).rstrip(b"\n"))
    place %= len(whole)
    assume(whole[place] != byte)
    was = bytes(whole)
    whole[place] = byte
    assume(bytes(whole).replace(b"\r", b"") != was)
    assert verify_file(io.BytesIO(bytes(whole))).findings


def test_pages_of_the_log_are_newest_first_and_lose_nothing(database: Database, audit: AuditLog) -> None:
    fill(database, PAGE_SIZE + 3)
    first, after = audit.page(Wanted())
    assert after is not None
    fill(database, 2)  # what comes meanwhile moves no page
    rest, end = audit.page(Wanted(), after)
    assert [row.id for row in (*first, *rest)] == list(range(PAGE_SIZE + 3, 0, -1))
    assert end is None
    assert {row.actor for row in audit.page(Wanted(actor="actor-1"))[0]} == {"actor-1"}
    assert [row.subject for row in audit.page(Wanted(subject="dataset/7"))[0]] == ["dataset/7"]
    times = Wanted(action=Action.RATED, since=START + timedelta(minutes=1), until=START + timedelta(minutes=2))
    assert [row.subject for row in audit.page(times)[0]] == ["dataset/1", "dataset/1"]
    assert audit.page(Wanted(action="dataset.held"))[0] == []


def test_rows_from_before_are_chained_by_the_migration(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, tmp_path / "locks")
    migrate(database)
    with database.write() as connection:
        drop_chain(connection, is_sqlite=database.is_sqlite)
        for number in (1, 2, 5):  # PostgreSQL leaves out the numbers of what was taken back
            said = f"{number}, '2026-11-0{number} 08:00:00.000000', 'harvest', 'dataset.published', 'dataset/{number}'"
            details = '{"n": 1e16, "m": [-0.0, 1.50]}'
            columns = "id, at, actor, action, subject, details"
            connection.execute(text(f"INSERT INTO audit_event ({columns}) VALUES ({said}, '{details}')"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("app.migrations.versions.0012_audit").upgrade()
    audit = AuditLog(database, tmp_path)
    fill(database, 2)
    verdict = audit.verify()
    assert (verdict.rows, verdict.head and verdict.head.id, verdict.findings) == (5, 7, ())
    with unguarded(database) as connection:
        connection.execute(update(audit_event).where(audit_event.c.id == 2).values(details={"n": 10**16 + 2}))
        assert [each.id for each in examine(connection, []).findings] == [2]
    database.close()


def drop_chain(connection: Connection, *, is_sqlite: bool) -> None:
    """The table as it was before."""
    statements: Sequence[str] = (
        [f"DROP TRIGGER audit_event_no_{act}" for act in ("insert", "update", "delete")]
        if is_sqlite
        else ["DROP TRIGGER audit_event_only_added ON audit_event", "DROP FUNCTION audit_event_refuse"]
    )
    for statement in (
        *statements,
        "DROP INDEX ix_audit_event_action_id",
        "ALTER TABLE audit_event DROP COLUMN hash",
        "ALTER TABLE audit_event DROP COLUMN origin",
    ):
        connection.execute(text(statement))


def test_a_head_is_written_as_it_is_read() -> None:
    known = Head(12, "ab" * 32)
    assert head_of(f" {known}\n") == known
    for said in ("", "12", f"0:{known.hash}", f"12:{known.hash}0", "x:y", f"-1:{known.hash}"):
        with pytest.raises(Invalid):
            head_of(said)


@pytest.mark.parametrize("words", ["\\u0000", "\\\\u0000", "a\\", "\0\\u0000", 'C:\\u0000"'])
def test_words_that_look_like_an_escape_are_kept_as_words(database: Database, audit: AuditLog, words: str) -> None:
    """They once were made an escape that nothing reads: the row was lost to every list it stands in."""
    write(database, Event("harvest", Action.SOURCE_ADDED, "source/a", {"title": words, words: [words]}))
    kept = words.replace("\0", "\ufffd")
    ((row,), _) = audit.page(Wanted())
    assert row.details == {"title": kept, kept: [kept]}
    assert audit.verify().findings == ()
