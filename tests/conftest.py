import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app import db
from app.accounts import passwords
from app.db import Database
from tests.services import postgresql
from tests.services.running import elasticsearch_for


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Tests hash thousands, each a seventh of a second; with less work a hash is made and read in the same way."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def dear_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As they are hashed in earnest."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    passwords._of_nobody.cache_clear()
    yield
    passwords._of_nobody.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """
    A new home begins with a copy of a migrated database: most tests take less time than migrations do. Whoever takes
    `migrate` from `app.db` itself, as its own tests do, has the real one.
    """
    migrate, made = db.migrate, tmp_path_factory.mktemp("migrated") / "record.sqlite"

    def copy(database: Database) -> None:
        place = Path(database.engine.url.database or "")
        if database.is_sqlite and place.parent.is_dir() and not place.exists():
            if not made.exists():
                first = Database(f"sqlite:///{made}", made.parent / "locks")
                migrate(first)
                first.close()
            shutil.copy(made, place)
        migrate(database)

    db.migrate = copy


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a real server; each test uses an index name of its own."""
    base = tmp_path_factory.getbasetemp()
    in_parallel = "PYTEST_XDIST_WORKER" in os.environ
    with elasticsearch_for(base.parent if in_parallel else base) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server's own database; another one there, `migrated`, has our tables and nothing in them."""
    with postgresql.running() as url:
        database = Database(postgresql.new_database(url, "migrated"), tmp_path_factory.mktemp("locks"))
        db.migrate(database)
        database.close()
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """Of a database of this test's own, migrated, on a real server."""
    return postgresql.new_database(postgresql_server, "test", like="migrated")


@pytest.fixture(scope="session")
def update_golden() -> bool:
    """SUISHU_UPDATE_GOLDEN=1 rewrites golden files, after a change that was meant."""
    return os.environ.get("SUISHU_UPDATE_GOLDEN") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first of these tests waits for the server to be fetched and started."""
    for item in items:
        if item.get_closest_marker("elasticsearch"):
            item.add_marker(pytest.mark.timeout(400))
