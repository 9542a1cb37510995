"""Which published entries are meant, as a small expression. Pure; `app.catalogue.browsing` asks the record for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Field = Literal["id", "publisher", "open_attribute", "theme", "format", "tag", "hvd"]


@dataclass(frozen=True, slots=True)
class Has:
    """
    Entries of which `field` holds `value`: an id, a notation, or a keyword as it is written. "" is any value, of
    fields that an entry may have several of.
    """

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Within:
    """Entries that were recorded in a time, both ends included; None leaves an end open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Among:
    """Some entries by their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """Entries that every part means; of no part, all there are."""

    parts: tuple["Choice", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """Entries that any part means; of no part, none."""

    parts: tuple["Choice", ...] = ()


@dataclass(frozen=True, slots=True)
class Without:
    part: "Choice"


Choice = Has | Within | Among | Every | Either | Without
EVERYTHING = Every()
