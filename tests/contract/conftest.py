from collections.abc import Iterator
from pathlib import Path

import pytest

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
