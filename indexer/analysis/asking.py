"""What a person typed, understood: words, quoted phrases, exclusions. Any string is a question, none is an error."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.analysis.folding import across_the_strait, fold, key_of_folded
from indexer.analysis.lists import (
    EQUAL,
    known_terms,
    names_of_columns,
    places,
    synonyms,
    words_of_asking,
    words_of_catalogues,
)
from indexer.analysis.sounds import all_syllables, syllables
from indexer.analysis.splitting import code_forms, code_key, engine, is_cjk, pairs, runs, split
from indexer.analysis.syntax import read_signs
from indexer.query import MAX_QUERY_CHARACTERS

_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_COLUMN_QUESTION = re.compile("(?:字段|数据项|信息项|栏位|列)(?:名|里面|里|中)?(?:有|含有|含|包含|包括)(.{2,20}?)的")
_MAX_SPAN = 6
"""Words that one synonym may stand for."""


@dataclass(frozen=True, slots=True)
class Word:
    """
    One word asked for. A record has it when all of `needs` (pairs of characters, a single character, or one code)
    are among its tokens. `parts` are the words that the index cuts it into, `inside` shorter words and pairs within
    it, worth less. What is not `required` only helps to rank: a single character beside longer words, and what any
    catalogue entry says. A `place` and a `column` tell of which records of a subject, and not the subject.
    """

    text: str
    cjk: bool
    needs: tuple[str, ...]
    parts: tuple[str, ...]
    inside: tuple[str, ...] = ()
    required: bool = True
    place: bool = False
    column: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Pairs of characters, and codes, that a text has when the phrase stands in it."""

    pairs: tuple[str, ...]
    codes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.pairs or self.codes)


@dataclass(frozen=True, slots=True)
class Within:
    """`phrase` is demanded in `field` ("publisher", "item"; of "format" `text` is the name), or forbidden there."""

    field: str
    text: str
    phrase: Phrase
    without: bool


@dataclass(frozen=True, slots=True)
class Instead:
    """
    Other words for some of the words: `words` (their texts) stand in `text`. `worth` is what finding these is worth,
    1 as much as what was typed.
    """

    words: tuple[str, ...]
    text: str
    phrase: Phrase
    worth: float


