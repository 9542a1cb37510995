"""rdflib logs a traceback for each ill-typed literal; here such literals are what a report is about."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_expected = ContextVar("expected", default=False)


def _passes(record: logging.LogRecord) -> bool:
    return not (_expected.get() and record.getMessage().startswith("Failed to convert Literal"))


@contextmanager
def ill_typed_literals() -> Iterator[None]:
    """Keeps rdflib quiet about ill-typed literals, in this thread and inside the `with` only."""
    logging.getLogger("rdflib.term").addFilter(_passes)  # adding it twice changes nothing
    token = _expected.set(True)
    try:
        yield
    finally:
        _expected.reset(token)
