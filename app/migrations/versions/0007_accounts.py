"""Accounts, letters that wait, and ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _account_id(*, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.String(20), key, nullable=False, primary_key=primary_key)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        _moment("created_at"),
        _moment("confirmed_at", nullable=True),
    )
    op.create_table(
        "account_role",
        _account_id(primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("scope", sa.String(80), primary_key=True, server_default=""),
    )
    op.create_table(
        "account_session",
        sa.Column("hash", sa.String(64), primary_key=True),
        _account_id(),
        _moment("created_at"),
        _moment("expires_at"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"])
    op.create_index("ix_account_session_expires_at", "account_session", ["expires_at"])
    op.create_table(
        "account_link",
        sa.Column("hash", sa.String(64), primary_key=True),
        _account_id(),
        sa.Column("purpose", sa.String(20), nullable=False),
        _moment("expires_at"),
    )
    op.create_index("ix_account_link_account_id", "account_link", ["account_id"])
    op.create_table(
        "sign_in_failure",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("mark", sa.String(64), nullable=False),
        _moment("at"),
    )
    op.create_index("ix_sign_in_failure_mark_at", "sign_in_failure", ["mark", "at"])
    op.create_index("ix_sign_in_failure_at", "sign_in_failure", ["at"])
    op.create_table(
        "letter",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        _moment("due_at"),
        _moment("expires_at"),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("ix_letter_due_at", "letter", ["due_at"])
    op.create_table(
        "rating",
        sa.Column("dataset_id", sa.String(32), sa.ForeignKey("dataset.id"), primary_key=True),
        sa.Column("account_id", sa.String(20), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("stars", sa.SmallInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        _moment("at"),
    )
    op.create_index("ix_rating_account_id", "rating", ["account_id"])
