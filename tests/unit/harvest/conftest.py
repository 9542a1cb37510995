from collections.abc import Iterator

import pytest

from tests.services.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made
