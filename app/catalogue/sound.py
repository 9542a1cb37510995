"""Looks over what goes out: one entry that can't be read must not spoil the page or the dump it stands in. Pure."""

import re

from vocab.errors import RdfError
from vocab.rdf import Format, to_ntriples

_IRI = rb"<[^\x00-\x20<>\"{}|^`\\]++>"
_ESCAPE = rb"\\[tbnrf\"'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_TEXT = rb"\"(?:[^\"\\\n\r]++|" + _ESCAPE + rb")*+\"(?:@[A-Za-z0-9-]++|\^\^" + _IRI + rb")?"
_NODE = rb"_:[A-Za-z0-9_.-]++"
_LINE = rb"(?:" + _IRI + rb"|" + _NODE + rb") " + _IRI + rb" (?:" + _IRI + rb"|" + _TEXT + rb"|" + _NODE + rb") \.\n"
_LINES = re.compile(rb"(?:" + _LINE + rb")*+")


def sound(ntriples: bytes) -> bytes:
    """
    The same lines when each is a statement. Else addresses in the others are mended as they are on the way in, and
    what is no statement even then is left out.
    """
    if _LINES.fullmatch(ntriples):
        return ntriples
    kept = []
    for line in ntriples.splitlines(keepends=True):
        if _LINES.fullmatch(line):
            kept.append(line)
            continue
        try:
            kept += [each for each in to_ntriples(line, Format.N_TRIPLES).lines if _LINES.fullmatch(each)]
        except RdfError:
            continue
    return b"".join(kept)
