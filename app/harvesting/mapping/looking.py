"""Reads a document for the mapping screen: headings, samples, guesses, codes."""

from collections.abc import Mapping, Sequence

from app.harvesting.mapping.model import MAX_CODES, SAMPLES, Heading, Look
from harvest.mapping import values
from harvest.mapping.fields import columns
from harvest.mapping.guess import Guess, Why, guess
from harvest.mapping.meanings import meanings
from harvest.mapping.rules import Rules
from harvest.mapping.survey import Column, survey
from harvest.mapping.writing import read, written
from harvest.source import Document
from harvest.sources.looking import Looked, look

_SAMPLE_CHARACTERS = 200
_SAMPLE_WORDS = 4


def looked(document: Document, mapping: str = "", focus: str = "") -> Look:
    """Raises SourceFailed for a document that is no table or JSON, and for a mapping that is none."""
    how = read(mapping) if mapping else Rules()
    found = look(document, how)
    surveyed = survey(found.headings, (row for _, row in found.rows))
    guesses = _said(surveyed, how) if mapping else guess(surveyed)
    chosen = {each.heading: each.field for each in guesses if each.field}
    codes = meanings([(chosen[c.heading], c) for c in surveyed if c.heading in chosen], how.codes)
    if not mapping:
        guessed = {
            "list": found.list,
            "rename": chosen,
            "ignore": [each.heading for each in guesses if not each.field],
        }
        mapping = written(guessed, codes)
    return Look(
        dialect=found.dialect,
        total=len(found.rows),
        headings=[_heading(column, each) for column, each in zip(surveyed, guesses, strict=True)],
        records=_records(found, focus),
        codes=codes[:MAX_CODES],
        mapping=mapping,
        codes_left=max(0, len(codes) - MAX_CODES),
    )


def _said(surveyed: Sequence[Column], how: Rules) -> list[Guess]:
    """What a mapping says of the columns, the usual names of fields behind it as the harvest takes them."""
    found = columns([c.heading for c in surveyed if c.heading not in how.ignore], how.rename)
    fields = {heading: field for field, headings in found.items() for heading in headings}
    return [
        Guess(c.heading, fields[c.heading], 1.0, Why.NAME, c.heading) if c.heading in fields else Guess(c.heading)
        for c in surveyed
    ]


def _heading(column: Column, each: Guess) -> Heading:
    samples = [(_short(word), count) for word, count in list(column.words.items())[:_SAMPLE_WORDS]]
    return Heading(
        column.heading, column.filled, each.field, round(each.confidence, 2), each.why.value, each.like, samples
    )


def _records(found: Looked, focus: str) -> list[tuple[str, dict[str, str]]]:
    rows = [each for each in found.rows if focus and each[0] == focus]
    rows += [each for each in found.rows[: SAMPLES + 1] if each[0] != focus][: SAMPLES - len(rows)]
    return [(position, _texts(row)) for position, row in rows]


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    found = ((heading, _short(values.text(value))) for heading, value in row.items())
    return {heading: text for heading, text in found if text}


def _short(text: str) -> str:
    return text if len(text) <= _SAMPLE_CHARACTERS else text[:_SAMPLE_CHARACTERS] + "…"
