"""What tables and portals' JSON have in common: rows of named values become records with keys."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harvest.mapping import values
from harvest.mapping.entry import Entry, Item
from harvest.mapping.fields import columns
from harvest.mapping.rows import Row, Settings, entry
from harvest.mapping.rules import Rules
from harvest.mapping.statements import SUBJECT, link, statements
from harvest.record import Incoming, Unreadable
from harvest.source import Memory

_SAMPLE = 500


@dataclass(slots=True)
class Sheet:
    """Rows under one set of headings. `items` holds data items from elsewhere: identifier or title -> items."""

    headings: Sequence[str]
    rows: Sequence[tuple[str, Mapping[str, object]]]
    """(position in words, heading -> value)."""
    items: Mapping[str, list[Item]] = field(default_factory=dict)


def records(
    sheets: Iterable[Sheet], rules: Rules, address: str, memory: Memory | None = None
) -> Iterator[Incoming | Unreadable]:
    """Each row as a record, one after the other; a row that can't be mapped harms no other."""
    read = [(sheet, *_rows(sheet, rules, address)) for sheet in sheets]
    keys = _keys([row for _, rows, _ in read for row in rows], memory or Memory())
    for sheet, rows, unmapped in read:
        for (position, raw), row in zip(sheet.rows, rows, strict=True):
            yield _record(position, row, raw, rules, keys, sheet.items, unmapped)
            unmapped = ()  # said once, with the first record


def _rows(sheet: Sheet, rules: Rules, address: str) -> tuple[list[Row], tuple[str, ...]]:
    """The rows with their headings understood, and notes on the headings that were not."""
    found = columns([h for h in sheet.headings if h not in rules.ignore], rules.rename)
    known = {heading for headings in found.values() for heading in headings} | set(rules.ignore)
    unmapped = tuple(f"unmapped-column: {h}" for h in sheet.headings if h.strip() and h not in known)
    settings = Settings(
        rules.language or values.chinese(_sample(sheet, found)),
        rules.base_url or address,
        rules.codes,
        rules.constants,
    )
    return [Row(raw, found, settings) for _, raw in sheet.rows], unmapped


def _keys(rows: Sequence[Row], memory: Memory) -> tuple[str, ...]:
    """The fields that tell rows apart, as they were chosen when the source was first read."""
    if memory.keys is not None:
        return memory.keys
    keys = tuple(name for name in ("identifier", "landing_page") if _tells_apart(name, rows))
    if len({(row.text("title"), row.text("publisher")) for row in rows}) > 1:  # one row proves nothing
        memory.keys = keys
    return keys


def _sample(sheet: Sheet, found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    wanted = [heading for name in ("title", "description", "publisher") for heading in found.get(name, ())]
    yield from sheet.headings
    for _, raw in sheet.rows[:_SAMPLE]:
        yield from (values.plain(raw.get(heading)) for heading in wanted)


def _record(
    position: str,
    row: Row,
    raw: Mapping[str, object],
    rules: Rules,
    keys: Sequence[str],
    items: Mapping[str, list[Item]],
    notes: tuple[str, ...],
) -> Incoming | Unreadable:
    try:
        made = entry(row)
        own = [each for name in (*made.identifiers, made.title) for each in items.get(name, ())]
        made.items = own or made.items
        text = statements(made)
        return Incoming(_key(made, raw, rules, keys), SUBJECT, text, position, (*notes, *dict.fromkeys(made.notes)))
    except Exception as error:
        # Whatever a row holds, the other rows go on.
        excerpt = _excerpt(raw)
        words = f"{type(error).__name__}: {error}"[:300]
        key = "content " + hashlib.sha256(excerpt.encode("utf-8", "replace")).hexdigest()[:16]
        return Unreadable(key, position, f"此行无法映射（{words}）。", f"This row can't be mapped ({words}).", excerpt)


def _excerpt(raw: Mapping[str, object]) -> str:
    try:
        return json.dumps(raw, ensure_ascii=False, default=str)[:2000]
    except (RecursionError, ValueError):
        return json.dumps([*raw], ensure_ascii=False)[:2000]  # the headings at least


def _key(made: Entry, raw: Mapping[str, object], rules: Rules, keys: Sequence[str]) -> str:
    """What the mapping names; the identifier or the page, where they tell records apart; title and publisher."""
    named = [values.text(raw.get(heading)) for heading in rules.identity]
    if any(named):
        return " ".join(named)
    if made.identifiers and "identifier" in keys:
        return made.identifiers[0]
    if made.landing_pages and "landing_page" in keys:
        return made.landing_pages[0]
    if made.title:
        return f"{made.title} @ {made.publisher.name}"
    return "content " + hashlib.sha256(json.dumps(raw, default=str).encode()).hexdigest()[:16]


def _tells_apart(name: str, rows: Sequence[Row]) -> bool:
    """
    Does a field tell the rows that have it apart at least as well as title and publisher do?

    Some portals give every record the address of the list, one page to many records, or one code to all.
    """
    said, names = set(), set()
    for row in rows:
        value = values.text(next(iter(row.all(name)), None))
        if value and (name != "landing_page" or link(value)):
            said.add(value)
            names.add((row.text("title"), row.text("publisher")))
    return bool(said) and len(said) >= 0.98 * len(names)
