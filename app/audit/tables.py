"""The audit log: rows are added and read; triggers of the database refuse to change or delete any."""

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
    Column("origin", String(40), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_event_subject", "subject"),
    Index("ix_audit_event_action_id", "action", "id"),
    sqlite_autoincrement=True,
)
