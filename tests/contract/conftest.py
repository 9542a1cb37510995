from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.search_backends import BACKENDS, Backend


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Every search backend, one after the other."""
    opened = BACKENDS[request.param](tmp_path)
    yield opened
    opened.close()
