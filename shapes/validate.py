"""Validation of a record against a profile: `validate(ntriples, profile) -> Report`."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

import pyoxigraph

from shapes import checks, report
from shapes.engines import fast, reference
from shapes.finding import Finding
from shapes.profile import PROFILES, Profile, load
from shapes.report import Report, Result
from shapes.statements import Statement, text, wanted, without_neighbours

__all__ = ["PROFILES", "Report", "Result", "validate"]

Engine = Literal["fast", "reference"]
_ENGINES: dict[str, Callable[[Profile, str], list[Finding]]] = {"fast": fast.run, "reference": reference.run}


def validate(ntriples: bytes, profile: str, *, engine: Engine = "fast", today: date | None = None) -> Report:
    """
    What `profile` ("intake", "guangzhou", "dcat-ap") finds in a record.

    `ntriples` is UTF-8 N-Triples of any size: one record, or a whole catalogue. It is data and nothing else: shapes,
    targets or class hierarchies that it may state have no effect. `today` (of Guangzhou unless given) is the day that
    no date may lie after. Both engines return the same results, unless there are so many that the fast one stops
    (`fast.MAX_FINDINGS`); it never overlooks all violations for that. Safe to call from several threads.

    Raises ValueError for an unknown profile, and for text that is not N-Triples.
    """
    rules = load(profile)
    if engine == "reference":
        ntriples = _canonical(ntriples)  # rdflib would let much pass that is not N-Triples
    try:
        kept = _kept(ntriples, rules)
        found = _ENGINES[engine](rules, text(kept))
    except ValueError:
        kept = _kept(_canonical(ntriples), rules)
        found = _ENGINES[engine](rules, text(kept))
    found += checks.run(rules, kept, today or datetime.now(checks.BEIJING).date())
    return report.make(rules, found)


def _kept(ntriples: bytes, rules: Profile) -> list[Statement]:
    kept = wanted(ntriples, rules.predicates)
    return kept if rules.judges_neighbours else without_neighbours(kept)


def _canonical(ntriples: bytes) -> bytes:
    """The same statements with single spaces and no escapes in IRIs. Raises ValueError for what is not N-Triples."""
    try:
        quads = pyoxigraph.parse(ntriples, format=pyoxigraph.RdfFormat.N_TRIPLES)
        return pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    except (SyntaxError, UnicodeError) as error:
        message = f"不是有效的 N-Triples，无法校验。 Not valid N-Triples, so it cannot be checked: {error}"
        raise ValueError(message) from error
