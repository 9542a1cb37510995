"""Harvests that run by themselves: schedules, limits, heartbeats, what each run changed, held deletions, alerts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("source", sa.Column("validators", Json))
    op.add_column("source", sa.Column("since", sa.String(80), nullable=False, server_default=""))
    op.add_column("source", sa.Column("whole_at", Moment))
    op.add_column("run", sa.Column("started_by", sa.String(80), nullable=False, server_default="command-line"))
    op.add_column("run", sa.Column("attempts", sa.Integer, nullable=False, server_default="1"))
    op.add_column("run", sa.Column("beat_at", Moment))
    op.add_column("run", sa.Column("cancel_by", sa.String(80), nullable=False, server_default=""))
    op.add_column("run", sa.Column("outcome", sa.String(12), nullable=False, server_default=""))
    op.create_index("ix_run_finished_at", "run", ["finished_at"])
    op.create_table(
        "source_plan",
        sa.Column("source_id", sa.String(80), _of("source_plan", "source_id", "source.id"), primary_key=True),
        sa.Column("schedule", sa.String(200), nullable=False),
        sa.Column("next_at", Moment),
        sa.Column("is_paused", sa.Boolean, nullable=False),
        sa.Column("wanted_by", sa.String(80), nullable=False),
        sa.Column("limits", Json, nullable=False),
    )
    op.create_table(
        "run_change",
        sa.Column("run_id", Serial, _of("run_change", "run_id", "run.id"), primary_key=True),
        sa.Column("what", sa.String(12), primary_key=True),
        sa.Column("dataset_id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "held_deletion",
        sa.Column("id", Serial, primary_key=True, autoincrement=True),
        sa.Column("source_id", sa.String(80), _of("held_deletion", "source_id", "source.id"), nullable=False),
        sa.Column("run_id", Serial, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("missing", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("decided_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_held_deletion_source_id_state", "held_deletion", ["source_id", "state"])
    op.create_table(
        "held_deletion_entry",
        sa.Column(
            "deletion_id",
            Serial,
            _of("held_deletion_entry", "deletion_id", "held_deletion.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("dataset_id", sa.String(32), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert",
        sa.Column("id", Serial, primary_key=True, autoincrement=True),
        sa.Column("source_id", sa.String(80), _of("alert", "source_id", "source.id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("run_id", Serial, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("words_zh", sa.Text, nullable=False),
        sa.Column("words_en", sa.Text, nullable=False),
        sa.Column("ended_at", Moment),
    )
    op.create_index("ix_alert_source_id_ended_at", "alert", ["source_id", "ended_at"])


def _of(table: str, column: str, target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, name=f"fk_{table}_{column}")
