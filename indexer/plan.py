"""
What a question matches and what ranks it, as a small tree that each backend translates and none decides on.

Fields: `pairs` (CJK characters and pairs of a whole record; `title_pairs` of its titles) and `codes` decide what
matches; those of `WEIGHTS` hold words and rank; `exact` is a whole title, `ident` an identifier, `id` the record's own;
`publisher_…` and `item_…` are the pairs and codes of one part of a record, for who names it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from indexer.analysis import Asked, Phrase, Within, Word
from indexer.weights import (
    ALL_WORDS,
    EXACT_TITLE,
    IDENTIFIER,
    INSIDE,
    MAX_WORDS,
    PAIR_ACROSS,
    TITLE_PAIR,
    WEIGHTS,
)
from vocab import codelists


@dataclass(frozen=True, slots=True)
class Term:
    """One token in one field."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class All:
    """All of `clauses` and none of `without`; of no clause at all: everything."""

    clauses: tuple["Clause", ...]
    without: tuple["Clause", ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least so many of `clauses`; of no clause at all: nothing."""

    clauses: tuple["Clause", ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Days:
    """A day, as an ordinal, from `first` to `last`, both included; `field` is the sort by it."""

    field: str
    first: int
    last: int


Clause = Term | All | Some | Days

EVERYTHING = All(())
NOTHING = Some(())


@dataclass(frozen=True, slots=True)
class Weighed:
    """So many times the BM25 score of a token."""

    term: Term
    weight: float


@dataclass(frozen=True, slots=True)
class Bonus:
    """So many points for every record that matches."""

    clause: Clause
    points: float


Score = Weighed | Bonus


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` decides what is found, the sum of `scores` on its order."""

    match: Clause
    scores: tuple[Score, ...] = ()


Frequency = Callable[[Term], int]
"""In how many records a token is."""


def plan(asked: Asked, frequency: Frequency, records: int, *, relaxed: bool = False) -> Plan:
    """
    A record matches when it has enough of the words, or is named by title or identifier; and every quoted phrase, and
    nothing that was excluded. `relaxed`: any piece of any word will do.
    """
    if not asked.text:
        return Plan(EVERYTHING)
    words = asked.words[:MAX_WORDS]
    named = _named(asked)
    if words:
        found = _any_piece(words) if relaxed else _enough(words, frequency, records)
    elif (asked.excluded or asked.named) and not asked.key:
        found, named = EVERYTHING, []
    else:
        found = NOTHING
    match = All(
        (
            Some((found, *(bonus.clause for bonus in named))),
            *map(_phrase, asked.phrases),
            *(_within(each) for each in asked.named if not each.without),
        ),
        (*map(_phrase, asked.excluded), *(_within(each) for each in asked.named if each.without)),
    )
    return Plan(match, (*_scores(words, asked, relaxed=relaxed), *named))


def weighed_up(asked: Asked) -> list[Term]:
    """The tokens whose frequencies `plan` asks for; a single word is looked for in any case."""
    words = _required(asked.words[:MAX_WORDS])
    return _needs(words) if len(words) > 1 else []


def _required(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.required]


def _enough(words: Iterable[Word], frequency: Frequency, records: int) -> Clause:
    """
    At least half of the words that were asked for, counting neither words that no record has nor words so common
    that they tell nothing.
    """
    required = _required(words)
    if len(required) == 1:
        return _has(required[0])
    common = max(1_000, records // 8)
    known = [(word, found) for word in required if (found := min(map(frequency, _needs([word]))))]
    told = [word for word, found in known if found <= common]
    if not told:
        return All(tuple(_needs([word for word, _ in known] or required)))
    if len(told) == 1:
        return _has(told[0])
    return Some(tuple(map(_has, told)), math.ceil(len(told) / 2))


def _needs(words: Iterable[Word]) -> list[Term]:
    """The tokens of a record that has these words, each once."""
    return list(dict.fromkeys(Term("pairs" if word.cjk else "codes", need) for word in words for need in word.needs))


def _has(word: Word) -> Clause:
    return All(tuple(_needs([word])))


def _any_piece(words: Sequence[Word]) -> Clause:
    pieces = dict.fromkeys(_needs(words))
    for word in words:
        if not word.cjk:
            letters = (piece for piece in word.inside if len(piece) > 1 and not piece.isdigit())
            pieces.update(dict.fromkeys(Term("codes", piece) for piece in letters))
    return Some(tuple(pieces))


def _phrase(phrase: Phrase) -> Clause:
    """
    Every pair of the phrase in one record. That they follow each other is not asked: who has all pairs of a phrase
    almost always has the phrase, and positions would double the index.
    """
    return All((*(Term("pairs", pair) for pair in phrase.pairs), *(Term("codes", code) for code in phrase.codes)))


def _within(named: Within) -> Clause:
    """A phrase in one field; a format by its notation, whatever name was typed."""
    if named.field == "format":
        concept = codelists.scheme("format").find(named.text)
        return Term("in_format", concept.notation if concept else named.text)
    pairs = (Term(f"{named.field}_pairs", pair) for pair in named.phrase.pairs)
    codes = (Term(f"{named.field}_codes", code) for code in named.phrase.codes)
    found = (*pairs, *codes)
    return All(found) if found else NOTHING


def _named(asked: Asked) -> list[Bonus]:
    """By identifier, by id or by the address that ends in it, or by the whole title."""
    found = [
        Bonus(Term("ident", asked.folded), IDENTIFIER),
        Bonus(Term("id", asked.folded.rstrip("/").rpartition("/")[2]), IDENTIFIER),
    ]
    if asked.key:
        found.append(Bonus(Term("exact", asked.key), EXACT_TITLE))
    return found


def _scores(words: Sequence[Word], asked: Asked, *, relaxed: bool) -> list[Score]:
    """One clause a word and field. Pieces of a word rank only where they may match, since each clause costs."""
    terms: dict[Term, float] = {}
    for word in words:
        for field, weight in WEIGHTS.items():
            terms[Term(field, word.text)] = weight
            for piece in word.inside if relaxed else ():
                terms.setdefault(Term(field, piece), weight * INSIDE)
    found: list[Score] = [Weighed(term, weight) for term, weight in terms.items()]
    within = {need for word in words for need in word.needs}
    for pair in dict.fromkeys(pair for stretch in asked.stretches for pair in stretch.pairs):
        found.append(Weighed(Term("title_pairs", pair), TITLE_PAIR))
        if pair not in within:
            found.append(Weighed(Term("pairs", pair), PAIR_ACROSS))
    required = _required(words)
    if len(required) > 1:
        found.append(Bonus(All(tuple(_needs(required))), ALL_WORDS))
    return found
