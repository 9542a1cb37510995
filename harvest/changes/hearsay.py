"""
What another portal's people said of a dataset: ratings, comments, usage notes. It is no part of the record: it changes
without the record, and moderators there can't take it back here.

What a rating or a comment says by nodes of their own (the body with its words, whoever wrote it) goes with it. What
the record itself speaks of stays, whatever it is called besides: a source can't have its own distribution left out.
"""

from collections import defaultdict

from vocab.namespaces import DQV, DUV, OA, RDF, SCHEMA


def _term(iri: str) -> bytes:
    return b"<%s>" % iri.encode()


def _either(name: str) -> frozenset[bytes]:
    """A name of schema.org with either scheme."""
    return frozenset((_term(SCHEMA[name]), _term(f"http://schema.org/{name}")))


_TYPE = _term(RDF.type)
_FEEDBACK_TYPES = frozenset(map(_term, (DUV.UserFeedback, DUV.Usage)))
_KINDS: dict[bytes, frozenset[bytes]] = {
    **dict.fromkeys(_either("aggregateRating"), _either("AggregateRating")),
    **dict.fromkeys(_either("review"), _either("Review")),
    **dict.fromkeys(map(_term, (DUV.hasFeedback, DUV.hasUsage)), _FEEDBACK_TYPES),
    _term(DQV.hasQualityAnnotation): frozenset((_term(DQV.UserQualityFeedback),)),
}
"""What leads from a dataset to it, and the types that it is known by there."""
_MEASURED, _ANNOTATED = _term(DQV.hasQualityMeasurement), _term(DQV.hasQualityAnnotation)
_TARGET, _ANNOTATION = _term(OA.hasTarget), _term(OA.Annotation)
_SAID = _KINDS.keys() - {_ANNOTATED}
"""These say nothing else; an annotation may be the publisher's own."""
_POINTS = _KINDS.keys() | {_MEASURED}
_SIGNS = (b"ggregateRating>", b"schema.org/review>", b"/duv#has", b"#hasQualityAnnotation>")
_NODES = b"<_"

_Triple = tuple[bytes, bytes, bytes, bytes]
"""A line, and its subject, property and object."""


def may_have_hearsay(ntriples: bytes) -> bool:
    """Whether it is worth a look; most records have none, and are told apart at the speed of a search in bytes."""
    return any(sign in ntriples for sign in _SIGNS)


def without_hearsay(lines: set[bytes], node: bytes) -> set[bytes]:
    """The lines of N-Triples of the record of `node` without it."""
    triples: list[_Triple] = []
    for line in lines:
        s, p, o = line[:-2].split(b" ", 2)
        triples.append((line, s, p, o))
    said = _without_own(_named(triples, node), triples, node)
    return {
        line
        for line, s, p, o in triples
        if not (s in said or (s == node and p in _SAID) or (o in said and p in _POINTS))
    }


def _named(triples: list[_Triple], node: bytes) -> set[bytes]:
    """Ratings, comments and usage notes of the dataset, replies to them and to those, and what these alone speak of."""
    types: dict[bytes, set[bytes]] = defaultdict(set)
    below: dict[bytes, list[bytes]] = defaultdict(list)
    replies: dict[bytes, list[bytes]] = defaultdict(list)
    for _, s, p, o in triples:
        if s == node:
            continue
        if p == _TYPE:
            types[s].add(o)
        elif p == _TARGET:
            replies[o].append(s)
        elif o[:1] in _NODES and o != node:
            below[s].append(o)
    found = {o for _, s, p, o in triples if s == node and p in _KINDS and types[o] & _KINDS[p]}
    waiting = list(found)
    while waiting:
        each = waiting.pop()
        more = [*below[each], *(reply for reply in replies[each] if _ANNOTATION in types[reply])]
        waiting += (new := set(more) - found)
        found |= new
    return found


def _without_own(said: set[bytes], triples: list[_Triple], node: bytes) -> set[bytes]:
    """Those of them that nothing else in the record points at, and nothing that stays for it."""
    pointed: dict[bytes, list[bytes]] = defaultdict(list)
    own = []
    for _, s, p, o in triples:
        if o in said and s != o:
            if p == _TARGET:
                continue
            if s in said:
                pointed[s].append(o)
            elif p not in _POINTS:
                own.append(o)
    kept: set[bytes] = set()
    while own:
        each = own.pop()
        if each not in kept:
            kept.add(each)
            own += pointed[each]
    return said - kept
