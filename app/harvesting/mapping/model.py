"""What is asked of the process that reads a document for the mapping screen, and what it says. Pure."""

from dataclasses import dataclass

from harvest.mapping.meanings import Code

MAX_BYTES = 64_000_000
"""Of a document that is sent or fetched for the screen; a larger source is mapped by a part of it, or by hand."""
TIME_LIMIT_S = 60.0
MEMORY_LIMIT_MB = 1_500
SAMPLES = 5
PREVIEWED = 12
MAX_RECORDS = 1_000
"""Records that a preview checks; the sums say so where a source has more."""
MAX_CODES = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A document and what is to be done with it: "look" (read and guess) or "preview" (map and check). `mapping` is YAML,
    "" to have it guessed. `focus`: the place of one record (`row 17`) that is to stand among the samples.
    """

    what: str
    path: str
    name: str
    content_type: str = ""
    address: str = ""
    mapping: str = ""
    dialect: str | None = None
    source_id: str = "preview"
    base_url: str = "http://127.0.0.1"
    own: bool = True
    focus: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """
    One column. `field` is what the mapping says, or what was guessed, "" for nothing; `why` and `like` as in
    `harvest.mapping.guess`. `samples` are its most frequent words, with the number of rows of each.
    """

    heading: str
    filled: int
    field: str
    confidence: float
    why: str
    like: str
    samples: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in a document. `records`: some rows, each its place and heading -> text. `mapping`: YAML."""

    dialect: str
    total: int
    headings: list[Heading]
    records: list[tuple[str, dict[str, str]]]
    codes: list[Code]
    mapping: str
    codes_left: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a profile finds in one record. `severity` is "violation", "warning" or "info"."""

    profile: str
    severity: str
    zh: str
    en: str
    article: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class PreviewedEntry:
    """An entry as it would be kept. `state` is "published", "held" or "quarantined"; `facts`: name -> texts."""

    position: str
    key: str
    state: str
    title: str
    facts: list[tuple[str, list[str]]]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Preview:
    """`reasons`: rule or note -> how often. `failure`: why reading ended early, in Chinese and English."""

    seen: int
    whole: bool
    published: int
    held: int
    quarantined: int
    duplicate: int
    entries: list[PreviewedEntry]
    reasons: dict[str, int]
    failure_zh: str = ""
    failure_en: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why nothing came of it, in words."""

    zh: str
    en: str
