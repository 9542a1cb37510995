"""
Opens a source in whatever dialect it speaks. A new dialect is one module here and one line in `DIALECTS`.
"""

import gzip
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from harvest.errors import Refused, SourceFailed, without_secrets
from harvest.fetch import Fetcher
from harvest.mapping.rules import Rules, rules
from harvest.record import Incoming, Source, Unreadable
from harvest.source import Document, Memory
from harvest.sources.dcat import ACCEPT, DcatSource
from harvest.sources.portal_json import PortalJsonSource
from harvest.sources.table import TableSource
from harvest.sources.workbook import is_workbook
from vocab import rdf

More = Callable[[str], Document]

DIALECTS: dict[str, Callable[[Document, Rules, Memory, More | None], Source]] = {
    "dcat": lambda document, _, memory, more: DcatSource(document, more, memory),
    "table": lambda document, how, memory, _: TableSource(document, how, memory),
    "portal-json": lambda document, how, memory, _: PortalJsonSource(document, how, memory),
}
MAX_GUNZIPPED_BYTES = 8 * 1024**3
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


def open_source(
    location: str,
    *,
    dialect: str | None = None,
    mapping: Path | Mapping[str, Any] | None = None,
    fetcher: Fetcher | None = None,
    memory: Memory | None = None,
) -> Source:
    """
    A source at an address or a path; `dialect` one of DIALECTS, guessed from the document when None. `memory` is
    what was chosen before, and takes what is chosen now.

    Nothing is opened before its records are asked for. A wrong dialect or mapping raises SourceFailed at once.
    """
    if dialect is not None and dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise SourceFailed(f"不支持的格式 {dialect}；可用：{known}。", f"Unknown dialect {dialect}; known are {known}.")
    return _Opened(location, dialect, rules(_mapping(mapping)), fetcher or Fetcher(), memory or Memory())


class _Opened:
    def __init__(self, location: str, dialect: str | None, how: Rules, fetcher: Fetcher, memory: Memory) -> None:
        self.name = how.title or without_secrets(location)
        self._location = location
        self._dialect = dialect
        self._how = how
        self._fetcher = fetcher
        self._memory = memory

    def records(self) -> Iterator[Incoming | Unreadable]:
        with ExitStack() as open_files:
            more: More | None = None
            if _URL.match(self._location):

                def more(address: str) -> Document:
                    fetched = open_files.enter_context(self._fetcher.get(address, accept=ACCEPT))
                    name = address.partition("?")[0].rpartition("/")[2] or address
                    return Document(fetched.path, name, fetched.content_type, fetched.url)

                document = more(self._location)
            else:
                document = _file(self._location)
            document = _gunzipped(document, open_files)
            dialect = self._dialect or guess(document)
            yield from DIALECTS[dialect](document, self._how, self._memory, more).records()


def guess(document: Document) -> str:
    """The dialect of a document by its name, type and first bytes. Raises SourceFailed for what is none."""
    head = document.head()
    if rdf.guess(filename=document.name, content_type=document.content_type, head=head):
        return "dcat"
    ending = document.name.lower().rpartition(".")[2]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if is_workbook(head) or ending in ("csv", "tsv") or "text/csv" in document.content_type:
        return "table"
    if start[:1] in (b"[", b"{"):
        return "portal-json"
    if re.match(rb"<!doctype html|<html", start, re.IGNORECASE):
        raise SourceFailed(
            f"{document.name} 是网页而不是目录文件。请填写 RDF、JSON、CSV 或 XLSX 的地址。",
            f"{document.name} is a web page, not a catalogue. Give the address of RDF, JSON, CSV or XLSX.",
        )
    if head and b"\x00" not in head and start[:1] != b"<":
        return "table"
    raise SourceFailed(
        f"无法判断 {document.name} 的格式，请用 --as 指明（{'、'.join(DIALECTS)}）。",
        f"The dialect of {document.name} can't be told; say it with --as ({', '.join(DIALECTS)}).",
    )


def _file(location: str) -> Document:
    path = Path(location)
    if not path.is_file():
        raise SourceFailed(f"找不到文件 {location}。", f"There is no file {location}.")
    try:
        with path.open("rb"):
            return Document(path, path.name)
    except OSError as error:
        raise SourceFailed(f"无法打开 {location}：{error}。", f"{location} can't be opened: {error}.") from None


def _gunzipped(document: Document, open_files: ExitStack) -> Document:
    """A gzipped file (our own dump is one) unpacked beside; anything else as it is."""
    if document.head(2) != b"\x1f\x8b":
        return document
    file = tempfile.NamedTemporaryFile(prefix="suishu-unpacked-")  # noqa: SIM115  (closed with the others)
    unpacked = open_files.enter_context(file)
    try:
        with gzip.open(document.path) as packed:
            while chunk := packed.read(1024 * 1024):
                unpacked.write(chunk)
                if unpacked.tell() > MAX_GUNZIPPED_BYTES:
                    raise Refused(
                        f"{document.name} 解压后超过 {MAX_GUNZIPPED_BYTES:,} 字节，请拆分。",
                        f"{document.name} is over {MAX_GUNZIPPED_BYTES:,} bytes when unpacked; split it.",
                    )
    except (OSError, EOFError) as error:
        raise SourceFailed(
            f"{document.name} 的压缩包已损坏：{error}。", f"{document.name} is a broken archive: {error}."
        ) from None
    unpacked.flush()
    content_type = "" if "gzip" in document.content_type else document.content_type
    return Document(Path(unpacked.name), document.name.removesuffix(".gz"), content_type, document.address)


def _mapping(mapping: Path | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if not isinstance(mapping, Path):
        return mapping
    try:
        said: Mapping[str, Any] | None = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise SourceFailed(
            f"无法读取映射文件 {mapping}：{error}。", f"The mapping {mapping} can't be read: {error}."
        ) from None
    return said
