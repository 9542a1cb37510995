"""What was typed at a sign-up stands with its link, so that a later one for the same address changes nothing of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("account_link", sa.Column("sign_up", sa.JSON().with_variant(JSONB(), "postgresql")))
