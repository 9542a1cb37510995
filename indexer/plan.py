"""
What a question matches and what ranks it, as a small tree that each backend translates and none decides on.

Fields: `pairs` (CJK characters and pairs of a whole record; `title_pairs` of its titles) and `codes` decide what
matches; those of `WEIGHTS` hold words and rank; `exact` is a whole title, `ident` an identifier, `id` the record's own;
`by_due` is the day until which a record is fresh;
`publisher_…` and `item_…` are the pairs and codes of one part of a record, for who names it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from indexer.analysis import Asked, Instead, Phrase, Within, Word, pairs
from indexer.weights import (
    ALL_WORDS,
    COLUMN,
    EXACT_TITLE,
    FRESH,
    IDENTIFIER,
    INSIDE,
    LENGTH,
    MAX_INSTEAD,
    MAX_WORDS,
    PAIR_ACROSS,
    PLACE,
    TITLE_PAIR,
    WEIGHTS,
)
from vocab import codelists


class Term(NamedTuple):
    """One token in one field."""

    field: str
    text: str


class All(NamedTuple):
    """All of `clauses` and none of `without`; of no clause at all: everything."""

    clauses: tuple["Clause", ...]
    without: tuple["Clause", ...] = ()


class Some(NamedTuple):
    """At least so many of `clauses`; of no clause at all: nothing."""

    clauses: tuple["Clause", ...]
    at_least: int = 1


class Range(NamedTuple):
    """A number from `first` to `last`, both included; `field` is the sort by it. A day is its ordinal."""

    field: str
    first: int
    last: int


Clause = Term | All | Some | Range

EVERYTHING = All(())
NOTHING = Some(())


class Weighed(NamedTuple):
    """So many times the BM25 score of a token."""

    term: Term
    weight: float


class Bonus(NamedTuple):
    """So many points for every record that matches."""

    clause: Clause
    points: float


class Best(NamedTuple):
    """The best of several sums: what a record has in several words counts once."""

    sums: tuple[tuple["Score", ...], ...]


Score = Weighed | Bonus | Best


class Plan(NamedTuple):
    """`match` decides what is found; the sum of `scores`, times the record's standing, on its order."""

    match: Clause
    scores: tuple[Score, ...] = ()


Frequency = Callable[[Term], int]
"""In how many records a token is."""


def strict(asked: Asked, frequency: Frequency, records: int) -> Clause:
    """What has every word that was asked for, or what stands in its place, besides all else that `plan` demands."""
    return plan(asked, frequency, records, every_word=True).match


def plan(
    asked: Asked,
    frequency: Frequency,
    records: int,
    *,
    relaxed: bool = False,
    every_word: bool = False,
    today: date | None = None,
) -> Plan:
    """
    A record matches when it has enough of the words, or is named by title or identifier; and every quoted phrase, and
    nothing that was excluded. `relaxed`: any piece of any word will do. Without `today` nothing is fresh.
    """
    if not asked.text:
        return Plan(EVERYTHING)
    words = asked.words[:MAX_WORDS]
    if asked.instead:
        asked = replace(asked, instead=tuple(_worth_it(asked, frequency, records))[:MAX_INSTEAD])
    named = _named(asked)
    if words:
        if every_word:
            found: Clause = All(tuple(_has(word, asked) for word in _required(asked) or words))
        else:
            found = _any_piece(words) if relaxed else _enough(asked, frequency, records)
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
    fresh = [Bonus(Range("by_due", today.toordinal(), date.max.toordinal()), FRESH)] if today else []
    return Plan(match, (*_scores(asked, relaxed=relaxed), *named, *fresh))


def weighed_up(asked: Asked) -> list[Term]:
    """The tokens whose frequencies `plan` asks for; of a single word it asks when others may stand for it."""
    replaced = {text for other in asked.instead for text in other.words}
    words = [word for word in asked.words[:MAX_WORDS] if word.required or word.text in replaced]
    return _needs(words) if replaced or len(_required(asked)) > 1 else []


