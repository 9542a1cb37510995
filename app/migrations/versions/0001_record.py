"""The record, its outbox, the audit log, and what the harvest keeps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

Json = sa.JSON().with_variant(JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _record()
    _plumbing()
    _harvest()


def _record() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("dialect", sa.String(40), nullable=False),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
    )
    op.create_table(
        "publisher",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("names", Json, nullable=False),
        sa.Column("iri", sa.Text, nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("named_by", sa.String(32), nullable=False),
    )
    op.create_index("ix_publisher_named_by", "publisher", ["named_by"])
    op.create_table(
        "dataset",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("source_id", sa.String(80), sa.ForeignKey("source.id", name="fk_dataset_source_id"), nullable=False),
        sa.Column("source_key", sa.Text, nullable=False),
        sa.Column("source_iri", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("profile", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("public_title", sa.Text),
        sa.Column("publisher_id", sa.String(32)),
        sa.Column("open_attribute", sa.String(10), nullable=False),
        sa.Column("withheld", sa.String(40), nullable=False),
        sa.Column("data_items", sa.Integer, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("distributions", sa.Integer, nullable=False),
        sa.Column("apis", sa.Integer, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("published_at", Moment),
        sa.Column("missing_since", Moment),
        sa.Column("withdrawn_at", Moment),
        sa.Column("problems", Json, nullable=False),
    )
    op.create_index("ix_dataset_source_id", "dataset", ["source_id"])
    op.create_index("ix_dataset_state_id", "dataset", ["state", "id"])
    op.create_index("ix_dataset_publisher_id_state_id", "dataset", ["publisher_id", "state", "id"])
    op.create_table(
        "dataset_version",
        sa.Column(
            "dataset_id",
            sa.String(32),
            sa.ForeignKey("dataset.id", name="fk_dataset_version_dataset_id"),
            primary_key=True,
        ),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("ntriples", sa.LargeBinary, nullable=False),
        sa.Column("public_ntriples", sa.LargeBinary),
    )


def _plumbing() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", Serial, primary_key=True, autoincrement=True),
        sa.Column("dataset_id", sa.String(32), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "projection",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", Serial, primary_key=True, autoincrement=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("details", Json, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject"])


def _harvest() -> None:
    op.create_table(
        "run",
        sa.Column("id", Serial, primary_key=True, autoincrement=True),
        sa.Column("source_id", sa.String(80), sa.ForeignKey("source.id", name="fk_run_source_id"), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.Column("report", Json, nullable=False),
    )
    op.create_index("ix_run_source_id_id", "run", ["source_id", "id"])
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "source_id", sa.String(80), sa.ForeignKey("source.id", name="fk_quarantine_source_id"), nullable=False
        ),
        sa.Column("source_key", sa.Text, nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("problems", Json, nullable=False),
        sa.Column("ntriples", sa.LargeBinary, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_quarantine_source_id_id", "quarantine", ["source_id", "id"])
