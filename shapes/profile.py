"""A profile as its Turtle file states it: its rules in words, and its shapes for the engines."""

import threading
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from rdflib import DCTERMS, PROV, RDF, RDFS, Graph, Namespace, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from shapes import paths

SHAPE = Namespace("https://w3id.org/suishu/shape/")
SUI = Namespace("https://w3id.org/suishu/ns#")
PROFILES = ("intake", "guangzhou", "dcat-ap")
Severity = Literal["violation", "warning", "info"]
_SEVERITIES: dict[Node | None, Severity] = {
    None: "violation",
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}
# Words for people: no engine needs them, and the fast one copies every term of the shapes on each run.
_WORDS = (
    SH.message, SH.name, SH.description, SH.severity, RDFS.seeAlso, RDFS.comment, PROV.wasDerivedFrom,
    SUI.article, SUI.about, SUI.checkedBy, DCTERMS.title, DCTERMS.license, DCTERMS.rightsHolder,
)  # fmt: skip
_COMPARED = (SH.disjoint, SH.equals, SH.lessThan, SH.lessThanOrEquals)


@dataclass(frozen=True, slots=True)
class Rule:
    """One named shape. `path` is None where the rule is about the node as a whole."""

    iri: str
    name: str
    severity: Severity
    message: dict[str, str]
    article: str
    path: paths.Path | None
    path_text: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class Profile:
    """
    `predicates` are the only ones that its rules look at, as `<iri>`. `shapes` is what the engines are given,
    `violations` the same without the rules that only warn. `checks` are the rules that shapes/checks.py holds
    instead of the engines, by the name of the check.
    """

    name: str
    rules: dict[str, Rule]
    checks: dict[str, Rule]
    predicates: frozenset[bytes]
    shapes: Graph
    violations: Graph

    @property
    def judges_neighbours(self) -> bool:
        """DCAT-AP is checked as other portals do, every dataset that is named included; ours judge the record."""
        return self.name == "dcat-ap"


_lock = threading.Lock()
_loaded: dict[str, Profile] = {}


def load(name: str) -> Profile:
    """The profile of that name, read once per process. Raises ValueError, in both languages, for an unknown name."""
    if name not in PROFILES:
        raise ValueError(
            f"没有名为 {name!r} 的规则，请用 {'、'.join(PROFILES)} 之一。"
            f" There is no profile named {name!r}; use one of {', '.join(PROFILES)}."
        )
    with _lock:
        if name not in _loaded:
            _loaded[name] = _read(name)
        return _loaded[name]


def _read(name: str) -> Profile:
    graph = Graph(bind_namespaces="none")
    graph.parse(data=(files("shapes") / "profiles" / f"{name}.ttl").read_bytes(), format="turtle")
    prefixes = {str(namespace): prefix for prefix, namespace in graph.namespaces()}
    named = {node for node in graph.subjects(SH.message) if isinstance(node, URIRef)}
    rules = [_rule(graph, node, prefixes) for node in sorted(named)]
    checks = {rule.checked_by: rule for rule in rules if rule.checked_by}
    checked = {URIRef(rule.iri) for rule in checks.values()}
    warning = {URIRef(rule.iri) for rule in rules if rule.severity != "violation"}
    return Profile(
        name=name,
        rules={rule.iri: rule for rule in rules},
        checks=checks,
        predicates=frozenset(f"<{predicate}>".encode() for predicate in _predicates(graph)),
        shapes=_without(graph, checked),
        violations=_without(graph, checked | warning),
    )


def _predicates(graph: Graph) -> set[str]:
    found = {str(RDF.type)}
    for node in graph.objects(None, SH.path):
        found.update(paths.read(graph, node).predicates())
    for comparison in _COMPARED:
        found.update(str(other) for other in graph.objects(None, comparison))
    return found


def _rule(graph: Graph, node: URIRef, prefixes: dict[str, str]) -> Rule:
    about, own = graph.value(node, SUI.about), graph.value(node, SH.path)
    shown = own if about is None else about
    path = None if shown is None else paths.read(graph, shown)
    return Rule(
        iri=str(node),
        name=str(node).removeprefix(str(SHAPE)),
        severity=_SEVERITIES[graph.value(node, SH.severity)],
        message={message.language: str(message) for message in graph.objects(node, SH.message)},  # type: ignore[attr-defined]
        article=str(graph.value(node, SUI.article) or ""),
        path=path,
        path_text=path.text(prefixes) if path else "",
        checked_by=str(graph.value(node, SUI.checkedBy) or ""),
    )


def _without(graph: Graph, left_out: set[URIRef]) -> Graph:
    """The shapes for an engine: without these, and without the words."""
    bare = Graph(bind_namespaces="none")
    for subject, predicate, value in graph:
        if predicate not in _WORDS and subject not in left_out and value not in left_out:
            bare.add((subject, predicate, value))
    return bare
