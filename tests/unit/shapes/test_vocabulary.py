"""The profiles repeat codes of the vocabulary, so that any SHACL tool can read them; here the two are compared."""

import re
from datetime import date

import pytest
from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH

from shapes.profile import SHAPE
from shapes.validate import validate
from tests.unit.shapes.examples import FOLDER, ntriples
from vocab import codelists

TODAY = date(2026, 11, 1)
GUANGZHOU = Graph().parse(FOLDER.parent / "profiles" / "guangzhou.ttl")
VALID = ntriples(FOLDER / "valid" / "unconditional.ttl").decode()


def listed(rule: str) -> set[str]:
    shape = SHAPE[rule]
    head = GUANGZHOU.value(shape, SH["in"]) or GUANGZHOU.value(GUANGZHOU.value(shape, SH.qualifiedValueShape), SH["in"])
    return {str(member) for member in Collection(GUANGZHOU, head) if isinstance(member, URIRef)}


def matched(scheme: str) -> set[str]:
    return {iri for concept in codelists.scheme(scheme) for iri in concept.matches}


def test_the_domains_are_those_of_the_scheme() -> None:
    assert listed("guangzhou-theme") == {concept.iri for concept in codelists.scheme("theme")}


def test_the_grounds_are_those_of_the_scheme() -> None:
    assert listed("guangzhou-basis-ground") == {concept.iri for concept in codelists.scheme("grounds")}


def test_the_frequencies_and_open_attributes_are_what_the_schemes_map_to() -> None:
    assert listed("guangzhou-frequency") == matched("frequency")
    assert listed("guangzhou-access-rights") == matched("open-attribute")


@pytest.mark.parametrize(
    ("scheme", "in_the_example"),
    [
        ("level", "https://w3id.org/suishu/scheme/level/general"),
        ("district", "https://w3id.org/suishu/scheme/district/440104"),
        ("format", "http://publications.europa.eu/resource/authority/file-type/CSV"),
    ],
)
def test_every_concept_of_a_scheme_passes(scheme: str, in_the_example: str) -> None:
    for concept in codelists.scheme(scheme):
        for iri in (concept.iri, *(concept.matches if scheme == "format" else ())):
            record = re.sub(f"<{re.escape(in_the_example)}>", f"<{iri}>", VALID).encode()
            assert validate(record, "guangzhou", today=TODAY).results == (), iri
