import json
from pathlib import Path
from typing import Any

from rdflib import DCTERMS, FOAF, Graph, Literal, URIRef

from harvest.mapping.datajson import dataset
from tests.shared_data import SHARED, needs_shared
from tests.unit.harvest.graph import FIXTURES
from tests.unit.harvest.memory import harvested
from vocab.namespaces import DCAT

ANSWERS = FIXTURES / "answers"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"


def _graph(**fields: Any) -> tuple[Graph, Any, tuple[str, ...]]:
    made = dataset({"title": "t", "identifier": "https://x.example/d", "publisher": {"name": "p"}, **fields})
    graph = Graph().parse(data=made.ntriples, format="nt")
    return graph, URIRef("https://x.example/d"), made.notes


def test_the_sample_of_version_1_1_is_read_whole():
    report, recorder = harvested(str(ANSWERS / "dcat-us-1.1.json"))
    assert (report.new, report.complete, report.reasons) == (3, True, {})
    kept = recorder.held["http://dx.doi.org/10.7927/H45X26V8"]
    text = kept.ntriples.decode()
    assert '"U.S. Widget Manufacturing Statistics"' in text
    assert "<https://data.agency.gov/datasets/widgets-statistics/widgets.csv>" in text
    assert f"<{_ACCESS}PUBLIC>" in text
    assert "<mailto:jane.doe@agency.gov>" in text


def test_the_sample_of_version_3_is_read_with_our_own_context():
    report, recorder = harvested(str(ANSWERS / "dcat-us-3.jsonld"), dialect="datajson")
    assert (report.new, report.complete) == (2, True)
    assert '"US Census Bureau"' in recorder.held["https://data.census.gov/data/123"].ntriples.decode()


def test_version_3_without_a_context_is_read_too(tmp_path: Path):
    path = tmp_path / "data.json"
    catalogue = {
        "@type": "Catalog",
        "title": "c",
        "dataset": [{"@id": "https://x.example/1", "@type": "Dataset", "title": "公交", "identifier": "1",
                     "publisher": {"@type": "Organization", "name": "某局"}}],
    }  # fmt: skip
    path.write_text(json.dumps(catalogue), encoding="utf-8")
    report, recorder = harvested(str(path))
    assert (report.new, list(recorder.held)) == (1, ["https://x.example/1"])
    assert "某局" in recorder.held["https://x.example/1"].ntriples.decode()


def test_levels_of_access_and_durations_become_codes():
    for level, code in (("public", "PUBLIC"), ("restricted public", "RESTRICTED"), ("non-public", "NON_PUBLIC")):
        graph, it, notes = _graph(accessLevel=level, accrualPeriodicity="R/P1Y")
        assert (it, DCTERMS.accessRights, URIRef(_ACCESS + code)) in graph
        assert str(graph.value(it, DCTERMS.accrualPeriodicity)).endswith("/frequency/ANNUAL")
        assert notes == ()


def test_every_duration_of_the_guide_is_a_code():
    from harvest.mapping.datajson import _EVERY

    for duration in _EVERY:
        graph, it, notes = _graph(accrualPeriodicity=duration)
        assert graph.value(it, DCTERMS.accrualPeriodicity) is not None, (duration, notes)


def test_a_modified_that_is_an_interval_is_no_date_and_no_fault():
    graph, it, notes = _graph(modified="R/P1D")
    assert graph.value(it, DCTERMS.modified) is None
    assert notes == ()


def test_a_distribution_has_its_two_addresses():
    graph, it, _ = _graph(
        distribution=[
            {"downloadURL": "https://x.example/a.csv", "accessURL": "https://x.example/a", "mediaType": "text/csv"},
            {"accessURL": "https://x.example/api", "format": "API"},
            {"downloadURL": "a file"},
        ]
    )
    first = graph.value(predicate=DCAT.downloadURL, object=URIRef("https://x.example/a.csv"))
    second = graph.value(predicate=DCAT.accessURL, object=URIRef("https://x.example/api"))
    assert set(graph.objects(it, DCAT.distribution)) == {first, second}
    assert set(graph.objects(first, DCAT.accessURL)) == {
        URIRef("https://x.example/a.csv"),
        URIRef("https://x.example/a"),
    }
    assert graph.value(second, DCAT.downloadURL) is None
    assert graph.value(graph.value(second, DCAT.accessService), DCAT.endpointURL) == URIRef("https://x.example/api")


def test_documents_and_rights_stay_with_the_record():
    graph, it, _ = _graph(references=["https://x.example/doc"], rights="需申请", describedBy="https://x.example/dict")
    assert {str(page) for page in graph.objects(it, FOAF.page)} == {"https://x.example/doc", "https://x.example/dict"}
    assert Literal("需申请") in set(graph.objects(graph.value(it, DCTERMS.rights)))


@needs_shared
def test_every_data_json_of_real_portals_is_read():
    assert SHARED is not None
    rows = [line.split("\t") for line in (SHARED / "dcat" / "INDEX.tsv").read_text().splitlines()[1:]]
    files = [(row[0], int(row[8])) for row in rows if row[4] == "data.json" and row[8].isdigit()]
    assert len(files) > 20
    for name, datasets in files:
        report, _ = harvested(str(SHARED / "dcat" / name))
        assert report.seen >= datasets, (name, report)
        assert report.complete, (name, report.failure_en)
        assert "unreadable" not in report.reasons, (name, report.samples)
