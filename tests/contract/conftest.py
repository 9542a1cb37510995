from collections.abc import Iterator
from pathlib import Path

import pytest

from app import db
from app.db import Database
from tests.contract.elastic_backend import elastic
from tests.contract.search_backends import BACKENDS, Backend


@pytest.fixture(params=[*sorted(BACKENDS), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Every search backend, one after the other."""
    if request.param == "elasticsearch":
        opened = elastic(request.getfixturevalue("elasticsearch_url"))
    else:
        opened = BACKENDS[request.param](tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database of every kind is, one after the other, with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.sqlite'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """That database with its tables."""
    database = Database(database_url, tmp_path / "locks")
    db.migrate(database)
    yield database
    database.close()
