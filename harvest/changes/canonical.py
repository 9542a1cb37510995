"""
The canonical form of a record: the same bytes for every order of lines, every labelling of blank nodes and every
case of language tags. Input lines are N-Triples as `vocab` writes them: single spaces, canonical escapes.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

from harvest.changes.hearsay import may_have_hearsay, without_hearsay
from harvest.changes.ordering import DATASET_LABEL, canonical_labels
from harvest.errors import TooComplex
from harvest.record import Canonical

MAX_RECORD_BYTES = 32 * 1024 * 1024
_BLANK, _QUOTE, _BRACKET = b'_">'

_TAG = re.compile(rb'"@([A-Za-z0-9-]+) \.\n')
"""A language tag at the end of a line. It can't stand inside a literal: quotes and line ends are escaped there."""


def canonical(ntriples: bytes, subject: str) -> Canonical:
    """
    The same bytes for every order, labelling and case of language tags, without what people say of the dataset
    elsewhere; raises TooComplex.
    """
    if len(ntriples) > MAX_RECORD_BYTES:
        raise TooComplex(
            f"记录过大（{len(ntriples):,} 字节，上限 {MAX_RECORD_BYTES:,}）。请把数据放入分发文件，目录中只留元数据。",
            f"The record is too large ({len(ntriples):,} bytes, at most {MAX_RECORD_BYTES:,}). "
            "Put data into a distribution and keep only metadata in the catalogue.",
        )
    if not ntriples.endswith(b"\n"):
        ntriples += b"\n"
    lines = set(_uniform_tags(ntriples).split(b"\n"))
    lines.discard(b"")
    node = subject.encode()
    if may_have_hearsay(ntriples):
        lines = without_hearsay(lines, node)
    blank = [
        line  # a line whose object ends in a quote or a bracket has no blank object: most lines are decided by a byte
        for line in lines
        if line[0] == _BLANK or (_QUOTE != line[-3] != _BRACKET and line[line.rfind(b" ", 0, -2) + 1] == _BLANK)
    ]
    if blank:
        lines.difference_update(blank)
        triples = [tuple(line[:-2].split(b" ", 2)) for line in blank]
        labels = canonical_labels(triples, node)
        lines.update([b"%s %s %s ." % (labels.get(s, s), p, labels.get(o, o)) for s, p, o in triples])
    text = b"\n".join(sorted(lines)) + b"\n" if lines else b""
    name = DATASET_LABEL.decode() if node.startswith(b"_:") else subject
    return Canonical(text, hashlib.sha256(text).hexdigest(), name)


def diff(before: bytes, after: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines (added, removed) between two canonical forms of one record, each sorted."""
    old, new = set(before.split(b"\n")), set(after.split(b"\n"))
    return tuple(x.decode() for x in sorted(new - old)), tuple(x.decode() for x in sorted(old - new))


def gone(known: Iterable[str], seen: Mapping[str, object] | set[str]) -> list[str]:
    """Keys that were known and did not appear, sorted."""
    return sorted(key for key in known if key not in seen)


def rough_hash(ntriples: bytes) -> str:
    """
    SHA-256 (hex) that doesn't look at blank nodes' labels. Different records may share it, so it never decides that
    a good record is unchanged; it recognises a refused one on the next run.
    """
    return hashlib.sha256(b"\n".join(sorted(re.sub(rb"_:[^\s]+", b"_:", ntriples).split(b"\n")))).hexdigest()


_tag_cases: dict[bytes, bytes] = {}


def _tag_case(tag: bytes) -> bytes:
    """BCP 47's habit (RFC 5646, 2.1.1): language lower, script titled, region upper."""
    known = _tag_cases.get(tag)
    if known is None:
        first, *rest = tag.lower().split(b"-")
        known = b"-".join([first, *(p.title() if len(p) == 4 else p.upper() if len(p) == 2 else p for p in rest)])
        if len(_tag_cases) < 1000:  # what a hostile source may fill
            _tag_cases[tag] = known
    return known


def _uniform_tags(ntriples: bytes) -> bytes:
    for tag in set(_TAG.findall(ntriples)):
        uniform = _tag_case(tag)
        if tag != uniform:
            ntriples = ntriples.replace(b'"@%s .\n' % tag, b'"@%s .\n' % uniform)
    return ntriples
