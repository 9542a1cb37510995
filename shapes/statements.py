"""The statements of a record that a profile looks at, cut from N-Triples without an RDF library: it runs per record."""

import re

TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DATASET = b"<http://www.w3.org/ns/dcat#Dataset>"
BLANK = b"urn:suishu:blank:"
"""Blank nodes go to the engines under this name, since engines give them labels of their own."""

Statement = tuple[bytes, bytes, bytes]
"""Subject, predicate and object in N-Triples syntax."""

_LINE = re.compile(rb"^([^ ]+) ([^ ]+) ([^\n]+) \.\n", re.MULTILINE)
_RECORD = re.compile(rb"<urn:suishu:dataset/[^#>]*>")
_UPPER_CASE_TAG = re.compile(rb'"@[a-z0-9-]*[A-Z][A-Za-z0-9-]* \.\n')


class NotCanonical(ValueError):
    """The text may be N-Triples, but not in the one form that is read here: single spaces, no escapes in IRIs."""


def wanted(ntriples: bytes, predicates: frozenset[bytes]) -> list[Statement]:
    """
    The statements whose predicate is one of `predicates` (each `<iri>`).

    Everything else is dropped before an engine sees it: it saves half the time, and a record can't bring shapes or
    class hierarchies of its own. Raises NotCanonical where the text has to go through a real parser first.
    """
    if ntriples and not ntriples.endswith(b"\n"):
        ntriples += b"\n"
    found = _LINE.findall(ntriples)
    if len(found) != ntriples.count(b"\n") or b"\t" in ntriples:
        raise NotCanonical
    if b"\\" in ntriples and any(map(_has_escaped_iri, found)):
        raise NotCanonical
    kept = [statement for statement in found if statement[1] in predicates]
    if b"_:" in ntriples:
        kept = [(_named(subject), predicate, _named(value)) for subject, predicate, value in kept]
    return kept


def _has_escaped_iri(statement: Statement) -> bool:
    subject, predicate, value = statement
    return b"\\" in subject or b"\\" in predicate or (value[:1] == b"<" and b"\\" in value)


def _named(term: bytes) -> bytes:
    return b"<%b%b>" % (BLANK, term[2:]) if term[:2] == b"_:" else term


def without_neighbours(statements: list[Statement]) -> list[Statement]:
    """
    The same, where one dataset is the record itself (`urn:suishu:dataset/{id}`), without the types of other datasets:
    what a record says of a dataset that it merely names (an earlier version, a series) is not what it is judged by.
    """
    datasets = {subject for subject, predicate, value in statements if predicate == TYPE and value == DATASET}
    if len(datasets) < 2 or not any(map(_RECORD.fullmatch, datasets)):
        return statements
    return [s for s in statements if s[1] != TYPE or s[2] != DATASET or _RECORD.fullmatch(s[0])]


def text(statements: list[Statement]) -> str:
    """
    N-Triples, language tags in lower case: engines disagree on the case of tags, which RDF 1.1 leaves open.
    Raises UnicodeDecodeError (a ValueError) for what is not UTF-8.
    """
    joined = b"".join([b"%b %b %b .\n" % statement for statement in statements])
    return _UPPER_CASE_TAG.sub(lambda tag: tag[0].lower(), joined).decode()
