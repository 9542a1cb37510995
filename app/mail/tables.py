"""Letters that wait. One that was handed over is deleted: nothing of it is kept."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from app.columns import Json, Moment, Words
from app.db import metadata

letter = Table(
    "letter",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("recipient", String(254), nullable=False),
    Column("subject", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("language", String(20), nullable=False),
    Column("due_at", Moment, nullable=False, index=True),
    Column("expires_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("headers", Json),
)
