import gzip
from pathlib import Path

import pytest
from rdflib import DCTERMS, FOAF

from harvest.errors import SourceFailed
from harvest.record import Incoming, Quarantined, Source, Unreadable
from harvest.run import run
from harvest.sources import open_source
from harvest.sources.spool import Spool
from tests.unit.harvest.graph import FIXTURES, Record, incoming, read
from tests.unit.harvest.memory import MemoryRecorder, wants_title
from vocab import rdf
from vocab.namespaces import DCAT

PORTAL = FIXTURES / "portal.ttl"


def test_each_dataset_is_one_record_under_its_iri_its_identifier_or_its_content():
    keys = [record.key for record in incoming(PORTAL)]
    assert keys[:2] == ["https://data.example.gov.cn/dataset/park", "https://data.example.gov.cn/dataset/bus"]
    assert "440100/0003" in keys
    assert sum(key.startswith("content ") for key in keys) == 1
    assert len(keys) == 4
    assert sorted(record.key for record in incoming(PORTAL)) == sorted(keys)


def test_a_dataset_that_nothing_tells_again_is_refused_with_what_to_do():
    recorder = MemoryRecorder()
    report = run(_source(PORTAL), recorder, wants_title, source_id="s", base_url="https://p.example")
    assert (report.new, report.quarantined) == (3, 1)
    assert report.reasons["intake-identity"] == 1
    (refused,) = (kept for key, kept in recorder.held.items() if key.startswith("content "))
    assert isinstance(refused, Quarantined)
    assert "dct:identifier" in refused.problems[-1].message_zh
    assert "dct:identifier" in refused.problems[-1].message_en


def test_a_record_holds_its_parts_and_the_names_of_what_it_points_at():
    text = incoming(PORTAL)[0].ntriples.decode()
    for part in ("公园热线", "tel:020-12345", "2024-01-01", "市公园局", "开放许可", "生态环境", '"CSV"'):
        assert part in text, part
    for foreign in (
        "全文很长",
        "不属于记录",
        "theme/air",
        "公交线路",
        "CatalogRecord",
        "dcat#Catalog>",
        "foaf/0.1/made",
    ):
        assert foreign not in text, foreign


def test_what_the_dataset_itself_says_of_others_stays():
    text = incoming(PORTAL)[0].ntriples.decode()
    assert "<http://purl.org/dc/terms/relation> <https://data.example.gov.cn/dataset/bus> ." in text
    assert "<http://purl.org/dc/terms/isPartOf> <https://data.example.gov.cn/catalog> ." in text


def test_a_link_written_as_text_becomes_an_address():
    record = incoming(PORTAL)[0]
    assert "link-mended: 1" in record.notes
    assert "<https://data.example.gov.cn/files/park%20data.csv> ." in record.ntriples.decode()


@pytest.mark.parametrize("format", list(rdf.Format), ids=lambda format: format.name)
def test_every_syntax_gives_the_same_records(format: rdf.Format, tmp_path: Path):
    original = rdf.to_ntriples(PORTAL, rdf.Format.TURTLE).read()
    copy = tmp_path / f"copy.{format.extensions[0]}"
    copy.write_bytes(rdf.serialize(original, format))
    recorder = MemoryRecorder()
    run(_source(PORTAL), recorder, wants_title, source_id="s", base_url="https://p.example")
    report = run(_source(copy), recorder, wants_title, source_id="s", base_url="https://p.example")
    assert (report.unchanged, report.quarantined, report.new, report.changed, report.gone) == (3, 1, 0, 0, 0)


def _source(path: Path) -> Source:
    return open_source(str(path))


def test_a_gzipped_dump_is_read(tmp_path: Path):
    packed = tmp_path / "catalog.nt.gz"
    packed.write_bytes(gzip.compress(rdf.to_ntriples(PORTAL, rdf.Format.TURTLE).read()))
    assert len(incoming(packed)) == 4


def test_a_publisher_that_is_a_blank_node_is_known_by_its_code():
    recorder = MemoryRecorder()
    run(_source(PORTAL), recorder, wants_title, source_id="one", base_url="https://p.example")
    other = MemoryRecorder()
    run(_source(PORTAL), other, wants_title, source_id="two", base_url="https://p.example")
    bus = "https://data.example.gov.cn/dataset/bus"

    def publisher(kept: bytes) -> bytes:
        return next(line.rpartition(b" <")[2] for line in kept.splitlines() if b"terms/publisher> <" in line)

    assert publisher(recorder.held[bus].ntriples) == publisher(other.held[bus].ntriples)
    assert publisher(recorder.held[bus].ntriples).startswith(b"urn:suishu:publisher/")


