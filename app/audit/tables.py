"""The audit log: rows are added and read, never changed or deleted."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from app.columns import Json, Moment
from app.db import metadata

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("details", Json, nullable=False),
    Index("ix_audit_event_subject", "subject"),
    sqlite_autoincrement=True,
)
