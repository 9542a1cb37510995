"""A public entry as pages, feeds, exports and the index read it. Pure: no input or output."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Text = dict[str, str]
"""Language tag -> text: "zh-Hans", "zh-Hant", "en", or "" where the source gave none."""


class State(StrEnum):
    """What an entry is to the public."""

    PUBLISHED = "published"
    HELD = "held"
    """Recorded, but it does not pass the profile it is published under."""
    WITHDRAWN = "withdrawn"
    """Gone from the public catalogue; its address answers 410 with a tombstone."""


class SourceKind(StrEnum):
    """Whose catalogue a source is, which decides the profile an entry must pass to be published."""

    OWN = "own"
    """A publisher of the city: entries are published when they pass `guangzhou`."""
    FEDERATED = "federated"
    """Another portal: `intake` is enough."""


@dataclass(frozen=True, slots=True)
class Publisher:
    id: str
    names: Text
    iri: str = ""
    uscc: str = ""
    """统一社会信用代码, where known."""


@dataclass(frozen=True, slots=True)
class Contact:
    names: Text = field(default_factory=dict)
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataItem:
    name: str
    title: str = ""
    datatype: str = ""
    description: str = ""
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    iri: str
    titles: Text = field(default_factory=dict)
    descriptions: Text = field(default_factory=dict)
    download_url: str = ""
    access_url: str = ""
    format: str = ""
    """Notation of the `format` scheme, else the last part of a foreign IRI or the source's own word."""
    media_type: str = ""
    licence: str = ""
    byte_size: int | None = None
    is_api: bool = False
    issued: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class DatasetView:
    """
    Everything a page shows of one entry, read from its public RDF alone. Codes are notations of the schemes in
    `vocab`; what is no known code stands in `other_terms` in the source's own words. URLs are as the source gave
    them: only http, https, mailto and tel may become links.
    """

    id: str
    uri: str
    titles: Text
    descriptions: Text = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    publisher: Publisher | None = None
    contacts: tuple[Contact, ...] = ()
    themes: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    open_attribute: str = ""
    conditions: tuple[str, ...] = ()
    level: str = ""
    frequency: str = ""
    formats: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    spatial_other: tuple[str, ...] = ()
    temporal: tuple[str, str] | None = None
    issued: date | None = None
    modified: date | None = None
    rows: int | None = None
    data_items: tuple[DataItem, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    licences: tuple[str, ...] = ()
    landing_pages: tuple[str, ...] = ()
    source_iri: str = ""
    other_terms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    """"description" or "dataItems": fields the publisher keeps from the public in a non-open entry."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    id: str
    uri: str
    withdrawn_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """One published entry: its view, its public RDF (N-Triples, our base address in place) and where it came from."""

    view: DatasetView
    ntriples: bytes
    version: int
    source_id: str
    source_title: str
    recorded_at: datetime
    content_hash: str
    profile: str
    """The profile it is published under: "guangzhou" or "intake"."""


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """One step of the public history: what the public could and still may see of that version."""

    version: int
    recorded_at: datetime
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    datasets: int
    publishers: int
    data_items: int
    rows: int
    distributions: int
    apis: int
