"""
What another portal's people said of a dataset: ratings, comments, usage notes. It is no part of the record: it changes
without the record, and moderators there can't take it back here.
"""

from vocab.namespaces import DQV, DUV, OA, RDF, SCHEMA


def _term(iri: str) -> bytes:
    return b"<%s>" % iri.encode()


_TYPE = _term(RDF.type)
_RATING_TYPES = frozenset(map(_term, (SCHEMA.AggregateRating, "http://schema.org/AggregateRating")))
_RATINGS = frozenset(map(_term, (SCHEMA.aggregateRating, "http://schema.org/aggregateRating")))
_FEEDBACK = frozenset(map(_term, (DUV.hasFeedback, DUV.hasUsage)))
_FEEDBACK_TYPES = frozenset(map(_term, (DUV.UserFeedback, DUV.Usage)))
_MEASURED, _ANNOTATED = _term(DQV.hasQualityMeasurement), _term(DQV.hasQualityAnnotation)
_TARGET, _ANNOTATION = _term(OA.hasTarget), _term(OA.Annotation)
_SAID = _RATINGS | _FEEDBACK


def without_hearsay(lines: set[bytes], node: bytes) -> set[bytes]:
    """The lines of N-Triples of the record of `node` without it; the same set where nothing of the kind is in them."""
    if not any(b"ggregateRating>" in line or b"/duv#has" in line for line in lines):
        return lines
    triples = [(line, *line[:-2].split(b" ", 2)) for line in lines]
    types: dict[bytes, set[bytes]] = {}
    for _, s, p, o in triples:
        if p == _TYPE and s != node:
            types.setdefault(s, set()).add(o)
    named = {p: {o for _, s, each, o in triples if s == node and each == p} for p in _SAID}
    ratings = {o for p in _RATINGS for o in named[p] if types.get(o, set()) & _RATING_TYPES}
    said = {o for p in _FEEDBACK for o in named[p] if types.get(o, set()) & _FEEDBACK_TYPES}
    said |= {s for _, s, p, o in triples if p == _TARGET and o in said and _ANNOTATION in types.get(s, set())}
    return {
        line
        for line, s, p, o in triples
        if not (
            (s == node and p in _SAID)
            or s in ratings
            or s in said
            or (p == _MEASURED and o in ratings)
            or (p == _ANNOTATED and o in said)
        )
    }
