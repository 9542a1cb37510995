"""
What a published graph holds, in numbers: measured once for each state that is published, kept as a small file beside
it. Pages and descriptions read the file; nobody's request counts statements.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.triplestore.protocol import GraphReader, Mark

_FILE = "figures.json"
_TOTAL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_SUBJECTS = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s { ?s ?p ?o } }"
_CLASSES = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c"
_PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"
_USED = "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ?p"
MAX_TERMS = 2_000
"""Classes, and properties, that are listed; a source could state any number."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`classes` and `properties` map IRIs to how many entities and statements they have, the largest first."""

    mark: Mark
    triples: int
    entities: int
    classes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, int] = field(default_factory=dict)
    used: dict[str, dict[str, int]] = field(default_factory=dict)
    """Class -> property -> statements about entities of that class."""
    state: str = ""
    """The very snapshot, where there is one; see `GraphReader.state`."""
    whole: bool = True
    """False when there are more classes or properties than are listed."""

    def implies(self, property_: str, class_: str) -> bool:
        """Whether everything that has this property is of this class."""
        count = self.properties.get(property_, 0)
        return count > 0 and self.used.get(class_, {}).get(property_) == count


def measure(graph: GraphReader) -> Figures:
    """Seconds on a large graph. Raises `StoreUnavailable`."""
    mark = graph.mark()  # before the first count: what changes meanwhile is measured again
    classes, properties = _counts(graph.table(_CLASSES)), _counts(graph.table(_PROPERTIES))
    used: dict[str, dict[str, int]] = {}
    for class_, property_, number in graph.table(_USED):
        if class_ in classes and property_ in properties:
            used.setdefault(class_, {})[property_] = int(number)
    return Figures(
        mark=mark,
        state=graph.state(),
        triples=_one(graph.table(_TOTAL)),
        entities=_one(graph.table(_SUBJECTS)),
        classes=classes,
        properties=properties,
        used={name: _largest_first(counts) for name, counts in used.items()},
        whole=max(len(classes), len(properties)) < MAX_TERMS,
    )


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


_read: dict[Path, tuple[int, Figures]] = {}


def kept(home: Path) -> Figures | None:
    """The last ones, None before the first. Read again only when they changed."""
    file = path(home)
    try:
        changed = file.stat().st_mtime_ns
        if (known := _read.get(file)) and known[0] == changed:
            return known[1]
        said = json.loads(file.read_text())
        figures = Figures(**(said | {"mark": Mark(**said["mark"])}))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    _read[file] = changed, figures
    return figures
