"""
What of an entry a metadata profile shows, and what it adds that the profile demands. Pure.

DCAT-AP 3.0.1 https://semiceu.github.io/DCAT-AP/releases/3.0.1/, DCAT-AP HVD 3.0.0
https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/
"""

import re
from dataclasses import dataclass
from typing import Final

from app.catalogue.statements import read
from app.catalogue.terms import CSVW, DCAT, DCT, SUI, TYPE, XSD

DCATAP: Final = "http://data.europa.eu/r5r/"
_HVD_LAW: Final = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
_LAW_CLASS: Final = "http://data.europa.eu/eli/ontology#LegalResource"
_HVD_CATEGORY: Final = f" <{DCATAP}hvdCategory> <".encode()
_OWN: Final = re.compile(rf"^\S+ <(?:{re.escape(SUI)}|{re.escape(CSVW)})[^>]*> [^\n]*\n".encode(), re.M)
_SIZE: Final = re.compile(rf'( <{re.escape(DCAT)}byteSize> "[0-9]+")(?:\^\^<[^>]*>)? \.\n'.encode())
_SIZE_TYPED: Final = f"\\1^^<{XSD}nonNegativeInteger> .\n".encode()


@dataclass(frozen=True, slots=True)
class Profile:
    """`token` names it in `?profile=`; `iris` are the addresses it is known by, the first is told in answers."""

    token: str
    iris: tuple[str, ...]
    title: str


DCAT_AP: Final = Profile(
    "dcat-ap", ("https://semiceu.github.io/DCAT-AP/releases/3.0.1/", "http://data.europa.eu/r5r/"), "DCAT-AP 3.0.1"
)
HVD: Final = Profile("dcat-ap-hvd", ("https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/",), "DCAT-AP HVD 3.0.0")
WHOLE: Final = Profile("suishu", ("https://w3id.org/suishu/profile/catalogue",), "Suishu")
"""All that is public; what is sent to those who ask for no profile."""
PROFILES: Final = (WHOLE, DCAT_AP, HVD)


def named(name: str) -> Profile | None:
    """By token or IRI; with or without the slash at its end."""
    wanted = name.strip().rstrip("/")
    return next(
        (each for each in PROFILES if wanted == each.token or wanted in [iri.rstrip("/") for iri in each.iris]), None
    )


def is_high_value(ntriples: bytes, uri: str) -> bool:
    """Whether an entry says that it is a high-value dataset: nobody else may."""
    return f"<{uri}>".encode() + _HVD_CATEGORY in ntriples


def shaped(ntriples: bytes, uri: str, profile: Profile) -> bytes:
    """The entry `uri` in a profile; its lines are sound."""
    if profile is WHOLE:
        return ntriples
    kept = _SIZE.sub(_SIZE_TYPED, _OWN.sub(b"", ntriples))
    graph = read(kept)
    node = f"<{uri}>"
    # the record's primary topic has to be called a resource, and not every reader knows that a dataset is one
    more = [f"{node} <{TYPE}> <{DCAT}Resource> ."]
    said = {predicate for predicate, _ in graph.get(node, ())}
    if DCT + "description" not in said:  # demanded; the title is the least that can be said
        more += [f"{node} <{DCT}description> {o} ." for p, o in graph.get(node, ()) if p == DCT + "title"]
    parts = [o for p, o in graph.get(node, ()) if p == DCAT + "distribution" and o in graph]
    for part in parts:
        if DCAT + "accessURL" not in {p for p, _ in graph[part]}:
            downloads = [o for p, o in graph[part] if p == DCAT + "downloadURL"]
            more += [f"{part} <{DCAT}accessURL> {address} ." for address in downloads[:1] or [node]]
    if profile is HVD:
        law = f"<{_HVD_LAW}>"
        legal = DCATAP + "applicableLegislation"
        more += [f"{each} <{legal}> {law} ." for each in [node, *parts] if (legal, law) not in graph.get(each, ())]
        more.append(f"{law} <{TYPE}> <{_LAW_CLASS}> .")
    return _reachable(kept, graph, uri) + "".join(f"{line}\n" for line in more).encode()


def _reachable(ntriples: bytes, graph: dict[str, list[tuple[str, str]]], uri: str) -> bytes:
    """Without what hung on an own term alone; the catalogue and its record stay."""
    keep = [f"<{uri}>", f"<{uri}#record>"]
    seen = set(keep)
    for subject in keep:  # grows while it is walked
        for _, o in graph.get(subject, ()):
            if o in graph and o not in seen:
                seen.add(o)
                keep.append(o)
    lines = ntriples.splitlines(keepends=True)
    subjects = (line.split(b" ", 1)[0].decode() for line in lines)
    found = (
        line for line, subject in zip(lines, subjects, strict=True) if subject in seen or subject.endswith("/catalog>")
    )
    return b"".join(found)
