import os
from collections.abc import Iterator

import pytest

from tests.services import postgresql
from tests.services.running import elasticsearch_for


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a real server; each test uses an index name of its own."""
    base = tmp_path_factory.getbasetemp()
    in_parallel = "PYTEST_XDIST_WORKER" in os.environ
    with elasticsearch_for(base.parent if in_parallel else base) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Of a database on a real server; a test empties it before it begins."""
    with postgresql.running() as url:
        yield url


@pytest.fixture(scope="session")
def update_golden() -> bool:
    """SUISHU_UPDATE_GOLDEN=1 rewrites golden files, after a change that was meant."""
    return os.environ.get("SUISHU_UPDATE_GOLDEN") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first of these tests waits for the server to be fetched and started."""
    for item in items:
        if item.get_closest_marker("elasticsearch"):
            item.add_marker(pytest.mark.timeout(400))
