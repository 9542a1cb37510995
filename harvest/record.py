"""What passes between a source, the runner and whoever keeps the records. No input or output happens here."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


def _short_id(text: str) -> str:
    # Ten bytes are sixteen characters of base32.
    return base64.b32encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:10]).decode().lower()


def dataset_id(source_id: str, key: str) -> str:
    """Our id of a record: 16 characters of base32, the same for ever for one key of one source."""
    return _short_id(f"{source_id}\n{key}")


def publisher_id(source_id: str, *, uscc: str = "", iri: str = "", name: str = "") -> str:
    """
    Our id of a publisher. Its 统一社会信用代码 joins it across sources, else its IRI; a bare name is believed only
    inside its source.
    """
    return _short_id(uscc if valid_uscc(uscc) else iri or f"{source_id}\n{name}")


_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def valid_uscc(code: str) -> bool:
    """Is it a 统一社会信用代码 with the right check character? GB 32100-2015, weights 3^i mod 31."""
    if len(code) != 18 or any(character not in _USCC_ALPHABET for character in code):
        return False
    total = sum(_USCC_ALPHABET.index(code[i]) * pow(3, i, 31) for i in range(17))
    return _USCC_ALPHABET[-total % 31] == code[17]


@dataclass(frozen=True, slots=True)
class Canonical:
    """
    Sorted N-Triples lines, blank nodes labelled from content, language tags in the case of BCP 47 (`zh-Hans`).
    `content_hash` is their SHA-256 in hex. `subject` is the dataset's node in them: `<iri>` or `_:dataset`.
    """

    ntriples: bytes
    content_hash: str
    subject: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    One record as a source gave it, already mapped to DCAT.

    `key` identifies the record inside its source: its IRI, else its identifier, else what the mapping names.
    `ntriples` is UTF-8 N-Triples in any order, blank nodes labelled at random; `subject` is the dataset's node in
    it, `<iri>` or `_:label`. `position` says where it stood, in words a person can follow ("row 17").
    `notes` are remarks for the report (an unknown code, a value that was kept as text). `lasting` is False where the
    source gives nothing to know the record again by, so that its key is made of what it says. `form` is its canonical
    form, where the source has it already.
    """

    key: str
    subject: str
    ntriples: bytes
    position: str = ""
    notes: tuple[str, ...] = ()
    lasting: bool = True
    form: Canonical | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """
    A record that could not even be mapped; it goes to quarantine with this reason, in Chinese and English.

    Where the statements of the dataset's own node, `subject`, were read all the same, they are in `ntriples`.
    """

    key: str
    position: str
    reason_zh: str
    reason_en: str
    excerpt: str = ""
    subject: str = ""
    ntriples: bytes = b""


@dataclass(frozen=True, slots=True)
class Ended:
    """The source says itself that it has this record no more. It counts as gone, by the rules for what is gone."""

    key: str


@dataclass(frozen=True, slots=True)
class OnlyChanges:
    """The source tells in this run only what changed since it was last read: what it does not name is still there."""


Said = Incoming | Unreadable | Ended | OnlyChanges


class Outcome(StrEnum):
    """What became of one record that was seen."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Known:
    """
    What the keeper knows of a key: our id, the hash last seen, and whether that one is in quarantine, with the rules
    that it broke. `stale`: it was checked by other rules than those of today, and must be checked again.
    """

    id: str
    content_hash: str
    quarantined: bool = False
    stale: bool = False
    broken: tuple[str, ...] = ()
    earlier: Outcome | None = None
    """What became of it in an earlier attempt of this same run, whose process ended: the report counts it so."""
    missing: bool = False
    """Its source did not have it when it was last read whole, or said that it ended."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a check, already in words. `severity` is "violation", "warning" or "info"."""

    rule: str
    severity: str
    path: str
    value: str
    message_zh: str
    message_en: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    A record that passed `intake`, ready to be kept.

    `ntriples` is canonical: sorted lines, the dataset's node is `<urn:suishu:dataset/{id}>`, blank nodes are
    skolemised from content. `content_hash` is the SHA-256 (hex) of the canonical form as the source said it.
    `source_iri` is the source's own IRI of the dataset, or "" where it had none.
    """

    id: str
    key: str
    source_iri: str
    ntriples: bytes
    content_hash: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """
    A record that was refused, with the reasons. `ntriples` is what was read of it, for a person to look at: whether it
    is open is in it, and the dataset's node has our name, so that even a refused record can close its entry.
    """

    id: str
    key: str
    position: str
    content_hash: str
    problems: tuple[Problem, ...]
    ntriples: bytes = b""


Check = Callable[[bytes], Sequence[Problem]]
"""Takes canonical N-Triples of one record and returns what `intake` finds; any "violation" refuses the record."""


class Recorder(Protocol):
    """Keeps what a run brings; implemented over SQL. Each call is one short transaction."""

    def known(self) -> dict[str, Known]: ...

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None: ...

    def seen_all(self, gone: Sequence[str]) -> None:
        """The source was read to its end without a fault; these keys were known before and did not appear."""
        ...


@dataclass
class RunReport:
    """The sums of a run. `seen` = new + changed + unchanged + quarantined + duplicate, always."""

    source: str
    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    duplicate: int = 0
    gone: int = 0
    complete: bool = False
    """True when the source was read to its end; only then is anything counted as gone."""
    incremental: bool = False
    """The source told only what changed since it was last read: what it did not name is still there."""
    pages: int = 0
    """Documents that were asked for, where the source counts them."""
    failure_zh: str = ""
    failure_en: str = ""
    """Why the run ended early or read nothing, in words; empty when it went well."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Rule or note -> how often; the 'why' behind quarantine, duplicates and unknown codes."""
    samples: dict[str, list[str]] = field(default_factory=dict)
    """Rule or note -> up to five positions and keys where it occurred."""
    seconds: float = 0.0

    @property
    def recorded(self) -> int:
        return self.new + self.changed + self.unchanged


class Source(Protocol):
    """
    One dialect of one place. Opening and reading may raise `harvest.errors.SourceFailed` at any point; what was
    yielded before counts, and nothing is then taken for gone.
    """

    name: str

    def records(self) -> Iterator[Said]: ...
