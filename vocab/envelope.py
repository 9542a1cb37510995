"""RDF/XML inside another XML document, as a catalogue service (CSW GetRecords) sends its pages."""

import xml.etree.ElementTree as ET

from vocab.namespaces import RDF

_RDF = f"{{{RDF}}}RDF"


def unwrapped(data: bytes) -> bytes | None:
    """One RDF/XML document with all that the envelope holds; None when `data` is no envelope around RDF."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - see above
    except (ET.ParseError, RecursionError):
        return None
    inside = [] if root.tag == _RDF else root.findall(f".//{_RDF}")
    if not inside:
        return None
    first, *others = inside
    for other in others:
        first.extend(other)
    document: bytes = ET.tostring(first, encoding="utf-8")
    return document
