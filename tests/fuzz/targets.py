"""
What is fuzzed: each target takes bytes as a source would send them and raises `Fault` for what may never happen.

A target may end in quarantine or in a failure in words. It may not crash, hang, call a fault of ours a failure of the
source, or hand over statements that are no RDF.
"""

import ipaddress
import json
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pyoxigraph as ox
import yaml

from harvest.errors import SourceFailed
from harvest.fetch import Fetched, Fetcher, Question, _joined, _retry_after
from harvest.fetch.reach import Address
from harvest.fetch.unpack import Bomb, Broken, unpacked
from harvest.limits import Limits
from harvest.mapping.rules import rules
from harvest.record import Incoming, Unreadable
from harvest.run import run
from harvest.source import Memory
from harvest.sources import open_source, workbook
from tests.factories import iso
from tests.fuzz import workbooks
from tests.services.hostile import catalogue
from tests.unit.harvest.memory import ListSource, MemoryRecorder, wants_title

SECONDS = 10
"""Of the processor: no answer of a few kilobytes takes longer, however busy the machine is; a run that does hangs."""
_FIXTURES = Path(__file__).parents[1] / "fixtures" / "harvest"
_BASE = "http://p.example"


class Fault(AssertionError):
    """What may never happen."""


@dataclass
class Answering(Fetcher):
    """Gives the same bytes whatever is asked, or those of `first` to the first question."""

    content: bytes = b""
    content_type: str = ""
    first: bytes | None = None
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, question: Question | None = None) -> Fetched:
        content = self.first if self.first is not None and not self.asked else self.content
        self.asked.append(url)
        with tempfile.NamedTemporaryFile(delete=False, prefix="suishu-fuzz-") as file:
            file.write(content)
        return Fetched(Path(file.name), url, self.content_type)


@dataclass(frozen=True)
class Target:
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


@contextmanager
def in_time() -> Iterator[None]:
    def late(_: int, __: FrameType | None) -> None:
        raise Fault(f"not ready after {SECONDS} s of the processor")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _harvest(content: bytes, dialect: str | None, *, content_type: str = "", first: bytes | None = None,
             path: str = "/x", mapping: dict[str, object] | None = None, since: str = "") -> None:  # fmt: skip
    fetcher = Answering(content=content, content_type=content_type, first=first)
    limits = Limits(pages=20, records=2_000)
    source = open_source(
        _BASE + path, dialect=dialect, mapping=mapping, fetcher=fetcher, limits=limits, memory=Memory(since=since)
    )
    said: list[Incoming | Unreadable | Exception] = []
    with in_time():
        try:
            for record in source.records():
                if isinstance(record, Incoming):
                    list(ox.parse(record.ntriples, ox.RdfFormat.N_TRIPLES))
                if isinstance(record, Unreadable) and "can't be mapped" in record.reason_en:
                    raise Fault(record.reason_en)
                if isinstance(record, Incoming | Unreadable):
                    said.append(record)
        except SourceFailed as failure:
            said.append(failure)
        recorder = MemoryRecorder()
        report = run(ListSource(*said), recorder, wants_title, source_id="s", base_url=_BASE)
    if "internal error" in report.failure_en or "check-failed" in report.reasons:
        raise Fault(report.failure_en)
    for kept in recorder.held.values():
        if kept.ntriples.startswith((b"<", b"_:")):
            list(ox.parse(kept.ntriples, ox.RdfFormat.N_TRIPLES))


_WORKBOOK_LIMITS = {"MAX_UNPACKED_BYTES": 16_000_000, "MAX_CELLS": 400_000, "MAX_MEMORY_BYTES": 400_000_000,
                    "MAX_SECONDS": 5}  # fmt: skip
"""Smaller than those of a harvest, so that what asks for more than it may is ended soon."""


@contextmanager
def narrow() -> Iterator[None]:
    """Under these limits, and for less than `SECONDS` of the reader's processor."""
    before = {name: getattr(workbook, name) for name in _WORKBOOK_LIMITS}
    used = _used_by_children_s()
    try:
        for name, limit in _WORKBOOK_LIMITS.items():
            setattr(workbook, name, limit)
        yield
    finally:
        for name, limit in before.items():
            setattr(workbook, name, limit)
    if _used_by_children_s() - used > SECONDS:
        raise Fault(f"its reader went on for more than {SECONDS} s of the processor")


