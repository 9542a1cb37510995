import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

import app.access.tables
import app.audit.tables
import app.catalogue.tables
import app.data_requests.tables
import app.harvesting.tables
import app.wiring
from app import outbox
from app.db import Database, head, metadata, migrate, open_database, revision
from app.errors import Busy, Misconfigured, Unavailable
from app.settings import Settings

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = open_database(Settings(home=tmp_path))
    migrate(database)
    return database


def test_migrations_are_numbered_and_have_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(app.audit.tables.__file__).parents[1] / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [head()]
    numbers = sorted(script.revision for script in scripts.walk_revisions())
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_migrations_make_the_tables_that_the_code_describes(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_many_may_migrate_at_once(tmp_path: Path) -> None:
    databases = [open_database(Settings(home=tmp_path)) for _ in range(4)]
    failures: list[BaseException] = []

    def run(database: Database) -> None:
        try:
            migrate(database)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with databases[0].read() as connection:
        assert revision(connection) == head()


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="newer"):
        migrate(database)


def test_moments_keep_their_instant(database: Database) -> None:
    moment = datetime(2026, 11, 1, 16, 30, tzinfo=timezone(timedelta(hours=8)))
    with database.write() as connection:
        outbox.add(connection, ["a"], moment)
    with database.read() as connection:
        found = outbox.last_change(connection)
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


def test_a_block_that_raises_leaves_nothing_behind(database: Database) -> None:
    def half_a_change() -> None:
        with database.write() as connection:
            outbox.add(connection, ["a"], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_a_change()
    with database.read() as connection:
        assert outbox.latest(connection) == 0


def test_a_write_waits_for_its_turn(database: Database) -> None:
    begun = threading.Event()

    def hold() -> None:
        with database.write() as connection:
            outbox.add(connection, ["first"], NOW)
            begun.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait()
    with database.write() as connection:
        outbox.add(connection, ["second"], NOW)
    thread.join()
    with database.read() as connection:
        assert outbox.changes(connection, 0, 10) == [(1, "first"), (2, "second")]


def test_a_write_that_waits_too_long_says_so(tmp_path: Path) -> None:
    patient = open_database(Settings(home=tmp_path))
    migrate(patient)
    hasty = open_database(Settings(home=tmp_path, database_busy_timeout_s=0.05))
    with patient.write(), pytest.raises(Busy, match="try again"), hasty.write():
        pass


def test_reading_goes_on_while_somebody_writes(database: Database) -> None:
    with database.write() as writing:
        outbox.add(writing, ["a"], NOW)
        with database.read() as connection:
            assert outbox.latest(connection) == 0


def test_foreign_keys_hold(database: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    from app.harvesting.tables import run

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(run).values(source_id="nobody", started_at=NOW, report={}))


def test_one_process_holds_a_lock_at_a_time(database: Database) -> None:
    with database.lock("keeper") as first, database.lock("keeper") as second, database.lock("other") as other:
        assert (first, second, other) == (True, False, True)
    with database.lock("keeper") as again:
        assert again


def test_a_lock_ends_with_its_process(database: Database) -> None:
    child = os.fork()
    if child == 0:
        with database.lock("keeper") as held:
            os._exit(0 if held else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with database.lock("keeper") as held:
        assert held


def test_a_fork_gets_connections_of_its_own(database: Database) -> None:
    with database.read() as connection:
        assert outbox.latest(connection) == 0
    child = os.fork()
    if child == 0:
        with database.write() as connection:
            outbox.add(connection, ["child"], NOW)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with database.read() as connection:
        assert outbox.latest(connection) == 1


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", "sqlite-but-not-really:///x"])
def test_a_database_url_that_cannot_be_used_is_refused_in_words(url: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="SUISHU_DATABASE_URL"):
        open_database(Settings(home=tmp_path, database_url=url))


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    database = Database(f"sqlite:///{tmp_path / 'missing' / 'record.sqlite'}", tmp_path)
    with pytest.raises(Unavailable, match="can't be opened"), database.read():
        pass


def test_importing_and_opening_make_no_file(tmp_path: Path) -> None:
    open_database(Settings(home=tmp_path / "home"))
    assert not (tmp_path / "home" / "record.sqlite").exists()


def test_the_record_is_readable_by_its_owner_alone_even_in_an_open_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    database = open_database(Settings(home=tmp_path))
    migrate(database)
    database.close()
    assert (tmp_path / "record.sqlite").stat().st_mode & 0o077 == 0


def test_an_error_tells_nothing_of_what_was_written(database: Database) -> None:
    insert_twice = text("INSERT INTO alembic_version VALUES (:secret), (:secret)")
    with pytest.raises(IntegrityError) as failed, database.write() as connection:
        connection.execute(insert_twice, {"secret": "ada@example.org"})
    assert "ada@example.org" not in str(failed.value)
