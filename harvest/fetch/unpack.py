"""Takes compression off what comes from outside, a piece at a time, so that a bomb is noticed on its way."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

CHUNK = 256 * 1024
_RATIO = 300
"""A catalogue's text packs some sixty times; what packs more than this, and is large, was made to fill a disk."""
_LARGE = 64 * 1024**2


class Bomb(Exception):
    """What was packed unpacks to far more than a catalogue would."""


class Broken(Exception):
    """Not gzip, or cut off (`cut`)."""

    def __init__(self, why: str, *, cut: bool = False) -> None:
        super().__init__(why)
        self.cut = cut


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of gzip or zlib data of any number of members, never more than `CHUNK` at a time."""
    unpacker: Any = zlib.decompressobj(47)
    begun = False
    came = given = 0
    try:
        for chunk in chunks:
            came += len(chunk)
            while chunk:
                begun = True
                piece = unpacker.decompress(chunk, CHUNK)
                given += len(piece)
                if given > _LARGE and given > _RATIO * came:
                    raise Bomb
                yield piece
                chunk = unpacker.unconsumed_tail
                if unpacker.eof:
                    chunk, unpacker, begun = unpacker.unused_data, zlib.decompressobj(47), False
    except zlib.error as error:
        raise Broken(f"gzip: {error}") from None
    if begun:
        raise Broken("gzip: cut off", cut=True)