def table(data: bytes) -> None:
    """Of a workbook, which a process of its own reads."""
    with narrow():
        _harvest(data, "table", content_type=workbooks.MEDIA_TYPE)


def _used_by_children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _member(path: str) -> Target:
    """One member of a workbook, in an archive that is sound: a spoilt archive is refused before anybody reads it."""
    return Target(lambda data: table(workbooks.packed({path: data})), (workbooks.MEMBERS[path],))


def _rules(data: bytes) -> None:
    with in_time(), suppress(SourceFailed, yaml.YAMLError, UnicodeDecodeError, RecursionError):
        rules(yaml.safe_load(data.decode()))


def _unpack(data: bytes) -> None:
    with in_time(), suppress(Broken, Bomb):
        for piece in unpacked([data[:50], data[50:]]):
            if len(piece) > 256 * 1024:
                raise Fault("a piece over its size")


def _again(data: bytes) -> None:
    with in_time():
        said = _retry_after(data.decode("latin-1"))
    if said is not None and not said > 0:
        raise Fault(f"{said} seconds")


class _Resolving(Fetcher):
    """Every name lies at one address of the public network, so that nothing is asked."""

    @staticmethod
    def _resolved(host: str, port: int, url: str) -> list[Address]:
        return [ipaddress.ip_address("203.0.114.9")]


def _address(data: bytes) -> None:
    with in_time(), suppress(SourceFailed):
        target, (host, name) = _Resolving()._checked(_joined(_BASE + "/a/b?c", data.decode("latin-1")))
        if target.host != "203.0.114.9" or target.scheme not in ("http", "https") or "@" in host or "/" in name:
            raise Fault(f"{target} {host!r} {name!r}")


def _answer(name: str) -> bytes:
    return (_FIXTURES / "answers" / name).read_bytes()


def _csw(records: str) -> bytes:
    return (
        '<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"><csw:SearchResults '
        f'numberOfRecordsMatched="2" numberOfRecordsReturned="1" nextRecord="0">{records}</csw:SearchResults>'
        "</csw:GetRecordsResponse>"
    ).encode()


