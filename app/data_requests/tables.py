"""Data requests as they came in. Nothing of who asked is kept."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from app.columns import Json, Moment, Words
from app.db import metadata

data_request = Table(
    "data_request",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("text", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("filters", Json, nullable=False),
    Column("language", String(20), nullable=False),
    Index("ix_data_request_at", "at"),
    sqlite_autoincrement=True,
)
