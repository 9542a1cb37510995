"""
Ratings, one an account and dataset. `version` is that of the entry when it was rated; other versions change nothing.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, String, Table

from app.columns import Moment
from app.db import metadata

rating = Table(
    "rating",
    metadata,
    Column("dataset_id", String(32), ForeignKey("dataset.id"), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id"), primary_key=True, index=True),
    Column("stars", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_rating_at_dataset_id_stars", "at", "dataset_id", "stars"),
)
