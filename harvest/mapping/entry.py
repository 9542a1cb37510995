"""A catalogue entry in the terms of the metadata profile, as a mapping fills it before it becomes RDF."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Agent:
    """`uscc` is the 统一社会信用代码 as the source gave it; `kind` is "government", "enterprise" or "society"."""

    name: str = ""
    uscc: str = ""
    code: str = ""
    kind: str = ""


@dataclass(slots=True)
class Contact:
    name: str = ""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """One data item. `datatype` is the local name of an XSD type, or the source's own word."""

    name: str
    title: str = ""
    datatype: str = ""
    description: str = ""
    open: bool | None = None


@dataclass(slots=True)
class Distribution:
    """A file, or an interface where `is_api`. `formats` are the source's words."""

    url: str
    title: str = ""
    formats: list[str] = field(default_factory=list)
    byte_size: int | None = None
    is_api: bool = False


@dataclass(slots=True)
class Basis:
    """Why an entry is not open without conditions; for the authority, never for the public."""

    ground: str = ""
    document: str = ""
    legislation: str = ""


@dataclass(slots=True)
class Entry:
    """
    One record. Coded fields hold the source's words; the codes are found when the graph is made, and words that are
    no code stay beside it. Dates are ISO 8601. `language` is the tag of its Chinese text. `notes` go to the report.
    """

    title: str = ""
    language: str = "zh-Hans"
    titles: dict[str, str] = field(default_factory=dict)
    """Other languages' titles: tag -> text; likewise `descriptions`."""
    description: str = ""
    descriptions: dict[str, str] = field(default_factory=dict)
    identifiers: list[str] = field(default_factory=list)
    publisher: Agent = field(default_factory=Agent)
    contact: Contact = field(default_factory=Contact)
    themes: list[str] = field(default_factory=list)
    industries: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    open_attribute: str = ""
    conditions: list[str] = field(default_factory=list)
    basis: Basis = field(default_factory=Basis)
    items: list[Item] = field(default_factory=list)
    items_text: str = ""
    """What the source says of its data items where it is no list."""
    formats: list[str] = field(default_factory=list)
    frequency: str = ""
    issued: str = ""
    modified: str = ""
    districts: list[str] = field(default_factory=list)
    period: tuple[str, str] = ("", "")
    level: str = ""
    licence: str = ""
    rows: int | None = None
    landing_pages: list[str] = field(default_factory=list)
    distributions: list[Distribution] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    """Field -> the source's own words, where the mapping said what they mean."""
    notes: list[str] = field(default_factory=list)
