"""Real names and access tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _account_id() -> sa.Column[str]:
    return sa.Column("account_id", sa.String(20), sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    op.add_column("account", _moment("real_named_at", nullable=True))
    op.create_table(
        "real_name",
        sa.Column("id", sa.String(20), primary_key=True),
        _account_id(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("mark", sa.String(64)),
        _moment("applied_at"),
        _moment("decided_at", nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_real_name_account_id", "real_name", ["account_id"])
    op.create_index("ix_real_name_mark", "real_name", ["mark"])
    op.create_index("ix_real_name_state_applied_at", "real_name", ["state", "applied_at"])
    op.create_table(
        "access_token",
        sa.Column("id", sa.String(20), primary_key=True),
        _account_id(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
    )
    op.create_index("ix_access_token_account_id", "access_token", ["account_id"])
