"""Reads what a source yields, in a form that tests can ask."""

from pathlib import Path
from typing import Any

import rdflib
from rdflib.namespace import DCTERMS

from harvest.record import Incoming, Unreadable
from harvest.sources import open_source

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "harvest"


def read(location: Path | str, **how: Any) -> list[Incoming | Unreadable]:
    return list(open_source(str(location), **how).records())


def incoming(location: Path | str, **how: Any) -> list[Incoming]:
    found = read(location, **how)
    assert all(isinstance(each, Incoming) for each in found), found
    return [each for each in found if isinstance(each, Incoming)]


class Record:
    """One record's graph. `all` gives the values of a property of the dataset as strings, sorted."""

    def __init__(self, record: Incoming) -> None:
        self.record = record
        self.graph = rdflib.Graph().parse(data=record.ntriples, format="nt")
        datasets = list(self.graph.subjects(rdflib.RDF.type, rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset")))
        assert len(datasets) == 1
        self.node = datasets[0]

    def all(self, *path: rdflib.URIRef) -> list[str]:
        nodes: list[Any] = [self.node]
        for step in path:
            nodes = [value for node in nodes for value in self.graph.objects(node, step)]
        return sorted(str(node) for node in nodes)

    def one(self, *path: rdflib.URIRef) -> str:
        found = self.all(*path)
        assert len(found) == 1, found
        return found[0]

    @property
    def title(self) -> str:
        return self.one(DCTERMS.title)
