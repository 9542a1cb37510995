"""
Runs of the harvest with their reports, the records that were refused, and what makes sources harvest by themselves.

A run without `finished_at` goes on, or was cut off: then nobody holds its source's lock. `run_change` says what a run
did to which entry; `version` is what the entry has since. `held_deletion` waits for a person's word; its entries are
those that were missing.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from app.columns import Json, Moment, Packed, Words
from app.db import metadata

_Serial = BigInteger().with_variant(Integer(), "sqlite")

run = Table(
    "run",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("source_id", String(80), ForeignKey("source.id"), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("report", Json, nullable=False),
    Column("started_by", String(80), nullable=False, server_default="command-line"),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("beat_at", Moment),
    Column("cancel_by", String(80), nullable=False, server_default=""),
    Column("outcome", String(12), nullable=False, server_default=""),
    Index("ix_run_source_id_id", "source_id", "id"),
    Index("ix_run_finished_at", "finished_at"),
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

source_plan = Table(
    "source_plan",
    metadata,
    Column("source_id", String(80), ForeignKey("source.id"), primary_key=True),
    Column("schedule", String(200), nullable=False),
    Column("next_at", Moment),
    Column("is_paused", Boolean, nullable=False),
    Column("wanted_by", String(80), nullable=False),
    Column("limits", Json, nullable=False),
)

run_change = Table(
    "run_change",
    metadata,
    Column("run_id", _Serial, ForeignKey("run.id"), primary_key=True),
    Column("what", String(12), primary_key=True),
    Column("dataset_id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    sqlite_with_rowid=False,  # the key is nearly all there is
)

held_deletion = Table(
    "held_deletion",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("source_id", String(80), ForeignKey("source.id"), nullable=False),
    Column("run_id", _Serial, nullable=False),
    Column("at", Moment, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(80), nullable=False),
    Index("ix_held_deletion_source_id_state", "source_id", "state"),
)

held_deletion_entry = Table(
    "held_deletion_entry",
    metadata,
    Column("deletion_id", _Serial, ForeignKey("held_deletion.id"), primary_key=True, autoincrement=False),
    Column("dataset_id", String(32), primary_key=True),
    sqlite_with_rowid=False,
)

alert = Table(
    "alert",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("source_id", String(80), ForeignKey("source.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("run_id", _Serial, nullable=False),
    Column("at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("words_zh", Words, nullable=False),
    Column("words_en", Words, nullable=False),
    Column("ended_at", Moment),
    Index("ix_alert_source_id_ended_at", "source_id", "ended_at"),
)
