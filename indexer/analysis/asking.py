"""What a person typed, understood: words, quoted phrases, exclusions. Any string is a question, none is an error."""

import re
from dataclasses import dataclass

from indexer.analysis.folding import fold, key_of_folded
from indexer.analysis.splitting import code_forms, code_key, engine, is_cjk, pairs, runs
from indexer.analysis.syntax import QUOTES, read_signs
from indexer.query import MAX_QUERY_CHARACTERS

_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_SPACES_AND_QUOTES = re.compile(rf"[\s{''.join(map(''.join, QUOTES))}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """
    One word asked for. A record has it when all of `needs` (pairs of characters, a single character, or one code)
    are among its tokens. `inside` are shorter words and pairs within it, worth less. A single character beside
    longer words is not `required`: it only helps to rank.
    """

    text: str
    cjk: bool
    needs: tuple[str, ...]
    inside: tuple[str, ...] = ()
    required: bool = True


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
class Asked:
    """
    `text` is what was typed, cut and without control characters; empty when it asks for nothing. `key` is for
    comparison with whole titles, `folded` with identifiers. `runs` are its stretches of one kind of script, which
    `words` are cut from; `stretches` its pieces between spaces, each to be preferred where it stands unbroken;
    `phrases` were quoted and are demanded; `excluded` must be absent; `named` are demanded of one field.
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


def understand(typed: str) -> Asked:
    """The first 200 characters of what was typed, as words to look for."""
    text = _BREAKS.sub(" ", typed[: MAX_QUERY_CHARACTERS * 4]).strip()[:MAX_QUERY_CHARACTERS].strip()
    if not text:
        return Asked("")
    whole = fold(text)
    signs = read_signs(whole)
    folded = signs.rest
    asked_runs = list(dict.fromkeys(runs(folded)))
    pieces = [piece for piece in _SPACES_AND_QUOTES.split(folded) if piece]
    return Asked(
        text=text,
        folded="".join(whole.split()),
        key=key_of_folded(folded),
        runs=tuple(asked_runs),
        words=_words(asked_runs),
        stretches=tuple(phrase for piece in pieces if (phrase := _phrase(piece))),
        phrases=tuple(phrase for found in signs.phrases if (phrase := _phrase(found))),
        excluded=tuple(phrase for found in signs.without if (phrase := _phrase(found))),
        named=tuple(Within(each.field, each.text, _phrase(each.text), each.without) for each in signs.named),
    )


def _phrase(folded: str) -> Phrase:
    units = runs(folded)
    return Phrase(
        tuple(dict.fromkeys(pair for run in units if is_cjk(run) for pair in pairs(run))),
        tuple(dict.fromkeys(code_key(run) for run in units if not is_cjk(run))),
    )


def _words(asked_runs: list[str]) -> tuple[Word, ...]:
    found: dict[str, Word] = {}
    for run in asked_runs:
        if not is_cjk(run):
            inside = tuple(form for form in code_forms(run) if form != run)
            found[run] = Word(run, False, (code_key(run),), inside)
            continue
        inner = [word for word in engine().cut_for_search(run) if len(word) > 1]
        for text in engine().cut(run):
            within = dict.fromkeys([*(word for word in inner if word in text), *pairs(text)])
            within.pop(text, None)
            found[text] = Word(text, True, tuple(dict.fromkeys(pairs(text))), tuple(within), len(text) > 1)
    if any(word.required for word in found.values()):
        return tuple(found.values())
    return tuple(Word(word.text, word.cjk, word.needs, word.inside) for word in found.values())
