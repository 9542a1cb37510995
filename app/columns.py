"""Column types that mean the same on every database."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from isal import isal_zlib
from sqlalchemy import JSON, DateTime, LargeBinary, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

_NUL = re.compile(r"(\\\\)|\\u0000")
"""Or an escaped backslash, behind which the same letters are a text like any other."""
Json = JSON().with_variant(JSONB(), "postgresql")


class Moment(TypeDecorator[datetime]):
    """An instant with a zone; UTC in the database, whatever the database can hold."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text as sources write it, which may hold what no database takes: NUL, halves of surrogate pairs."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _storable(value)


class Deflated(bytes):
    """Bytes that `pack` has deflated already."""


def pack(value: bytes) -> Deflated:
    """
    Deflates what a `Packed` column is to hold; for before a transaction, which keeps others waiting.

    By ISA-L: the format and the size of zlib's first level in a third of its time.
    """
    return Deflated(isal_zlib.compress(value, 1))


class Packed(TypeDecorator[bytes]):
    """RDF text, deflated to a quarter."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return value if value is None or isinstance(value, Deflated) else pack(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else isal_zlib.decompress(value)


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def storable_json(value: Any) -> str:
    """JSON as `Json` columns hold it, without what no database takes."""
    return _NUL.sub(lambda found: found[1] or "\ufffd", _storable(json.dumps(value, ensure_ascii=False)))
