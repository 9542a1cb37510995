"""
The filter queries of CKAN (`fq`) as choices of the catalogue.

The grammar is what of Solr's standard query parser CKAN's clients write: fields with words, quoted texts, ranges of
times and groups in brackets, joined by blanks, AND, OR, NOT, + and -.
https://solr.apache.org/guide/solr/latest/query-guide/standard-query-parser.html
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.api.ckan.faults import QueryNotValid
from app.catalogue.choice import EVERYTHING, Choice, Either, Every, Field, Has, Within, Without
from app.search.filters import BY_NAME

FIELDS: dict[str, Field] = {
    "id": "id", "name": "id", "organization": "publisher", "owner_org": "publisher", "groups": "theme", "tags": "tag",
    "res_format": "format", "open_attribute": "open_attribute", "extras_open_attribute": "open_attribute",
}  # fmt: skip
"""CKAN's name of a field -> the catalogue's."""
_CONSTANT = {
    "state": "active", "dataset_type": "dataset", "type": "dataset", "entity_type": "package", "capacity": "public",
    "private": "false",
}  # fmt: skip
"""What every entry says: another value finds nothing."""
_TIMES = ("metadata_modified",)

_MAX_CHARACTERS = 4_000
_MAX_TOKENS = 400
_MAX_DEPTH = 12
_TOKEN = re.compile(
    r"""\s*(?:(?P<range>[\[{][^\]}]*[\]}])|(?P<quoted>"(?:\\.|[^"\\])*")|(?P<bracket>[()])
    |(?P<join>(?:AND|OR|NOT)(?=[\s(]|$)|&&|\|\|)|(?P<sign>[+!-])|(?P<field>[A-Za-z_][\w.]*):(?=\S)
    |(?P<word>(?:\\.|[^\s()"\[\]{}\\])+))""",
    re.X | re.S,
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_AGO = re.compile(r"NOW(?:-(\d{1,5})(MINUTE|HOUR|DAY)S?)?")

Token = tuple[str, str]
"""Kind, text."""


def choice_of(texts: list[str], now: datetime) -> Choice:
    """What every one of these texts asks for. Raises `QueryNotValid`, saying what was not understood."""
    parts = [_Reader(text, now).whole() for text in texts if text.strip()]
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def split(text: str) -> tuple[str, list[str]]:
    """The words of a query (`q`) and the filters that stand between them (`organization:x bus` -> `bus`)."""
    words, filters = [], []
    rest = re.sub(r"\*:\*", " ", text)
    place = 0
    for found in re.finditer(r'(?<!\S)([+!-]?)([A-Za-z_]\w*):("(?:\\.|[^"\\])*"|\[[^\]]*\]|\S+)', rest):
        words.append(rest[place : found.start()])
        place = found.end()
        if found[2] in FIELDS or found[2] in _CONSTANT or found[2] in _TIMES:
            filters.append(found[0])
        elif found[2] in ("title", "notes", "text", "name_ngram", "title_ngram"):
            words.append(found[3])
        else:
            words.append(found[0])
    words.append(rest[place:])
    return " ".join(" ".join(words).split()), filters


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, now: datetime) -> None:
        if len(text) > _MAX_CHARACTERS:
            raise QueryNotValid(f"fq is longer than {_MAX_CHARACTERS} characters")
        self._now = now
        self._tokens: list[Token] = []
        self._at = 0
        self._depth = 0
        place = 0
        text = text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None or not found.lastgroup:
                raise QueryNotValid(f"fq can't be read from here: {text[place : place + 40]!r}")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            place = found.end()
        if len(self._tokens) > _MAX_TOKENS:
            raise QueryNotValid(f"fq has more than {_MAX_TOKENS} parts")

    def whole(self) -> Choice:
        found = self._either(self._field_term)
        if self._at < len(self._tokens):
            raise QueryNotValid(f"fq: unexpected {self._tokens[self._at][1]!r}")
        return found

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _either(self, term: Callable[[], Choice]) -> Choice:
        parts = [self._every(term)]
        while self._peek() in (("join", "OR"), ("join", "||")):
            self._take()
            parts.append(self._every(term))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, term: Callable[[], Choice]) -> Choice:
        parts = [self._signed(term)]
        while True:
            if self._peek() in (("join", "AND"), ("join", "&&")):
                self._take()
            elif self._peek()[0] in ("end",) or self._peek() in (("join", "OR"), ("join", "||"), ("bracket", ")")):
                return parts[0] if len(parts) == 1 else Every(tuple(parts))
            parts.append(self._signed(term))

    def _signed(self, term: Callable[[], Choice]) -> Choice:
        turned = False
        while self._peek()[0] == "sign" or self._peek() == ("join", "NOT"):
            turned ^= self._take()[1] != "+"
        found = self._bracketed(term) if self._peek() == ("bracket", "(") else term()
        return Without(found) if turned else found

    def _bracketed(self, term: Callable[[], Choice]) -> Choice:
        self._take()
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise QueryNotValid(f"fq has more than {_MAX_DEPTH} brackets within each other")
        found = self._either(term)
        self._depth -= 1
        if self._take() != ("bracket", ")"):
            raise QueryNotValid("fq: a bracket is not closed")
        return found

    def _field_term(self) -> Choice:
        kind, text = self._take()
        if (kind, text) == ("word", "*:*"):
            return EVERYTHING
        if kind != "field":
            raise QueryNotValid(f"fq needs a field before {text!r}; words belong into q" if text else "fq ends early")
        if text not in FIELDS and text not in _CONSTANT and text not in _TIMES:
            raise QueryNotValid(f"fq knows no field {text!r}; it knows {', '.join((*FIELDS, *_TIMES, *_CONSTANT))}")

        def value() -> Choice:
            return self._value(text)

        return self._signed(value)

    def _value(self, field: str) -> Choice:
        kind, text = self._take()
        if kind == "range":
            return _range(field, text, self._now)
        if kind == "quoted":
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        elif kind == "field":  # a colon within a value
            text = f"{text}:{self._take()[1]}"
        elif kind != "word":
            raise QueryNotValid(f"fq: {field} has no value")
        elif text == "*" and field in ("id", "name", *_TIMES, *_CONSTANT):
            return EVERYTHING
        elif re.search(r"(?<!\\)[*?~^]", text):
            raise QueryNotValid(f"fq: {field}:{text} has a wildcard; values are compared whole here")
        else:
            text = re.sub(r"\\(.)", r"\1", text)
        if field in _CONSTANT:
            return EVERYTHING if text.lower() == _CONSTANT[field] else Either()
        if field in _TIMES:
            at = _moment(text, self._now)
            return Within(at, at)
        return has(FIELDS[field], text)


def has(field: Field, text: str) -> Choice:
    """A label or alias of a code counts as the code, as in the search itself."""
    if field in ("theme", "format", "open_attribute"):
        return Has(field, next(iter(BY_NAME[field].values([text])), text))
    return Has(field, text)


def _range(field: str, text: str, now: datetime) -> Choice:
    ends = re.split(r"\s+TO\s+", text[1:-1].strip())
    if field not in _TIMES:
        if ends == ["*", "*"] and field in ("id", "name"):
            return EVERYTHING
        raise QueryNotValid(f"fq: only {', '.join(_TIMES)} can be asked for by a range")
    if len(ends) != 2:
        raise QueryNotValid(f"fq: {text} is no range, such as [2026-01-01T00:00:00Z TO *]")
    step = timedelta(microseconds=1)
    since, until = (None if end == "*" else _moment(end, now) for end in ends)
    if since and text[0] == "{":
        since += step
    if until and text[-1] == "}":
        until -= step
    return Within(since, until)


def _moment(text: str, now: datetime) -> datetime:
    """An instant, in UTC where no zone is said."""
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{f"{ago[2].lower()}s": int(ago[1])}) if ago[1] else now
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise QueryNotValid(f"fq: {text!r} is no time, such as 2026-01-01T00:00:00Z") from None
