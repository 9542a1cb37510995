"""DCAT as RDF, in every syntax, from a file or an address, with the pages of a hydra collection."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from harvest.changes import Canonical, canonical, rough_hash
from harvest.errors import SourceFailed, TooComplex
from harvest.mapping.links import mended
from harvest.record import Incoming, Unreadable
from harvest.source import Document
from harvest.sources import depth
from harvest.sources.closure import Closures
from harvest.sources.halves import in_halves
from harvest.sources.spool import Spool
from harvest.sources.visit import Visit, loop
from vocab import rdf
from vocab.namespaces import DCAT, DCT, HYDRA, RDF
from vocab.ntriples import Literal, literal_value

MAX_STATEMENT_BYTES = 32 * 1024**3
"""Of all pages together, as N-Triples on disk."""
_MAX_JSON_BYTES = 64 * 1024**2

_PAGING = b"<%s" % str(HYDRA).encode()
"""Most chunks say nothing of pages, and are told apart at the speed of a search in bytes."""
_NEXT = re.compile(
    rb"(?:<([^>\n]+)>|_:\S+) <%s(?:next|nextPage)> (?:<([^>\n]+)>|\"([^\"\n]+)\"\S*) \.\n" % str(HYDRA).encode()
)
_TOTAL = re.compile(rb" <%stotalItems> \"(\d{1,9})\"" % str(HYDRA).encode())
_IDENTIFIER = b" <%s> " % str(DCT.identifier).encode()
_TITLE = b" <%s> " % str(DCT.title).encode()
_LISTS = b" <%s> " % str(DCAT.dataset).encode()
_IS_CATALOGUE = b" <%s> <%s> ." % (str(RDF.type).encode(), str(DCAT.Catalog).encode())
_MAX_CATALOGUE_BYTES = 16 * 1024**2
_MAX_TITLE_CHARACTERS = 200
_SUBJECT_LABEL = re.compile(rb"^_:", re.MULTILINE)
_OBJECT_LABEL = re.compile(rb" _:([^ \"\n]+ \.)$", re.MULTILINE)


class DcatSource:
    """The pages of a file are not asked for."""

    def __init__(self, visit: Visit) -> None:
        self.name = visit.location
        self._visit = visit

    def records(self) -> Iterator[Incoming | Unreadable]:
        """
        One record a `dcat:Dataset`, in the order of their appearance. Raises SourceFailed at its end where a page
        could not be read: what stands on the pages before it has been yielded by then.
        """
        document = self._visit.first()
        self.name = document.name
        with Spool() as spool:
            notes: dict[str, int] = {}
            failure: SourceFailed | None = None
            try:
                self._read(document, spool, notes)
            except _Unread as unread:
                failure = unread.failure
                yield from unread.records
            except SourceFailed as error:
                failure = error
            self._visit.memory.title = _title(spool)
            yield from records_of(spool, tuple(f"{kind}: {count}" for kind, count in notes.items()))
            if failure:
                raise failure

    def _read(self, document: Document, spool: Spool, notes: dict[str, int]) -> None:
        """Spools every page; a page that breaks off is taken back as a whole."""
        total = 0
        page = spooled(document, spool, notes, 1)
        waiting: list[str] = []
        while self._visit.is_remote:
            total = max(total, page.total)
            fresh = [address for address in page.following if not self._visit.was_asked(address)]
            if page.following and not fresh and not waiting:
                if total and len(spool.datasets) >= total:
                    return  # the last page names the first, and nothing is missing
                raise loop(page.following[0])
            waiting += [address for address in fresh if address not in waiting]
            if not waiting:
                return
            with self._visit.page(waiting.pop()) as following:
                page = spooled(following, spool, notes, self._visit.asked)


@dataclass(frozen=True, slots=True)
class _Page:
    """`following`: addresses that it says come next. `total`: how many datasets all pages have, 0 if unsaid."""

    following: tuple[str, ...] = ()
    total: int = 0


class _Unread(Exception):
    """A document that can't be read as RDF although it is plain which datasets it has."""

    def __init__(self, failure: SourceFailed, records: list[Unreadable]) -> None:
        self.failure = failure
        self.records = records


