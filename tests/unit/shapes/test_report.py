import json
from datetime import date

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH

from shapes.profile import PROFILES, SHAPE, load
from shapes.report import MAX_RESULTS, Report
from shapes.validate import validate
from tests.unit.shapes.damage import record
from tests.unit.shapes.examples import FOLDER, ntriples

TODAY = date(2026, 11, 1)
DATASET = "https://data.example.org/dataset/parks"
SUI = Namespace("https://w3id.org/suishu/ns#")


def report_of(example: str, profile: str = "guangzhou") -> Report:
    return validate(ntriples(FOLDER / f"{example}.ttl"), profile, today=TODAY)


def test_a_result_names_the_place_the_value_the_rule_and_its_article_in_two_languages() -> None:
    (result,) = report_of("invalid/guangzhou-access-rights").results
    assert (result.focus, result.path, result.value) == (DATASET, "dct:accessRights", "普遍开放")
    assert (result.rule, result.severity, result.article) == ("guangzhou-access-rights", "violation", "第九条")
    assert "开放属性" in result.message["zh-Hans"]
    assert "open attribute" in result.message["en"]


def test_a_result_of_a_nested_node_names_that_node() -> None:
    (result,) = report_of("invalid/guangzhou-publisher-uscc").results
    assert (result.focus, result.path) == ("https://data.example.org/publisher/parks", "dct:identifier")
    assert result.value == "11440100MB2D5EX011"


def test_a_rule_about_several_properties_names_the_one_to_mend() -> None:
    (result,) = report_of("invalid/guangzhou-condition").results
    assert (result.path, result.value) == ("dct:rights", "")


def test_warnings_alone_let_an_entry_pass() -> None:
    report = report_of("invalid/guangzhou-licence")
    assert report.conforms
    assert [result.rule for result in report.warnings] == ["guangzhou-licence"]
    assert report.violations == ()
    assert (None, SH.conforms, Literal(False)) in report.graph()


def test_violations_come_before_warnings_and_the_order_is_always_the_same() -> None:
    reports = [validate(record(seed), "guangzhou", today=TODAY) for seed in range(60)]
    for seed, report in enumerate(reports):
        severities = [result.severity for result in report.results]
        assert severities == sorted(severities, key=["violation", "warning", "info"].index)
        shuffled = b"".join(sorted(record(seed).splitlines(keepends=True), reverse=True))
        assert validate(shuffled, "guangzhou", today=TODAY) == report


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(20))
def test_the_graph_is_a_validation_report_as_shacl_defines_it(profile: str, seed: int) -> None:
    report = validate(record(seed), profile, today=TODAY)
    graph = report.graph()
    (root,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert [node.toPython() for node in graph.objects(root, SH.conforms)] == [not report.results]
    results = list(graph.objects(root, SH.result))
    assert len(results) == len(report.results)
    for result in results:
        for once in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape):
            assert len(list(graph.objects(result, once))) == 1
        for at_most_once in (SH.resultPath, SH.value):
            assert len(list(graph.objects(result, at_most_once))) <= 1
        assert {message.language for message in graph.objects(result, SH.resultMessage)} == {"zh-hans", "en"}


def test_a_path_of_several_properties_is_written_as_shacl_writes_paths() -> None:
    graph = report_of("invalid/intake-date", "intake").graph()
    (path,) = graph.objects(None, SH.resultPath)
    members = graph.collection(graph.value(path, SH.alternativePath))
    assert [str(member).rsplit("/")[-1] for member in members] == ["issued", "modified"]


def test_the_graph_says_the_article_and_the_value() -> None:
    graph = report_of("invalid/guangzhou-rows").graph()
    assert set(graph.objects(None, SH.value)) == {Literal("180 行")}
    graph = report_of("invalid/guangzhou-level").graph()
    assert set(graph.objects(None, SUI.article)) == {Literal("第八条")}
    assert set(graph.objects(None, SH.resultPath)) == {SUI.level}


def test_a_long_value_is_cut() -> None:
    line = f'<{DATASET}> <http://purl.org/dc/terms/title> "{"名" * 3_000_000}"@zh .\n'.encode()
    example = ntriples(FOLDER / "valid" / "unconditional.ttl")
    report = validate(example + line, "guangzhou", today=TODAY)
    values = [result.value for result in report.results if result.rule == "guangzhou-title-length"]
    assert values == ["名" * 500 + "…"]
    assert len(report.ntriples()) < 20_000


def test_a_report_names_a_thousand_results_and_says_that_there_were_more() -> None:
    keywords = "".join(f'<{DATASET}> <http://www.w3.org/ns/dcat#keyword> "a,{n}" .\n' for n in range(3000))
    report = validate(
        ntriples(FOLDER / "invalid" / "guangzhou-level.ttl") + keywords.encode(), "guangzhou", today=TODAY
    )
    assert len(report.results) == MAX_RESULTS
    assert report.cut
    assert [result.rule for result in report.violations] == ["guangzhou-level"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_rule_speaks_chinese_and_english_and_says_what_it_is_about(profile: str) -> None:
    for rule in load(profile).rules.values():
        assert set(rule.message) == {"zh-Hans", "en"}, rule.name
        assert all(len(words) > 10 for words in rule.message.values()), rule.name
        assert rule.path_text, rule.name
        assert "<" not in rule.path_text, rule.name
        assert rule.name.startswith(f"{profile}-")


def test_every_shape_that_can_report_has_a_name() -> None:
    for profile in PROFILES:
        graph = Graph().parse(FOLDER.parent / "profiles" / f"{profile}.ttl")
        reported = set(graph.objects(None, SH.property)) | set(graph.subjects(SH.targetClass))
        nested = {node for node in reported if (node, SH.property, None) in graph}
        named = {URIRef(iri) for iri in load(profile).rules}
        assert {str(n) for n in reported - nested if isinstance(n, URIRef)} <= {str(n) for n in named}
        assert all(str(node).startswith(str(SHAPE)) for node in reported - nested)


def test_the_results_can_be_written_as_json() -> None:
    (result,) = report_of("invalid/guangzhou-level").results
    assert json.loads(json.dumps(dict(result.message))) == result.message
