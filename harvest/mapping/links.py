"""Mends links that a DCAT record writes as text instead of as addresses, which is what many portals do."""

import re

from harvest.mapping.statements import link
from vocab.namespaces import DCAT, FOAF
from vocab.ntriples import literal_value

_WRITTEN = re.compile(
    rb"^((?:<[^>\n]*>|_:\S+) (?:%s)> )(\".*) \.$"
    % b"|".join(
        b"<%s" % re.escape(str(iri).encode()) for iri in (DCAT.accessURL, DCAT.downloadURL, DCAT.landingPage, FOAF.page)
    ),
    re.MULTILINE,
)
_SIGN = (b'URL> "', b'landingPage> "', b'/page> "')


def mended(ntriples: bytes) -> tuple[bytes, int]:
    """The record with literal links that hold an http address made IRIs, and how many there were."""
    if not any(sign in ntriples for sign in _SIGN):
        return ntriples, 0
    count = 0

    def as_iri(match: re.Match[bytes]) -> bytes:
        nonlocal count
        value = literal_value(match[2])
        address = link(value.text.strip()) if value else None
        if address is None:
            return match[0]
        count += 1
        return b"%b<%b> ." % (match[1], address.encode())

    return _WRITTEN.sub(as_iri, ntriples), count
