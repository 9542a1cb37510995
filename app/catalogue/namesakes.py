"""
Publishers that share a name: two cities each have a transport bureau. What tells them apart is where their entries
come from. The city's own goes without saying, where it is one alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.catalogue.model import SourceKind, State
from app.catalogue.reading import last_part
from app.catalogue.tables import dataset, publisher, source
from app.db import in_pieces


def read(connection: Connection) -> dict[str, str]:
    """For each publisher with published entries that shares a name: the words to put behind the name."""
    named = connection.execute(select(publisher.c.id, publisher.c.names, publisher.c.iri, publisher.c.uscc)).all()
    groups = _groups({row.id: row.names.values() for row in named})
    ids = sorted({id_ for group in groups for id_ in group})
    marks = {row.id: row.uscc or last_part(row.iri) or row.id for row in named}
    return told_apart(groups, _sources(connection, ids), marks)


def told_apart(
    groups: Iterable[Iterable[str]], sources: Mapping[str, tuple[str, SourceKind]], marks: Mapping[str, str]
) -> dict[str, str]:
    """`sources` tell apart where they differ; where two of a group have one source, `marks` do: code or address."""
    found: dict[str, str] = {}
    for group in groups:
        shown = [id_ for id_ in group if id_ in sources]
        own = [id_ for id_ in shown if sources[id_][1] is SourceKind.OWN]
        if len(shown) < 2:
            continue
        titles = [sources[id_][0] for id_ in shown]
        for id_, title in zip(shown, titles, strict=True):
            if own != [id_]:
                found[id_] = title if titles.count(title) == 1 else f"{title} · {marks[id_]}"
    return found


def _groups(names: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Ids that share a name in any language."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for id_, said in names.items():
        for name in {" ".join(each.split()).casefold() for each in said}:
            by_name[name].append(id_)
    return [sorted(ids) for name, ids in sorted(by_name.items()) if name and len(ids) > 1]


def _sources(connection: Connection, ids: list[str]) -> dict[str, tuple[str, SourceKind]]:
    """Title and kind of the source that a publisher's published entries come from; the first of several."""
    found: dict[str, tuple[str, SourceKind]] = {}
    for piece in in_pieces(ids):
        query = (
            select(dataset.c.publisher_id, source.c.title, source.c.kind)
            .join(source, source.c.id == dataset.c.source_id)
            .where(dataset.c.publisher_id.in_(piece), dataset.c.state == State.PUBLISHED)
            .distinct()
            .order_by(source.c.title.desc())
        )
        found |= {row.publisher_id: (row.title, SourceKind(row.kind)) for row in connection.execute(query)}
    return found
