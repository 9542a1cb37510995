"""Fields of the index, and an entry's document as tantivy takes it."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from itertools import zip_longest
from pathlib import Path

import tantivy

from indexer.analysis import aligned, key_of_folded, split
from indexer.document import Document
from indexer.query import FACETS
from indexer.suggesting import FIELD, phrase_terms

SCHEMA_VERSION = 2
"""Raise with every change of fields: indexes made before are then refused and rebuilt."""

SCORED = ("title", "keywords", "about", "description")
"""Fields of words and codes. `about` has publisher and data items."""

MARKED_CHARACTERS = 2_000
"""Of a description or a list, kept for marking."""

_BLOCK_BYTES = 4096

_TIE_BITS = 42
TIE_MASK = (1 << _TIE_BITS) - 1
_PORTAL_ID = re.compile("[2-7a-z]{16}").fullmatch
_BASE32_TO_DIGITS = str.maketrans("234567abcdefghijklmnopqrstuvwxyz", "0123456789abcdefghijklmnopqrstuv")

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Marked = tuple[str, str | None]
"""A text as it is shown, and as it is compared where that differs."""


@cache
def schema() -> tantivy.Schema:
    """
    Beside the scored fields: `pairs` (every CJK character and pair of the whole record, `title_pairs` of titles) and
    `codes` decide what matches; `exact` and `ident` are whole titles and identifiers; `in_…` are facet
    values to filter by; `set_…` number a record's set of values of a facet, one number a record, which counts
    three times faster than values do; `by_…` are sort keys; `said` is what a search box offers. `shown` is all that a
    hit needs, as JSON.
    """
    builder = tantivy.SchemaBuilder()
    for name in ("id", "ident", "exact", *(f"in_{facet}" for facet in FACETS)):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in SCORED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("codes", FIELD):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("pairs", "title_pairs"):
        builder.add_text_field(name, tokenizer_name="pairs", index_option="basic")
    for facet in FACETS:
        builder.add_unsigned_field(f"set_{facet}", fast=True)
    for name in ("by_modified", "by_issued"):
        builder.add_unsigned_field(name, fast=True, indexed=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def create(path: Path) -> None:
    """
    An empty index in the folder `path`, its stored records in small blocks.

    A hit costs the decompression of its block, and hits lie far apart: blocks of 4 KB in place of 16 take a fifth off
    a search and add 4 % to the files. The setting has no place in tantivy's Python interface but stands in its file.
    """
    tantivy.Index(schema(), str(path))
    file = path / "meta.json"
    described = json.loads(file.read_bytes())
    described["index_settings"]["docstore_blocksize"] = _BLOCK_BYTES
    file.write_text(json.dumps(described), encoding="utf-8")


def register(index: tantivy.Index) -> tantivy.Index:
    """Teach `index` the tokenizers that writing needs."""
    tokenizers = {
        "whitespace": tantivy.Tokenizer.whitespace(),
        "pairs": tantivy.Tokenizer.ngram(1, 2),
    }
    for name, tokenizer in tokenizers.items():
        index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(tokenizer).build())
    return index


def facet_values(document: Document) -> dict[str, tuple[str, ...]]:
    """Values of each facet, sorted, without blanks."""
    return {
        "theme": _set(document.themes),
        "publisher": _set((document.publisher_id,)),
        "open_attribute": _set((document.open_attribute,)),
        "format": _set(document.formats),
        "frequency": _set((document.frequency,)),
        "district": _set(document.districts),
    }


def _set(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > 1:
        values = tuple(sorted(set(values)))
    return tuple(clean(value) for value in values if value)


def to_tantivy(document: Document, number: Callable[[str, tuple[str, ...]], int]) -> tantivy.Document:
    """`number` gives the number of a set of values of a facet."""
    keywords, data_items = "、".join(document.keywords), "、".join(document.data_items)
    parts = split(
        [
            document.titles,
            (keywords,),
            (data_items,),
            document.descriptions,
            document.publisher_names,
            document.identifiers,
        ]
    )
    titles, keyword_terms, item_terms, descriptions, publishers, identifiers = parts
    found = tantivy.Document()
    add = found.add_text
    add("id", clean(document.id))
    for key in {"".join(identifier.split()) for identifier in identifiers.folded if identifier}:
        add("ident", key)
    for key in {key_of_folded(title) for title in titles.folded if title}:
        add("exact", key)
    for name, terms in zip(SCORED, parts, strict=False):
        add(name, f"{terms.words} {terms.codes}")
    add("about", f"{publishers.words} {publishers.codes}")
    add("title_pairs", titles.cjk)
    add("pairs", "\n".join([terms.cjk for terms in parts]))
    add("codes", " ".join([terms.codes for terms in parts]))
    for facet, values in facet_values(document).items():
        found.add_unsigned(f"set_{facet}", number(facet, values))
        for value in values:
            add(f"in_{facet}", value)
    add(FIELD, clean(phrase_terms(document, titles)))
    tie = tie_key(document.id)
    found.add_unsigned("by_modified", sort_key(document.modified, tie))
    found.add_unsigned("by_issued", sort_key(document.issued, tie))
    shown = [
        document.id,
        document.uri,
        document.identifiers,
        document.display,
        _marked(document.titles, titles.folded),
        _marked(document.descriptions, descriptions.folded),
        _marked((keywords,), keyword_terms.folded),
        _marked((data_items,), item_terms.folded),
    ]
    found.add_bytes("shown", _to_json(shown).encode("utf-8", "replace"))
    return found


def clean(text: str) -> str:
    """`text` without lone surrogates, which no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def tie_key(identifier: str) -> int:
    """
    A number that is larger for an id that comes earlier: 40 bits, of the first 8 characters of the portal's own ids
    (16 of base32), of all of a short one. Other ids get a fixed order of their own.
    """
    if _PORTAL_ID(identifier):
        return TIE_MASK - int(identifier[:8].translate(_BASE32_TO_DIGITS), 32)
    data = identifier.encode("utf-8", "replace")
    head = data.ljust(5, b"\0") if len(data) <= 5 else hashlib.blake2b(data, digest_size=5).digest()
    return TIE_MASK - int.from_bytes(head)


def sort_key(day: date | None, tie: int) -> int:
    """Sorted downwards: newest first, then by id, those without a date last."""
    return ((day.toordinal() if day else 0) << _TIE_BITS) | tie


def _marked(texts: Sequence[str], folded: Sequence[str]) -> list[Marked]:
    found: list[Marked] = []
    for text, other in zip_longest(texts, folded[: len(texts)]):
        shown = text[:MARKED_CHARACTERS]
        compared = aligned(shown, other[:MARKED_CHARACTERS] if other and len(other) == len(text) else None)
        found.append((shown, None if compared == shown else compared))
    return found