def spooled(document: Document, spool: Spool, notes: dict[str, int], page: int) -> _Page:
    """Adds one document."""
    called = document.address if page > 1 else document.name  # pages of one catalogue often differ by a parameter alone
    format = rdf.guess(filename=document.name, content_type=document.content_type, head=document.head())
    if format is None:
        raise SourceFailed(
            f"{called} 不是可识别的 RDF（Turtle、RDF/XML、JSON-LD、N-Triples、N-Quads、TriG）。",
            f"{called} is no RDF that could be recognised (Turtle, RDF/XML, JSON-LD, N-Triples, N-Quads, TriG).",
        )
    before = spool.size
    try:
        try:
            return _statements(document, document.path, format, spool, notes, page)
        except rdf.RdfError:
            less = _shallow(document) if format is rdf.Format.JSON_LD and spool.size == before else None
            if less is None:
                raise
            return _statements(document, less, format, spool, notes, page)
    except rdf.RdfError as error:
        spool.forget_from(before)
        failure = SourceFailed(f"{called}：{error.reason_zh}", f"{called}: {error.reason_en}")
        unread = _datasets_by_type(document, error) if format is rdf.Format.JSON_LD else []
        raise (_Unread(failure, unread) if unread else failure) from None
    except OSError as error:
        spool.forget_from(before)
        raise SourceFailed(f"无法读取 {called}：{error}", f"{called} can't be read: {error}") from None


def _statements(
    document: Document, data: Path | bytes, format: rdf.Format, spool: Spool, notes: dict[str, int], page: int
) -> _Page:
    following: dict[str, None] = {}
    total = 0
    parsed = rdf.to_ntriples(data, format, document.address, charset=_charset(document.content_type))
    for chunk in parsed.chunks:
        if page > 1:
            chunk = _relabelled(chunk, page)
        if _PAGING in chunk:
            for match in _NEXT.finditer(chunk):
                target = (match[2] or match[3]).decode()
                if target != document.address or (match[1] or b"").decode() == target:  # else said of another page
                    following.setdefault(target)
            for match in _TOTAL.finditer(chunk):
                total = max(total, int(match[1]))
        spool.add(chunk)
        if spool.size > MAX_STATEMENT_BYTES:
            raise SourceFailed(
                f"来源超过 {MAX_STATEMENT_BYTES:,} 字节，其余未读。",
                f"The source has over {MAX_STATEMENT_BYTES:,} bytes of statements; the rest is left.",
            )
    for kind, count in parsed.notes.counts.items():
        notes[kind.value] = notes.get(kind.value, 0) + count
    return _Page(tuple(following), total)


def _shallow(document: Document) -> bytes | None:
    """What is left of a document in which something nests too deep; None where that was not what is wrong."""
    if document.path.stat().st_size > _MAX_JSON_BYTES:
        return None
    return depth.shallow(document.path.read_bytes())


