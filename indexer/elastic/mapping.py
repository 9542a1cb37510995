"""Fields of the index, and an entry's document as Elasticsearch takes it. Pure."""

from datetime import date
from typing import Any

from indexer import analysis
from indexer.analysis import clean
from indexer.document import Document
from indexer.entry import entry
from indexer.query import FACETS
from indexer.suggesting import FIELD
from indexer.weights import WEIGHTS

SCHEMA_VERSION = 4
"""Raise with every change of fields: indexes made before are then refused and rebuilt."""

MAX_PAGES_END = 1_000_000
"""The last place of a hit that can be reached by page number; cursors go on."""

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
    days to sort by, `standing` weighs a score, `said` is what a search box offers. Of what was sent only `shown`,
    which a hit needs, is kept.
    """
    whole = {"type": "keyword", "doc_values": False, "ignore_above": _MAX_KEY_CHARACTERS}
    fields: dict[str, Any] = {
        "id": {"type": "keyword"},
        "ident": whole,
        "exact": whole,
    }
    for name in WEIGHTS:
        fields[name] = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    for name in ("codes", "pairs", "title_pairs", "publisher_pairs", "publisher_codes", "item_pairs", "item_codes"):
        fields[name] = {"type": "text", "analyzer": "whitespace", "index_options": "docs"}
    for facet in FACETS:
        fields[f"in_{facet}"] = {"type": "keyword"}
    for name in ("by_modified", "by_issued", "by_rating", "by_due"):
        fields[name] = {"type": "integer"}
    fields["standing"] = {"type": "float", "index": False}
    fields[FIELD] = {"type": "keyword", "ignore_above": _MAX_KEY_CHARACTERS}
    fields["shown"] = {"type": "object", "enabled": False}
    return {
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",
            "max_result_window": MAX_PAGES_END,
            "max_regex_length": 20_000,
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"includes": ["shown"]},
            "_meta": {"format": format_now(), "unindexed": {}},
            "properties": fields,
        },
    }


def to_elastic(document: Document) -> dict[str, Any]:
    made = entry(document)
    found: dict[str, Any] = {
        "id": clean(document.id),
        "ident": sorted(map(clean, made.ident)),
        "exact": sorted(map(clean, made.exact)),
        "title_pairs": clean(_pairs(made.titles.cjk)),
        "pairs": clean(" ".join(_pairs(terms.cjk) for terms in made.parts)),
        "codes": clean(" ".join(terms.codes for terms in made.parts)),
        FIELD: sorted(set(clean(made.said).split())),
        "by_modified": _day(document.modified),
        "by_issued": _day(document.issued),
        "by_rating": document.rating,
        "by_due": _day(document.due),
        "standing": made.standing,
        "shown": {
            "uri": clean(document.uri),
            "identifiers": [clean(identifier) for identifier in document.identifiers],
            "display": _clean(document.display),
            "marked": _clean(made.marked),
        },
    }
    for name, terms in made.within.items():
        found[f"{name}_pairs"] = clean(_pairs(terms.cjk))
        found[f"{name}_codes"] = clean(terms.codes)
    for name in WEIGHTS:
        found[name] = [clean(text) for field, text in made.texts if field == name]
    for facet, values in made.facets.items():
        found[f"in_{facet}"] = list(values)
    return found


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


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
