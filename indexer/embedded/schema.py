"""Fields of the index, and an entry's document as tantivy takes it."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import tantivy

from indexer.analysis import clean
from indexer.document import Document
from indexer.entry import entry
from indexer.query import FACETS
from indexer.suggesting import FIELD
from indexer.weights import WEIGHTS

SCHEMA_VERSION = 4
"""Raise with every change of fields: indexes made before are then refused and rebuilt."""

_BLOCK_BYTES = 4096

TIE_BITS = 42
TIE_MASK = (1 << TIE_BITS) - 1
_PORTAL_ID = re.compile("[2-7a-z]{16}").fullmatch
_BASE32_TO_DIGITS = str.maketrans("234567abcdefghijklmnopqrstuvwxyz", "0123456789abcdefghijklmnopqrstuv")

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@cache
def schema() -> tantivy.Schema:
    """
    Beside the scored fields: `pairs` (every CJK character and pair of the whole record, `title_pairs` of titles) and
    `codes` decide what matches, `publisher_…` and `item_…` where a part is named; `exact` and `ident` are whole titles
    and identifiers; `in_…` are facet values to filter by; `set_…` number a record's set of values of a facet, one
    number a record, which counts three times faster than values do; `by_…` are sort keys; `standing` weighs a score;
    `said` is what a search box offers. `shown` is all that a hit needs, as JSON.
    """
    builder = tantivy.SchemaBuilder()
    for name in ("id", "ident", "exact", *(f"in_{facet}" for facet in FACETS)):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("codes", FIELD, "publisher_codes", "item_codes"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("pairs", "title_pairs", "publisher_pairs", "item_pairs"):
        builder.add_text_field(name, tokenizer_name="pairs", index_option="basic")
    for facet in FACETS:
        builder.add_unsigned_field(f"set_{facet}", fast=True)
    for name in ("by_modified", "by_issued", "by_rating"):
        builder.add_unsigned_field(name, fast=True, indexed=True)
    builder.add_unsigned_field("by_due", fast=True, indexed=True)
    builder.add_float_field("standing", fast=True)
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


def to_tantivy(document: Document, number: Callable[[str, tuple[str, ...]], int]) -> tantivy.Document:
    """`number` gives the number of a set of values of a facet."""
    made = entry(document)
    found = tantivy.Document()
    add = found.add_text
    add("id", clean(document.id))
    for key in made.ident:
        add("ident", key)
    for key in made.exact:
        add("exact", key)
    for name, text in made.texts:
        add(name, text)
    add("title_pairs", made.titles.cjk)
    add("pairs", "\n".join([terms.cjk for terms in made.parts]))
    add("codes", " ".join([terms.codes for terms in made.parts]))
    for facet, values in made.facets.items():
        found.add_unsigned(f"set_{facet}", number(facet, values))
        for value in values:
            add(f"in_{facet}", value)
    for name, terms in made.within.items():
        add(f"{name}_pairs", terms.cjk)
        add(f"{name}_codes", terms.codes)
    add(FIELD, clean(made.said))
    tie = tie_key(document.id)
    found.add_unsigned("by_modified", sort_key(document.modified, tie))
    found.add_unsigned("by_issued", sort_key(document.issued, tie))
    found.add_unsigned("by_rating", sort_number(document.rating, tie))
    found.add_unsigned("by_due", sort_key(document.due, 0))
    found.add_float("standing", 2.0**made.standing - 2.0)  # tantivy multiplies by log2(2 + value)
    shown = [document.id, document.uri, document.identifiers, document.display, *made.marked]
    found.add_bytes("shown", _to_json(shown).encode("utf-8", "replace"))
    return found


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
    return sort_number(day.toordinal() if day else 0, tie)


def sort_number(number: int, tie: int) -> int:
    """Sorted downwards: largest first, then by id."""
    return (number << TIE_BITS) | tie
