"""What is asked of a check, and what comes of it."""

from dataclasses import dataclass, field

MAX_BYTES = 5_000_000
"""Of a document, pasted, sent or fetched."""
TIME_LIMIT_S = 20.0
MEMORY_LIMIT_MB = 800


@dataclass(frozen=True, slots=True)
class Asked:
    """A document, or with `url` where it is. `format` is the extension of a syntax, "" to find it out."""

    profile: str
    format: str = ""
    url: str = ""
    filename: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """
    One finding. `line` counts from 1 and is 0 where the document has no line for it; `excerpt` are the lines around it,
    from `excerpt_from` on. `message` maps language tags to words.
    """

    severity: str
    message: dict[str, str]
    focus: str
    path: str
    value: str
    rule: str
    article: str
    line: int = 0
    excerpt: list[str] = field(default_factory=list)
    excerpt_from: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """
    `conforms`: nothing is a violation; warnings alone stop no entry. `notes` are what the reader of the syntax mended,
    Chinese and English. `report` is the sh:ValidationReport as N-Triples.
    """

    profile: str
    format: str
    statements: int
    datasets: int
    conforms: bool
    cut: bool
    results: list[Found]
    notes: list[tuple[str, str]]
    report: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no report: a `kind` ("unread", "syntax", "address", "large", "time", "memory", "busy") and words."""

    kind: str
    zh: str = ""
    en: str = ""
    line: int = 0
