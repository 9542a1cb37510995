"""
Code lists as SKOS concept schemes: look-up by notation, IRI or any word that catalogues use for a concept.

Each scheme is one Turtle file under `schemes/`, with its sources; it is read when it is first asked for. The lists
and their limits: see `SCHEMES`. What no scheme knows stays unknown: `find` never guesses.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from vocab import ntriples, rdf
from vocab.namespaces import MEDIA_TYPE, SCHEME, SKOS, SUI
from vocab.syntax import Format

SCHEMES: tuple[str, ...] = (
    "theme",
    "theme-gbt21063",
    "industry",
    "frequency",
    "open-attribute",
    "level",
    "format",
    "district",
    "grounds",
    "item-datatype",
    "correction-state",
)

_FOLDER = Path(__file__).parent / "schemes"
_NOT_A_WORD = re.compile(r"[\W_]+")
# What people put around a period; each of the forms is then one concept: 按年更新, 每年更新1次, 年.
_AFTER_A_PERIOD = re.compile(r"(?:更新)?(?:[一1]次)?$")
_BEFORE_A_PERIOD = re.compile(r"^(?:[一1]次|[按每])")
_SEPARATORS = re.compile(r"[,，;；|\n\r\t]+")
_PARTS = re.compile(r"[、/\s]+")
_LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Concept:
    """
    One entry of a code list.

    `labels` has one text for each of zh-Hans, zh-Hant and en; `aliases` every other word for it, in both scripts.
    `broader` is the notation above it. `matches` are IRIs of other tables, the closest first. `facts` hold what the
    scheme says beside: of a format `mediaType` and `formatClass`, of a data type `datatype` (XML Schema), of a
    ground `openAttribute` and `article`.
    """

    iri: str
    scheme: str
    notation: str
    labels: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    broader: str | None = None
    matches: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """The text in a language, else in zh-Hans, else any."""
        return (
            self.labels.get(language) or self.labels.get("zh-Hans") or next(iter(self.labels.values()), self.notation)
        )


class Scheme:
    """One code list, in the order of its file."""

    def __init__(self, name: str, labels: Mapping[str, str], concepts: list[Concept]) -> None:
        self.name = name
        self.iri = str(SCHEME[name])
        self.labels = labels
        self._by_notation = {concept.notation: concept for concept in concepts}
        self._by_iri: dict[str, Concept] = {}
        self._by_word: dict[str, Concept] = {}
        for concept in concepts:
            for iri in (concept.iri, *concept.matches):
                self._by_iri.setdefault(iri, concept)
            for word in (concept.notation, *concept.labels.values(), *concept.aliases):
                self._by_word.setdefault(_key(word), concept)
                if len(concept.notation) <= 2:  # "A.农、林、牧、渔业"
                    self._by_word.setdefault(_key(concept.notation + word), concept)

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._by_notation.values())

    def __len__(self) -> int:
        return len(self._by_notation)

    def get(self, notation: str) -> Concept | None:
        return self._by_notation.get(notation)

    def by_iri(self, iri: str) -> Concept | None:
        """By our own IRI or that of a table it is matched to; the first concept where several match one IRI."""
        concept = self._by_iri.get(iri)
        if concept is None and iri.startswith("https://"):
            concept = self._by_iri.get("http://" + iri[8:])
        if concept is None and self.name == "format":
            plain = iri.replace("https://", "http://", 1)
            if plain.startswith(MEDIA_TYPE):
                concept = self._by_word.get(_key(plain[len(MEDIA_TYPE) :]))
        return concept

    def find(self, text: str) -> Concept | None:
        """
        The concept that a word, notation or IRI stands for, or None.

        Width, case, both scripts, white space, quotes, brackets and punctuation make no difference.
        """
        return _find(self, text[:300])

    def find_all(self, text: str) -> tuple[tuple[Concept, ...], tuple[str, ...]]:
        """The concepts in a list such as `['xls', 'csv']` or `财政、经济管理`, each once, and the words left over."""
        whole = self.find(text)
        if whole:
            return (whole,), ()
        found: dict[str, Concept] = {}
        unknown: dict[str, None] = {}
        for word in _SEPARATORS.split(text.strip().strip("[]()（）【】{}")):
            for part in (word,) if self.find(word) or not _key(word) else self._parts(word):
                concept = self.find(part)
                if concept:
                    found[concept.notation] = concept
                else:
                    unknown[part.strip(" '\"‘’“”")] = None
        unknown.pop("", None)
        return tuple(found.values()), tuple(unknown)

    def _parts(self, word: str) -> list[str]:
        """Parts between 、 / or blanks, but only when each of them is known: names of concepts hold 、 too."""
        parts = [part for part in _PARTS.split(word) if _key(part)]
        return parts if parts and all(self.find(part) for part in parts) else [word]

    def _lookup(self, text: str) -> Concept | None:
        if "://" in text and (concept := self.by_iri(text.strip().strip("<>"))):
            return concept
        key = _key(text)
        concept = self._by_word.get(key)
        if concept is None and self.name == "frequency":
            shorter = _AFTER_A_PERIOD.sub("", key, count=1)
            concept = self._by_word.get(shorter) or self._by_word.get(_BEFORE_A_PERIOD.sub("", shorter, count=1))
        return concept


def scheme(name: str) -> Scheme:
    """A code list by its name in `SCHEMES`; read once. Raises KeyError for a name that is none."""
    if name not in SCHEMES:
        raise KeyError(name)
    return _load(name)


@lru_cache(maxsize=4096)
def _find(scheme: Scheme, text: str) -> Concept | None:
    return scheme._lookup(text)


def _key(text: str) -> str:
    """Letters and digits alone, in one width and case."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


@cache
def _load(name: str) -> Scheme:
    nodes: dict[str, dict[str, list[bytes]]] = {}
    document = rdf.to_ntriples(_FOLDER / f"{name}.ttl", Format.TURTLE)
    for line in document.lines:
        subject, predicate, object_ = ntriples.split(line)
        properties = nodes.setdefault(ntriples.iri_value(subject) or "", {})
        properties.setdefault(ntriples.iri_value(predicate) or "", []).append(object_)
    top = nodes.pop(str(SCHEME[name]))
    return Scheme(name, _texts(top, str(SKOS.prefLabel)), [_concept(name, iri, node) for iri, node in nodes.items()])


def _concept(name: str, iri: str, node: dict[str, list[bytes]]) -> Concept:
    facts = {key[len(SUI) :]: _plain(values[0]) for key, values in node.items() if key.startswith(SUI)}
    broader = node.get(str(SKOS.broader))
    return Concept(
        iri=iri,
        scheme=name,
        notation=_plain(node[str(SKOS.notation)][0]),
        labels=_texts(node, str(SKOS.prefLabel)),
        aliases=tuple(_plain(v) for p in (SKOS.altLabel, SKOS.hiddenLabel) for v in node.get(str(p), ())),
        broader=(ntriples.iri_value(broader[0]) or "").rpartition("/")[2] if broader else None,
        matches=tuple(_plain(v) for p in (SKOS.exactMatch, SKOS.closeMatch) for v in node.get(str(p), ())),
        facts=facts,
    )


def _texts(node: dict[str, list[bytes]], predicate: str) -> dict[str, str]:
    found = {}
    for value in node.get(predicate, ()):
        literal = ntriples.literal_value(value)
        if literal:
            found[literal.language.lower()] = literal.text
    return {language: found[language.lower()] for language in _LANGUAGES if language.lower() in found}


def _plain(term: bytes) -> str:
    literal = ntriples.literal_value(term)
    return literal.text if literal else ntriples.iri_value(term) or ""
