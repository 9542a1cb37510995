"""What the words in an index on Elasticsearch tell: asked for in one request each time, remembered for some seconds."""

from collections.abc import Mapping, Sequence

from indexer.elastic import request
from indexer.elastic.client import Client
from indexer.plan import Term

_MAX_KNOWN = 20_000


class Words:
    """An `indexer.correction.Index`. `known` is shared by the searches of a reader and forgotten with it."""

    def __init__(self, client: Client, known: dict[Term, int]) -> None:
        self._client = client
        self._known = known
        self._here: dict[Term, int] = {}

    def frequency(self, term: Term) -> int:
        return self._here[term] if term in self._here else self.frequencies([term])[term]

    def frequencies(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        missing = [term for term in dict.fromkeys(terms) if term not in self._here and term not in self._known]
        if missing:
            answer = self._client.search(self._client.alias, request.frequencies(missing))
            buckets = answer["aggregations"]["terms"]["buckets"]
            found = {term: int(buckets[str(number)]["doc_count"]) for number, term in enumerate(missing)}
            if len(self._known) > _MAX_KNOWN:
                self._known.clear()
            self._known.update(found)
            self._here.update(found)
        for term in terms:
            if term not in self._here:
                self._here[term] = self._known.get(term, 0)
        return self._here

    def starting(self, beginnings: Sequence[str], limit: int) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {beginning: [] for beginning in beginnings}
        if beginnings:
            answer = self._client.search(self._client.alias, request.starting(beginnings, limit))
            tokens = [(each["key"], each["doc_count"]) for each in answer["aggregations"]["tokens"]["buckets"]]
            for beginning, of in found.items():
                of += [each for each in tokens if each[0].startswith(beginning)][:limit]
        return found
