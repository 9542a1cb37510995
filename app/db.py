"""
The one way to the database: short reads, short writes, locks, and migrations.

SQLite has no fairness between writers and refuses one that read first and wants to write later, so every write
begins with BEGIN IMMEDIATE and waits for its turn there, where nothing has been done yet and trying again is safe.
"""

import os
import random
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import MetaData, Table, create_engine, event, insert, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError, OperationalError

from app.columns import storable_json
from app.errors import Busy, Misconfigured, Unavailable
from app.settings import Settings

T = TypeVar("T")
_LAST = "suishu_last"
_USED = "suishu_used"
_REST_S = 1.0
_POOL = 20
"""Connections that a process keeps, of as many as it needed at once: a new one costs PostgreSQL a process."""

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}
)


class Last(Protocol):
    """What a transaction does last of all, and what follows once it is kept; that may be lost with the process."""

    def before_commit(self, connection: Connection) -> None: ...

    def after_commit(self, home: Path) -> None: ...


L = TypeVar("L", bound=Last)


class Database:
    """
    Opens no connection before it is first used, and none is carried over a fork.

    `read()` and `write()` give a connection inside a transaction that ends with the block; a block that raises
    leaves nothing behind.
    """

    def __init__(self, url: str, locks: Path, busy_timeout_s: float = 30.0) -> None:
        self.engine = _engine(url, busy_timeout_s)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._locks = locks
        self._busy_timeout_s = busy_timeout_s
        self._pause_in_line_s: float | None = None
        engine = weakref.ref(self.engine)
        os.register_at_fork(after_in_child=lambda: _forget_connections(engine))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._connection() as connection:
            if not self.is_sqlite:  # each statement sees the latest commit there in any case: no way there and back
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            with connection.begin():
                yield connection

    def stand_in_line(self, pause_s: float) -> None:
        """
        For processes that write much. On SQLite their writes come one after the other from now on, each with a pause
        after it: twenty that ask again and again would let nobody else have a turn.
        """
        self._pause_in_line_s = pause_s

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._turn(), self._connection() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(suishu_write=True)
            last: dict[str, Last] = {}
            kept = connection.info
            kept[_LAST] = last
            try:
                with self._begin(connection):
                    yield connection
                    if last:  # by one writer at a time: numbers that are drawn here are in the order of the commits
                        one_at_a_time(connection, "last")
                    for each in last.values():
                        each.before_commit(connection)
            finally:
                del kept[_LAST]
            for each in last.values():
                each.after_commit(self._locks.parent)

    def _turn(self) -> AbstractContextManager[None]:
        if self._pause_in_line_s is None or not self.is_sqlite:
            return nullcontext()
        return _line(self._locks / "line.lock", self._pause_in_line_s)

    @contextmanager
    def lock(self, name: str) -> Iterator[bool]:
        """
        Gives True while this process alone holds `name`, False when another does. A process that dies lets go.

        On SQLite a file lock (all processes share one machine), on PostgreSQL an advisory lock of a session.
        """
        if self.is_sqlite:
            with _file_lock(self._locks / f"{name}.lock") as held:
                yield held
            return
        with self._connection() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            held = bool(autocommit.scalar(text("SELECT pg_try_advisory_lock(hashtext(:name))"), {"name": name}))
            try:
                yield held
            finally:
                if held:
                    autocommit.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": name})

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except OperationalError as error:
            raise Unavailable(
                f"无法打开数据库（{self.engine.url.render_as_string()}）：{error.orig}。"
                "请检查 SUISHU_DATABASE_URL 和文件权限。",
                f"The database {self.engine.url.render_as_string()} can't be opened: {error.orig}. "
                "Check SUISHU_DATABASE_URL, and that the folder can be written.",
            ) from error
        with connection:
            yield connection

    def _begin(self, connection: Connection) -> Any:
        """Begins a transaction; on SQLite waits for the write lock, as long as the settings allow."""
        deadline = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                return connection.begin()
            except OperationalError as error:
                if not _is_locked(error):
                    raise
                if time.monotonic() > deadline:
                    raise Busy(
                        "数据库正被另一个写入占用，请稍后再试。",
                        "The database is busy with another write; try again in a moment.",
                    ) from error
                time.sleep(random.uniform(0.001, 0.02))  # noqa: S311 (spreads writers, guards nothing)