@dataclass(frozen=True, slots=True)
class Asked:
    """
    `text` is what was typed, cut and without control characters; empty when it asks for nothing. `key` is for
    comparison with whole titles, `folded` with identifiers. `runs` are its stretches of one kind of script, without
    words of asking, which `words` are cut from; `stretches` its pieces between spaces, each to be preferred where it
    stands unbroken; `phrases` were quoted and are demanded; `excluded` must be absent; `named` are demanded of one
    field; `instead` may stand for words.
    """

    text: str
    folded: str = ""
    key: str = ""
    runs: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    stretches: tuple[Phrase, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    named: tuple[Within, ...] = ()
    instead: tuple[Instead, ...] = ()


def understand(typed: str) -> Asked:
    """The first 200 characters of what was typed, as words to look for."""
    return _understood(typed[: MAX_QUERY_CHARACTERS * 4])


@lru_cache(maxsize=1_000)
def _understood(typed: str) -> Asked:
    """Kept for a while: pages, facets and feeds of a search ask the same again."""
    text = _BREAKS.sub(" ", typed).strip()[:MAX_QUERY_CHARACTERS].strip()
    if not text:
        return Asked("")
    whole = fold(text)
    signs = read_signs(whole)
    folded = signs.rest
    columns = _columns_asked_for(folded)
    sentence = _sentence(folded)
    asked_runs = list(dict.fromkeys("".join(stretch) for stretch in sentence))
    return Asked(
        text=text,
        folded="".join(whole.split()),
        key=key_of_folded(folded),
        runs=tuple(asked_runs),
        words=_words(sentence, columns),
        stretches=tuple(phrase for run in asked_runs if (phrase := _phrase(run))),
        phrases=tuple(phrase for found in signs.phrases if (phrase := _phrase(found))),
        excluded=tuple(phrase for found in signs.without if (phrase := _phrase(found))),
        named=tuple(Within(each.field, each.text, _phrase(each.text), each.without) for each in signs.named),
        instead=tuple(_instead(sentence)),
    )


def warm() -> None:
    """Load dictionaries and word lists now (1.5 s), so that the first search doesn't wait for them."""
    split([["資料目錄 warm-up"]])
    understand("廣州 医院信息")
    all_syllables()
    syllables("广州")


def _sentence(folded: str) -> list[list[str]]:
    """Unbroken stretches of `folded`, each cut into words; without words of asking where others remain."""
    cut = [_cut(run) if is_cjk(run) else [run] for run in runs(folded)]
    asking = words_of_asking()
    if all(word in asking or len(word) == 1 for words in cut for word in words):
        return cut
    found: list[list[str]] = []
    for words in cut:
        stretch: list[str] = []
        for word in words:
            if word in asking:
                found.append(stretch)
                stretch = []
            else:
                stretch.append(word)
        found.append(stretch)
    return [stretch for stretch in found if stretch]


def _phrase(folded: str) -> Phrase:
    units = runs(folded)
    return Phrase(
        tuple(dict.fromkeys(pair for run in units if is_cjk(run) for pair in pairs(run))),
        tuple(dict.fromkeys(code_key(run) for run in units if not is_cjk(run))),
    )


def _cut(run: str) -> list[str]:
    """Words of a CJK run: known terms whole; `企业名单` as its subject and the word of catalogues after it."""
    weak = words_of_catalogues()
    words: list[str] = []
    for word in engine().cut(run):
        words += [word[:-2], word[-2:]] if len(word) > 3 and word[-2:] in weak else [word]
    found: list[str] = []
    at = 0
    while at < len(words):
        ends = range(min(len(words), at + _MAX_SPAN), at, -1)
        end = next((end for end in ends if "".join(words[at:end]) in known_terms()), at + 1)
        found.append("".join(words[at:end]))
        at = end
    return found


def _columns_asked_for(folded: str) -> str:
    """`统一社会信用代码` of 字段里有统一社会信用代码的企业."""
    found = _COLUMN_QUESTION.search(folded)
    return found[1] if found else ""


def _columns(stretch: list[str], asked_for: str) -> set[int]:
    """Places in the stretch of words that name a column."""
    found: set[int] = set()
    for start in range(len(stretch)):
        for end in range(start + 1, min(len(stretch), start + _MAX_SPAN) + 1):
            text = "".join(stretch[start:end])
            if text in names_of_columns() or (len(text) > 1 and text in asked_for):
                found.update(range(start, end))
    return found


def _words(sentence: list[list[str]], asked_for: str) -> tuple[Word, ...]:
    found: dict[str, Word] = {}
    weak, joined = words_of_catalogues(), known_terms()
    for stretch in sentence:
        if not is_cjk(stretch[0]):
            run = stretch[0]
            inside = tuple(form for form in code_forms(run) if form != run)
            found[run] = Word(run, False, (code_key(run),), (run,), inside)
            continue
        inner = [word for word in engine().cut_for_search("".join(stretch)) if len(word) > 1]
        columns = _columns(stretch, asked_for)
        for place, text in enumerate(stretch):
            within = dict.fromkeys([*(word for word in inner if word in text), *pairs(text)])
            within.pop(text, None)
            needs = tuple(dict.fromkeys(pairs(text) if text in joined else _inner_pairs(text)))
            required = len(text) > 1 and text not in weak
            parts = tuple(engine().cut(text)) if text in joined else (text,)
            found[text] = Word(
                text,
                True,
                needs,
                parts,
                tuple(within),
                required=required,
                place=required and is_place(text),
                column=place in columns,
            )
    return _with_a_subject(list(found.values()))


@lru_cache(maxsize=10_000)
def _inner_pairs(word: str) -> tuple[str, ...]:
    """
    The pairs that a text has which has all words within a compound, though not side by side: 工程 and 验收 of 工程验收,
    which are asked for in 工程竣工验收. Of any other word all its pairs.
    """
    found: list[str] = []
    at = 0
    for part in sorted(engine().cut_for_search(word), key=len):
        if len(part) > 1 and word.startswith(part, at) and len(part) < len(word):
            found += pairs(part)
            at += len(part)
    return tuple(found) if at == len(word) else tuple(pairs(word))


def _with_a_subject(words: list[Word]) -> tuple[Word, ...]:
    """Where nothing else was asked for, columns are the subject, and common or single characters are demanded."""
    if all(word.column or word.place or not word.required for word in words):
        words = [replace(word, column=False) for word in words]
    if any(word.required for word in words):
        return tuple(words)
    longer = any(len(word.text) > 1 for word in words)
    return tuple(replace(word, required=len(word.text) > 1 or not longer) for word in words)


@lru_cache(maxsize=10_000)
def is_place(word: str) -> bool:
    """A county's or district's name, or one that the dictionary knows as a place's."""
    return word in places() or [tag for _, tag in engine().tag(word)] == ["ns"]


def _instead(sentence: list[list[str]]) -> Iterable[Instead]:
    """Synonyms of the longest stretches of words that have any; Taiwan's or the mainland's words; short place names."""
    for stretch in sentence:
        at = 0
        while at < len(stretch):
            for end in range(min(len(stretch), at + _MAX_SPAN), at, -1):
                typed = "".join(stretch[at:end])
                others = synonyms().get(typed, ())
                if others:
                    break
            words = tuple(stretch[at:end])
            known = {other for other, _ in others}
            rules = [other for other in _by_rule(typed) if other not in known]
            for other, worth in (*others, *((each, EQUAL) for each in rules)):
                if made := _stand_in(words, typed, other, worth):
                    yield made
            at = end


def _by_rule(typed: str) -> tuple[str, ...]:
    if len(typed) < 2 or not is_cjk(typed):
        return ()
    if len(typed) > 2 and typed[-1] in "市县区省" and is_place(typed):
        return (typed[:-1],)
    return across_the_strait(typed)


def _stand_in(words: tuple[str, ...], typed: str, other: str, worth: float) -> Instead | None:
    """None for what holds all that was typed: it is found by it."""
    phrase = _phrase(other)
    if typed in other:
        return None
    return Instead(words, other, phrase, worth)
