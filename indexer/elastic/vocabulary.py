"""The phrases and titles of an index on Elasticsearch, as suggestions and corrections ask for them."""

import re
from collections.abc import Sequence
from typing import Any

from indexer.analysis.folding import clean, fold
from indexer.elastic.client import Client
from indexer.suggesting import FIELD, tokens

_REGEX_SIGNS = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')


class ElasticVocabulary:
    """Fulfils `indexer.suggesting.Vocabulary`; each method asks once."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def starting(self, prefixes: Sequence[str], most: int) -> list[list[tuple[str, int]]]:
        if not prefixes:
            return []
        counted = self._ask(phrases_request(prefixes, most))["aggregations"]
        return [
            [(bucket["key"], bucket["doc_count"]) for bucket in counted[str(number)]["buckets"]]
            for number in range(len(prefixes))
        ]

    def titles(self, folded: str, most: int) -> list[tuple[str, str]]:
        wanted = tokens(folded, "title_pairs", "title")
        if not wanted:
            return []
        body = {"query": _all(wanted), "size": most, "track_total_hits": False, "sort": ["_score", {"id": "asc"}]}
        return [_title(hit, folded) for hit in self._ask(body)["hits"]["hits"]]

    def _ask(self, body: dict[str, Any]) -> Any:
        return self._client.search(self._client.alias, body)


def phrases_request(prefixes: Sequence[str], most: int) -> dict[str, Any]:
    """Terms from each prefix on, with the number of entries that have them."""
    prefixes = [clean(prefix) for prefix in prefixes]
    return {
        "query": {"bool": {"filter": {"bool": {"should": [{"prefix": {FIELD: prefix}} for prefix in prefixes]}}}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {
            str(number): {"terms": {"field": FIELD, "include": f"{_literally(prefix)}.*", "size": most}}
            for number, prefix in enumerate(prefixes)
        },
    }


def _all(wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"bool": {"must": [{"term": {field: clean(token)}} for field, token in wanted]}}


def _literally(text: str) -> str:
    return _REGEX_SIGNS.sub(lambda sign: "\\" + sign[0], text)


def _title(hit: dict[str, Any], folded: str) -> tuple[str, str]:
    """Id, and of the titles in all languages the one that was asked for."""
    shown = [title for title, _ in hit["_source"]["shown"]["marked"][0]]
    return hit["_id"], next((title for title in shown if folded in fold(title)), shown[0] if shown else hit["_id"])
