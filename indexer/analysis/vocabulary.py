"""
The words of titles and keywords as tokens of a field of their own, to be found by their beginning: as they are written,
by pinyin and by initials. `公积金` is held as `公积金`, `gongjijin=公积金` and `gjj=公积金`.

A term dictionary is a sorted list, so that what a person has begun to type, in whatever way, is one short walk.
"""

from collections.abc import Iterable, Iterator

from indexer.analysis.sounds import syllables
from indexer.analysis.splitting import engine, is_cjk

FIELD = "vocabulary"
READ = "="
"""Stands between how a word is read and how it is written."""

_MAX_JOINED = 6
"""Characters of two neighbouring words that make one entry: 人才公寓, 道路运输."""


def tokens(cjk: str) -> Iterator[str]:
    """Tokens of texts (`Terms.cjk`), each once."""
    for unit, read in _units(cjk).items():
        yield unit
        if read:
            yield f"{''.join(read)}{READ}{unit}"
            yield f"{''.join([part[0] for part in read])}{READ}{unit}"


def _units(cjk: str) -> dict[str, tuple[str, ...]]:
    """Words of two characters or more, those inside them, and each two neighbours together, with their reading."""
    found: dict[str, tuple[str, ...]] = {}
    last = ""
    last_read: tuple[str, ...] = ()
    for word in engine().cut(cjk):
        if not is_cjk(word):
            last = ""
            continue
        read = syllables(word)
        if len(word) > 1:
            found[word] = read
        if len(word) > 3:
            found.update({part: syllables(part) for part in engine().cut_for_search(word) if 1 < len(part) < len(word)})
        if last and 2 < len(last) + len(word) <= _MAX_JOINED:
            found[last + word] = last_read + read if last_read and read else ()
        last, last_read = word, read
    return found


def written(entries: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """(Token, records) as (word, records): without how it is read."""
    return [(token.rpartition(READ)[2], records) for token, records in entries]
