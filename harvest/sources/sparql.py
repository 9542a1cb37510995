"""
A SPARQL endpoint (https://www.w3.org/TR/sparql11-protocol/): the datasets by their addresses, then each with its parts.

SPARQLWrapper makes the requests, our fetcher sends them. Pages are by key, never by OFFSET, which endpoints cut off and
which is not stable. Datasets without an IRI can't be asked for again and are left out.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from SPARQLWrapper import JSON, POST, SPARQLWrapper

from harvest.errors import SourceFailed
from harvest.fetch import Question
from harvest.fetch.exchange import USER_AGENT
from harvest.record import Said
from harvest.sources.closure import NAMED, NAMING, PARTS
from harvest.sources.dcat import records_of, spooled
from harvest.sources.spool import Spool
from harvest.sources.visit import Visit, loop
from vocab.iris import mended
from vocab.namespaces import DCAT, RDF

PAGE = 500
MAX_LIST_BYTES = 32 * 1024**2
"""Of a page's addresses, which are read at once."""
BATCH = 25
"""Datasets asked for at once: some 1,500 statements."""
_GRAPH = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
_LIST = """SELECT DISTINCT ?d WHERE {{ ?d <{type}> <{dataset}> FILTER(isIRI(?d) && STR(?d) > {after}) }}
ORDER BY STR(?d) LIMIT {limit}"""
_ONE = """CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  VALUES ?d {{ {datasets} }}
  {{ ?d ?p ?o BIND(?d AS ?s) }}
  UNION {{ ?d {parts} ?s . ?s ?p ?o }}
  UNION {{ ?d {parts} ?between . ?between {parts} ?s . ?s ?p ?o }}
  UNION {{ ?d {named} ?s . ?s ?p ?o FILTER(?p IN ({naming})) }}
  UNION {{ ?d {parts} ?between . ?between {named} ?s . ?s ?p ?o FILTER(?p IN ({naming})) }}
}}"""


class _Asked(SPARQLWrapper):
    """A query as SPARQLWrapper would send it."""

    def question(self, query: str, accept: str) -> Question:
        self.setQuery(query)
        request = self._createRequest()
        body = request.data if isinstance(request.data, bytes) else None
        return Question(accept, body, request.get_header("Content-type", ""))


class SparqlSource:
    def __init__(self, visit: Visit) -> None:
        self.name = urlsplit(visit.location).hostname or visit.location
        self._visit = visit
        self._asked = _Asked(visit.location, agent=USER_AGENT)
        self._asked.setMethod(POST)
        self._asked.setReturnFormat(JSON)

    def records(self) -> Iterator[Said]:
        """One record a dataset with an IRI, in the order of their IRIs."""
        if not self._visit.is_remote:
            raise SourceFailed(
                "SPARQL 端点须以网址采集，不能是文件。请填写其地址。",
                "A SPARQL endpoint is harvested from its address, not from a file. Give the address.",
            )
        after = ""
        while page := self._page(after):
            if page[-1] <= after:
                raise loop(f"{self._visit.location} ({page[-1][:200]})")
            after = page[-1]
            datasets = [iri for iri in page if mended(iri) == iri]
            for start in range(0, len(datasets), BATCH):
                yield from self._batch(datasets[start : start + BATCH])

    def _page(self, after: str) -> list[str]:
        query = _LIST.format(type=RDF.type, dataset=DCAT.Dataset, after=json.dumps(after), limit=PAGE)
        question = self._asked.question(query, "application/sparql-results+json")
        with self._visit.page(self._visit.location, question) as document:
            if (size := document.path.stat().st_size) > MAX_LIST_BYTES:
                raise SourceFailed(
                    f"{self._visit.location} 的查询结果过大（{size:,} 字节），没有遵守 LIMIT。",
                    f"{self._visit.location} answers with {size:,} bytes: it does not heed LIMIT.",
                )
            try:
                rows: Any = json.loads(document.path.read_bytes())["results"]["bindings"]
                return [str(row["d"]["value"]) for row in rows]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise SourceFailed(
                    f"{self._visit.location} 没有按 SPARQL 端点应答（应为 JSON 结果）。请检查地址。",
                    f"{self._visit.location} does not answer as a SPARQL endpoint (JSON results). Check the address.",
                ) from None

    def _batch(self, datasets: list[str]) -> Iterator[Said]:
        query = _ONE.format(
            datasets=" ".join(f"<{iri}>" for iri in datasets),
            parts=_path(PARTS),
            named=_path(NAMED),
            naming=", ".join(sorted(term.decode() for term in NAMING)),
        )
        with self._visit.page(self._visit.location, self._asked.question(query, _GRAPH)) as document, Spool() as spool:
            spooled(document, spool, {}, self._visit.asked)
            wanted = {f"<{iri}>".encode() for iri in datasets}
            for other in [each for each in spool.datasets if each not in wanted]:
                del spool.datasets[other]
            yield from records_of(spool, ())


def _path(terms: frozenset[bytes]) -> str:
    return "(" + "|".join(sorted(term.decode() for term in terms)) + ")"
