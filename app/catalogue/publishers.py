"""
What publishers are called in public: as a published entry of the source says that has the first word.

A name that only a held or closed entry gives must not stand beside open ones, so each row knows its entry.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Connection

from app.catalogue import parts, terms
from app.catalogue.model import Publisher, SourceKind, State
from app.catalogue.reading import Node
from app.catalogue.statements import read
from app.catalogue.tables import dataset, dataset_version, publisher, source

_COMPARED = ("names", "iri", "uscc", "kind")


def row_of(node: Node, found: Publisher | None, id_: str) -> dict[str, object] | None:
    """The row that the published entry `id_` gives its publisher; `node` and `found` are of its public RDF."""
    if found is None:
        return None
    kind = parts.publisher_kind(node)
    return {"id": found.id, "names": found.names, "iri": found.iri, "uscc": found.uscc, "kind": kind, "named_by": id_}


def write(connection: Connection, rows: Sequence[dict[str, Any]]) -> set[str]:
    """
    Adds publishers, and changes those that are called otherwise now; the entries of these rows must be written.

    Everybody may say a publisher's code, so its names are those of a source of the city's own, else of the source that
    named it first; another source changes nothing. Returns the publishers that an entry of these rows names now.
    """
    if not rows:
        return set()
    query = select(publisher).where(publisher.c.id.in_([row["id"] for row in rows]))
    known = {row.id: row for row in connection.execute(query)}
    namers = {row["named_by"] for row in rows} | {before.named_by for before in known.values()}
    sources = _sources(connection, namers)
    new = [row for row in rows if row["id"] not in known]
    if new:
        connection.execute(insert(publisher), new)
    named = {row["id"] for row in new}
    for row in rows:
        before = known.get(row["id"])
        if before is None or not _may_name(sources.get(row["named_by"]), sources.get(before.named_by)):
            continue
        takes_over = sources.get(row["named_by"]) != sources.get(before.named_by)
        if takes_over or any(getattr(before, name) != row[name] for name in _COMPARED):
            connection.execute(update(publisher).where(publisher.c.id == row["id"]).values(**row))
            named.add(row["id"])
        elif before.named_by == row["named_by"]:
            named.add(row["id"])
    return named


def _sources(connection: Connection, entries: Collection[str]) -> dict[str, tuple[str, SourceKind]]:
    """Each entry's source and its kind."""
    query = select(dataset.c.id, dataset.c.source_id, source.c.kind).join(source, source.c.id == dataset.c.source_id)
    rows = connection.execute(query.where(dataset.c.id.in_(list(entries)), dataset.c.state == State.PUBLISHED))
    return {row.id: (row.source_id, SourceKind(row.kind)) for row in rows}


def _may_name(new: tuple[str, SourceKind] | None, before: tuple[str, SourceKind] | None) -> bool:
    """`before` is None where the entry that gave the names is public no more."""
    if new is None or before is None or new[0] == before[0]:
        return True
    return new[1] is SourceKind.OWN and before[1] is not SourceKind.OWN


def forget(connection: Connection, closed: Sequence[str], but: Collection[str] = ()) -> None:
    """
    Names again, after another published entry, each publisher that was named by an entry closed now.

    `but`: publishers that entries of this transaction name. Who has no published entry left is forgotten.
    """
    if not closed:
        return
    query = select(publisher.c.id).where(publisher.c.named_by.in_(list(closed)), publisher.c.id.not_in(list(but)))
    for id_ in connection.scalars(query).all():
        row = _named_by_another(connection, id_, closed)
        if row is None:
            connection.execute(delete(publisher).where(publisher.c.id == id_))
        else:
            connection.execute(update(publisher).where(publisher.c.id == id_).values(**row))


def _named_by_another(connection: Connection, id_: str, closed: Sequence[str]) -> dict[str, object] | None:
    current = and_(dataset_version.c.dataset_id == dataset.c.id, dataset_version.c.version == dataset.c.version)
    found = connection.execute(
        select(dataset.c.id, dataset.c.source_id, dataset_version.c.public_ntriples)
        .join(dataset_version, current)
        .join(source, source.c.id == dataset.c.source_id)
        .where(dataset.c.publisher_id == id_, dataset.c.state == State.PUBLISHED, dataset.c.id.not_in(list(closed)))
        .order_by(source.c.kind != SourceKind.OWN, dataset.c.published_at, dataset.c.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    node = Node(read(found.public_ntriples), terms.dataset(found.id), terms.BASE)
    return row_of(node, parts.publisher(node, found.source_id), found.id)
