"""
Writes the record. A change, its version, its audit row and its outbox row share one transaction.

Whatever can be worked out before is: a transaction on SQLite keeps every other writer waiting.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from app import outbox
from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue import changes, marks, parts, publishers, terms
from app.catalogue.decision import Arrival, Current, Decision, decide
from app.catalogue.model import State, Text
from app.catalogue.openness import Openness
from app.catalogue.reading import Node, whole_number
from app.catalogue.tables import dataset, dataset_term, dataset_version
from app.catalogue.terms import DCAT, DCT, SUI
from app.columns import pack
from app.db import Database, add_rows, one_at_a_time

MAX_ROWS = 200
"""Entries that one transaction may change."""
_MOST_ROWS = 10**12
"""More rows than that are a slip of the pen, and enough of them would not fit into a sum."""


class Stale(Exception):
    """Somebody changed an entry between the preparation and the transaction; prepare again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch worked out; `rows` are what the dataset table gets, in the order of `decisions`."""

    decisions: tuple[Decision, ...]
    rows: tuple[dict[str, object], ...]
    versions: tuple[dict[str, object], ...]
    publishers: tuple[dict[str, object], ...]
    terms: tuple[tuple[str, str, str], ...]


def prepare(database: Database, arrivals: Sequence[Arrival], at: datetime) -> Prepared:
    """Works out a batch of at most `MAX_ROWS`, reading but not writing. Later of two arrivals of one id wins."""
    if len(arrivals) > MAX_ROWS:
        raise ValueError(f"a batch has at most {MAX_ROWS} records, not {len(arrivals)}")
    latest = {arrival.id: arrival for arrival in arrivals}
    with database.read() as connection:
        before = _current(connection, latest)
    decisions, rows, named, found_by = [], [], {}, []
    for arrival in latest.values():
        decision = decide(arrival, before.get(arrival.id), at)
        if decision is None:
            continue
        decisions.append(decision)
        row, found, by = _row(decision, at)
        rows.append(row)
        found_by += [(kind, value, arrival.id) for kind, value in by]
        if found:
            named[str(found["id"])] = found
    versions = [_version_row(decision, at) for decision in decisions if decision.is_new_version]
    return Prepared(tuple(decisions), tuple(rows), tuple(versions), tuple(named.values()), tuple(found_by))


def apply(connection: Connection, prepared: Prepared, actor: str, at: datetime) -> None:
    """Writes a prepared batch inside the caller's transaction. Raises `Stale` when it no longer fits."""
    decisions = prepared.decisions
    if not decisions:
        return
    one_at_a_time(connection, "catalogue")
    ids = [decision.arrival.id for decision in decisions]
    now = {
        row.id: (row.state, row.version)
        for row in connection.execute(
            select(dataset.c.id, dataset.c.state, dataset.c.version).where(dataset.c.id.in_(ids))
        )
    }
    for decision in decisions:
        before = decision.before
        if now.get(decision.arrival.id) != ((before.state, before.version) if before else None):
            raise Stale
    _write_rows(connection, prepared)
    _write_versions(connection, prepared)
    _write_terms(connection, prepared)
    named = publishers.write(connection, prepared.publishers)
    closed = [decision.arrival.id for decision in decisions if decision.wipe_before]
    publishers.forget(connection, closed, but=named)
    audit.append(connection, map(_event, [actor] * len(decisions), decisions), at)
    announced = [decision for decision in decisions if decision.is_announced]
    changes.add(
        connection,
        ((each.arrival.id, changes.END if each.public_ntriples is None else each.version) for each in announced),
        at,
    )
    outbox.add(connection, [decision.arrival.id for decision in announced], at)


def withdraw(connection: Connection, ids: Sequence[str], actor: str, at: datetime, why: str) -> None:
    """Ends entries: nothing of them stays public but a tombstone, with the title where that was public."""
    one_at_a_time(connection, "catalogue")
    alive = connection.execute(
        select(dataset.c.id, dataset.c.state).where(dataset.c.id.in_(ids), dataset.c.state != State.WITHDRAWN)
    ).all()
    if not alive:
        return
    found = [row.id for row in alive]
    public = [row.id for row in alive if row.state == State.PUBLISHED]
    connection.execute(
        update(dataset)
        .where(dataset.c.id.in_(found))
        .values(state=State.WITHDRAWN, withdrawn_at=at, missing_since=None)
    )
    connection.execute(
        update(dataset_version).where(dataset_version.c.dataset_id.in_(found)).values(public_ntriples=None)
    )
    connection.execute(delete(dataset_term).where(dataset_term.c.dataset_id.in_(found)))
    publishers.forget(connection, found)
    audit.append(
        connection, (Event(actor, Action.DATASET_WITHDRAWN, f"dataset/{id_}", {"why": why}) for id_ in found), at
    )
    changes.add(connection, ((id_, changes.END) for id_ in public), at)
    outbox.add(connection, public, at)


