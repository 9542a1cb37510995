"""The audit log: where from, the chain of hashes over all that is there, and nothing but additions."""

import sqlalchemy as sa
from alembic import op

from app.audit.chain import BEGINNING, Row, chained
from app.audit.tables import audit_event

revision = "0012"
down_revision = "0011"

_BATCH = 5_000
_REFUSED = "audit_event: rows are added at the end, never changed or deleted"


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("origin", sa.String(40), nullable=False, server_default=""))
    op.add_column("audit_event", sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    _chain(op.get_bind())
    op.create_index("ix_audit_event_action_id", "audit_event", ["action", "id"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _chain(connection: sa.Connection) -> None:
    last, previous = 0, BEGINNING
    table = audit_event.c
    set_hash = sa.update(audit_event).where(table.id == sa.bindparam("key")).values(hash=sa.bindparam("made"))
    while True:
        query = sa.select(audit_event).where(table.id > last).order_by(table.id).limit(_BATCH)
        found = [Row(*row) for row in connection.execute(query)]
        if not found:
            return
        made = list(chained(found, previous))
        connection.execute(set_hash, [{"key": row.id, "made": row.hash} for row in made])
        last, previous = made[-1].id, made[-1].hash


def _guard_sqlite() -> None:
    # INSERT OR REPLACE deletes without asking the trigger for deletions
    at_the_end = "WHEN NEW.id <= (SELECT max(id) FROM audit_event) "
    for act, when in (("INSERT", at_the_end), ("UPDATE", ""), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER audit_event_no_{act.lower()} BEFORE {act} ON audit_event {when}"
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()"
    )