def test_a_node_that_is_part_and_name_at_once_is_whole_in_any_order(tmp_path: Path):
    lines = [
        "<https://x.example/d> a <http://www.w3.org/ns/dcat#Dataset> .",
        "<https://x.example/d> <http://purl.org/dc/terms/license> <https://x.example/l> .",
        "<https://x.example/d> <http://purl.org/dc/terms/rights> <https://x.example/l> .",
        '<https://x.example/l> <http://www.w3.org/2000/01/rdf-schema#comment> "全文" .',
    ]
    for order in (lines, lines[::-1]):
        path = tmp_path / "d.ttl"
        path.write_text("\n".join(order), encoding="utf-8")
        assert "全文" in incoming(path)[0].ntriples.decode()


def test_a_hub_of_all_records_costs_no_square(tmp_path: Path):
    path = tmp_path / "hub.nt"
    with path.open("w", encoding="utf-8") as file:
        for i in range(3_000):
            file.write(
                f"<https://x.example/d{i}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{DCAT.Dataset}> .\n"
            )
            file.write(f"<https://x.example/d{i}> <{DCTERMS.publisher}> <https://x.example/hub> .\n")
            file.write(f"<https://x.example/hub> <{FOAF.made}> <https://x.example/d{i}> .\n")
        file.write(f'<https://x.example/hub> <{FOAF.name}> "总局" .\n')
    found = incoming(path)
    assert len(found) == 3_000
    assert all(len(record.ntriples) < 500 for record in found)
    assert "总局" in found[-1].ntriples.decode()


def test_a_record_larger_than_a_record_can_be_is_refused_alone(tmp_path: Path):
    path = tmp_path / "large.nt"
    with path.open("w", encoding="utf-8") as file:
        for name in ("small", "large"):
            file.write(
                f"<https://x.example/{name}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{DCAT.Dataset}> .\n"
            )
        for i in range(34):
            file.write(f'<https://x.example/large> <urn:p{i}> "{"长" * 350_000}" .\n')
    small, large = read(path)
    assert isinstance(small, Incoming)
    assert isinstance(large, Unreadable)
    assert "32" in large.reason_en


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.ttl", b"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<https://x.example/d> a dcat:Dataset ; <urn:p> "),
        ("broken.rdf", b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><a>"),
        ("page.html", "<!DOCTYPE html><html><body>目录</body></html>".encode()),
        ("nothing.ttl", b""),
        ("picture.ttl", b"\x89PNG\r\n\x1a\n\x00\x00\x00"),
    ],
)
def test_what_can_not_be_read_fails_in_words(name: str, content: bytes, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    recorder = MemoryRecorder()
    report = run(_source(tmp_path / name), recorder, wants_title, source_id="s", base_url="https://p.example")
    assert report.seen == 0
    assert report.failure_zh
    assert report.failure_en
    assert recorder.gone is None


def test_a_missing_file_and_an_unknown_dialect_are_said():
    with pytest.raises(SourceFailed, match="no file"):
        read("/nowhere/catalog.ttl")
    with pytest.raises(SourceFailed, match="portal-json"):
        read(PORTAL, dialect="excel")


def test_datasets_of_json_ld_whose_context_is_elsewhere_are_counted_as_unreadable(tmp_path: Path):
    path = tmp_path / "remote.jsonld"
    path.write_text(
        '{"@context": "https://evil.example/context", "@graph": ['
        '{"@type": "Dataset", "@id": "urn:a", "title": "甲"}, {"@type": ["x", "dcat:Dataset"], "title": "乙"}]}',
        encoding="utf-8",
    )
    report = run(_source(path), MemoryRecorder(), wants_title, source_id="s", base_url="https://p.example")
    assert (report.seen, report.quarantined, report.complete) == (2, 2, False)
    assert "evil.example" in report.failure_en


def test_half_a_page_is_taken_back():
    with Spool() as spool:
        type_ = b" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
        spool.add(b'<urn:a> <urn:p> "1" .\n<urn:a>' + type_)
        size = spool.size
        spool.add(b"<urn:b>" + type_ + b'<urn:a> <urn:p> "2" .\n')
        spool.forget_from(size)
        assert list(spool.datasets) == [b"<urn:a>"]
        assert b'"2"' not in spool.read(b"<urn:a>", 1_000)


def test_titles_keep_the_languages_they_came_in():
    park = Record(incoming(PORTAL)[0])
    languages = {title.language.lower() for title in park.graph.objects(park.node, DCTERMS.title)}
    assert languages == {"zh-cn", "en"}
