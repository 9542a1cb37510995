"""Work on one source: by one process at a time, whichever machine it runs on."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.db import Database
from app.errors import Busy


def lock_name(source_id: str) -> str:
    """Whoever holds it harvests that source, or decides over its deletions."""
    return f"harvest-{source_id}"


def busy(source_id: str) -> Busy:
    return Busy(
        f"来源“{source_id}”正在采集中，请等它结束。",
        f'Source "{source_id}" is being harvested right now; wait until that run has ended.',
    )


@contextmanager
def alone_with(database: Database, source_id: str) -> Iterator[None]:
    """Nobody else works on the source meanwhile. Raises `Busy` where somebody does."""
    with database.lock(lock_name(source_id)) as held:
        if not held:
            raise busy(source_id)
        yield
