"""
How far an entry is open, read from what its source says of access. Pure.

Sources name it by codes of several lists, by nodes with labels, in words, and sometimes several times. The strictest
holds; one that nobody can read counts as not said, unless it sounds closed: a doubt closes, it never opens.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.catalogue import terms
from app.catalogue.statements import Graph, literal, read
from app.catalogue.terms import DCT, SUI, TYPE
from vocab import codelists
from vocab.codelists import Concept

WITHHOLDABLE: Final = ("dataItems", "description")
"""What a publisher may keep from the public, as `sui:withheld` says it."""

_SCHEME: Final = codelists.scheme("open-attribute")
_RANKS: Final = {"": 0, "WTJ": 0, "YTJ": 1, "BKF": 2}
_CODES: Final = (
    (
        re.compile(r"https?://(?:www\.)?publications\.europa\.eu/resource/authority/access-right/(\w+)/?", re.I),
        {"PUBLIC": "WTJ", "RESTRICTED": "YTJ", "NON_PUBLIC": "BKF", "CONFIDENTIAL": "BKF", "SENSITIVE": "BKF"},
    ),
    (
        re.compile(r"https?://(?:www\.)?w3id\.org/suishu/scheme/open-attribute/(\w+)/?", re.I),
        {"WTJ": "WTJ", "YTJ": "YTJ", "BKF": "BKF"},
    ),
    (
        re.compile(r"https?://purl\.org/coar/access_right/(\w+)/?", re.I),
        {"C_ABF2": "WTJ", "C_16EC": "YTJ", "C_F1CF": "YTJ", "C_14CB": "BKF"},
    ),
)
"""Lists that name each degree by an address: the EU's, our own, COAR's."""
_CLOSING_WORDS: Final = (
    (
        "BKF",
        re.compile(
            r"非开放|不开放|不公开|不予|涉密|保密|机密|内部|敏感"
            r"|\b(?:non|not)[-_ ]?public|closed|confidential|sensitive|secret|private|internal",
            re.I,
        ),
    ),
    ("YTJ", re.compile(r"受限|有条件|依申请|restricted|conditional|embargo", re.I)),
)
"""What an open attribute that no list knows may say."""
_IN_WORDS: Final = (DCT + "rights", "http://purl.org/dc/elements/1.1/rights", SUI + "openAttributeText")
"""Where an open attribute may stand beside other things: only what a list knows counts there."""
_WITHHELD_WORDS: Final = {
    "description": {"description"}, "summary": {"description"}, "数据摘要": {"description"}, "摘要": {"description"},
    "dataitems": {"dataItems"}, "items": {"dataItems"}, "数据项": {"dataItems"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Openness:
    """How far an entry is open: the notation of its open attribute, and what its publisher keeps back."""

    attribute: str = ""
    withheld: frozenset[str] = field(default_factory=frozenset)

    def closes(self, before: "Openness") -> bool:
        """True when something that was public before may be public no more."""
        return _RANKS[self.attribute] > _RANKS[before.attribute] or not self.withheld <= before.withheld

    @property
    def is_open(self) -> bool:
        """Nothing says that the data is not for everyone."""
        return _RANKS[self.attribute] == 0


def openness(ntriples: bytes, id_: str) -> Openness:
    """The openness of the record's dataset."""
    return openness_of(read(ntriples), id_)


def openness_of(graph: Graph, id_: str) -> Openness:
    """The same of a record that is read."""
    node = terms.dataset(id_)
    withheld = (_withheld(value) for predicate, value in graph.get(node, ()) if predicate == SUI + "withheld")
    return Openness(open_attribute(graph, node), frozenset().union(*withheld))


def open_attribute(graph: Graph, node: str) -> str:
    """
    The strictest of what is said of a node, "" where nothing is.

    Said in the words of `dct:rights` or as a source's own text it can close, never open.
    """
    said = [access_rights(graph, node)]
    for predicate, value in graph.get(node, ()):
        if predicate in _IN_WORDS and not Openness(known := _attribute(value, graph, doubts=False)).is_open:
            said.append(known)
    return _strictest(said)


def access_rights(graph: Graph, node: str) -> str:
    """The strictest of a node's `dct:accessRights` alone."""
    return _strictest(_attribute(o, graph, doubts=True) for p, o in graph.get(node, ()) if p == DCT + "accessRights")


def _strictest(attributes: Iterable[str]) -> str:
    return max(attributes, key=lambda attribute: (_RANKS[attribute], attribute), default="")


def _attribute(value: str, graph: Graph, *, doubts: bool) -> str:
    """What a term names, or the record's own labels of it; `doubts`: what only sounds closed counts too."""
    said = [literal(each) for each in (value, *_said_of(value, graph))]
    found = [_of_text(each.text.strip(), doubts=doubts) for each in said if each]
    if value.startswith("<"):
        found.append(_of_address(value[1:-1], doubts=doubts))
    return _strictest(found)


def _of_text(text: str, *, doubts: bool) -> str:
    return _code(text) or _notation(_SCHEME.find(text)) or (_closing(text) if doubts else "")


def _of_address(address: str, *, doubts: bool) -> str:
    known = _code(address) or _notation(_SCHEME.by_iri(address))
    return known or (_closing(_last_part(address)) if doubts else "")


def _code(text: str) -> str:
    """What a text stands for that is an address of one of the lists, "" where it is none."""
    for pattern, names in _CODES:
        if match := pattern.fullmatch(text):
            return names.get(match[1].upper(), "")
    return ""


def _notation(concept: Concept | None) -> str:
    return concept.notation if concept and concept.notation in _RANKS else ""


def _closing(text: str) -> str:
    return next((attribute for attribute, words in _CLOSING_WORDS if words.search(text)), "")


def _said_of(value: str, graph: Graph) -> list[str]:
    """What a record says of a node, types apart."""
    return [o for p, o in graph.get(value, ()) if p != TYPE]


def _withheld(value: str) -> frozenset[str]:
    """Anything that is said but not understood withholds all that can be."""
    said = literal(value)
    words = re.split(r"[\s,，、;；]+", (said.text if said else _last_part(value.strip("<>"))).strip().lower())
    found = [_WITHHELD_WORDS.get(word, set(WITHHOLDABLE)) for word in words if word]
    return frozenset().union(*found)


def _last_part(address: str) -> str:
    return re.split("[#/]", address.rstrip("#/"))[-1]
