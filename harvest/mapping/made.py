"""
A record of another portal's model as DCAT: an entry in the terms of our profile, and what the profile has no field for.

Values of such models are whatever somebody put there: each reader here takes anything and gives "" or nothing for what
it can't use.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvest.mapping import values
from harvest.mapping.codes import concept
from harvest.mapping.entry import Entry
from harvest.mapping.statements import SUBJECT, link, statements
from vocab.iris import mended
from vocab.namespaces import XSD
from vocab.ntriples import line, literal

_SUBJECT_AT_START = re.compile(rb"^%s " % re.escape(SUBJECT.encode()), re.MULTILINE)
_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
MAX_ELEMENTS = 10_000
"""Of one list in one record; a longer one is no list of a record's values."""


@dataclass(frozen=True, slots=True)
class Made:
    """`key` is "" where nothing in the record tells it again."""

    key: str
    subject: str
    ntriples: bytes
    notes: tuple[str, ...] = ()


class More:
    """Statements of the same nodes as `statements` writes: the dataset, its distributions `_:f0`, `_:f1` …"""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def node(self, predicate: str, address: object, *, of: str = SUBJECT) -> bool:
        """Says an address; False for what is none."""
        good = mended(text(address)) if text(address) else None
        if good:
            self._add(of, predicate, b"<%s>" % good.encode())
        return bool(good)

    def link(self, predicate: str, address: object, *, of: str = SUBJECT) -> bool:
        """Says an address that may become a link on a page."""
        return bool(link(text(address))) and self.node(predicate, address, of=of)

    def code(self, predicate: str, scheme: str, word: str) -> str:
        """The word where our list has it or it is no address; the address of a foreign code is said as it is."""
        if link(word) and not concept(scheme, word) and self.node(predicate, word):
            return ""
        return word

    def blank(self, predicate: str, label: str, *, of: str = SUBJECT) -> str:
        self._add(of, predicate, label.encode())
        return label

    def text(self, predicate: str, words: object, language: str = "", *, of: str = SUBJECT) -> None:
        written = values.paragraphs(words) if isinstance(words, str) else text(words)
        if written:
            self._add(of, predicate, literal(written, language=language))

    def typed(self, predicate: str, value: str, datatype: str, *, of: str = SUBJECT) -> None:
        if value:
            self._add(of, predicate, literal(value, datatype=datatype))

    def moment(self, predicate: str, value: object, *, of: str = SUBJECT) -> None:
        at = values.moment(value) if isinstance(value, str | int) else None
        if at:
            self.typed(predicate, at, str(XSD.dateTime if "T" in at else XSD.date), of=of)

    def _add(self, of: str, predicate: str, term: bytes) -> None:
        self.lines.append(line(of.encode(), b"<%s>" % predicate.encode(), term))


def made(key: str, iri: str, entry: Entry, more: More) -> Made:
    """`iri` is the source's own address of the dataset; "" for a blank node."""
    ntriples = statements(entry) + b"".join(dict.fromkeys(more.lines))
    good = mended(iri) if iri else None
    notes = tuple(dict.fromkeys(entry.notes))
    if good is None:
        return Made(key, SUBJECT, ntriples, notes)
    subject = f"<{good}>"
    return Made(key, subject, _SUBJECT_AT_START.sub(lambda _: subject.encode() + b" ", ntriples), notes)


def text(value: object) -> str:
    """One line of a string or a number, "" for anything else and for the words that stand for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    written = values.text(value)
    return "" if values.is_nothing(written) else written


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list, or of the one that stands alone; a string that holds JSON is read."""
    value = unquoted(value)
    found = value if isinstance(value, list) else [value]
    return [each for each in found[:MAX_ELEMENTS] if isinstance(each, dict)]


def texts(value: object) -> list[str]:
    """The texts of a list or of one value. Of an object in the list, what it is called."""
    value = unquoted(value)
    found: list[str] = []
    for each in (value if isinstance(value, list) else [value])[:MAX_ELEMENTS]:
        word = named(each) if isinstance(each, dict) else text(each)
        if word and word not in found[-50:]:
            found.append(word)
    return list(dict.fromkeys(found))


def named(value: Mapping[str, Any]) -> str:
    """What an object is called."""
    names = ("display_name", "title", "name", "prefLabel", "label", "fn", "@id", "uri", "id")
    return next((word for name in names if (word := text(value.get(name)))), "")


def unquoted(value: object) -> object:
    """The list or object that a string holds as JSON; else the value itself."""
    if isinstance(value, str) and value[:1] in "[{" and len(value) > 1:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            pass
    return value


def by_language(value: object) -> dict[str, str]:
    """Language tag -> text, of a map of languages; {"": text} for plain text."""
    value = unquoted(value) if isinstance(value, str) and value[:1] == "{" else value
    if isinstance(value, dict):
        if "@value" in value:
            value = {text(value.get("@language")): value.get("@value")}
        found = {str(tag).replace("_", "-"): values.paragraphs(said) for tag, said in value.items()
                 if isinstance(said, str) and (not tag or _TAG.fullmatch(str(tag)))}  # fmt: skip
        return {tag: said for tag, said in found.items() if said and not values.is_nothing(said)}
    if isinstance(value, str):
        written = values.paragraphs(value)
        return {"": written} if written and not values.is_nothing(written) else {}
    return {"": text(value)} if text(value) else {}


def main(found: Mapping[str, str]) -> tuple[str, str]:
    """(tag, text) of the language that comes first here: Chinese, the one nobody named, English, any."""
    order = sorted(found, key=lambda tag: (not tag.lower().startswith("zh"), tag != "", not tag.startswith("en"), tag))
    return (order[0], found[order[0]]) if order else ("", "")


def language_of(*samples: str) -> str:
    """zh-Hans or zh-Hant where the texts are Chinese, "" where they are in another language and nobody says which."""
    sample = " ".join(each[:500] for each in samples)
    letters = len(_LETTER.findall(sample))
    if not letters or _KANA.search(sample) or len(_HAN.findall(sample)) * 4 < letters:
        return ""
    return values.chinese([sample])
