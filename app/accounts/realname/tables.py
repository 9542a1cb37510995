"""
Applications to be real-named. `sealed` holds number and name, `mark` is a keyed hash of the number; both are empty once
nobody needs them any more.
"""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from app.columns import Moment, Words
from app.db import metadata

real_name = Table(
    "real_name",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("sealed", Text),
    Column("mark", String(64), index=True),
    Column("applied_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("reason", Words, nullable=False),
    Index("ix_real_name_state_applied_at", "state", "applied_at"),
)
