"""
What a published graph holds, in numbers: measured once for each state that is published, kept as a small file beside
it. Pages and descriptions read the file; nobody's request counts statements.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from app.triplestore import tallies
from app.triplestore.protocol import GraphReader, Mark
from app.triplestore.tallies import Tally

_FILE = "figures.json"
_TOTAL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_SUBJECTS = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s { ?s ?p ?o } }"
_CLASSES = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c FILTER (isIRI(?c)) } GROUP BY ?c"
"""A source may state a type that is a text; it is no class, not even where it reads as one."""
_PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"
_USED = "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o FILTER (isIRI(?c)) } GROUP BY ?c ?p"
_ENTITIES = "SELECT ?s ?p (COUNT(*) AS ?n) { %s ?s ?p ?o } GROUP BY ?s ?p"
_KINDS = "SELECT DISTINCT ?s ?c { %s ?s a ?c FILTER (isIRI(?c)) }"
_FEW = 20
"""Entities of a class that are looked at one by one."""
_MAX_OTHERS = 8
MAX_TERMS = 2_000
"""Classes, and properties, that are listed; a source could state any number."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`classes` and `properties` map IRIs to how many entities and statements they have, the largest first."""

    mark: Mark
    triples: int
    entities: int
    classes: dict[str, int]
    properties: dict[str, int]
    used: dict[str, dict[str, int]]
    """Class -> property -> statements about entities of that class."""
    exceptions: dict[str, dict[str, list[str]]]
    """Class -> property -> what has the property and is not of the class, where that is known and they are few."""
    tallies: dict[str, dict[str, Tally]]
    """See `app.triplestore.tallies.measure`; only with a state."""
    state: str
    """The very snapshot, where there is one; see `GraphReader.state`."""
    whole: bool
    """False when there are more classes or properties than are listed."""

    def others(self, property_: str, class_: str) -> list[str] | None:
        """What has this property and is not of this class; None where that is not known or too much."""
        count = self.properties.get(property_, 0)
        if count > 0 and self.used.get(class_, {}).get(property_) == count:
            return []
        return self.exceptions.get(class_, {}).get(property_)

    def tally(self, property_: str, class_: str) -> Tally | None:
        """
        How many entities of a class, of any for "", have each value; None where that is not known or too much. The
        property may be `two_steps`.
        """
        first = property_.partition(" ")[0]
        counted = self.used.get(class_, {}).get(first)
        alone = counted is not None and counted == self.properties.get(first)
        return self.tallies.get("" if alone else class_, {}).get(property_)


def measure(graph: GraphReader) -> Figures:
    """Seconds on a large graph. Raises `StoreUnavailable`."""
    mark, state = graph.mark(), graph.state()  # before the first count: what changes meanwhile is measured again
    classes, properties = _counts(graph.table(_CLASSES)), _counts(graph.table(_PROPERTIES))
    used: dict[str, dict[str, int]] = {}
    for class_, property_, number in graph.table(_USED):
        if class_ in classes and property_ in properties:
            used.setdefault(class_, {})[property_] = int(number)
    return Figures(
        mark=mark,
        state=state,
        triples=_one(graph.table(_TOTAL)),
        entities=_one(graph.table(_SUBJECTS)),
        classes=classes,
        properties=properties,
        used={name: _largest_first(counts) for name, counts in used.items()},
        exceptions=_exceptions(graph, classes, properties, used) if state else {},
        tallies=tallies.measure(graph, classes, properties, used) if state else {},
        whole=max(len(classes), len(properties)) < MAX_TERMS,
    )


def _exceptions(
    graph: GraphReader, classes: dict[str, int], properties: dict[str, int], used: dict[str, dict[str, int]]
) -> dict[str, dict[str, list[str]]]:
    """
    Whoever has a property without being of a class is looked for among the entities of small classes; their statements
    must make up the whole difference between the two counts.
    """
    small = [name for name, count in classes.items() if count <= _FEW]
    if not small or len(small) > MAX_TERMS / _FEW:
        return {}
    among = f"VALUES ?few {{ {' '.join(f'<{name}>' for name in small)} }} ?s a ?few ."
    among = f"{{ SELECT DISTINCT ?s {{ {among} FILTER (isIRI(?s)) }} }}"  # nothing else can be named in a query
    kinds: dict[str, set[str]] = {}
    for entity, kind in graph.table(_KINDS % among):
        kinds.setdefault(entity, set()).add(kind)
    stated: dict[str, dict[str, int]] = {}
    for entity, property_, number in graph.table(_ENTITIES % among):
        stated.setdefault(property_, {})[entity] = int(number)
    found: dict[str, dict[str, list[str]]] = {}
    for class_, counts in used.items():
        for property_, count in counts.items():
            others = {each: n for each, n in stated.get(property_, {}).items() if class_ not in kinds[each]}
            if sum(others.values()) == properties[property_] - count and 0 < len(others) <= _MAX_OTHERS:
                found.setdefault(class_, {})[property_] = sorted(others)
    return found


def _one(rows: Iterator[tuple[str, ...]]) -> int:
    ((number,),) = rows
    return int(number)


def _counts(rows: Iterator[tuple[str, ...]]) -> dict[str, int]:
    counts = _largest_first({name: int(number) for name, number in rows if name})
    return dict(list(counts.items())[:MAX_TERMS])


def _largest_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def path(home: Path) -> Path:
    return home / _FILE


def keep(home: Path, figures: Figures) -> None:
    """Whoever reads sees the old ones or these."""
    draft = path(home).with_name(f".{_FILE}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(figures)))
    draft.replace(path(home))


_read: dict[str, tuple[int, Figures | None]] = {}


def kept(home: Path) -> Figures | None:
    """The last ones, None before the first, and where another version wrote less. Read again only when they changed."""
    file = f"{home}/{_FILE}"  # a path would take longer to put together than the system to look
    try:
        changed = os.stat(file).st_mtime_ns
    except OSError:
        return None
    if (known := _read.get(file)) and known[0] == changed:
        return known[1]
    figures = None
    with suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads(path(home).read_text())
        figures = Figures(**(said | {"mark": Mark(**said["mark"])}))
    _read[file] = changed, figures
    return figures
