"""Runs of the harvest with their reports, and the records that were refused."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from app.db import Json, Moment, Packed, Words, metadata

run = Table(
    "run",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("source_id", String(80), ForeignKey("source.id"), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("report", Json, nullable=False),
    Index("ix_run_source_id_id", "source_id", "id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("source_id", String(80), ForeignKey("source.id"), nullable=False),
    Column("source_key", Words, nullable=False),
    Column("position", Words, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("problems", Json, nullable=False),
    Column("ntriples", Packed, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_quarantine_source_id_id", "source_id", "id"),
)
