"""The operator's access: links of the command line, and the sessions they open."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name, begins in (("operator_link", "made_at"), ("operator_session", "begun_at")):
        op.create_table(
            name,
            sa.Column("hash", sa.String(64), primary_key=True),
            sa.Column(begins, Moment, nullable=False),
            sa.Column("expires_at", Moment, nullable=False),
        )
