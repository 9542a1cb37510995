"""One Elasticsearch for a whole run of tests, however many processes share it."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services import elasticsearch


@contextmanager
def skipping_what_cannot_start() -> Iterator[None]:
    """Where a server can't start the test is skipped, saying why, but with CI=true it fails."""
    try:
        yield
    except elasticsearch.CannotStart as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no Elasticsearch here: {error}")


@contextmanager
def elasticsearch_for(run: Path) -> Iterator[str]:
    """
    The URL of the node of the test run whose folder is `run`; the first to ask starts it, the last to go stops it.
    """
    counter, lock = run / "elasticsearch-users", run / "elasticsearch-lock"
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        users, folder, url = counter.read_text().split("\n") if counter.exists() else ("0", "", "")
        if not int(users):
            folder = tempfile.mkdtemp(prefix="suishu-elasticsearch-")
            os.chmod(folder, 0o755)  # the server runs as another user than root
            with skipping_what_cannot_start():
                url = elasticsearch.start(Path(folder))
        counter.write_text(f"{int(users) + 1}\n{folder}\n{url}")
    try:
        yield url
    finally:
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            users, folder, url = counter.read_text().split("\n")
            counter.write_text(f"{int(users) - 1}\n{folder}\n{url}")
            if int(users) == 1:
                elasticsearch.remove(Path(folder))
