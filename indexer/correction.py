"""
What was probably meant: pinyin and initials as the words they stand for, slips as the words of the index that sound or
look like them. Only where the index doesn't know what was typed; the index's own words are the dictionary.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple, Protocol

from indexer.analysis import Asked, fold, pairs, understand, words_of
from indexer.analysis.lists import known_terms
from indexer.analysis.sounds import ends, near, syllables
from indexer.analysis.splitting import code_key
from indexer.plan import Term
from indexer.suggesting.phrases import BY_INITIALS, BY_LETTERS, BY_TEXT, FROM_BEHIND, JOINED, begun, phrase

MIN_LETTERS = 3
"""Of initials and pinyin: two letters are the initials of too much."""

MAX_LETTERS = 40
FAR_MORE = 20
"""So many times more records make another reading of letters more likely than the letters themselves."""

_MIN_RECORDS = 2
"""Of a word that looks or nearly sounds like what was typed; of one that sounds the same, one record will do."""

_RARE = 2
"""What stands in so few records may be a slip itself."""

_WORD = 10
"""Two characters that stand as a word in so many records are one."""

_MIN_SHORTENED = 4
"""Characters of a word that a character too many was typed in: of less, what is left is another word."""

_REVIEWED = 5
"""So many times as likely as its records say: a reading that the word lists of government have."""

_MAX_RUN = 20
_WINDOWS = range(2, 9)
"""Characters around a pair that no record has, in which the slip may lie."""

_MAX_BROKEN = 4
"""Places; where more is wrong, nothing near it is looked for."""

_MAX_READING = 24
"""Letters of one word's pinyin."""

_MAX_ASKED = 200
"""Readings looked up for one slip: what is typed to do harm stays cheap."""

_MAX_BEGUN = 200
"""Words of one beginning that are compared with what was typed."""

_MIN_SPELLED = 4
"""Letters of a word that may be misspelt."""

_AT_ONCE = 8
_JOINED = "="
Found = list[tuple[str, int]]
"""Words with the number of records that have each, the most common first."""


