"""Access tokens. Of the token itself only a hash is kept; `scopes` are words with blanks between (RFC 6749 3.3)."""

from sqlalchemy import Column, ForeignKey, String, Table

from app.columns import Moment, Words
from app.db import metadata

access_token = Table(
    "access_token",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("hint", String(8), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