def in_pieces(found: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """As many at a time as one statement should name, or one short transaction change."""
    return (found[start : start + size] for start in range(0, len(found), size))


def one_at_a_time(connection: Connection, what: str) -> None:
    """Lets one transaction at a time do `what`, until it ends. On SQLite every write is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": f"suishu {what}"})


def beside_others(connection: Connection, what: str, mine: str) -> None:
    """
    Many transactions may do this at once, but none while one does `what` alone by `one_at_a_time`; and those that name
    the same as `mine` one at a time.
    """
    if connection.dialect.name == "postgresql":
        locks = "SELECT pg_advisory_xact_lock_shared(hashtext(:what)), pg_advisory_xact_lock(hashtext(:mine))"
        connection.execute(text(locks), {"what": f"suishu {what}", "mine": f"suishu {mine}"})


def at_the_end(connection: Connection, name: str, make: Callable[[], L]) -> L:
    """
    What `name` does at the end of this transaction of `Database.write`; made where there is nothing yet. It is done by
    one transaction at a time, for which so every other writer waits: it should be short.
    """
    if _LAST not in connection.info:
        raise RuntimeError(f"{name}: this connection is not one of Database.write")
    last: dict[str, L] = connection.info[_LAST]
    return last.setdefault(name, make())


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[str, ...]]) -> None:
    """
    Inserts many small rows of text, a value a column, in the order of the columns.

    Past SQLAlchemy's preparing of each parameter, which costs a record with ten keywords more than all else it writes.
    """
    names = [column.name for column in table.columns]
    if connection.dialect.name == "sqlite":
        values = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})", list(rows))  # noqa: S608
    elif rows:
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def open_database(settings: Settings) -> Database:
    """The database of these settings, with its folder there; no connection is made yet."""
    database = Database(settings.database, settings.home / "locks", settings.database_busy_timeout_s)
    location = database.engine.url.database
    if database.is_sqlite and location and location != ":memory:":
        Path(location).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return database


def _engine(url: str, busy_timeout_s: float) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(
                parsed,
                connect_args={"timeout": min(busy_timeout_s, 5.0)},
                json_serializer=storable_json,
                hide_parameters=True,  # errors are logged, and parameters are people's addresses and closed records
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(
                parsed, pool_size=_POOL, pool_use_lifo=True, json_serializer=storable_json, hide_parameters=True
            )
            event.listen(engine, "checkin", _note_use)
            event.listen(engine, "checkout", partial(_try_after_rest, engine.dialect))
            return engine
    except (ArgumentError, NoSuchModuleError) as error:
        raise Misconfigured(
            f"SUISHU_DATABASE_URL 无法识别：{error}", f"SUISHU_DATABASE_URL can't be understood: {error}"
        ) from error
    except ModuleNotFoundError as error:
        raise Misconfigured(
            "使用 PostgreSQL 需要 psycopg：pip install 'suishu[postgresql]'",
            "PostgreSQL needs psycopg: pip install 'suishu[postgresql]'",
        ) from error
    raise Misconfigured(
        "SUISHU_DATABASE_URL 只支持 SQLite 和 PostgreSQL。", "SUISHU_DATABASE_URL must be SQLite or PostgreSQL."
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, never by the driver
    cursor = connection.cursor()
    # synchronous=FULL: the projections must never be ahead of a record that lost its last commits with the power
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-32000",
        "journal_size_limit=67108864",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _try_after_rest(dialect: Any, connection: Any, record: Any, _proxy: Any) -> None:
    """Whether the server is still there, where a connection rested: asked each time it is as dear as the question."""
    if time.monotonic() - record.info.get(_USED, 0.0) > _REST_S:
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool takes another one


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("suishu_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _is_locked(error: OperationalError) -> bool:
    return "locked" in str(error.orig) or "busy" in str(error.orig)


def _forget_connections(engine: "weakref.ref[Engine]") -> None:
    alive = engine()
    if alive is not None:
        alive.dispose(close=False)


@contextmanager
def _line(path: Path, pause_s: float) -> Iterator[None]:
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
        time.sleep(pause_s)


@contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    # The file stays: deleting it would let two processes lock two files of one name.
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


_MIGRATIONS = Path(__file__).parent / "migrations"


def head() -> str:
    """The newest migration of this installation; files are named `{number}_{what}.py`."""
    return max(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def revision(connection: Connection) -> str:
    """The migration that the database is at, "" when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def migrate(database: Database) -> None:
    """
    Brings the database to `head()`; does nothing, in a millisecond, when it is there.

    Several processes may call it at once: the first does it inside one transaction, the others wait and find it done.
    Raises `Misconfigured` when the database is newer than this installation.
    """
    location = database.engine.url.database
    if database.is_sqlite and location and location != ":memory:":
        with suppress(OSError):  # the folder may be open to all; what can't be made is told where it is opened
            Path(location).touch(mode=0o600)
    with database.read() as connection:
        if revision(connection) == head():
            return
    with database.write() as connection:
        one_at_a_time(connection, "migrations")
        current = revision(connection)
        if current == head():
            return
        if current > head():
            raise Misconfigured(
                f"数据库版本 {current} 比本程序（{head()}）新，请升级程序。",
                f"The database is at {current}, newer than this installation ({head()}): upgrade the installation.",
            )
        from alembic import command  # a third of a second, needed only here
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
