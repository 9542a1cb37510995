"""
Who follows what. `told_seq` is the last change of `public_change` that a digest of somebody told of, `since_seq` the
last one before something was followed: what happened earlier is no news. All of it ends with the account.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from app.columns import Moment, Words
from app.db import metadata

follower = Table(
    "follower",
    metadata,
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("every", String(10), nullable=False),
    Column("language", String(20), nullable=False),
    Column("feed", String(64), nullable=False, server_default=""),
    Column("told_seq", BigInteger, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("due_at", Moment, index=True),
)

followed = Table(
    "followed",
    metadata,
    Column("account_id", String(20), ForeignKey("follower.account_id", ondelete="CASCADE"), primary_key=True),
    Column("mark", String(16), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("target", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("since", Moment, nullable=False),
    Column("since_seq", BigInteger, nullable=False),
)
