"""Records that were made to harm: they may fail, but never hang, change the rules or hide a fault."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import pytest

from shapes.engines import fast
from shapes.profile import PROFILES
from shapes.validate import validate
from tests.unit.shapes.damage import record
from tests.unit.shapes.examples import FOLDER, ntriples

TODAY = date(2026, 11, 1)
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DCT, DCAT, SH = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#", "http://www.w3.org/ns/shacl#"
D = "<https://data.example.org/dataset/parks>"
CONTACT = "<https://data.example.org/dataset/parks#contact>"
VALID = ntriples(FOLDER / "valid" / "unconditional.ttl")
ENGINES = ("fast", "reference")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Generous for a busy machine; what is quadratic takes minutes."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < seconds


def lines(*statements: str) -> bytes:
    return "".join(f"{statement} .\n" for statement in statements).encode()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("profile", PROFILES)
def test_shapes_in_the_data_have_no_effect(engine: str, profile: str) -> None:
    hostile = lines(
        f"<urn:s> {TYPE} <{SH}NodeShape>",
        f"<urn:s> <{SH}targetNode> {D}",
        f"<urn:s> <{SH}targetClass> <{DCAT}Dataset>",
        f"<urn:s> <{SH}property> <urn:p>",
        f"<urn:s> <{SH}node> <urn:s>",
        f"<urn:p> <{SH}path> <{DCT}title>",
        f'<urn:p> <{SH}maxCount> "0"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f'<https://w3id.org/suishu/shape/guangzhou> <{SH}deactivated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        f"{D} <{SH}shapesGraph> <urn:s>",
        f"{D} <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/shapes.ttl>",
    )
    assert validate(VALID + hostile, profile, engine=engine, today=TODAY) == validate(
        VALID, profile, engine=engine, today=TODAY
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_class_hierarchy_in_the_data_has_no_effect(engine: str) -> None:
    sub = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    hostile = lines(
        f"<http://xmlns.com/foaf/0.1/Agent> {sub} <{DCAT}Dataset>", f"<{DCAT}Dataset> {sub} <{DCAT}Dataset>"
    )
    assert validate(VALID + hostile, "guangzhou", engine=engine, today=TODAY).results == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_record_whose_nodes_all_lead_back_to_it_is_judged_like_any_other(engine: str) -> None:
    properties = [f"{DCT}publisher", f"{DCT}temporal", f"{DCAT}distribution", f"{DCAT}contactPoint"]
    properties += ["http://www.w3.org/ns/csvw#tableSchema", "http://www.w3.org/ns/csvw#column"]
    loop = lines(f"{D} {TYPE} <{DCAT}Dataset>", *(f"{D} <{predicate}> {D}" for predicate in properties))
    with within(20):
        assert not validate(loop, "guangzhou", engine=engine, today=TODAY).conforms


@pytest.mark.parametrize("profile", PROFILES)
def test_ten_megabytes_of_text_are_checked_in_a_moment(profile: str) -> None:
    huge = lines(
        f'{D} <{DCT}title> "{"水" * 3_400_000}"@zh',
        f'{D} <{DCT}modified> "{"2024-" * 2_000_000}"',
        f'{D} <{DCAT}keyword> "{"a" * 10_000_000},"',
        f"{D} <{DCAT}landingPage> <http://example.org/{'a' * 10_000_000}>",
        f'{CONTACT} <http://www.w3.org/2006/vcard/ns#hasEmail> "{"@" * 9_999_999}"',
    )
    with within(30):
        validate(VALID + huge, profile, today=TODAY)


@pytest.mark.parametrize("profile", PROFILES)
def test_two_long_lists_of_values_do_not_multiply(profile: str) -> None:
    n = 4000
    day = "^^<http://www.w3.org/2001/XMLSchema#date>"
    shared = lines(
        *(f"{D} <{DCAT}distribution> <urn:d{i}>" for i in range(n)),
        *(f"<urn:d{i}> <http://www.w3.org/ns/csvw#tableSchema> <urn:s>" for i in range(n)),
        *(f"<urn:s> <http://www.w3.org/ns/csvw#column> <urn:c{i}>" for i in range(n)),
        *(f'{D} <{DCT}issued> "{1000 + i}-01-01"{day}' for i in range(n)),
        *(f'{D} <{DCT}modified> "{1000 + i}-01-01"{day}' for i in range(n)),
        *(f"{D} <{DCT}publisher> <urn:a{i}>" for i in range(n)),
    )
    with within(30):
        validate(VALID + shared, profile, today=TODAY)


def test_a_flood_of_warnings_hides_no_violation() -> None:
    untitled = "<https://portal.example.org/1>"
    flood = lines(
        f"{untitled} {TYPE} <{DCAT}Dataset>",
        *(f'{untitled} <{DCT}modified> "last Tuesday {n}"' for n in range(2 * fast.MAX_FINDINGS)),
    )
    report = validate(flood, "intake", today=TODAY)
    assert "intake-title" in {result.rule for result in report.violations}
    assert report.cut


def test_a_flood_of_violations_ends_the_check_early() -> None:
    flood = lines(f"{D} {TYPE} <{DCAT}Dataset>", *(f'{D} <{DCT}title> "{n}"' for n in range(5 * fast.MAX_FINDINGS)))
    with within(30):
        report = validate(flood, "guangzhou", today=TODAY)
    assert report.cut
    assert not report.conforms


def test_a_long_chain_of_list_nodes_is_no_matter() -> None:
    rest = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
    chain = lines(*(f"_:l{n} {rest} _:l{(n + 1) % 100_000}" for n in range(100_000)))
    with within(20):
        assert validate(VALID + chain, "guangzhou", today=TODAY).results == ()


@pytest.mark.parametrize("profile", ["intake", "guangzhou"])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing\n", lines(f'<urn:x> <{DCT}title> "x"')])
def test_a_record_without_a_dataset_does_not_pass(profile: str, data: bytes) -> None:
    (result,) = validate(data, profile, today=TODAY).results
    assert result.rule == f"{profile}-dataset"
    assert result.severity == "violation"


def test_a_neighbour_that_the_record_names_is_not_judged() -> None:
    own = VALID.replace(D.encode(), b"<urn:suishu:dataset/abcdefghijklmnop>")
    neighbour = lines(
        f"<urn:suishu:dataset/abcdefghijklmnop#x-1> {TYPE} <{DCAT}Dataset>", f"<urn:y> {TYPE} <{DCAT}Dataset>"
    )
    assert validate(own + neighbour, "guangzhou", today=TODAY).results == ()
    assert not validate(VALID + neighbour, "guangzhou", today=TODAY).conforms


@pytest.mark.parametrize(
    "spelling",
    [
        VALID.replace(b" <", b"\t<").replace(b" .\n", b"\t.\n"),
        VALID.replace(b" .\n", b" . # a remark\n"),
        VALID.replace(b"\n", b"\r\n"),
        VALID.replace(b" <", b"   <"),
        VALID.rstrip(b"\n"),
        VALID.replace(b"/terms/title>", b"/terms/t\\u0069tle>"),
        b"  " + VALID.replace(b"\n", b"\n\n  "),
        VALID.decode().encode("unicode_escape").replace(b"\\n", b"\n"),
    ],
)
def test_every_spelling_of_n_triples_is_read(spelling: bytes) -> None:
    if b"\\u" in spelling and b"t\\u0069tle" not in spelling:
        spelling = spelling.replace(b"\\x", b"\\u00")
    assert validate(spelling, "guangzhou", today=TODAY).results == ()


def test_a_predicate_written_with_escapes_is_not_overlooked() -> None:
    second = lines(f'{D} <http://purl.org/dc/terms/t\\u0069tle> "另一个名称"@zh-Hans')
    assert [r.rule for r in validate(VALID + second, "guangzhou", today=TODAY).results] == ["guangzhou-title-unique"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "data",
    [
        b"not RDF at all\n",
        lines(f'{D} <{DCT}title> "x"@zh_Hans'),
        lines(f'{D} <{DCT}title> "x'),
        lines(f"{D} <{DCT}title> <a b>"),
        lines(f"{D} <{DCT}title> <relative>"),
        b'<urn:x> <http://purl.org/dc/terms/title> "\xff" .\n',
        lines(f'{D} <{DCT}title> "x" ; <urn:p> "y"'),
        b"\x00\x01",
    ],
)
def test_text_that_is_not_n_triples_is_refused_in_two_languages(data: bytes, engine: str) -> None:
    with pytest.raises(ValueError, match=r"不是有效的 N-Triples.*Not valid N-Triples"):
        validate(VALID + data, "guangzhou", engine=engine, today=TODAY)


def test_an_unknown_profile_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(ValueError, match="intake, guangzhou, dcat-ap"):
        validate(VALID, "../guangzhou")


def test_language_tags_count_in_any_case() -> None:
    for tag in (b"@ZH-HANS", b"@zh-hans", b"@zh-CN", b"@zh", b"@zh-Hant"):
        assert validate(VALID.replace(b"@zh-Hans", tag).replace(b"@zh-hans", tag), "guangzhou", today=TODAY).conforms


def test_threads_get_the_same_reports_as_one_thread() -> None:
    records = [record(seed) for seed in range(200)]
    expected = [validate(damaged, "guangzhou", today=TODAY) for damaged in records]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda r: validate(r, "guangzhou", today=TODAY), records)) == expected