_CAPABILITIES = (
    b'<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ows="http://www.opengis.net/ows">'
    b'<ows:Parameter name="outputSchema"><ows:Value>http://www.isotc211.org/2005/gmd</ows:Value></ows:Parameter>'
    b"</csw:Capabilities>"
)
_STREAM = (
    b"<http://p.example/x#s> <https://w3id.org/tree#member> <http://p.example/1> .\n"
    b"<http://p.example/1> <http://purl.org/dc/terms/isVersionOf> <http://p.example/a> .\n"
    b'<http://p.example/1> <http://www.w3.org/ns/prov#generatedAtTime> "2026-01-01T00:00:00Z" .\n'
    b'<http://p.example/1> <http://purl.org/dc/terms/title> "t"@zh .\n'
    b"<http://p.example/x> <https://w3id.org/tree#relation> <http://p.example/x#r> .\n"
    b"<http://p.example/x#r> <https://w3id.org/tree#node> <http://p.example/p2> .\n"
)
_ROWS = (_FIXTURES / "portal_rows.json").read_bytes()
_PORTAL = (_FIXTURES / "portal.ttl").read_bytes()
_NTRIPLES = ox.serialize(ox.parse(_PORTAL, ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES) or b""
_XML = ox.serialize(ox.parse(_PORTAL, ox.RdfFormat.TURTLE), format=ox.RdfFormat.RDF_XML) or b""
_PACKAGES = json.loads(_answer("ckan-data-gov-au.json"))["result"]["results"]

TARGETS: dict[str, Target] = {
    "turtle": Target(
        lambda data: _harvest(data, "dcat", content_type="text/turtle"),
        (_PORTAL, catalogue(_BASE, range(2), f"{_BASE}/p2")),
    ),
    "ntriples": Target(lambda data: _harvest(data, "dcat", content_type="application/n-triples"), (_NTRIPLES,)),
    "rdfxml": Target(lambda data: _harvest(data, "dcat", content_type="application/rdf+xml"), (_XML,)),
    "jsonld": Target(
        lambda data: _harvest(data, "dcat", content_type="application/ld+json"), (_answer("dcat-us-3.jsonld"),)
    ),
    "ldes": Target(
        lambda data: _harvest(data, "ldes", content_type="application/n-triples", since="2025-01-01T00:00:00Z"),
        (_STREAM,),
    ),
    "ckan": Target(
        lambda data: _harvest(data, "ckan"), (_answer("ckan-data-gov-au.json"), _answer("ckan-trentino.json"))
    ),
    "package": Target(
        lambda data: _harvest(b'{"success": true, "result": {"results": [%b]}}' % data, "ckan"),
        tuple(json.dumps(package).encode() for package in _PACKAGES),
    ),
    "datajson": Target(lambda data: _harvest(data, "datajson"), (_answer("dcat-us-1.1.json"),)),
    "dcat-us-3": Target(
        lambda data: _harvest(data, "datajson"),
        (b'{"@type": "Catalog", "dataset": [{"@id": "http://x.example/1", "@type": "Dataset", "title": "t"}]}',),
    ),
    "portal-json": Target(lambda data: _harvest(data, "portal-json"), (_ROWS,)),
    "paged-json": Target(
        lambda data: _harvest(data, None, mapping={"paging": {"page": "p", "size": "s", "total": "total"}}), (_ROWS,)
    ),
    "csv": Target(
        lambda data: _harvest(data, "table", content_type="text/csv"), ((_FIXTURES / "catalogue.csv").read_bytes(),)
    ),
    "xlsx": Target(table, (workbooks.packed(),)),
    "xlsx-sheet": _member(workbooks.SHEET),
    "xlsx-strings": _member(workbooks.STRINGS),
    "xlsx-styles": _member(workbooks.STYLES),
    "xlsx-book": _member(workbooks.BOOK),
    "csw": Target(
        lambda data: _harvest(data, "csw", first=_CAPABILITIES), (_csw(iso.metadata("M-1", "图层")), _CAPABILITIES)
    ),
    "capabilities": Target(lambda data: _harvest(_csw(""), "csw", first=data), (_CAPABILITIES,)),
    "sparql": Target(
        lambda data: _harvest(data, "sparql", content_type="application/n-triples", first=None),
        (b'{"results": {"bindings": [{"d": {"value": "http://x.example/1"}}]}}',),
    ),
    "construct": Target(
        lambda data: _harvest(
            data,
            "sparql",
            content_type="application/n-triples",
            first=b'{"results": {"bindings": [{"d": {"value": "https://data.example.gov.cn/dataset/park"}}]}}',
        ),
        (_NTRIPLES,),
    ),
    "listing": Target(
        lambda data: _harvest(data, "waf", path="/waf/"),
        (b'<html><a href="a.ttl">a</a><a href="/waf/b.xml">b</a><a href="../c.ttl">c</a></html>',),
    ),
    "iso": Target(
        lambda data: _harvest(data, "waf", first=b'<a href="a.xml">', path="/waf/"),
        (iso.metadata("M-1", "图层").encode(),),
    ),
    "guess": Target(lambda data: _harvest(data, None), (_PORTAL[:500], _ROWS[:300], b"a,b\n1,2\n", b"<html>")),
    "mapping": Target(_rules, ((_FIXTURES / "portal_rows.yaml").read_bytes(), b"paging: {page: p, with: {a: 1}}")),
    "gzip": Target(_unpack, (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03KL\x02\x00\xd3a\xf5\xac\x02\x00\x00\x00",)),
    "address": Target(
        _address, (b"../x?y#z", b"http://user:pass@h.example:81/x", b"//[::1]:80/x", "http://例.中国/".encode())
    ),
    "retry-after": Target(_again, (b"120", b"Fri, 27 Nov 2026 01:00:00 GMT")),
}