def title_of(titles: Text) -> str:
    """One title for lists: Chinese first."""
    for language in ("zh-Hans", "zh", "zh-CN", "", "zh-Hant"):
        if language in titles:
            return titles[language]
    return next(iter(titles.values()), "")


def _current(connection: Connection, ids: Iterable[str]) -> dict[str, Current]:
    columns = (
        dataset.c.id, dataset.c.state, dataset.c.version, dataset.c.content_hash, dataset.c.open_attribute,
        dataset.c.withheld, dataset.c.published_at, dataset.c.problems,
    )  # fmt: skip
    return {
        row.id: Current(
            state=State(row.state),
            version=row.version,
            content_hash=row.content_hash,
            openness=Openness(row.open_attribute, frozenset(row.withheld.split())),
            published_at=row.published_at,
            problems=tuple(row.problems),
        )
        for row in connection.execute(select(*columns).where(dataset.c.id.in_(list(ids))))
    }


def _row(decision: Decision, at: datetime) -> tuple[dict[str, object], dict[str, object] | None, list[tuple[str, str]]]:
    """The dataset's row; its publisher's, and by what lists find it, where that is public."""
    arrival = decision.arrival
    node = Node(decision.graph, terms.dataset(arrival.id), terms.BASE)
    found = parts.publisher(node, arrival.source_id)
    files = node.nodes(DCAT + "distribution")
    is_public = decision.public_ntriples is not None
    title = title_of(node.text(DCT + "title"))
    row: dict[str, object] = {
        "id": arrival.id,
        "source_id": arrival.source_id,
        "source_key": arrival.source_key,
        "source_iri": arrival.source_iri,
        "state": arrival.state,
        "profile": arrival.profile,
        "version": decision.version,
        "content_hash": arrival.content_hash,
        "title": title,
        "public_title": title if is_public else None,
        "publisher_id": found.id if found and is_public else None,
        "open_attribute": decision.openness.attribute,
        "withheld": " ".join(sorted(decision.openness.withheld)),
        "data_items": parts.count_data_items(node),
        "row_count": min(whole_number(node.word(SUI + "rows")) or 0, _MOST_ROWS),
        "distributions": len(files),
        "apis": sum(map(parts.is_api, files)),
        "recorded_at": at,
        "published_at": decision.published_at,
        "missing_since": None,
        "withdrawn_at": None,
        "problems": list(arrival.problems),
    }
    if not is_public:
        return row, None, []
    return row, publishers.row_of(node, found, arrival.id), marks.of(node, found)


def _write_rows(connection: Connection, prepared: Prepared) -> None:
    pairs = list(zip(prepared.decisions, prepared.rows, strict=True))
    new = [row for decision, row in pairs if decision.before is None]
    changed = [{"key": row["id"], **row} for decision, row in pairs if decision.before is not None]
    if new:
        connection.execute(insert(dataset), new)
    if changed:
        columns: dict[str, Any] = {name: bindparam(name) for name in changed[0] if name not in ("key", "id")}
        connection.execute(update(dataset).where(dataset.c.id == bindparam("key")).values(**columns), changed)


def _write_versions(connection: Connection, prepared: Prepared) -> None:
    versions = dataset_version.c
    decisions = prepared.decisions
    wiped = [{"key": d.arrival.id, "below": d.wipe_before} for d in decisions if d.wipe_before]
    if wiped:
        statement = update(dataset_version).where(
            versions.dataset_id == bindparam("key"),
            versions.version < bindparam("below"),
            versions.public_ntriples.is_not(None),
        )
        connection.execute(statement.values(public_ntriples=None), wiped)
    if prepared.versions:
        connection.execute(insert(dataset_version), prepared.versions)
    again = [
        {"key": d.arrival.id, "which": d.version, "shown": d.public_ntriples} for d in decisions if not d.is_new_version
    ]
    if again:
        statement = update(dataset_version).where(
            versions.dataset_id == bindparam("key"), versions.version == bindparam("which")
        )
        connection.execute(statement.values(public_ntriples=bindparam("shown")), again)


def _write_terms(connection: Connection, prepared: Prepared) -> None:
    before = [decision.arrival.id for decision in prepared.decisions if decision.before is not None]
    if before:
        connection.execute(delete(dataset_term).where(dataset_term.c.dataset_id.in_(before)))
    if prepared.terms:
        add_rows(connection, dataset_term, prepared.terms)


def _version_row(decision: Decision, at: datetime) -> dict[str, object]:
    shown = decision.public_ntriples
    return {
        "dataset_id": decision.arrival.id,
        "version": decision.version,
        "recorded_at": at,
        "content_hash": decision.arrival.content_hash,
        "ntriples": pack(decision.arrival.ntriples),
        "public_ntriples": None if shown is None else pack(shown),
    }


def _event(actor: str, decision: Decision) -> Event:
    details: dict[str, object] = {"version": decision.version, "source": decision.arrival.source_id}
    if decision.wipe_before:
        details["closed"] = True
    return Event(actor, decision.action, f"dataset/{decision.arrival.id}", details)
