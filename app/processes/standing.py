"""
The graphs that are not a dataset's: what the portal says of its catalogue, the code lists with their labels, and the
saved queries, from which people and programs learn to ask.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import vocab
from app.catalogue.heading import heading
from app.sparql import examples
from app.wiring import Portal
from vocab.namespaces import SCHEME
from vocab.rdf import Format, to_ntriples


def standing_graphs(portal: Portal, *, vocabularies: bool = True) -> Iterator[tuple[str, bytes]]:
    """(name, N-Triples) of each; code lists and saved queries may be left out: they only change with the program."""
    modified = portal.catalogue.last_changed().strftime("%Y-%m-%dT%H:%M:%SZ")
    base_url = portal.settings.base_url
    yield f"{base_url}/catalog", "".join(f"{line}\n" for line in heading(base_url, modified)).encode()
    if vocabularies:
        yield f"{base_url}/sparql/examples", examples.described(base_url)
        yield from _vocabularies()


@lru_cache(maxsize=1)
def _vocabularies() -> tuple[tuple[str, bytes], ...]:
    folder = Path(vocab.__file__).parent / "schemes"
    return tuple(
        (str(SCHEME[path.stem]), to_ntriples(path, Format.TURTLE).read()) for path in sorted(folder.glob("*.ttl"))
    )
