"""The engine of the pipeline: `shacl` from PyPI (Rust). Thread-safe; lets other threads run meanwhile."""

import threading

import shacl
from rdflib import Graph

from shapes import terms
from shapes.finding import Finding
from shapes.profile import Profile

MAX_FINDINGS = 4000
"""Where the engine stops: more than a report names, but a result costs it 0.1 ms, and a hostile record has many."""
_lock = threading.Lock()
_compiled: dict[str, tuple[shacl.Shapes, shacl.Shapes]] = {}


def run(profile: Profile, ntriples: str) -> list[Finding]:
    """
    What the engine finds, up to MAX_FINDINGS. Where there is more, the violations are looked for once more by
    themselves, so that no flood of warnings hides one. Raises ValueError where the text is not N-Triples.
    """
    every_rule, violations = _shapes(profile)
    found = _findings(every_rule, ntriples)
    return found if len(found) < MAX_FINDINGS else found + _findings(violations, ntriples)


def _findings(shapes: shacl.Shapes, ntriples: str) -> list[Finding]:
    report = shapes.validate_text(ntriples, format="ntriples", max_results=MAX_FINDINGS)
    return [
        Finding(
            terms.parse(result.focus_node),
            None if result.value is None else terms.parse(result.value),
            (result.source_shape or "").strip("<>"),
            result.component_iri.strip("<>"),
        )
        for result in report.results
    ]


def _shapes(profile: Profile) -> tuple[shacl.Shapes, shacl.Shapes]:
    with _lock:
        if profile.name not in _compiled:
            _compiled[profile.name] = _compile(profile.shapes), _compile(profile.violations)
        return _compiled[profile.name]


def _compile(shapes: Graph) -> shacl.Shapes:
    return shacl.Shapes.from_text(shapes.serialize(format="nt"), format="ntriples")
