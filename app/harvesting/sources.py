"""The sources that the portal knows, as the database keeps them."""

import hashlib
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.engine import Row

from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.model import SourceKind
from app.catalogue.tables import source
from app.clock import Clock
from app.db import Database
from app.errors import Invalid, NotFound
from app.harvesting.model import SourceEntry
from app.harvesting.places import normalised, slug, title_of

_NOTED = ("keys_chosen", "checked_by", "validators", "since", "whole_at")
"""What harvests note of a source; the rest is said by people."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Sources:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> list[SourceEntry]:
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(select(source).order_by(source.c.id))]

    def of_id(self, id_: str) -> SourceEntry | None:
        return self._first(source.c.id == id_)

    def known(self, id_: str) -> SourceEntry:
        """Raises `NotFound`."""
        entry = self.of_id(id_)
        if entry is None:
            raise NotFound(
                f"没有来源“{id_}”；suishu sources 列出全部来源。",
                f'There is no source "{id_}"; `suishu sources` lists them.',
            )
        return entry

    def at(self, location: str) -> SourceEntry | None:
        return self._first(source.c.location == normalised(location))

    def draft(
        self, location: str, *, kind: SourceKind, title: str, dialect: str, mapping: str, id_: str
    ) -> SourceEntry:
        """A source that is not added yet. Raises `Invalid` for an id that can't be one."""
        location = normalised(location)
        entry = SourceEntry(
            id=id_ or self._free_id(location),
            kind=kind,
            title=title.strip(),
            location=location,
            dialect=dialect,
            mapping=str(Path(mapping).resolve()) if mapping else "",
            added_at=self._clock(),
        )
        if not _ID.fullmatch(entry.id) or len(entry.id) > 80:
            raise Invalid(
                f"来源编号“{entry.id}”无效：只能用小写字母、数字和连字符，最长 80 个字符。",
                f"\"{entry.id}\" can't be a source's id: use lower-case letters, digits and hyphens, at most 80.",
            )
        return entry

    def add(self, entry: SourceEntry, actor: str, called: str = "") -> SourceEntry:
        """
        The source as it was added. One that nobody named gets the name it has for itself, `called`, else that of its
        place. Raises `Invalid` when the id is taken.
        """
        entry = replace(entry, title=entry.title or called or title_of(entry.location))
        with self._database.write() as connection:
            if connection.scalar(select(source.c.id).where(source.c.id == entry.id)):
                raise Invalid(f"来源编号“{entry.id}”已被使用。", f'The source id "{entry.id}" is taken.')
            connection.execute(insert(source).values(**asdict(entry)))
            event = Event(actor, Action.SOURCE_ADDED, f"source/{entry.id}", {"kind": entry.kind.value})
            audit.append(connection, [event], entry.added_at)
        return entry

    def update(self, entry: SourceEntry) -> None:
        """Writes what a person says of a source; what its harvests noted stays."""
        self._write(entry.id, {name: value for name, value in asdict(entry).items() if name not in _NOTED})

    def remap(self, entry: SourceEntry, actor: str, details: dict[str, object]) -> None:
        """Writes how a source is read from now on, and who said so."""
        values = {"dialect": entry.dialect, "mapping": entry.mapping, "keys_chosen": entry.keys_chosen}
        values |= {"validators": None, "since": ""}  # what is unchanged there reads otherwise here
        with self._database.write() as connection:
            connection.execute(update(source).where(source.c.id == entry.id).values(**values))
            event = Event(actor, Action.SOURCE_MAPPED, f"source/{entry.id}", details)
            audit.append(connection, [event], self._clock())

    def note(self, entry: SourceEntry) -> None:
        """Writes what a harvest must find again at the next."""
        self._write(entry.id, {name: getattr(entry, name) for name in _NOTED})

    def _write(self, id_: str, values: dict[str, Any]) -> None:
        with self._database.write() as connection:
            connection.execute(update(source).where(source.c.id == id_).values(**values))

    def _first(self, condition: ColumnElement[bool]) -> SourceEntry | None:
        with self._database.read() as connection:
            row = connection.execute(select(source).where(condition)).first()
        return _entry(row) if row else None

    def _free_id(self, location: str) -> str:
        wished = slug(location)
        if wished and self.of_id(wished) is None:
            return wished
        return f"{wished or 'source'}-{hashlib.sha256(location.encode()).hexdigest()[:6]}"


def _entry(row: Row[Any]) -> SourceEntry:
    keys = None if row.keys_chosen is None else tuple(row.keys_chosen)
    return SourceEntry(**{**row._mapping, "kind": SourceKind(row.kind), "keys_chosen": keys})
