"""
A SPARQL 1.1 server as it is spoken to: addresses, credentials, time-outs, errors.

https://www.w3.org/TR/sparql11-protocol/ and, for whole graphs, https://www.w3.org/TR/sparql11-http-rdf-update/
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any, BinaryIO, cast
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithPriorAuth,
    OpenerDirector,
    Request,
    build_opener,
)

import pyoxigraph as ox

from app.triplestore.protocol import StoreUnavailable, StoreUnreachable

PRIVATE = "urn:suishu:private"
MERGED = "urn:suishu:merged"
HIDDEN = (
    PRIVATE,
    MERGED,
    # Virtuoso's own, there from the first start.
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/ns/ldp#",
    "urn:activitystreams-owl:map",
    "urn:core:services:sparql",
    "http://www.w3.org/2002/07/owl#",
    "http://localhost:8890/sparql",
    "http://localuriqaserver/sparql",
    "http://localhost:8890/DAV/",
)
"""Graphs that are none of the public graph."""
NOT_HIDDEN = f"NOT IN ({', '.join(f'<{name}>' for name in HIDDEN)})"

SHORT_S = 3.0
"""For what a healthy server answers at once."""
LONG_S = 120.0
"""For a batch, or the next piece of a long answer."""
WHOLE_S = 3600.0
"""For one step over all statements."""
USER, PASSWORD = "SUISHU_SPARQL_USER", "SUISHU_SPARQL_PASSWORD"


class Rejected(ValueError):
    """The server answered that it can't do this; `status` is HTTP's."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server answers; without a graph store address whole graphs are asked for in SPARQL."""

    query: str
    update: str
    graphs: str = ""
    digest: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def public(self) -> dict[str, Any]:
        """All of it but the credentials, which nobody may read in a list of processes."""
        return {name: value for name, value in asdict(self).items() if name not in ("user", "password")}

    @classmethod
    def from_public(cls, said: dict[str, Any]) -> "Address":
        return cls(**said, user=os.environ.get(USER, ""), password=os.environ.get(PASSWORD, ""))


class Server:
    """Holds nothing open. Every method raises `StoreUnreachable` or `Rejected`."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def select(
        self, query: str, timeout_s: float = LONG_S, dataset: dict[str, list[str]] | None = None
    ) -> Iterator[ox.QuerySolution]:
        with self.asking(query, "application/sparql-results+json", timeout_s, dataset) as response:
            count = 0
            try:
                for row in cast(ox.QuerySolutions, _results(response)):
                    count += 1
                    yield row
            except SyntaxError as error:
                raise StoreUnreachable(f"{self.address.query}: {error}") from error
            limit = response.headers.get("X-SPARQL-MaxRows", "")  # Virtuoso cuts without another word
            if limit.isdigit() and count >= int(limit):
                raise StoreUnavailable(f"{self.address.query} cuts answers after {limit} rows: raise ResultSetMaxRows")

    def ask(self, query: str, timeout_s: float = SHORT_S) -> bool:
        with self.asking(query, "application/sparql-results+json", timeout_s) as response:
            return bool(_results(response))

    @contextmanager
    def asking(
        self, query: str, accept: str, timeout_s: float, dataset: dict[str, list[str]] | None = None
    ) -> Iterator[HTTPResponse]:
        """The body of an answer, as it comes."""
        wrapper = self._wrapper(timeout_s)
        wrapper.setQuery(query)
        wrapper.queryType = "SELECT"  # its own guess reads the text once more, and only chooses a header
        wrapper.addCustomHttpHeader("Accept", accept)
        for name, graphs in (dataset or {}).items():
            for graph in graphs:
                wrapper.addParameter(name, graph)
        with self._sent(lambda: wrapper.query().response) as response:
            if response.headers.get("X-SQL-State") == "S1TAT":  # Virtuoso: out of time, the rest is missing
                raise Rejected(503, "timeout")
            yield response

    def update(self, text: str, timeout_s: float = LONG_S) -> None:
        """One request, which servers with transactions do whole or not at all."""
        wrapper = self._wrapper(timeout_s)
        wrapper.setRequestMethod("postdirectly")  # a form would be three times as long in Chinese, and servers limit it
        wrapper.setQuery(text)
        wrapper.queryType = "INSERT"
        with self._sent(lambda: wrapper.query().response) as response:
            response.read()

    def graph(self, name: str) -> bytes:
        """One whole graph as N-Triples; "" is the server's default graph."""
        accept = "application/n-triples, text/plain;q=0.5"
        if not self.address.graphs:
            pattern = "?s ?p ?o" if not name else f"GRAPH <{name}> {{ ?s ?p ?o }}"
            with self.asking(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", accept, LONG_S) as body:
                return body.read()
        query = urlencode({"graph": name}) if name else "default"
        glue = "&" if "?" in self.address.graphs else "?"
        request = Request(f"{self.address.graphs}{glue}{query}", headers={"Accept": accept})  # noqa: S310 (checked)
        try:
            with self._sent(lambda: self._opener().open(request, timeout=LONG_S)) as body:
                return body.read()
        except Rejected as error:
            if error.status == 404:
                return b""
            raise

    def add_quads(self, nquads: bytes) -> None:
        """Adds statements of any graphs, at the address of the graph store. Raises `Rejected` where that takes none."""
        request = Request(self.address.graphs, nquads, {"Content-Type": "application/n-quads"})  # noqa: S310 (checked)
        with self._sent(lambda: self._opener().open(request, timeout=LONG_S)) as response:
            response.read()

    def _opener(self) -> OpenerDirector:
        if not self.address.user:
            return build_opener()
        passwords = HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, self.address.graphs, self.address.user, self.address.password, True)
        handler = HTTPDigestAuthHandler if self.address.digest else HTTPBasicAuthHandler
        return build_opener(handler(passwords))

    def _wrapper(self, timeout_s: float) -> Any:
        from SPARQLWrapper import SPARQLWrapper

        wrapper = SPARQLWrapper(self.address.query, updateEndpoint=self.address.update, agent="suishu")
        wrapper.setOnlyConneg(True)
        wrapper.setMethod("POST")
        wrapper.setTimeout(max(1, round(timeout_s)))
        if self.address.user:
            wrapper.setHTTPAuth("DIGEST" if self.address.digest else "BASIC")
            wrapper.setCredentials(self.address.user, self.address.password)
        return wrapper

    @contextmanager
    def _sent(self, send: Any) -> Iterator[HTTPResponse]:
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        try:
            with send() as response:
                yield response
        except SPARQLWrapperException as error:
            status = {"QueryBadFormed": 400, "EndPointNotFound": 404, "Unauthorized": 401, "URITooLong": 414}
            raise self._rejected(status.get(type(error).__name__, 500), str(error)) from error
        except HTTPError as error:
            raise self._rejected(error.code, error.read(2_000).decode(errors="replace")) from error
        except (OSError, HTTPException) as error:
            raise StoreUnreachable(f"{self.address.query}: {error}") from error

    def _rejected(self, status: int, words: str) -> Exception:
        if status in (401, 403, 404, 502, 504) and self.address.query:
            return (
                Rejected(404, words) if status == 404 else StoreUnreachable(f"{self.address.query}: {status} {words}")
            )
        return Rejected(status, words[:2_000])


def _results(response: BinaryIO) -> ox.QuerySolutions | ox.QueryBoolean:
    return ox.parse_query_results(response, ox.QueryResultsFormat.JSON)
