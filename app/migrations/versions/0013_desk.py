"""Ratings in the order of their time, as lists and figures read them."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("ix_rating_at_dataset_id_stars", "rating", ["at", "dataset_id", "stars"])
