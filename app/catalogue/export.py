"""The whole public catalogue as one stream of N-Triples, in memory that does not grow with it."""

from collections.abc import Iterator

from app.catalogue.heading import heading
from app.catalogue.ranges import Ranges
from app.catalogue.service import CatalogueService
from app.catalogue.sound import sound


def whole(catalogue: CatalogueService, base_url: str) -> Iterator[bytes]:
    """What the portal says of the catalogue, then each public entry with what it points to."""
    ranges = Ranges()
    modified = catalogue.last_changed().strftime("%Y-%m-%dT%H:%M:%SZ")
    yield "".join(f"{line}\n" for line in heading(base_url, modified)).encode()
    for _id, ntriples in catalogue.public_graphs():
        entry = sound(ntriples)
        yield entry + ranges.of(entry)
