"""Reading an index on Elasticsearch."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from indexer.analysis import Needle, needles
from indexer.correction import corrected, looked_up
from indexer.elastic import request
from indexer.elastic.client import Client
from indexer.elastic.cursors import is_place
from indexer.elastic.mapping import MAX_PAGES_END, format_now
from indexer.elastic.vocabulary import ElasticVocabulary
from indexer.elastic.words import Words
from indexer.entry import highlight
from indexer.errors import IndexOutdated, SearchUnavailable
from indexer.plan import Term, plan, weighed_up
from indexer.query import Query, Sort
from indexer.question import Question, question, read_cursor, write_cursor
from indexer.results import FacetValue, Hit, Results, Suggestion
from indexer.suggesting import suggest

_KNOWN_FOR_S = 20.0
"""How long an index's format is believed, and that it has not got a word; one that came is then not corrected."""

_ROUGHLY_FOR_S = 300.0
"""How long the frequency of a word that it has is believed; that decides only roughly."""

_IDS_AT_ONCE = 10_000


class _Known(NamedTuple):
    until: float
    anew_from: float
    records: int
    frequencies: dict[Term, int]


class ElasticReader:
    """
    Reads the index that a URL names. Connects when asked; safe for many threads.

    Every method raises SearchUnreachable while no host answers, and SearchUnavailable where there is no index.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._held: Client | None = None
        self._known = _Known(0.0, 0.0, 0, {})

    def search(self, query: Query) -> Results:
        """Raises CursorInvalid for a cursor that is not of this question; nothing that is typed is an error."""
        client = self._client()
        known = self._know(client)
        asked = question(query)
        mark = asked.fingerprint
        ranked = asked.sort is Sort.RELEVANCE
        start: int | list[Any] = asked.offset
        if asked.cursor:
            start = read_cursor(asked.cursor, mark, partial(is_place, ranked=ranked))
        elif asked.offset + asked.size >= MAX_PAGES_END:
            start, asked = 0, replace(asked, size=0)
        index = Words(client, known.frequencies)
        index.frequencies([*weighed_up(asked.asked), *looked_up(asked.asked)])
        better = None if asked.literal else corrected(asked.asked, index)
        if better:
            asked = replace(asked, asked=better.asked)
            index.frequencies(weighed_up(asked.asked))
        relaxed = False
        while True:
            found = plan(asked.asked, index.frequency, known.records, relaxed=relaxed, today=date.today())
            scored = request.ranked(found) if ranked else request.query(found.match)
            if isinstance(start, list) and ranked:
                start = _place_now(client, scored, start, mark)
            answer = client.search(client.alias, request.body(scored, asked, start), mark)
            total = answer["hits"]["total"]["value"]
            if (
                total
                or relaxed
                or not asked.asked.words
                or ((asked.chosen or asked.ranges) and _any(client, request.query(found.match)))
            ):
                break
            relaxed = True
        wanted = needles(asked.asked, relaxed) if asked.highlight else ()
        page = answer["hits"]["hits"]
        hits = tuple(_hit(hit, wanted) for hit in page[: asked.size])
        following = write_cursor(page[len(hits) - 1]["sort"], mark) if hits and len(page) > len(hits) else ""
        facets = _facets(answer.get("aggregations", {}), asked)
        return Results(total, hits, facets, following, better.text if better else "")

    def turn(self) -> AbstractContextManager[object]:
        """None to wait for: who asks a server waits, and others go on meanwhile."""
        return nullcontext()

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        return suggest(self._vocabulary(), text, limit)

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
        now = time.monotonic()
        if known.until < now:
            check_format(client)
            there, anew_from = {}, now + _ROUGHLY_FOR_S
            if now < known.anew_from:
                there = {term: number for term, number in known.frequencies.copy().items() if number}
                anew_from = known.anew_from
            known = self._known = _Known(now + _KNOWN_FOR_S, anew_from, client.count(client.alias), there)
        return known


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


def _any(client: Client, matching: Mapping[str, Any]) -> bool:
    body = {"query": matching, "size": 0, "terminate_after": 1, "track_total_hits": 1}
    return bool(client.search(client.alias, body)["hits"]["total"]["value"])


def _place_now(client: Client, scored: dict[str, Any], after: list[Any], question: str) -> list[Any]:
    """Where the last hit shown stands now: scores move when the index changes. Where it was, when it is gone."""
    hits = client.search(client.alias, request.place(scored, after[-1]), question)["hits"]["hits"]
    return list(hits[0]["sort"]) if hits else after


def _facets(counted: Mapping[str, Any], asked: Question) -> dict[str, tuple[FacetValue, ...]]:
    """By count and then by value; chosen values always among them."""
    facets = {}
    for facet in asked.facets:
        top = {bucket["key"]: bucket["doc_count"] for bucket in counted[facet]["top"]["buckets"][: asked.sizes[facet]]}
        own = dict.fromkeys(asked.chosen.get(facet, ()), 0)
        if own:
            own.update((bucket["key"], bucket["doc_count"]) for bucket in counted[facet]["own"]["buckets"])
        ordered = sorted({**top, **own}.items(), key=lambda item: (-item[1], item[0]))
        facets[facet] = tuple(FacetValue(value, found, value in own) for value, found in ordered)
    return facets


def _hit(hit: Mapping[str, Any], wanted: Sequence[Needle]) -> Hit:
    shown = hit["_source"]["shown"]
    identifiers = tuple(shown["identifiers"])
    marks = highlight(shown["marked"], wanted)
    return Hit(hit["_id"], shown["uri"], identifiers, hit["_score"] or 0.0, shown["display"], marks)
