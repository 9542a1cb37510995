"""What people follow, and headers that only some letters have."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "follower",
        sa.Column("account_id", sa.String(20), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("every", sa.String(10), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("feed", sa.String(64), nullable=False, server_default=""),
        sa.Column("told_seq", sa.BigInteger, nullable=False),
        _moment("told_at"),
        _moment("due_at", nullable=True),
    )
    op.create_index("ix_follower_due_at", "follower", ["due_at"])
    op.create_table(
        "followed",
        sa.Column(
            "account_id",
            sa.String(20),
            sa.ForeignKey("follower.account_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("mark", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _moment("since"),
        sa.Column("since_seq", sa.BigInteger, nullable=False),
    )
    op.add_column("letter", sa.Column("headers", sa.JSON().with_variant(JSONB(), "postgresql")))
