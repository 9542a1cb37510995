"""
Accounts, what they may do, and what proves who they are. What proves something is kept as a hash alone; the secret of a
second factor, from which its codes are made, encrypted (`app/accounts/totp.py`).

`account_session.proved_at`: when its owner last proved who it is, by a password or a fresh sign-in elsewhere.
`account_half`: a browser that has shown one proof of two; `secret` is a second factor's that is being set up, "" where
a code of the one that there is will do. `account_link.sign_up`: what becomes of the account once this link is followed,
by column. `second_factor.used_step`: of the last code, none older counts again.
`sign_in_failure.mark` is a keyed hash of an account or an address: enough to count by, nothing to read.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from app.columns import Json, Moment, Words
from app.db import metadata

account = Table(
    "account",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("language", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("real_named_at", Moment),
)

account_role = Table(
    "account_role",
    metadata,
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("scope", String(80), primary_key=True, server_default=""),
)

account_session = Table(
    "account_session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("proved_at", Moment),
)

account_half = Table(
    "account_half",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret", String(300), nullable=False),
    Column("proved_at", Moment),
    Column("expires_at", Moment, nullable=False, index=True),
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", String(300), nullable=False),
    Column("used_step", BigInteger, nullable=False),
    Column("set_at", Moment, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", String(64), primary_key=True),
)

account_identity = Table(
    "account_identity",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("linked_at", Moment, nullable=False),
)

account_link = Table(
    "account_link",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("sign_up", Json),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("mark", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_sign_in_failure_mark_at", "mark", "at"),
    Index("ix_sign_in_failure_at", "at"),
)
