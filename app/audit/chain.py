"""
How audit rows hang together. Pure.

Each row's hash is SHA-256 of its canonical JSON, in which the hash of the row before stands; so whoever changes,
takes out, puts in or swaps rows has to make anew every hash that follows, down to the last, which is known elsewhere.
The form never changes: hashes that were made must come out the same for ever.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from app.errors import Invalid

BEGINNING = "0" * 64
"""What the first row names as the hash before it."""
_EXACT = 2**53
"""From here on JSON's numbers are not the same for every reader (RFC 8785, 3.2.2.3)."""
_HEAD = re.compile(r"([1-9]\d{0,17}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Row:
    """An audit row as it stands in the record or in a file; whoever changed it may have written anything."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    origin: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row at some time. Known elsewhere, it holds all rows up to it."""

    id: int
    hash: str

    def __str__(self) -> str:
        return f"{self.id}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the log is not as it was written; `id` is the row at which it shows, 0 for the whole of it."""

    id: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rows` that were read, the last of them, how many noted heads were among them, and what is wrong (the first)."""

    rows: int
    head: Head | None
    heads: int
    findings: tuple[Finding, ...]


def plain(value: Any) -> Any:
    """
    JSON as every database gives it back: PostgreSQL writes 1e16 as a whole number and knows no -0.0, and no database
    takes NUL or half a surrogate pair (as `app.columns` has it).
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() and "\0" not in value else _text(value)
    if kind is int:
        return value if -_EXACT < value < _EXACT else str(value)
    if kind is dict:
        return {plain(name if type(name) is str else str(name)): plain(each) for name, each in value.items()}
    if kind is float:
        return value + 0.0 if -_EXACT < value < _EXACT else str(value)
    if isinstance(value, str):  # a word of an enumeration
        return _text(value)
    if isinstance(value, Mapping):
        return plain(dict(value))
    return [plain(each) for each in value] if isinstance(value, Sequence) else value


def _text(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def hashed(row: Row, previous: str) -> str:
    """Raises `TypeError` or `ValueError` for what no row of ours can hold."""
    return hashlib.sha256(canonical(row, previous)).hexdigest()


def canonical(row: Row, previous: str) -> bytes:
    """
    JSON with sorted names and no spaces, in UTF-8, times in UTC to the microsecond: RFC 8785 for what stands here,
    whole numbers below 2**53.
    """
    return orjson.dumps(content(row, previous), option=orjson.OPT_SORT_KEYS)


def content(row: Row, previous: str) -> dict[str, Any]:
    """What is hashed, as a line of an export holds it beside the hash."""
    return {
        "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": plain(row.details),
        "origin": row.origin,
        "previous": previous,
    }


def chained(rows: Iterable[Row], previous: str) -> Iterator[Row]:
    """The rows with their hashes, after one with the hash `previous`."""
    for row in rows:
        previous = hashed(row, previous)
        yield replace(row, hash=previous)


def head(said: str) -> Head:
    """As `suishu audit head` prints it. Raises `Invalid`."""
    found = _HEAD.fullmatch(said.strip().lower())
    if not found:
        raise Invalid(
            "链头应写作 编号:哈希，即 suishu audit head 给出的内容。",
            "A head is number:hash, as `suishu audit head` prints it.",
        )
    return Head(int(found[1]), found[2])


class Examination:
    """Rows one after the other against the hashes they carry, and against heads that were noted elsewhere."""

    MOST = 100
    """Findings that are kept; where one row was changed there may be a million."""

    def __init__(self, heads: Iterable[Head]) -> None:
        self._awaited: dict[int, set[str]] = {}
        for each in heads:
            self._awaited.setdefault(each.id, set()).add(each.hash)
        self._previous = BEGINNING
        self._rows = self._last = self._met = 0
        self._findings: list[Finding] = []

    def follow(self, previous: str) -> None:
        """What is seen begins in the middle, after a row with this hash."""
        self._previous = previous

    def see(self, row: Row) -> None:
        self._rows += 1
        if row.id <= self._last:
            self._find(
                row.id, f"第 {row.id} 条排在第 {self._last} 条之后。", f"Row {row.id} stands after {self._last}."
            )
        try:
            fits = hashed(row, self._previous) == row.hash
        except (TypeError, ValueError, AttributeError, RecursionError):
            fits = False
        if not fits and row.id > self._last + 1:
            gone = f"{self._last + 1}–{row.id - 1}" if row.id > self._last + 2 else str(row.id - 1)
            self._find(
                row.id,
                f"第 {row.id} 条与前一条不衔接：第 {gone} 条缺失，或者第 {row.id} 条被改动。",
                f"Row {row.id} does not follow the one before it: {gone} was taken out, or {row.id} was changed.",
            )
        elif not fits:
            self._find(
                row.id,
                f"第 {row.id} 条或它之前的一条被改动。",
                f"Row {row.id} was changed, or the one before it was.",
            )
        for noted in self._awaited.pop(row.id, ()):
            if noted == row.hash:
                self._met += 1
            else:
                self._find(
                    row.id,
                    f"第 {row.id} 条的哈希与库外记下的不同：从这里或更早起被重写。",
                    f"Row {row.id} has another hash than was noted elsewhere: the log was written anew up to here.",
                )
        self._last, self._previous = row.id, row.hash

    def unreadable(self, id_: int) -> None:
        self._rows += 1
        self._awaited.pop(id_, None)
        self._find(id_, f"第 {id_} 条无法读取：被改动。", f"Row {id_} can't be read: it was changed.")
        self._last, self._previous = id_, ""

    def spoilt(self, zh: str, en: str) -> None:
        self._find(0, zh, en)

    def end(self) -> Verdict:
        for id_ in sorted(self._awaited):
            if id_ > self._last:
                self._find(
                    id_,
                    f"末尾被截去：库外记有第 {id_} 条，这里到第 {self._last} 条为止。",
                    f"The end was cut off: row {id_} was noted elsewhere, and here it ends with {self._last}.",
                )
            else:
                self._find(id_, f"库外记有第 {id_} 条，这里没有。", f"Row {id_} was noted elsewhere and is not here.")
        last = Head(self._last, self._previous) if self._rows else None
        return Verdict(self._rows, last, self._met, tuple(self._findings))

    def _find(self, id_: int, zh: str, en: str) -> None:
        if len(self._findings) < self.MOST:
            self._findings.append(Finding(id_, zh, en))
