"""What a validation found: for people as results with messages and articles, for programs as a sh:ValidationReport."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import RDF, XSD, Graph
from rdflib.namespace import SH

from shapes import paths, quiet, terms
from shapes.finding import Finding
from shapes.profile import SUI, Profile, Rule, Severity
from shapes.statements import BLANK

MAX_RESULTS = 1000
"""A report names no more than this; a record with more faults is not mended one by one."""
MAX_VALUE_CHARACTERS = 500
_RANK = {"violation": 0, "warning": 1, "info": 2}
_SEVERITY_IRIS = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}
_RECORD = terms.Iri("urn:suishu:record")


@dataclass(frozen=True, slots=True)
class Result:
    """
    One finding. `focus` is an IRI or `_:label`; `path` reads like `dct:title` and is empty where no property is
    named; `value` is the text of a literal or an IRI, cut after 500 characters, and empty where no single value is
    at fault. `article` is empty where the measures say nothing.
    """

    focus: str
    path: str
    value: str
    rule: str
    severity: Severity
    message: Mapping[str, str] = field(hash=False)
    article: str
    value_term: str = field(default="", repr=False)
    """The value in N-Triples syntax."""
    shape: str = field(default="", repr=False)
    component: str = field(default="", repr=False)
    _path: paths.Path | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one profile, violations first, always in the same order. `cut` tells that there were more."""

    profile: str
    results: tuple[Result, ...]
    cut: bool = False

    @property
    def violations(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.severity == "violation")

    @property
    def warnings(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.severity == "warning")

    @property
    def conforms(self) -> bool:
        """
        True where nothing is a violation: warnings alone stop no entry. (`sh:conforms` of the graph is stricter, as
        https://www.w3.org/TR/shacl/#conforms defines it: true only where there are no results at all.)
        """
        return not (self.results and self.results[0].severity == "violation")

    def ntriples(self) -> bytes:
        """The sh:ValidationReport (https://www.w3.org/TR/shacl/#validation-report) as N-Triples."""
        conforms = terms.Literal(str(not self.results).lower(), datatype=str(XSD.boolean))
        lines = [f"_:report <{RDF.type}> <{SH.ValidationReport}> .", f"_:report <{SH.conforms}> {conforms} ."]
        for number, result in enumerate(self.results):
            lines.append(f"_:report <{SH.result}> _:r{number} .")
            lines += _describe(f"r{number}", result)
        return "".join(f"{line}\n" for line in lines).encode()

    def graph(self) -> Graph:
        """The same as an rdflib graph."""
        graph = Graph()
        with quiet.ill_typed_literals():
            graph.parse(data=self.ntriples(), format="nt")
        return graph


def make(profile: Profile, findings: Iterable[Finding]) -> Report:
    """The report of these findings; what says the same of the same value twice is reported once."""
    results: dict[tuple[str, str, str], Result] = {}
    for finding in sorted(findings, key=lambda finding: finding.component):
        result = _result(profile.rules[finding.shape], finding)
        results.setdefault((result.rule, result.focus, result.value_term), result)
    ordered = sorted(results.values(), key=lambda r: (_RANK[r.severity], r.rule, r.focus, r.value_term))
    return Report(profile.name, tuple(ordered[:MAX_RESULTS]), len(ordered) > MAX_RESULTS)


def _result(rule: Rule, finding: Finding) -> Result:
    focus = _named(finding.focus)
    # A node shape names the node itself as its value, which tells nobody anything.
    value = None if finding.value is None or finding.value == finding.focus else _named(finding.value)
    text = "" if value is None else str(value) if isinstance(value, terms.Blank) else value.text
    if value is not None and len(text) > MAX_VALUE_CHARACTERS:
        text = f"{text[:MAX_VALUE_CHARACTERS]}…"
        value = terms.Literal(text)
    return Result(
        focus="" if focus == _RECORD else str(focus) if isinstance(focus, terms.Blank) else focus.text,
        path=rule.path_text,
        value=text,
        rule=rule.name,
        severity=rule.severity,
        message=rule.message,
        article=rule.article,
        value_term="" if value is None else str(value),
        shape=rule.iri,
        component=finding.component,
        _path=rule.path,
    )


def _named(term: terms.Term) -> terms.Term:
    blank = BLANK.decode()
    if isinstance(term, terms.Iri) and term.text.startswith(blank):
        return terms.Blank(term.text.removeprefix(blank))
    return term


def _describe(label: str, result: Result) -> list[str]:
    node = f"_:{label}"
    focus = result.focus or _RECORD.text
    lines = [
        f"{node} <{RDF.type}> <{SH.ValidationResult}> .",
        f"{node} <{SH.focusNode}> {focus if focus.startswith('_:') else terms.Iri(focus)} .",
        f"{node} <{SH.resultSeverity}> <{_SEVERITY_IRIS[result.severity]}> .",
        f"{node} <{SH.sourceShape}> <{result.shape}> .",
        f"{node} <{SH.sourceConstraintComponent}> <{result.component}> .",
    ]
    messages = [terms.Literal(words, tag.lower()) for tag, words in sorted(result.message.items())]
    lines += [f"{node} <{SH.resultMessage}> {message} ." for message in messages]
    if result.value_term:
        lines.append(f"{node} <{SH.value}> {result.value_term} .")
    if result.article:
        lines.append(f"{node} <{SUI.article}> {terms.Literal(result.article)} .")
    if result._path is not None:
        target, inner = result._path.ntriples(f"{label}p")
        lines += [f"{node} <{SH.resultPath}> {target} .", *inner]
    return lines
