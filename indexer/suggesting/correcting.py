"""What was probably meant by a word that no entry has: one that is read alike, or differs in one character."""

from collections.abc import Iterator

from indexer.analysis.folding import fold, key_of_folded
from indexer.analysis.splitting import is_cjk, pairs, runs
from indexer.suggesting.phrases import BY_LETTERS, BY_TEXT, FROM_BEHIND, Phrase, Vocabulary, phrase
from indexer.suggesting.pinyin import reading

_MAX_TYPED = 40
_MAX_WINDOW = 8
"""Characters of a word; names that are longer are several."""

_MIN_EDITED = 3
"""Characters that a word must have for one of them to be another: of two, half would be guessed."""

_MIN_EDITED_LETTERS = 4
_LOOKED_AT = 60
_MAX_TRIED = 6
_OFTEN = 20
"""Who finds so many entries with just these words has made no mistake."""

_TIMES_MORE = 5
"""Something that is found, if seldom, may be meant: what is offered in its place must be found so much more often."""


def correct(vocabulary: Vocabulary, typed: str) -> str:
    """`typed` with one word of it replaced by what more entries have, "" when there is nothing better."""
    folded = fold(typed[:_MAX_TYPED])
    for run in dict.fromkeys(runs(folded)):
        found = _better(vocabulary, run)
        if found:
            return " ".join(folded.replace(run, found, 1).split())
    return ""


def _better(vocabulary: Vocabulary, run: str) -> str:
    length = len(run)
    if length < (2 if is_cjk(run) else _MIN_EDITED_LETTERS):
        return ""
    now = vocabulary.having(run)
    if now >= _OFTEN:
        return ""
    best, most = "", now * _TIMES_MORE
    tried: set[str] = set()
    for window, start, end in _windows(vocabulary, run):
        for other in _alike(vocabulary, window):
            replaced = run[:start] + (other.key if is_cjk(run) else fold(other.text)) + run[end:]
            if replaced in tried:
                continue
            tried.add(replaced)
            found = vocabulary.having(replaced)
            if found > most:
                best, most = replaced, found
            if len(tried) == _MAX_TRIED:
                return best
        if best:
            break
    return best


def _windows(vocabulary: Vocabulary, run: str) -> Iterator[tuple[str, int, int]]:
    """The pieces of a run in which a mistake may lie, longest first, each with its place."""
    if not is_cjk(run):
        yield key_of_folded(run), 0, len(run)
        return
    rare = [vocabulary.having(pair) == 0 for pair in pairs(run)]
    for size in range(min(_MAX_WINDOW, len(run)), 1, -1):
        for start in range(len(run) - size + 1):
            if any(rare[start : start + size - 1]) or (size == len(run) and not any(rare)):
                yield run[start : start + size], start, start + size


def _alike(vocabulary: Vocabulary, window: str) -> list[Phrase]:
    """Phrases read as `window` is, or one edit from it; those of most records first."""
    half = len(window) // 2  # one edit leaves what is before it or what is after it as it was
    prefixes = []
    if is_cjk(window):
        prefixes.append(f"{BY_LETTERS}{''.join(reading([window]))}|")
    if len(window) >= (_MIN_EDITED if is_cjk(window) else _MIN_EDITED_LETTERS):
        prefixes += [BY_TEXT + window[: max(1, half - 1)], FROM_BEHIND + window[: half - 1 : -1]]
    found: dict[str, Phrase] = {}
    for prefix, terms in zip(prefixes, vocabulary.starting(prefixes, _LOOKED_AT), strict=True):
        for term, records in terms:
            each = phrase(term, records)
            is_alike = is_one_edit(window, each.key)
            if prefix.startswith(BY_LETTERS):
                is_alike = len(each.key) == len(window) and each.key != window
            if is_alike:
                found.setdefault(each.key, each)
    return sorted(found.values(), key=lambda each: (-each.records, each.key))


def is_one_edit(one: str, other: str) -> bool:
    """One character more, less or other, or two neighbours exchanged."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, else_ = one[start:], other[start:]
    return (
        rest[1:] == else_[1:]
        or rest[1:] == else_
        or rest == else_[1:]
        or (len(rest) > 1 and rest[1::-1] + rest[2:] == else_)
    )
