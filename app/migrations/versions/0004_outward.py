"""What other portals ask for: entries by code and keyword, and the order in which the public saw them change."""

import sqlalchemy as sa
from alembic import op

from app.catalogue import marks, terms
from app.catalogue.reading import Node
from app.catalogue.statements import read
from app.columns import Packed

revision = "0004"
down_revision = "0003"

Moment = sa.DateTime(timezone=True)
_ROWS = 500


def upgrade() -> None:
    op.create_index("ix_dataset_state_recorded_at_id", "dataset", ["state", "recorded_at", "id"])
    op.create_table(
        "dataset_term",
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("value", sa.String(200), primary_key=True),
        sa.Column(
            "dataset_id",
            sa.String(32),
            sa.ForeignKey("dataset.id", name="fk_dataset_term_dataset_id"),
            primary_key=True,
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dataset_term_dataset_id", "dataset_term", ["dataset_id"])
    op.create_table(
        "public_change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("dataset_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_public_change_dataset_id_version_seq", "public_change", ["dataset_id", "version", "seq"])
    _remember_changes()
    _fill_terms()


def _remember_changes() -> None:
    """What is still public of each version, and what is not there any more, in the order of time."""
    op.execute(
        "INSERT INTO public_change (dataset_id, version, at) SELECT dataset_id, version, at FROM ("
        "SELECT v.dataset_id AS dataset_id, v.version AS version,"
        " CASE WHEN v.version = d.version THEN d.recorded_at ELSE v.recorded_at END AS at"
        " FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id"
        " WHERE d.state = 'published' AND v.public_ntriples IS NOT NULL"
        " UNION ALL SELECT id, 0, COALESCE(withdrawn_at, recorded_at) FROM dataset"
        " WHERE state <> 'published' AND published_at IS NOT NULL"
        ") AS seen ORDER BY at, dataset_id, version"
    )


def _fill_terms() -> None:
    connection = op.get_bind()
    current = sa.text(
        "SELECT d.id AS id, v.public_ntriples AS public_ntriples FROM dataset d"
        " JOIN dataset_version v ON v.dataset_id = d.id AND v.version = d.version"
        " WHERE d.state = 'published' AND v.public_ntriples IS NOT NULL AND d.id > :after ORDER BY d.id LIMIT :rows"
    ).columns(public_ntriples=Packed)
    after = ""
    while found := connection.execute(current, {"after": after, "rows": _ROWS}).all():
        rows = []
        for row in found:
            node = Node(read(row.public_ntriples), terms.dataset(row.id), terms.BASE)
            rows += [{"kind": kind, "value": value, "id": row.id} for kind, value in marks.of(node)]
        if rows:
            insert = "INSERT INTO dataset_term (kind, value, dataset_id) VALUES (:kind, :value, :id)"
            connection.execute(sa.text(insert), rows)
        after = found[-1].id
