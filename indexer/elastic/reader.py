"""Reading an index on Elasticsearch."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from indexer.analysis import FRAGMENT_CHARACTERS, Asked, Needle, Word, mark, needles, understand
from indexer.elastic import cursors, request
from indexer.elastic.client import Client
from indexer.elastic.mapping import MAX_PAGES_END, format_now
from indexer.elastic.vocabulary import ElasticVocabulary
from indexer.errors import IndexOutdated, SearchUnavailable
from indexer.query import FACETS, Query, Sort
from indexer.results import FacetValue, Hit, Results, Suggestion
from indexer.suggesting import correct, suggest

_KNOWN_FOR_S = 20.0
"""How long an index's format and the frequencies of words in it are believed; both only decide roughly."""

_MAX_KNOWN_WORDS = 20_000
_IDS_AT_ONCE = 10_000
_MARKED = ("title", "description", "keywords", "data_items")

Need = tuple[str, str]


class _Known(NamedTuple):
    until: float
    records: int
    frequencies: dict[Need, int]


class ElasticReader:
    """
    Reads the index that a URL names. Connects when asked; safe for many threads.

    Every method raises SearchUnreachable while no host answers, and SearchUnavailable where there is no index.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._held: Client | None = None
        self._known = _Known(0.0, 0, {})

    def search(self, query: Query) -> Results:
        """Raises CursorInvalid for a cursor that is not of this question; nothing that is typed is an error."""
        client = self._client()
        known = self._know(client)
        asked = understand(query.text)
        chosen = request.chosen_filters(query)
        order = query.sort
        if order is Sort.RELEVANCE and not asked.words:
            order = Sort.MODIFIED
        question = cursors.fingerprint(asked.text, chosen, order)
        size = request.page_size(query)
        start: int | list[Any] = (max(1, query.page) - 1) * size
        if query.cursor:
            start = cursors.read(query.cursor, question, order)
        elif start + size >= MAX_PAGES_END:  # type: ignore[operator]
            start = MAX_PAGES_END - size - 1
            query = _nothing_of(query)
        frequency = partial(_frequency, self._frequencies(client, known, asked))
        relaxed = False
        while True:
            matching = request.match(asked, frequency, known.records, relaxed=relaxed)
            scored = request.ranked(asked, matching, relaxed=relaxed) if order is Sort.RELEVANCE else matching
            if isinstance(start, list) and order is Sort.RELEVANCE:
                start = _place_now(client, scored, start, question)
            answer = client.search(client.alias, request.body(scored, query, chosen, order, start), question)
            total = answer["hits"]["total"]["value"]
            if total or relaxed or not asked.words or (chosen and _any(client, matching)):
                break
            relaxed = True
        wanted = needles(asked, relaxed) if query.highlight else ()
        found = answer["hits"]["hits"]
        hits = tuple(_hit(hit, wanted) for hit in found[: request.page_size(query)])
        following = ""
        if hits and len(found) > len(hits):
            following = cursors.write(found[len(hits) - 1]["sort"], question)
        return Results(
            total, hits, _facets(answer.get("aggregations", {}), chosen, request.facet_size(query)), following
        )

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        return suggest(self._vocabulary(), text, limit)

    def correct(self, text: str) -> str:
        return correct(self._vocabulary(), text)

    def count(self) -> int:
        client = self._client()
        return client.count(client.alias)

    def ids(self) -> Iterator[str]:
        """In the order of their characters."""
        client = self._client()
        body: dict[str, Any] = {"size": _IDS_AT_ONCE, "sort": [{"id": "asc"}], "source": False}
        while hits := client.search(client.alias, body, "ids")["hits"]["hits"]:
            yield from (hit["_id"] for hit in hits)
            body["search_after"] = hits[-1]["sort"]

    def unindexed(self) -> dict[str, str]:
        """Why records were refused by the server, by id; at most a thousand."""
        client = self._client()
        return unindexed(client)

    def _vocabulary(self) -> ElasticVocabulary:
        client = self._client()
        self._know(client)
        return ElasticVocabulary(client)

    def _client(self) -> Client:
        if self._held is None:
            with self._lock:
                if self._held is None:
                    self._held = Client(self._url)
        return self._held

    def _know(self, client: Client) -> _Known:
        """Raises IndexOutdated for an index of another version."""
        known = self._known
        if known.until < time.monotonic():
            check_format(client)
            known = self._known = _Known(time.monotonic() + _KNOWN_FOR_S, client.count(client.alias), {})
        return known

    def _frequencies(self, client: Client, known: _Known, asked: Asked) -> Mapping[Need, int]:
        """Of several words it has to be known which are too common or unknown; one is looked for in any case."""
        words = request.required(asked)
        if len(words) < 2:
            return {}
        found = known.frequencies
        needs = request.needs(words)
        missing = [need for need in needs if need not in found]
        if missing:
            answer = client.search(client.alias, request.frequencies(missing))
            buckets = answer["aggregations"]["needs"]["buckets"]
            if len(found) > _MAX_KNOWN_WORDS:
                found.clear()
            counted = {need: buckets[str(number)]["doc_count"] for number, need in enumerate(missing)}
            found.update(counted)
            return {need: counted.get(need, found.get(need, 0)) for need in needs}
        return {need: found.get(need, 0) for need in needs}


def check_format(client: Client) -> None:
    """Raises IndexOutdated unless the index was made by the schema and analysis of this program."""
    made = client.meta(client.alias)
    if made is None:
        raise SearchUnavailable(
            f"检索索引尚未建立：{client.alias}。No search index {client.alias}. "
            "请运行 suishu reindex。Run `suishu reindex`."
        )
    if (found := made[1].get("format")) != format_now():
        raise IndexOutdated(
            f"检索索引由另一版本建立，须重建。"
            f"The search index was made by another version ({found or 'unknown'}; this is "
            f"{format_now()}). 请运行 suishu reindex。Run `suishu reindex`."
        )


def unindexed(client: Client) -> dict[str, str]:
    made = client.meta(client.alias)
    return dict(made[1].get("unindexed", {})) if made else {}


def _frequency(frequencies: Mapping[Need, int], word: Word) -> int:
    """At most so many records have the word."""
    return min(frequencies[need] for need in request.needs([word]))


def _nothing_of(query: Query) -> Query:
    """The same question, its counts alone."""
    return Query(query.text, query.filters, query.sort, size=0, facets=query.facets, facet_size=query.facet_size)


def _any(client: Client, matching: Mapping[str, Any]) -> bool:
    body = {"query": matching, "size": 0, "terminate_after": 1, "track_total_hits": 1}
    return bool(client.search(client.alias, body)["hits"]["total"]["value"])


def _place_now(client: Client, scored: dict[str, Any], after: list[Any], question: str) -> list[Any]:
    """Where the last hit shown stands now: scores move when the index changes. Where it was, when it is gone."""
    hits = client.search(client.alias, request.place(scored, after[-1]), question)["hits"]["hits"]
    return list(hits[0]["sort"]) if hits else after


def _facets(
    counted: Mapping[str, Any], chosen: Mapping[str, tuple[str, ...]], size: int
) -> dict[str, tuple[FacetValue, ...]]:
    """By count and then by value; chosen values always among them."""
    facets = {}
    for facet in FACETS:
        if facet not in counted:
            continue
        top = {bucket["key"]: bucket["doc_count"] for bucket in counted[facet]["top"]["buckets"][:size]}
        own = dict.fromkeys(chosen.get(facet, ()), 0)
        if own:
            own.update((bucket["key"], bucket["doc_count"]) for bucket in counted[facet]["own"]["buckets"])
        ordered = sorted({**top, **own}.items(), key=lambda item: (-item[1], item[0]))
        facets[facet] = tuple(FacetValue(value, found, value in own) for value, found in ordered)
    return facets


def _hit(hit: Mapping[str, Any], wanted: Iterable[Needle]) -> Hit:
    shown = hit["_source"]["shown"]
    wanted = tuple(wanted)
    highlight = {}
    if wanted:
        for name, variants in zip(_MARKED, _texts(shown), strict=True):
            for text, compared in variants:
                if runs := mark(text, compared or text, wanted, None if name == "title" else FRAGMENT_CHARACTERS):
                    highlight[name] = runs
                    break
    identifiers = tuple(shown["identifiers"])
    return Hit(hit["_id"], shown["uri"], identifiers, hit["_score"] or 0.0, shown["display"], highlight)


def _texts(shown: Mapping[str, Any]) -> list[list[list[str]]]:
    titles, keywords, data_items, descriptions = shown["texts"]
    return [titles, descriptions, keywords, data_items]
