"""What a source chose when it was first read, and by which checks its records were last judged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

Json = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("source", sa.Column("keys_chosen", Json))
    op.add_column("source", sa.Column("checked_by", sa.String(64), nullable=False, server_default=""))
