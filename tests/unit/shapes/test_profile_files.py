"""The files by themselves, as any other SHACL tool reads them."""

from datetime import date
from pathlib import Path

import pyshacl
import pytest
from rdflib import PROV, Graph, URIRef
from rdflib.namespace import SH

from shapes import quiet
from shapes.profile import PROFILES, SHAPE, load
from shapes.validate import validate
from tests.shared_data import SHARED, needs_shared
from tests.unit.shapes.damage import record
from tests.unit.shapes.examples import FOLDER, INVALID, VALID

ONLY_HERE = {"intake-dataset", "guangzhou-dataset", "guangzhou-publisher-uscc"}
"""Rules that a file can't say in full: nothing to point at, and a check digit."""


def reported(graph: Graph, shapes: Graph) -> set[str]:
    with quiet.ill_typed_literals():
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    return {str(shape).removeprefix(str(SHAPE)) for shape in report.objects(None, SH.sourceShape)}


@pytest.fixture(scope="module")
def guangzhou() -> Graph:
    return Graph().parse(FOLDER.parent / "profiles" / "guangzhou.ttl")


@pytest.mark.parametrize("example", [path for path in VALID if path.stem != "federated"], ids=lambda path: path.stem)
def test_another_tool_finds_nothing_in_a_valid_example(example: Path, guangzhou: Graph) -> None:
    assert reported(Graph().parse(example), guangzhou) == set()


@pytest.mark.parametrize(
    "example",
    [path for path in INVALID if path.stem.startswith("guangzhou-") and path.stem not in ONLY_HERE],
    ids=lambda path: path.stem,
)
def test_another_tool_finds_the_same_rule_broken(example: Path, guangzhou: Graph) -> None:
    assert example.stem in reported(Graph().parse(example), guangzhou)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_rule_of_one_profile_is_used_by_another(profile: str) -> None:
    graph = Graph().parse(FOLDER.parent / "profiles" / f"{profile}.ttl")
    own = {str(node) for node in graph.subjects() if isinstance(node, URIRef)}
    used = {str(node) for node in graph.objects() if str(node).startswith(str(SHAPE))}
    assert used <= own


def test_the_adapted_dcat_ap_says_whom_it_comes_from() -> None:
    head = (FOLDER.parent / "profiles" / "dcat-ap.ttl").read_text(encoding="utf-8")[:1500]
    for words in ("NOTICE", "European Union", "creativecommons.org/licenses/by/4.0", "Changed:"):
        assert words in head


@needs_shared
def test_the_adapted_dcat_ap_finds_what_the_official_file_finds() -> None:
    assert SHARED is not None
    official = Graph().parse(SHARED / "shapes" / "semic" / "releases" / "3.0.1" / "shacl" / "dcat-ap-SHACL.ttl")
    for undefined in {node for node in official.objects(None, SH.property) if (node, SH.path, None) not in official}:
        official.remove((None, SH.property, undefined))
    ours = Graph().parse(FOLDER.parent / "profiles" / "dcat-ap.ttl")
    original = {
        rule.name: str(ours.value(SHAPE[rule.name], PROV.wasDerivedFrom)) for rule in load("dcat-ap").rules.values()
    }
    assert len(set(original.values())) == len(set(official.subjects(SH.path)))
    for seed in range(0, 200, 10):
        results = validate(record(seed), "dcat-ap", today=date(2026, 11, 1)).results
        data = Graph().parse(data=record(seed), format="nt")
        with quiet.ill_typed_literals():
            _, report, _ = pyshacl.validate(data, shacl_graph=official)
        assert {original[result.rule] for result in results} == {str(s) for s in report.objects(None, SH.sourceShape)}
