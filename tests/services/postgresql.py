"""A real PostgreSQL for tests: a new cluster of Debian's packages on the loopback address, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.services.ports import free_port


@contextmanager
def running() -> Iterator[str]:
    """Its SQLAlchemy URL. Where it is not installed the test is skipped, saying so, but with CI=true it fails."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL: install Debian's postgresql")
        pytest.skip("no PostgreSQL here: install Debian's postgresql")
    # It refuses to run as root.
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="suishu-postgresql-"))
    os.chown(folder, user.pw_uid, user.pw_gid)
    data, port = folder / "data", free_port()

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120, **as_user)  # type: ignore[call-overload]
        if done.returncode:
            log = folder / "log"
            pytest.fail(f"{program}: {done.stderr}{log.read_text() if log.exists() else ''}")

    try:
        run("initdb", "--auth=trust", "--username=suishu", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -c fsync=off -c unix_socket_directories="
        run("pg_ctl", "-l", str(folder / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://suishu@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str, like: str = "template0") -> str:
    """Its URL; takes the place of one that had the name. `server` is the URL of another database on the server."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None
