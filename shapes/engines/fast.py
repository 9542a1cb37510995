"""The engine of the pipeline: `shacl` from PyPI (Rust). Thread-safe; lets other threads run meanwhile."""

import threading

import shacl

from shapes import terms
from shapes.finding import Finding
from shapes.profile import Profile

_lock = threading.Lock()
_compiled: dict[str, shacl.Shapes] = {}


def run(profile: Profile, ntriples: str) -> list[Finding]:
    """Raises ValueError where the text is not N-Triples."""
    report = _shapes(profile).validate_text(ntriples, format="ntriples")
    return [
        Finding(
            terms.parse(result.focus_node),
            None if result.value is None else terms.parse(result.value),
            (result.source_shape or "").strip("<>"),
            result.component_iri.strip("<>"),
        )
        for result in report.results
    ]


def _shapes(profile: Profile) -> shacl.Shapes:
    with _lock:
        if profile.name not in _compiled:
            _compiled[profile.name] = shacl.Shapes.from_text(profile.shapes.serialize(format="nt"), format="ntriples")
        return _compiled[profile.name]
