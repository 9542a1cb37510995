"""
A Linked Data Event Stream: the tree of its pages is walked, of each entity the newest version counts.

https://semiceu.github.io/LinkedDataEventStreams/ and https://w3id.org/tree/specification. With a time in the memory
only pages that may hold later members are asked for, and what they tell are the changes since.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from harvest.changes import MAX_RECORD_BYTES
from harvest.errors import SourceFailed, TooComplex
from harvest.record import Ended, Incoming, OnlyChanges, Said, Unreadable
from harvest.source import Document
from harvest.sources.closure import Closures
from harvest.sources.spool import Spool
from harvest.sources.visit import Visit
from vocab import rdf
from vocab.namespaces import DCT, PROV, RDF
from vocab.ntriples import literal_value

LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
_DELETE = b"<https://www.w3.org/ns/activitystreams#Delete>"
_LINE = re.compile(rb"^(\S+) <([^>\n]+)> (.+) \.$", re.MULTILINE)
_UPPER = frozenset((f"{TREE}LessThanRelation", f"{TREE}LessThanOrEqualToRelation"))
_TIMES = tuple(map(str, (PROV.generatedAtTime, DCT.modified, DCT.issued, DCT.created)))
_MAX_PAGE_BYTES = 256 * 1024**2
_DIGITS = re.compile(r"0*([0-9]+)")
_EPOCH = datetime.min.replace(tzinfo=UTC)

_TYPE = str(RDF.type)


@dataclass(slots=True)
class _Page:
    """What a page says about the stream; statements are kept in `spool`, those of members to be read from it."""

    members: list[bytes] = field(default_factory=list)
    said: dict[bytes, dict[str, list[bytes]]] = field(default_factory=dict)
    """Of members, relations and streams: subject -> predicate -> objects."""


@dataclass(frozen=True, slots=True)
class _Version:
    """The newest version of an entity: where its statements stand in the store, or that it ended."""

    at: datetime
    order: tuple[tuple[int, str], ...]
    start: int
    length: int
    member: bytes
    reason: tuple[str, str] = ("", "")
    """Why it can't be read, where it can't."""


class LdesSource:
    def __init__(self, visit: Visit) -> None:
        self.name = visit.location
        self._visit = visit
        self._since = _time(visit.memory.since)
        self._newest = visit.memory.since
        self._version_of = str(DCT.isVersionOf)
        self._times: tuple[str, ...] = _TIMES

    def records(self) -> Iterator[Said]:
        """One record an entity, or its end; raises SourceFailed at its end where a page could not be read."""
        failure: SourceFailed | None = None
        versions: dict[bytes, _Version] = {}
        with tempfile.TemporaryFile(prefix="suishu-ldes-") as store:
            self._store = store
            try:
                for document in self._documents():
                    self._take(document, versions)
            except SourceFailed as error:
                failure = error
            if failure and not self._since:
                # Later versions may stand on what was not read: those that are known do no harm, an end does.
                versions = {entity: each for entity, each in versions.items() if each.length}
            if self._since:
                yield OnlyChanges()
            for number, (entity, version) in enumerate(versions.items(), 1):
                yield from self._said(entity, version, f"member {number}")
        if failure:
            raise failure
        self._visit.memory.since = self._newest

    # The walk

    def _documents(self) -> Iterator[Document]:
        """Root first, then what its relations lead to; each page once, however many lead to it."""
        self._waiting: list[str] = []
        if not self._visit.is_remote:
            raise SourceFailed(
                "变更流（LDES）须以网址采集，不能是文件。请填写其地址。",
                "A stream of changes (LDES) is harvested from its address, not from a file. Give the address.",
            )
        yield self._visit.first()
        while self._waiting:
            address = self._waiting.pop(0)
            if not self._visit.was_asked(address):
                with self._visit.page(address) as document:
                    yield document

    def _take(self, document: Document, versions: dict[bytes, _Version]) -> None:
        with Spool() as spool:
            page = _read(document, spool)
            self._describe(page)
            self._follow(page)
            closures = Closures(spool)
            for member in page.members:
                self._keep(member, page, spool, closures, versions)

    def _describe(self, page: _Page) -> None:
        for said in page.said.values():
            if f"{LDES}EventStream" in _iris(said.get(_TYPE, [])):
                titles = [value for each in said.get(str(DCT.title), ()) if (value := literal_value(each))]
                titles.sort(key=lambda value: (not value.language.startswith("zh"), value.language, value.text))
                self._visit.memory.title = titles[0].text[:200] if titles else ""
            for iri in _iris(said.get(f"{LDES}versionOfPath", ())):
                self._version_of = iri
            for iri in _iris(said.get(f"{LDES}timestampPath", ())):
                self._times = (iri, *_TIMES)

    def _follow(self, page: _Page) -> None:
        """Notes the pages that may hold something new: all of the bounds of a page hold for what it has."""
        bounds: dict[str, bool] = {}
        for said in page.said.values():
            kinds = set(_iris(said.get(_TYPE, ())))
            for target in _iris(said.get(f"{TREE}node", ())):
                is_old = bool(
                    self._since
                    and kinds & _UPPER
                    and set(_iris(said.get(f"{TREE}path", ()))) & set(self._times)
                    and any(
                        (until := _literal_time(value)) and until < self._since
                        for value in said.get(f"{TREE}value", ())
                    )
                )
                bounds[target] = bounds.get(target, False) or is_old
        for target in _iris(_views(page)):
            bounds.setdefault(target, False)
        self._waiting += [target for target, is_old in bounds.items() if not is_old and target not in self._waiting]

    # Members

    def _keep(
        self, member: bytes, page: _Page, spool: Spool, closures: Closures, versions: dict[bytes, _Version]
    ) -> None:
        said = page.said.get(member, {})
        entity = next((value for value in said.get(self._version_of, ()) if value[:1] == b"<"), member)
        stamp = next((value for path in self._times for value in said.get(path, ())), b"")
        at = _literal_time(stamp) or _EPOCH
        if self._since and at < self._since:
            return
        if at > (_time(self._newest) or _EPOCH):
            value = literal_value(stamp)
            self._newest = value.text if value else self._newest
        order = _order(member.decode())
        known = versions.get(entity)
        if known and (known.at, known.order) > (at, order):
            return
        start, reason, text = self._store.seek(0, 2), ("", ""), b""
        if _DELETE not in said.get(_TYPE, ()):
            try:
                text = closures.record(member)
            except TooComplex as error:
                reason, text = (error.zh, error.en), spool.read(member, MAX_RECORD_BYTES)
            text = _of_entity(text, member, entity, self._version_of)
            self._store.write(text)
        versions.pop(entity, None)
        versions[entity] = _Version(at, order, start, len(text), member, reason)

    def _said(self, entity: bytes, version: _Version, position: str) -> Iterator[Said]:
        key = entity[1:-1].decode()
        if not version.length:
            if self._since:
                yield Ended(key)
            return
        self._store.seek(version.start)
        text = self._store.read(version.length)
        subject = entity.decode()
        if version.reason[0]:
            yield Unreadable(key, position, *version.reason, subject, subject, text)
        else:
            yield Incoming(key, subject, text, position)


def _order(member: str) -> tuple[tuple[int, str], ...]:
    """By which `…/v9` comes before `…/v10`: its numbers by how long and then what they are, however long."""
    parts = enumerate(_DIGITS.split(member))
    return tuple((len(part) if number % 2 else 0, part) for number, part in parts)


def _views(page: _Page) -> list[bytes]:
    """Where a stream is described apart from its first page."""
    return [view for said in page.said.values() for view in said.get(f"{TREE}view", ())]


def _read(document: Document, spool: Spool) -> _Page:
    called = document.address or document.name
    if document.path.stat().st_size > _MAX_PAGE_BYTES:
        raise SourceFailed(
            f"{called} 过大（上限 {_MAX_PAGE_BYTES:,} 字节），请把变更流分成更多页。",
            f"{called} is too large (at most {_MAX_PAGE_BYTES:,} bytes); cut the stream into more pages.",
        )
    format = rdf.guess(filename=document.name, content_type=document.content_type, head=document.head())
    if format is None:
        raise SourceFailed(
            f"{called} 不是可识别的 RDF，无法作为变更流读取。",
            f"{called} is no RDF that could be recognised, and can't be read as a stream of changes.",
        )
    page = _Page()
    members: dict[bytes, None] = {}
    member = f"{TREE}member"
    try:
        for chunk in rdf.to_ntriples(document.path, format, document.address).chunks:
            kept: list[bytes] = []
            for match in _LINE.finditer(chunk):
                subject, predicate, value = match[1], match[2].decode(), match[3]
                if predicate == member:
                    members.setdefault(value)
                    continue
                if value[:1] == b"<" or len(value) < 200:
                    page.said.setdefault(subject, {}).setdefault(predicate, []).append(value)
                kept.append(match[0] + b"\n")
            spool.add(b"".join(kept))
    except rdf.RdfError as error:
        raise SourceFailed(f"{called}：{error.reason_zh}", f"{called}: {error.reason_en}") from None
    page.members = list(members)
    for each in members:
        spool.datasets.setdefault(each)  # none is a part of another
    return page


def _of_entity(text: bytes, member: bytes, entity: bytes, version_of: str) -> bytes:
    """A version's statements as they are said of the entity, without what only the stream says of the version."""
    own = re.compile(rb"%s(?=[>#])" % re.escape(member[:-1])) if member != entity and member[:1] == b"<" else None
    lines: list[bytes] = []
    skipped = (version_of, *_STREAM_ONLY) if own else _STREAM_ONLY[1:]
    starts = tuple(b"%b <%b> " % (member, predicate.encode()) for predicate in skipped)
    for line in text.splitlines(keepends=True):
        if line.startswith(starts):
            continue
        lines.append(_outside_literals(own, entity[:-1], line) if own else line)
    return b"".join(lines)


_STREAM_ONLY = (str(PROV.generatedAtTime), f"{TREE}member", f"{LDES}versionOf")


def _outside_literals(own: re.Pattern[bytes], entity: bytes, line: bytes) -> bytes:
    head, quote, rest = line.partition(b' "')
    return own.sub(lambda _: entity, head) + quote + rest


def _iris(values: object) -> list[str]:
    return [value[1:-1].decode() for value in values if value[:1] == b"<"] if isinstance(values, list) else []


def _literal_time(value: bytes) -> datetime | None:
    found = literal_value(value) if value[:1] == b'"' else None
    return _time(found.text) if found else None


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
