"""Comments, replies, corrections, usage notes, and reports of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _account_id() -> sa.Column[str]:
    return sa.Column("account_id", sa.String(20), sa.ForeignKey("account.id"))


def upgrade() -> None:
    op.create_table(
        "feedback_post",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("dataset_id", sa.String(32), sa.ForeignKey("dataset.id"), nullable=False),
        _account_id(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("parent_id", _NUMBER, sa.ForeignKey("feedback_post.id")),
        sa.Column("office", sa.String(20), nullable=False, server_default=""),
        *_words("title", "body", "link"),
        sa.Column("mark", sa.String(64), nullable=False, server_default=""),
        sa.Column("standing", sa.String(20), nullable=False),
        *_words("reason"),
        _moment("at"),
        _moment("shown_at", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_post_dataset_id_id", "feedback_post", ["dataset_id", "id"])
    for name in ("account_id", "parent_id", "standing"):
        op.create_index(f"ix_feedback_post_{name}", "feedback_post", [name])
    op.create_table(
        "feedback_correction",
        sa.Column("post_id", _NUMBER, sa.ForeignKey("feedback_post.id"), primary_key=True),
        sa.Column("fault", sa.String(20), nullable=False),
        *_words("item", "row", "expected", "evidence"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        *_words("answer"),
        _moment("decided_at", nullable=True),
        _moment("done_at", nullable=True),
    )
    op.create_index("ix_feedback_correction_state", "feedback_correction", ["state"])
    op.create_table(
        "feedback_report",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("post_id", _NUMBER, sa.ForeignKey("feedback_post.id"), nullable=False),
        _account_id(),
        *_words("reason"),
        _moment("at"),
        sa.Column("outcome", sa.String(20), nullable=False, server_default=""),
    )
    for name in ("post_id", "account_id"):
        op.create_index(f"ix_feedback_report_{name}", "feedback_report", [name])
    op.create_table(
        "feedback_change",
        sa.Column("dataset_id", sa.String(32), sa.ForeignKey("dataset.id"), primary_key=True),
        _moment("at"),
    )
