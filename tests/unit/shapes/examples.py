"""The examples that the profiles ship with, as N-Triples."""

from importlib.resources import files
from pathlib import Path

import pyoxigraph

FOLDER = Path(str(files("shapes"))) / "examples"
VALID = sorted((FOLDER / "valid").glob("*.ttl"))
INVALID = sorted((FOLDER / "invalid").glob("*.ttl"))


def ntriples(turtle: Path) -> bytes:
    quads = pyoxigraph.parse(turtle.read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return b"".join(sorted(lines.splitlines(keepends=True)))
