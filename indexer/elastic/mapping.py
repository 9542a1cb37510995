"""Fields of the index, and an entry's document as Elasticsearch takes it. Pure."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from indexer import analysis
from indexer.analysis import aligned, fold, key_of_folded, split
from indexer.document import Document
from indexer.query import FACETS
from indexer.suggesting import FIELD, phrase_terms
from indexer.weights import WEIGHTS

SCHEMA_VERSION = 2
"""Raise with every change of fields: indexes made before are then refused and rebuilt."""

MAX_PAGES_END = 1_000_000
"""The last place of a hit that can be reached by page number; cursors go on."""

MARKED_CHARACTERS = 2_000
"""Of a description or a list, kept for marking."""

_MAX_KEY_CHARACTERS = 8_000
"""Of a title or identifier that is compared whole; Lucene takes 32,766 bytes."""


def format_now() -> str:
    """What an index must have been made with to be searched by this program."""
    return f"schema {SCHEMA_VERSION}, {analysis.version()}"


def index_body() -> dict[str, Any]:
    """
    Settings and mapping. One shard, so that every count is exact; a copy where there is a second node. Nothing shows
    before we refresh. Text comes cut into words, so the built-in `whitespace` analyzer is all that is needed.

    Beside the scored fields: `pairs` (CJK characters and pairs of the whole record, `title_pairs` of titles) and
    `codes` decide what matches, `exact` and `ident` are whole titles and identifiers, `in_…` facet values, `by_…`
    days to sort by, `said` what a search box offers. Of what was sent only `shown`, which a hit needs, is kept.
    """
    whole = {"type": "keyword", "doc_values": False, "ignore_above": _MAX_KEY_CHARACTERS}
    fields: dict[str, Any] = {"id": {"type": "keyword"}, "ident": whole, "exact": whole}
    for name in WEIGHTS:
        fields[name] = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    for name in ("codes", "pairs", "title_pairs"):
        fields[name] = {"type": "text", "analyzer": "whitespace", "index_options": "docs"}
    for facet in FACETS:
        fields[f"in_{facet}"] = {"type": "keyword"}
    for name in ("by_modified", "by_issued"):
        fields[name] = {"type": "integer"}
    fields[FIELD] = {"type": "keyword", "ignore_above": _MAX_KEY_CHARACTERS}
    fields["shown"] = {"type": "object", "enabled": False}
    return {
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",
            "max_result_window": MAX_PAGES_END,
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"includes": ["shown"]},
            "_meta": {"format": format_now(), "unindexed": {}},
            "properties": fields,
        },
    }


def to_elastic(document: Document) -> dict[str, Any]:
    keywords, data_items = "、".join(document.keywords), "、".join(document.data_items)
    texts = document.titles, (keywords,), (data_items,), document.descriptions
    parts = split([*texts, document.publisher_names, document.identifiers])
    publishers = parts[4]
    names = (document.id, document.uri, *document.identifiers)
    found: dict[str, Any] = {
        "id": clean(document.id),
        "ident": sorted({clean("".join(fold(name).split())) for name in names}),
        "exact": sorted({clean(key_of_folded(title)) for title in parts[0].folded if title}),
        "title_pairs": clean(_pairs(parts[0].cjk)),
        "pairs": clean(" ".join(_pairs(terms.cjk) for terms in parts)),
        "codes": clean(" ".join(terms.codes for terms in parts)),
        FIELD: sorted(set(clean(phrase_terms(document, parts[0])).split())),
        "by_modified": _day(document.modified),
        "by_issued": _day(document.issued),
        "shown": {
            "uri": clean(document.uri),
            "identifiers": [clean(identifier) for identifier in document.identifiers],
            "display": _clean(document.display),
            "texts": [_marked(strings, terms.folded) for strings, terms in zip(texts, parts, strict=False)],
        },
    }
    for name, terms in zip(WEIGHTS, parts, strict=False):
        found[name] = clean(f"{terms.words} {terms.codes}")
    found["about"] = [found["about"], clean(f"{publishers.words} {publishers.codes}")]
    for facet, values in _facet_values(document).items():
        found[f"in_{facet}"] = sorted({clean(value) for value in values if value})
    return found


def clean(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 can't say."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


def _facet_values(document: Document) -> dict[str, tuple[str, ...]]:
    return {
        "theme": document.themes,
        "publisher": (document.publisher_id,),
        "open_attribute": (document.open_attribute,),
        "format": document.formats,
        "frequency": (document.frequency,),
        "district": document.districts,
    }


def _pairs(stretches: str) -> str:
    """Every character and every two neighbours of each stretch."""
    found: dict[str, None] = {}
    for stretch in stretches.split():
        found.update(dict.fromkeys(stretch))
        found.update(dict.fromkeys(map(str.__add__, stretch, stretch[1:])))
    return " ".join(found)


def _day(day: date | None) -> int:
    """Sorted downwards, those without a date last."""
    return day.toordinal() if day else 0


def _marked(texts: Sequence[str], folded: Sequence[str]) -> list[list[str | None]]:
    """Each text as it is shown, and as it is compared where that differs."""
    found: list[list[str | None]] = []
    for text, other in zip_longest(texts, folded[: len(texts)]):
        shown = text[:MARKED_CHARACTERS]
        compared = aligned(shown, other[:MARKED_CHARACTERS] if other and len(other) == len(text) else None)
        found.append([clean(shown), None if compared == shown else clean(compared)])
    return found
