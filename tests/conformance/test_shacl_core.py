"""The W3C test suite for SHACL Core on the fast engine: https://w3c.github.io/data-shapes/data-shapes-test-suite/"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import shacl

from shapes import terms
from tests.shared_data import SHARED, needs_shared

SUITE = SHARED / "w3c" / "shacl" / "data-shapes-test-suite" / "tests" / "core" if SHARED else None
BASE = "urn:x-shacl-test:/"
SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"

SKIPPED: dict[str, str] = {}
"""IRI of a test (below BASE) and why it is left out."""


class Document:
    """One Turtle file of the suite, with look-ups by subject and predicate."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.base = f"{BASE}{path.relative_to(SUITE or path)}"
        self.quads = list(ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=self.base))

    def objects(self, subject: object, predicate: str) -> list[object]:
        return [q.object for q in self.quads if q.subject == subject and q.predicate.value == predicate]

    def tests(self) -> Iterator[ox.NamedNode]:
        kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        for quad in self.quads:
            if quad.predicate.value == kind and str(quad.object) == f"<{SHT}Validate>":
                yield quad.subject  # type: ignore[misc]


def files() -> list[Path]:
    return sorted(SUITE.rglob("*.ttl")) if SUITE else []


def cases() -> Iterator[object]:
    for path in files():
        document = Document(path)
        for test in document.tests():
            name = test.value.removeprefix(BASE)
            skip = [pytest.mark.skip(reason=SKIPPED[name])] if name in SKIPPED else []
            yield pytest.param(document, test, id=name, marks=skip)


def named(text: str | None) -> str:
    """A term in one spelling; blank nodes are all alike, since every reader labels them anew."""
    if text is None:
        return ""
    return "_" if text.startswith("_:") else str(terms.parse(text))


def expected(document: Document, report: object) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for result in document.objects(report, f"{SH}result"):

        def one(name: str, result: object = result) -> str:
            values = document.objects(result, f"{SH}{name}")
            return named(str(values[0])) if values else ""

        found[_row(one("focusNode"), one("value"), one("resultPath"), one("sourceConstraintComponent"),
                   one("resultSeverity"), one("sourceShape"))] += 1  # fmt: skip
    return found


def reported(report: shacl.Report) -> Counter[tuple[str, ...]]:
    return Counter(
        _row(
            named(r.focus_node),
            named(r.value),
            r.path or "",
            f"<{r.component_iri.strip('<>')}>",
            f"<{r.severity_iri.strip('<>')}>",
            named(r.source_shape),
        )
        for r in report.results
    )


def _row(focus: str, value: str, path: str, component: str, severity: str, shape: str) -> tuple[str, ...]:
    simple = path if path.startswith("<") and path.count("<") == 1 and path.endswith(">") else "complex" if path else ""
    return focus, value, simple, component, severity, shape


@needs_shared
@pytest.mark.parametrize(("document", "test"), list(cases()))
def test_the_fast_engine_reports_what_the_w3c_expects(document: Document, test: ox.NamedNode) -> None:
    (action,) = document.objects(test, f"{MF}action")
    (result,) = document.objects(test, f"{MF}result")
    data, shapes = (
        Document(SUITE / str(document.objects(action, f"{SHT}{graph}")[0]).strip("<>").removeprefix(BASE))  # type: ignore[operator]
        for graph in ("dataGraph", "shapesGraph")
    )
    report = check(data, shapes)
    (conforms,) = document.objects(result, f"{SH}conforms")
    assert str(report.conforms).lower() == str(conforms).split('"')[1]
    assert reported(report) == expected(document, result)


def check(data: Document, shapes: Document) -> shacl.Report:
    compiled = shacl.Shapes.from_text(shapes.path.read_text(encoding="utf-8"), format="turtle", base=shapes.base)
    return compiled.validate_text(data.path.read_text(encoding="utf-8"), format="turtle", base=data.base)


@needs_shared
def test_the_suite_is_all_there_and_every_skip_names_a_test_of_it() -> None:
    names = {test.value.removeprefix(BASE) for path in files() for test in Document(path).tests()}
    assert len(names) == 98
    assert set(SKIPPED) <= names
