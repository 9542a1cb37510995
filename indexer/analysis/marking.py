"""Where the words that were asked for stand in a text that people read."""

from collections.abc import Sequence
from typing import NamedTuple

from indexer.analysis.asking import Asked

FRAGMENT_CHARACTERS = 120
_LEAD = 24
"""Characters of a fragment before its first match."""

Run = tuple[str, bool]


class Needle(NamedTuple):
    """A word to mark, or, in a text that doesn't have it whole, its pieces."""

    text: str
    pieces: tuple[str, ...]


def needles(asked: Asked, relaxed: bool = False) -> tuple[Needle, ...]:
    """
    What is marked of a question: whole runs, words, and other words for them; when search was `relaxed`, pieces of
    short words too.
    """
    words = []
    for word in asked.words:
        if word.required:
            shared = relaxed or (word.cjk and len(word.text) > 3)
            words.append(Needle(word.text, tuple([piece for piece in word.inside if shared and len(piece) > 1])))
    words += [Needle(other.text, ()) for other in asked.instead]
    looked_for = {needle.text for needle in words}
    return (*(Needle(run, ()) for run in asked.runs if len(run) > 1 and run not in looked_for), *words)


def mark(
    shown: str, compared: str, wanted: Sequence[Needle], limit: int | None = FRAGMENT_CHARACTERS
) -> tuple[Run, ...]:
    """
    `shown`, or about `limit` characters of it around the matches, as runs (piece, is it a match); () without one.

    `compared` is `shown` as `folding.aligned` folds it. Nothing is escaped: the page escapes each piece.
    """
    spans = _spans(compared, wanted)
    if not spans:
        return ()
    start, end = 0, len(shown)
    if limit is not None and end > limit:
        start = _best_start(spans, limit, end)
        end = min(end, start + limit)
    runs: list[Run] = [("…", False)] if start else []
    at = start
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            if at < first:
                runs.append((shown[at:first], False))
            runs.append((shown[first:last], True))
            at = last
    if at < end:
        runs.append((shown[at:end], False))
    if end < len(shown):
        runs.append(("…", False))
    return tuple(runs)


def _spans(text: str, wanted: Sequence[Needle]) -> list[tuple[int, int]]:
    """Merged places of every needle, in order."""
    places: list[tuple[int, int]] = []
    for word, pieces in wanted:
        at = text.find(word)
        if at >= 0:
            _find(text, word, at, places)
        else:
            for piece in pieces:
                at = text.find(piece)
                if at >= 0:
                    _find(text, piece, at, places)
    if len(places) < 2:
        return places
    places.sort()
    merged = [places[0]]
    for first, last in places[1:]:
        if first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _find(text: str, needle: str, at: int, places: list[tuple[int, int]]) -> None:
    """Every place of `needle`, from the first one on; a word of letters only where no letter or digit touches it."""
    bounded = needle[0].isascii()
    length = len(needle)
    while at >= 0:
        end = at + length
        if not (bounded and (_touches(text, at - 1) or _touches(text, end))):
            places.append((at, end))
        at = text.find(needle, end)


def _touches(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


def _best_start(spans: list[tuple[int, int]], limit: int, length: int) -> int:
    """Where a window of `limit` characters holds the most marked characters, the earliest of the best."""
    best, most = 0, -1
    for first, _ in spans[:50]:
        start = max(0, min(first - _LEAD, length - limit))
        held = sum(min(last, start + limit) - at for at, last in spans if at >= start and at < start + limit)
        if held > most:
            best, most = start, held
    return best
