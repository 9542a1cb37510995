"""
How often each value of a property is stated in a published graph, where its values are few: themes, publishers,
formats, days. Counts and sorts over a whole catalogue need no more, and the engine would add it up for each anew.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TypeAlias

from app.triplestore.protocol import GraphReader
from vocab.iris import mended
from vocab.ntriples import literal, literal_value

Tally: TypeAlias = dict[str, int]
"""A value as N-Triples -> how many statements have it."""

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DISTRIBUTION = "http://www.w3.org/ns/dcat#Distribution"
_OF_FILES = "http://www.w3.org/ns/dcat#distribution"
_FEW = 4_000
"""Values of one property: the days of ten years."""
_MOST = 20_000
"""Values of all that is kept."""
_LONG = 200
"""Characters; what has longer texts is a description, and nobody counts by it."""
_MANY = 1_000
"""Statements, or entities of a class; fewer are counted when somebody asks."""
_VALUES = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?o {{ ?s <%s> ?o }} LIMIT {_FEW + 1} }}"
_RELATIVE = re.compile(r"/\.\.?(?:/|$)")
"""A query's IRIs are resolved, and such steps are taken then."""
_TALLY = """SELECT ?o ?n (isIRI(?o) AS ?i) (LANG(?o) AS ?l) (DATATYPE(?o) AS ?d)
    { SELECT ?o (COUNT(*) AS ?n) { %s } GROUP BY ?o }"""


def two_steps(first: str, second: str) -> str:
    """The name by which values at the end of a path are tallied: no IRI has a gap."""
    return f"{first} {second}"


def measure(
    graph: GraphReader,
    classes: Mapping[str, int],
    properties: Mapping[str, int],
    used: Mapping[str, Mapping[str, int]],
) -> dict[str, dict[str, Tally]]:
    """
    Class -> property -> tally of what entities of that class state; of whatever states it for the class "". Those of a
    class that is the only one to have a property are not said twice. What the files of a dataset have, a format, is
    tallied by datasets too, named by `two_steps`. Raises `StoreUnavailable`.
    """
    few = [name for name, count in properties.items() if count >= _MANY and _values(graph, name) <= _FEW]
    found: dict[str, dict[str, Tally]] = {}
    left = _MOST
    for class_, name, pattern in _patterns(few, classes, properties, used):
        tally = _tally(graph, pattern)
        left -= len(tally)
        if left < 0:
            break
        if tally:
            found.setdefault(class_, {})[name] = tally
    return found


def _patterns(
    few: list[str], classes: Mapping[str, int], properties: Mapping[str, int], used: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[str, str, str]]:
    """Class, name and what to count the values ?o of."""
    for name in few:
        yield "", name, f"?s <{name}> ?o"
    for class_, count in classes.items():
        for name in few if count >= _MANY else ():
            if name != _TYPE and 0 < used.get(class_, {}).get(name, 0) < properties[name]:
                yield class_, name, f"?s a <{class_}> ; <{name}> ?o"
    for name in few:
        if name != _TYPE and name in used.get(_DISTRIBUTION, {}):
            yield "", two_steps(_OF_FILES, name), f"{{ SELECT DISTINCT ?s ?o {{ ?s <{_OF_FILES}>/<{name}> ?o }} }}"


def _values(graph: GraphReader, name: str) -> int:
    ((number,),) = graph.table(_VALUES % name)
    return int(number)


def _tally(graph: GraphReader, pattern: str) -> Tally:
    """Empty where a value is long, can't be named in a query, or would not be read from it as it is."""
    tally = {}
    for text, number, is_iri, language, datatype in graph.table(_TALLY % pattern):
        term = _iri(text) if is_iri == "true" else _literal(text, language, datatype)
        if term is None or len(text) > _LONG:
            return {}
        tally[term] = int(number)
    return tally


def _iri(text: str) -> str | None:
    return f"<{text}>" if mended(text) == text and not _RELATIVE.search(text) else None


def _literal(text: str, language: str, datatype: str) -> str | None:
    with suppress(ValueError):
        term = literal(text, language=language, datatype=datatype)
        if literal_value(term) == (text, language, datatype):
            return term.decode()
    return None
