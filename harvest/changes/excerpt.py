"""What is kept of a record that could not be brought into canonical form."""

from vocab.namespaces import DCT, SUI

MAX_BYTES = 64 * 1024
_FIRST = (
    b"<%s> " % DCT.accessRights.encode(),
    b"<%s> " % DCT.rights.encode(),
    b"<http://purl.org/dc/elements/1.1/rights> ",
    b"<%s" % SUI.encode(),
)
"""Beginnings of the predicates that say whether the record is open."""


def excerpt(ntriples: bytes, subject: str, id: str) -> bytes:
    """
    At most `MAX_BYTES` of a raw record, the dataset's node being `<urn:suishu:dataset/{id}>`.

    First comes whether it is open: a record too large or too intricate to keep must still be able to close its entry.
    """
    node = subject.encode() + b" "
    own = b"<urn:suishu:dataset/%s> " % id.encode()
    lines = [own + line[len(node) :] if line.startswith(node) else line for line in ntriples.split(b"\n") if line]
    first = [line for line in lines if line.startswith(own) and line[len(own) :].startswith(_FIRST)]
    meant = {line[:-2].rpartition(b" ")[2] + b" " for line in first}
    words = [line for line in lines if line[: line.find(b" ") + 1] in meant]
    rest = [line for line in lines if line.startswith(own)] + lines
    kept: dict[bytes, None] = {}
    room = MAX_BYTES
    for line in (*sorted(first, key=len), *sorted(words, key=len), *rest):
        if line not in kept and len(line) < room:
            kept[line] = None
            room -= len(line) + 1
    return b"".join(line + b"\n" for line in kept)
