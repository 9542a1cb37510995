"""The Turtle files themselves: what SKOS asks of a scheme, and what look-ups rely on."""

from pathlib import Path

import pytest
from rdflib import Graph, URIRef

import vocab.schemes
from vocab import codelists
from vocab.namespaces import DCT, RDF, SCHEME, SKOS, SUI

FOLDER = Path(vocab.schemes.__file__).parent
SIZES = {
    "theme": 22,
    "theme-gbt21063": 20,
    "industry": 20,
    "frequency": 14,
    "open-attribute": 3,
    "level": 7,
    "district": 12,
    "grounds": 8,
    "item-datatype": 11,
    "correction-state": 4,
}


@pytest.fixture(scope="module", params=codelists.SCHEMES)
def graph(request: pytest.FixtureRequest) -> tuple[str, Graph]:
    return request.param, Graph().parse(FOLDER / f"{request.param}.ttl")


def test_every_file_is_a_scheme_and_every_scheme_a_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.ttl")} == set(codelists.SCHEMES)


def test_a_scheme_names_its_source_and_its_top_concepts(graph: tuple[str, Graph]) -> None:
    name, g = graph
    scheme = SCHEME[name]
    assert (scheme, RDF.type, SKOS.ConceptScheme) in g
    assert set(g.objects(scheme, DCT.source))
    assert {str(label.language).lower() for label in g.objects(scheme, SKOS.prefLabel)} == {"zh-hans", "zh-hant", "en"}
    tops = set(g.objects(scheme, SKOS.hasTopConcept))
    assert tops == set(g.subjects(SKOS.topConceptOf, scheme))
    concepts = set(g.subjects(RDF.type, SKOS.Concept))
    assert {concept for concept in concepts if not set(g.objects(concept, SKOS.broader))} == tops


def test_a_concept_has_one_notation_that_ends_its_iri_and_a_label_in_each_language(graph: tuple[str, Graph]) -> None:
    name, g = graph
    for concept in g.subjects(RDF.type, SKOS.Concept):
        (notation,) = g.objects(concept, SKOS.notation)
        assert concept == SCHEME[f"{name}/{notation}"]
        languages = sorted(str(label.language).lower() for label in g.objects(concept, SKOS.prefLabel))
        assert languages == ["en", "zh-hans", "zh-hant"], concept
        assert (concept, SKOS.inScheme, SCHEME[name]) in g
        for broader in g.objects(concept, SKOS.broader):
            assert (broader, SKOS.inScheme, SCHEME[name]) in g


def test_labels_of_a_concept_are_disjoint(graph: tuple[str, Graph]) -> None:
    # SKOS S13: no text is both a preferred and an alternative or hidden label of one concept.
    _, g = graph
    for concept in g.subjects(RDF.type, SKOS.Concept):
        texts = [list(g.objects(concept, kind)) for kind in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)]
        assert sum(map(len, texts)) == len({text for kind in texts for text in kind})


@pytest.mark.parametrize("name", codelists.SCHEMES)
def test_no_word_stands_for_two_concepts(name: str) -> None:
    seen: dict[str, str] = {}
    for concept in codelists.scheme(name):
        for word in (concept.notation, *concept.labels.values(), *concept.aliases):
            key = codelists._key(word)
            assert key, f"{word!r} of {concept.notation} has no letter to be found by"
            assert seen.setdefault(key, concept.notation) == concept.notation, word


@pytest.mark.parametrize("name", codelists.SCHEMES)
def test_every_word_of_a_concept_finds_it(name: str) -> None:
    scheme = codelists.scheme(name)
    for concept in scheme:
        for word in (concept.notation, concept.iri, *concept.labels.values(), *concept.aliases):
            assert scheme.find(word) is concept, word


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_a_scheme_has_all_its_concepts(name: str, size: int) -> None:
    assert len(codelists.scheme(name)) == size


def test_matches_are_iris_of_the_eu_tables() -> None:
    for name in ("theme", "frequency", "open-attribute"):
        for concept in codelists.scheme(name):
            assert concept.matches, concept.notation
            for match in concept.matches:
                assert URIRef(match).startswith("http://publications.europa.eu/resource/authority/")


def test_formats_without_an_eu_file_type_are_our_own_and_each_has_a_class() -> None:
    formats = codelists.scheme("format")
    classes = {"电子文件", "电子表格", "数据库", "图形图像", "流媒体", "自描述格式", "服务接口", "其他"}
    assert {concept.facts["formatClass"] for concept in formats} == classes
    for notation in ("ofd", "wps", "et"):
        concept = formats.get(notation)
        assert concept is not None
        assert concept.matches == ()


def test_every_own_property_of_a_concept_is_in_the_vocabulary(graph: tuple[str, Graph]) -> None:
    _, g = graph
    vocabulary = Graph().parse(FOLDER.parent / "ns.ttl")
    used = {predicate for predicate in g.predicates() if predicate.startswith(SUI)}
    assert used <= set(vocabulary.subjects())
