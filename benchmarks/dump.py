"""The whole public graph as one stream: how fast against the bare serialiser, and in how much memory."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from benchmarks import floors, machine
from benchmarks.table import Row

FORMATS = {
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
}


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    exported = place / "export.nt"
    for name, syntax in FORMATS.items():
        out = exported if name == "nt" else place / f"export.{name}"
        ran = machine.run(place / "home", "export", "--format", name, "-o", str(out))
        bare = floors.seconds(lambda syntax=syntax: _bare(exported, place / "bare", syntax))
        yield Row(
            f"full dump, {name}",
            ran.seconds,
            "s",
            bare,
            "pyoxigraph parses and serialises",
        )
        yield Row("its peak memory", ran.peak_mb, "MB", limit=400)


def _bare(source: Path, out: Path, syntax: pyoxigraph.RdfFormat) -> None:
    quads = pyoxigraph.parse(path=str(source), format=pyoxigraph.RdfFormat.N_TRIPLES)
    pyoxigraph.serialize((quad.triple for quad in quads), output=str(out), format=syntax)