def _charset(content_type: str) -> str:
    match = re.search(r"charset=[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    return match[1] if match else ""


def _relabelled(chunk: bytes, page: int) -> bytes:
    """Keeps the blank nodes of different pages apart."""
    prefix = b"_:p%dx" % page
    return _OBJECT_LABEL.sub(rb" %b\1" % prefix, _SUBJECT_LABEL.sub(prefix, chunk))


def _title(spool: Spool) -> str:
    """Of the catalogue that lists most datasets, in Chinese where it has a Chinese one; "" where none has a title."""
    best: tuple[int, str] = (-1, "")
    for node in sorted(spool.catalogues):
        lines = spool.read(node, _MAX_CATALOGUE_BYTES).splitlines()
        if not any(line.endswith(_IS_CATALOGUE) for line in lines):
            continue
        said = [value for line in lines if (value := _value(line, node + _TITLE))]
        said.sort(key=lambda value: (not value.language.lower().startswith("zh"), value.language, value.text))
        title = next((" ".join(value.text.split()) for value in said if value.text.strip()), "")
        count = sum(line.startswith(node + _LISTS) for line in lines)
        if title and count > best[0]:
            best = (count, title[:_MAX_TITLE_CHARACTERS])
    return best[1]


def _value(line: bytes, start: bytes) -> Literal | None:
    return literal_value(line[len(start) : -2]) if line.startswith(start) else None


def records_of(spool: Spool, notes: tuple[str, ...]) -> Iterator[Incoming | Unreadable]:
    closures = Closures(spool)
    for record in in_halves(partial(_record, closures), list(enumerate(spool.datasets, 1))):
        if notes and isinstance(record, Incoming):  # they are the document's, so they are told once
            record = replace(record, notes=(*notes, *record.notes))
            notes = ()
        yield record


def _record(closures: Closures, numbered: tuple[int, bytes]) -> Incoming | Unreadable:
    number, dataset = numbered
    subject = dataset.decode()
    position = f"dataset {number}"
    try:
        text, links = mended(closures.record(dataset))
    except TooComplex as error:
        key = subject[1:-1] if subject.startswith("<") else f"blank {number}"
        return Unreadable(key, position, error.zh, error.en, subject, subject, closures.own(dataset))
    if depth.MARK.encode() in text:
        key = subject[1:-1] if subject.startswith("<") else _identifier(text, subject) or f"blank {number}"
        return Unreadable(key, position, *depth.REASON, subject, subject, text)
    key = subject[1:-1] if subject.startswith("<") else _identifier(text, subject)
    said = (f"link-mended: {links}",) if links else ()
    form = None
    with suppress(Exception):  # whoever keeps the record meets it again and says what is wrong
        form = canonical(text, subject)
    key, lasting = key or _content_key(text, form), bool(key)
    if form is None:
        return Incoming(key, subject, text, position, said, lasting)
    return Incoming(key, form.subject, form.ntriples, position, said, lasting, form)


def _identifier(text: bytes, subject: str) -> str:
    """The key of a dataset without an IRI, "" where it says none."""
    start = subject.encode() + _IDENTIFIER
    for line in sorted(text.splitlines()):
        value = literal_value(line[len(start) : -2]) if line.startswith(start) else None
        if value and value.text.strip():
            return value.text.strip()
    return ""


def _content_key(text: bytes, form: Canonical | None) -> str:
    return "content " + (form.content_hash if form else rough_hash(text))[:16]


def _datasets_by_type(document: Document, error: rdf.RdfError) -> list[Unreadable]:
    """The datasets of a JSON-LD document whose terms are unknown (its context is elsewhere): counted, not read."""
    if document.path.stat().st_size > _MAX_JSON_BYTES:
        return []
    try:
        tree = json.loads(document.path.read_bytes())
    except (ValueError, RecursionError):
        return []
    found: list[Unreadable] = []
    waiting: list[tuple[str, Any]] = [("$", tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed([(f"{path}[{index}]", each) for index, each in enumerate(value)])
        elif isinstance(value, dict):
            types = value.get("@type", value.get("type"))
            names = types if isinstance(types, list) else [types]
            if any(isinstance(name, str) and re.split(r"[:/#]", name)[-1] == "Dataset" for name in names):
                key = value.get("@id") or value.get("id") or value.get("identifier") or path
                excerpt = json.dumps(value, ensure_ascii=False)[:2000]
                found.append(Unreadable(str(key)[:500], path, error.reason_zh, error.reason_en, excerpt))
            waiting += reversed([(f"{path}.{name}", each) for name, each in value.items() if name != "@context"])
    return found