def _common(records: int) -> int:
    """What more records have tells nothing."""
    return max(1_000, records // 8)


def _worth_it(asked: Asked, frequency: Frequency, records: int) -> Iterable[Instead]:
    """Other words, but for what is too common to need any: they would cost more than they find."""
    needs = {word.text: _needs([word]) for word in asked.words[:MAX_WORDS]}
    for other in asked.instead:
        typed = [term for text in other.words for term in needs.get(text, ())]
        if typed and min(map(frequency, typed)) <= _common(records):
            yield other


def _required(asked: Asked) -> list[Word]:
    return [word for word in asked.words[:MAX_WORDS] if word.required]


def _enough(asked: Asked, frequency: Frequency, records: int) -> Clause:
    """
    At least half of the words that were asked for, counting neither words that no record has nor words so common
    that they tell nothing; nor places and columns, where there is anything else: they decide on the order.
    """
    required = _required(asked)
    if len(required) == 1:
        return _has(required[0], asked)
    common = _common(records)
    known = [(word, found) for word in required if (found := _frequency(word, asked, frequency))]
    told = [word for word, found in known if found <= common]
    told = [word for word in told if not (word.place or word.column)] or told
    if not told:
        return All(tuple(_has(word, asked) for word in ([word for word, _ in known] or required)))
    if len(told) == 1:
        return _has(told[0], asked)
    return Some(tuple(_has(word, asked) for word in told), math.ceil(len(told) / 2))


def _frequency(word: Word, asked: Asked, frequency: Frequency) -> int:
    """At most so many records have the word; of one that has other words for it, at least one is supposed."""
    found = min(map(frequency, _needs([word])))
    return found or any(word.text in other.words for other in asked.instead)


def _needs(words: Iterable[Word]) -> list[Term]:
    """The tokens of a record that has these words, each once."""
    return list(dict.fromkeys(Term("pairs" if word.cjk else "codes", need) for word in words for need in word.needs))


def _has(word: Word, asked: Asked) -> Clause:
    """The word, or what may stand in its place."""
    own = All(tuple(_needs([word])))
    others = [_phrase(other.phrase) for other in asked.instead if word.text in other.words]
    return Some((own, *others)) if others else own


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


def _scores(asked: Asked, *, relaxed: bool) -> list[Score]:
    """One clause a word and field. Pieces of a word rank only where they may match, since each clause costs."""
    words = asked.words[:MAX_WORDS]
    spans = list(dict.fromkeys(other.words for other in asked.instead))
    replaced = {text for span in spans for text in span}
    found: list[Score] = []
    columns = {word.text for word in words if word.column}
    for word in words:
        if word.text not in replaced and not word.column:
            found += _of_word(word)
        if relaxed:
            found += [
                Weighed(Term(field, piece), weight * INSIDE)
                for piece in word.inside
                for field, weight in WEIGHTS.items()
            ]
    apart = {pair for word in words if word.column for pair in word.needs}
    titles = dict.fromkeys(pair for stretch in asked.stretches for pair in stretch.pairs if pair not in apart)
    for span in spans:
        if columns.intersection(span):
            continue
        typed = [word for word in words if word.text in span]
        own = [score for word in typed for score in _of_word(word)]
        own_pairs = [pair for pair in dict.fromkeys(pairs("".join(span))) if pair in titles]
        own += [Weighed(Term("title_pairs", pair), TITLE_PAIR) for pair in own_pairs]
        for pair in own_pairs:
            titles.pop(pair)
        found.append(Best((tuple(own), *(_of_instead(other) for other in asked.instead if other.words == span))))
    within = {need for word in words for need in word.needs}
    for pair in titles:
        found.append(Weighed(Term("title_pairs", pair), TITLE_PAIR))
        if pair not in within:
            found.append(Weighed(Term("pairs", pair), PAIR_ACROSS))
    required = _required(asked)
    if len(required) > 1:
        found.append(Bonus(All(tuple(_has(word, asked) for word in required)), ALL_WORDS))
        found += [Bonus(_has(word, asked), PLACE) for word in required if word.place]
        if columns:
            found.append(Bonus(All(tuple(_has(word, asked) for word in words if word.column)), COLUMN))
    return found


def _of_word(word: Word) -> list[Score]:
    return [Weighed(Term(field, part), weight) for part in word.parts for field, weight in WEIGHTS.items()]


def _of_instead(other: Instead) -> tuple[Score, ...]:
    """
    Other words for the same rank by titles alone: a third of the clauses, and no worse. A long name has more pairs to
    score by than the short one that was typed; it is brought down to the same length.
    """
    typed, long = len("".join(other.words)), len(other.phrase.pairs) or 1
    worth = other.worth * min(1.0, (max(1, typed - 1) / long) ** LENGTH)
    pairs_of = (Weighed(Term("title_pairs", pair), TITLE_PAIR * worth) for pair in other.phrase.pairs)
    codes = (Weighed(Term("title", code), (WEIGHTS["title"] + TITLE_PAIR) * worth) for code in other.phrase.codes)
    return (*pairs_of, *codes)
