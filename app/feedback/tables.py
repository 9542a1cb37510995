"""
What people say of datasets, one table for all kinds, so that moderation, export and the end of an account know one
place. `account_id` is empty where the account ended and something hangs on the post; `mark` is a hash of what was
typed, by which the same words are known again, kept of what was withdrawn only where it was hidden; `office` is the
role in which somebody replied. `shown_at` is when everybody could read it first.
"""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table

from app.columns import Moment, Words
from app.db import metadata

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

post = Table(
    "feedback_post",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("dataset_id", String(32), ForeignKey("dataset.id"), nullable=False),
    Column("account_id", String(20), ForeignKey("account.id"), index=True),
    Column("kind", String(20), nullable=False),
    Column("parent_id", _NUMBER, ForeignKey("feedback_post.id"), index=True),
    Column("office", String(20), nullable=False, server_default=""),
    Column("title", Words, nullable=False, server_default=""),
    Column("body", Words, nullable=False),
    Column("link", Words, nullable=False, server_default=""),
    Column("mark", String(64), nullable=False, server_default=""),
    Column("standing", String(20), nullable=False, index=True),
    Column("reason", Words, nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    Column("shown_at", Moment),
    Index("ix_feedback_post_dataset_id_id", "dataset_id", "id"),
    sqlite_autoincrement=True,  # numbers stand in public addresses
)

correction = Table(
    "feedback_correction",
    metadata,
    Column("post_id", _NUMBER, ForeignKey("feedback_post.id"), primary_key=True),
    Column("fault", String(20), nullable=False),
    Column("item", Words, nullable=False),
    Column("row", Words, nullable=False),
    Column("expected", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("due_on", Date, nullable=False),
    Column("answer", Words, nullable=False, server_default=""),
    Column("decided_at", Moment),
    Column("done_at", Moment),
)

report = Table(
    "feedback_report",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("post_id", _NUMBER, ForeignKey("feedback_post.id"), nullable=False, index=True),
    Column("account_id", String(20), ForeignKey("account.id"), index=True),
    Column("reason", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False, server_default=""),
)
