"""Second factors, recovery codes, half sessions, and sign-ins elsewhere that accounts are linked to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _account_id(*, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.String(20), key, nullable=False, primary_key=primary_key)


def upgrade() -> None:
    op.add_column("account_session", _moment("proved_at", nullable=True))
    op.create_table(
        "account_half",
        sa.Column("hash", sa.String(64), primary_key=True),
        _account_id(),
        sa.Column("secret", sa.String(300), nullable=False),
        _moment("proved_at", nullable=True),
        _moment("expires_at"),
    )
    op.create_index("ix_account_half_account_id", "account_half", ["account_id"])
    op.create_index("ix_account_half_expires_at", "account_half", ["expires_at"])
    op.create_table(
        "second_factor",
        _account_id(primary_key=True),
        sa.Column("secret", sa.String(300), nullable=False),
        sa.Column("used_step", sa.BigInteger, nullable=False),
        _moment("set_at"),
    )
    op.create_table(
        "recovery_code",
        _account_id(primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
    )
    op.create_table(
        "account_identity",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        _account_id(),
        _moment("linked_at"),
    )
    op.create_index("ix_account_identity_account_id", "account_identity", ["account_id"])