class Index(Protocol):
    """What correction asks of an index, many questions at once: on a server each one is a way there and back."""

    def frequencies(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        """In how many records each is."""
        ...

    def starting(self, beginnings: Sequence[str], limit: int) -> Mapping[str, Found]:
        """For each beginning of a term of `indexer.suggesting.phrases` its most common terms, at most so many."""
        ...


class Corrected(NamedTuple):
    """`text` is what is searched in place of what was typed; `asked` is its meaning, named as it was typed."""

    text: str
    asked: Asked


def corrected(asked: Asked, index: Index) -> Corrected | None:
    """None where nothing needs correcting, or nothing better is known. What is quoted or excluded is left alone."""
    if asked.phrases or asked.excluded or asked.named or not asked.words:
        return None
    if any(index.frequencies(_names(asked)).get(name) for name in _names(asked)):
        return None
    changed = False
    parts: list[str] = []
    for run in _joined(asked.runs):
        better = _of_letters(run, index) if run.isascii() else _of_characters(run, index)
        changed = changed or better is not None
        parts.append(better or run)
    if not changed:
        return None
    text = " ".join(parts)
    meant = understand(text)
    return Corrected(
        text,
        replace(
            asked,
            key=meant.key,
            runs=meant.runs,
            words=meant.words,
            stretches=meant.stretches,
            instead=meant.instead,
        ),
    )


def looked_up(asked: Asked) -> list[Term]:
    """Terms whose frequencies `corrected` asks for first."""
    of_runs = [term for run in asked.runs for term in (_code(run) if run.isascii() else _pairs(run))]
    return [*_names(asked), *of_runs]


def _names(asked: Asked) -> list[Term]:
    """What is named as it was typed needs no correcting."""
    return [Term("exact", asked.key), Term("ident", asked.folded)]


def _code(run: str) -> list[Term]:
    return [Term("codes", code_key(run))] if MIN_LETTERS <= len(run) <= MAX_LETTERS else []


def _pairs(run: str) -> list[Term]:
    return [Term("pairs", pair) for pair in pairs(run[:_MAX_RUN]) if len(pair) == 2]


def _joined(runs: Sequence[str]) -> list[str]:
    """`gong ji jin` as one word: neighbours that are one syllable each."""
    found: list[str] = []
    for run in runs:
        one = run.isascii() and run.isalpha() and len(ends(run)) == 2
        if one and found and found[-1].startswith(_JOINED):
            found[-1] += run
        else:
            found.append(_JOINED + run if one else run)
    return [run.removeprefix(_JOINED) for run in found]


def _of_letters(run: str, index: Index) -> str | None:
    """The words that these letters are the pinyin or the initials of, or one that is spelt nearly so."""
    terms = _code(run)
    if not terms:
        return None
    letters, typed = run.replace("'", ""), index.frequencies(terms)[terms[0]]
    if typed and not ends(letters):
        return None  # GIS and APP are initials of something too
    if letters.isalpha():
        whole = _read(index, [letters])[letters]
        if whole:
            word, records = whole[0]
            return word if records > typed * FAR_MORE else None
    if typed:
        return None
    return (_words_in(letters, index) if letters.isalpha() else None) or _spelt(code_key(run), index)


def _spelt(typed: str, index: Index) -> str | None:
    """A word of letters that is one slip away: it begins or it ends as what was typed."""
    if len(typed) < _MIN_SPELLED:
        return None
    half = len(typed) // 2
    beginnings = [BY_TEXT + typed[: max(1, half - 1)], FROM_BEHIND + typed[: half - 1 : -1]]
    found = index.starting(beginnings, _MAX_BEGUN)
    near_ones = [
        (records, fold(each.text))
        for beginning in beginnings
        for term, records in found[beginning]
        if _is_slip(typed, (each := phrase(term, records)).key)
    ]
    return max(near_ones)[1] if near_ones else None


def _words_in(letters: str, index: Index) -> str | None:
    """Several words' pinyin without spaces: as few words as will do, the most common of those."""
    places = ends(letters)
    spans = [(start, end) for start in places for end in places if 0 < end - start <= _MAX_READING]
    known = _read(index, [letters[start:end] for start, end in spans])
    best: dict[int, tuple[int, int, tuple[str, ...]]] = {0: (0, 0, ())}
    for start, end in sorted(spans):
        words = known.get(letters[start:end], [])
        if start in best and words:
            count, records, before = best[start]
            offer = count + 1, records - words[0][1], (*before, words[0][0])
            if end not in best or offer < best[end]:
                best[end] = offer
    found = best.get(len(letters))
    return " ".join(found[2]) if found else None


def _of_characters(run: str, index: Index) -> str | None:
    """The run with slips mended: where no record has two neighbouring characters, a word of the same sound, or near."""
    run = run[:_MAX_RUN]
    mended = run
    for _ in range(3):
        broken = _broken(mended, index)
        better = _mended(mended, broken, index) if 0 < len(broken) <= _MAX_BROKEN else None
        if not better:
            break
        mended = better
    return mended if mended != run else None


def _broken(run: str, index: Index) -> list[int]:
    """Places of the rarest pairs, if hardly a record has them; not where two words that records have happen to meet."""
    meets = set()
    at = 0
    for word, following in pairwise(words_of(run)):
        at += len(word)
        if len(word) > 1 and len(following) > 1:
            meets.add(at - 1)
    terms = _pairs(run)
    known = index.frequencies(terms)
    rare = [at for at, term in enumerate(terms) if at not in meets and known[term] <= _RARE]
    beside = {at: [Term("title", run[at - 1 : at + 1]), Term("title", run[at + 1 : at + 3])] for at in rare}
    words = index.frequencies([term for of in beside.values() for term in of])
    rare = [at for at in rare if min(words[term] for term in beside[at]) < _WORD]
    rarest = min((known[terms[at]] for at in rare), default=0)
    return [at for at in rare if known[terms[at]] == rarest]


def _mended(run: str, broken: Sequence[int], index: Index) -> str | None:
    windows = {
        (start, start + size)
        for at in broken
        for size in _WINDOWS
        for start in range(max(0, at + 2 - size), min(at, len(run) - size) + 1)
    }
    typed = index.frequencies(_pairs(run))[_pairs(run)[broken[0]]]
    found = [
        (end - start, -kind, records, run[:start] + word + run[end:])
        for kind, offers in enumerate((_of_sound, _of_near_sound, _of_look))
        for (start, end), words in offers(run, sorted(windows), index).items()
        for word, records in words
        if records >= max(_MIN_RECORDS if kind else 1, typed * FAR_MORE) and word != run[start:end]
    ]
    # What explains more of what was typed is likelier than a short word of the very sound.
    return max(found)[3] if found else None


Offers = dict[tuple[int, int], Found]


def _of_sound(run: str, windows: Iterable[tuple[int, int]], index: Index) -> Offers:
    """Of two characters one must be right: two others are another word, whatever they sound like."""
    keys = {window: "".join(syllables(run[slice(*window)])) for window in windows}
    known = _read(index, [key for key in keys.values() if key])
    return {
        window: _alike(run[slice(*window)], known.get(key, []), int(window[1] - window[0] == 2))
        for window, key in keys.items()
    }


def _of_near_sound(run: str, windows: Iterable[tuple[int, int]], index: Index) -> Offers:
    keys = {}
    for window in windows:
        read = syllables(run[slice(*window)])
        if 2 <= len(read) <= 4:
            keys[window] = [
                "".join((*read[:at], other, *read[at + 1 :])) for at, one in enumerate(read) for other in near(one)
            ]
    known = _read(index, [key for of in keys.values() for key in of])
    found = {window: [word for key in of for word in known.get(key, [])] for window, of in keys.items()}
    return {window: _alike(run[slice(*window)], words, window[1] - window[0] - 1) for window, words in found.items()}


def _of_look(run: str, windows: Iterable[tuple[int, int]], index: Index) -> Offers:
    """
    One character wrong, missing or too many, or two exchanged: words that begin as the typed one may have to. A word of
    two with one after it is no slip, whatever else may follow it: 口腔科 is not 口腔癌.
    """
    wanted = {window: _beginnings(run[slice(*window)]) for window in windows if 3 <= window[1] - window[0] <= 6}
    known = _begun(index, [each for of in wanted.values() for each in of])
    twos = {window: _twos(run[slice(*window)]) for window in wanted}
    records = index.frequencies([term for of in twos.values() for term in of])
    compounds = {window for window, of in twos.items() if any(records[term] >= _WORD for term in of)}
    return {
        (start, end): [
            (word, records)
            for beginning in of
            for word, records in known[beginning]
            if _is_slip(run[start:end], word)
            if len(word) != end - start or (start, end) not in compounds
        ]
        for (start, end), of in wanted.items()
    }


def _twos(typed: str) -> list[Term]:
    return [Term("title", typed[:2]), Term("title", typed[1:])] if len(typed) == 3 else []


def _beginnings(typed: str) -> tuple[str, str, str]:
    return typed[0], typed[:2], typed[1] + typed[0]


def _is_slip(typed: str, word: str) -> bool:
    if len(typed) == len(word):
        differ = [at for at, (one, other) in enumerate(zip(typed, word, strict=True)) if one != other]
        swapped = len(differ) == 2 and differ[1] - differ[0] == 1 and sorted(typed) == sorted(word)
        return swapped or (len(differ) == 1 and len(word) > 2)
    if len(typed) > len(word) and len(word) < _MIN_SHORTENED:
        return False
    short, long = sorted((typed, word), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _alike(typed: str, words: Found, kept: int) -> Found:
    """Words as long as what was typed, with so many of its characters in their place."""
    return [
        (word, records)
        for word, records in words
        if len(word) == len(typed) and sum(map(str.__eq__, word, typed)) >= kept
    ]


def _read(index: Index, keys: Sequence[str]) -> dict[str, Found]:
    """Words that are read so, whole or by their initials."""
    wanted = list(dict.fromkeys(keys))[:_MAX_ASKED]
    ways = {key: [f"{way}{key}|" for way in (BY_LETTERS, BY_INITIALS, JOINED)] for key in wanted}
    found = index.starting([way for of in ways.values() for way in of], _AT_ONCE)
    return {
        key: sorted(_words(term for way in of for term in found[way]), key=_likely, reverse=True)
        for key, of in ways.items()
    }


def _begun(index: Index, beginnings: Sequence[str]) -> dict[str, Found]:
    """Words that begin so."""
    ways = {beginning: [way + beginning for way in (BY_TEXT, JOINED)] for beginning in beginnings}
    found = index.starting([way for of in ways.values() for way in of], _MAX_BEGUN)
    return {beginning: _words(term for way in of for term in found[way]) for beginning, of in ways.items()}


def _words(terms: Iterable[tuple[str, int]]) -> Found:
    """Words that terms begin with, those of several phrases once. The same record may have several of them."""
    found: dict[str, int] = {}
    for term, records in terms:
        word = begun(term)
        if not word.isascii():
            found[word] = found.get(word, 0) + records
    return list(found.items())


def _likely(found: tuple[str, int]) -> tuple[int, str]:
    word, records = found
    return records * (_REVIEWED if word in known_terms() else 1), word
