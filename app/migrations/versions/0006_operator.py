"""The operator's access: links of the command line and the sessions they open; and what duplicates share."""

import sqlalchemy as sa
from alembic import op

from app.catalogue import parts, sameness, terms
from app.catalogue.reading import Node
from app.catalogue.statements import read
from app.columns import Packed

revision = "0006"
down_revision = "0005"

Moment = sa.DateTime(timezone=True)
_ROWS = 500


def upgrade() -> None:
    for name, begins in (("operator_link", "made_at"), ("operator_session", "begun_at")):
        op.create_table(
            name,
            sa.Column("hash", sa.String(64), primary_key=True),
            sa.Column(begins, Moment, nullable=False),
            sa.Column("expires_at", Moment, nullable=False),
        )
    op.create_table(
        "duplicate_apart",
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("value", sa.String(200), primary_key=True),
        sa.Column(
            "dataset_id",
            sa.String(32),
            sa.ForeignKey("dataset.id", name="fk_duplicate_apart_dataset_id"),
            primary_key=True,
        ),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_duplicate_apart_dataset_id", "duplicate_apart", ["dataset_id"])
    _fill()


def _fill() -> None:
    """What published entries share with each other."""
    connection = op.get_bind()
    current = sa.text(
        "SELECT d.id AS id, v.public_ntriples AS public_ntriples FROM dataset d"
        " JOIN dataset_version v ON v.dataset_id = d.id AND v.version = d.version"
        " WHERE d.state = 'published' AND v.public_ntriples IS NOT NULL AND d.id > :after ORDER BY d.id LIMIT :rows"
    ).columns(public_ntriples=Packed)
    insert = sa.text("INSERT INTO dataset_term (kind, value, dataset_id) VALUES (:kind, :value, :id)")
    # 0004 writes what `marks` knows today, where it runs together with this one.
    connection.execute(sa.text("DELETE FROM dataset_term WHERE kind LIKE 'same-%'"))
    after = ""
    while found := connection.execute(current, {"after": after, "rows": _ROWS}).all():
        rows = []
        for row in found:
            node = Node(read(row.public_ntriples), terms.dataset(row.id), terms.BASE)
            rows += [
                {"kind": kind, "value": value, "id": row.id}
                for kind, value in sameness.of(node, parts.publisher(node, ""))
            ]
        if rows:
            connection.execute(insert, rows)
        after = found[-1].id
