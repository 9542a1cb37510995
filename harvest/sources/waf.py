"""
A web-accessible folder: the listing of a directory, whose files hold DCAT in any syntax of RDF, or ISO 19139.

One level, on the same host, below the folder's own address. Each file is asked for only if it changed.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from harvest.errors import SourceFailed
from harvest.record import OnlyChanges, Said
from harvest.source import Document
from harvest.sources import iso_records
from harvest.sources.dcat import records_of, spooled
from harvest.sources.spool import Spool
from harvest.sources.visit import Visit
from vocab import rdf

_FILE = re.compile(r"\.(?:rdf|ttl|turtle|xml|jsonld|nt|n3|owl|trig|nq)(?:\.gz)?$", re.IGNORECASE)
MAX_LISTING_BYTES = 32 * 1024**2


class WafSource:
    def __init__(self, visit: Visit) -> None:
        self.name = visit.location
        self._visit = visit

    def records(self) -> Iterator[Said]:
        """
        The records of each file, one file after the other. A file that can't be read spoils no other; it is told at
        the end, and nothing is then taken for gone.
        """
        addresses = self._addresses()
        known = self._visit.memory.validators
        # A file that is no longer listed takes its records with it, and which those were only a whole reading tells.
        is_partial = bool(known) and set(known) <= set(addresses)
        if not is_partial:
            self._visit.memory.validators = {}
        else:
            yield OnlyChanges()
        failures: list[SourceFailed] = []
        for address in addresses:
            try:
                with self._visit.changed(address) as document:
                    if document is not None:
                        yield from self._file(document, address)
            except SourceFailed as error:
                failures.append(error)
                if len(failures) > 20 and len(failures) * 2 > len(addresses):
                    break
        if failures:
            count = len(failures)
            raise SourceFailed(
                f"文件夹中有 {count} 个文件无法读取，其余已读。第一个：{failures[0].zh}",
                f"{count} files of the folder can't be read; the others were. The first: {failures[0].en}",
            )

    def _addresses(self) -> list[str]:
        listing = self._visit.first()
        self._visit.validators.pop(self._visit.location, None)  # a listing may stay while its files change
        base = listing.address or self._visit.location
        if listing.path.stat().st_size > MAX_LISTING_BYTES:
            raise SourceFailed(f"{base} 的文件列表过大。", f"The listing of {base} is too large.")
        links = _Links()
        links.feed(listing.path.read_text(encoding="utf-8", errors="replace"))
        folder = base.partition("?")[0].rpartition("/")[0] + "/"
        found = dict.fromkeys(
            address for href in links.found if (address := _joined(base, href)) and _is_file(address, folder)
        )
        if not found:
            raise SourceFailed(
                f"{base} 的页面没有列出 RDF 或 XML 文件。请填写文件夹的地址（以 / 结尾）。",
                f"The page at {base} lists no files of RDF or XML. Give the address of the folder, with / at its end.",
            )
        return list(found)

    def _file(self, document: Document, address: str) -> Iterator[Said]:
        format = rdf.guess(filename=document.name, content_type=document.content_type, head=document.head())
        if format is None:
            root = iso_records.tree(document)
            if not iso_records.has_records(root):
                raise SourceFailed(
                    f"{address} 既不是 RDF，也不是 ISO 19139 元数据。",
                    f"{address} is neither RDF nor metadata in ISO 19139.",
                )
            yield from iso_records.records(root, document.name)
            return
        with Spool() as spool:
            spooled(document, spool, {}, self._visit.asked)
            yield from records_of(spool, ())


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _joined(base: str, href: str) -> str:
    try:
        return urldefrag(urljoin(base, href.strip()))[0]
    except ValueError:
        return ""


def _is_file(address: str, folder: str) -> bool:
    rest = address.removeprefix(folder)
    return (
        address.startswith(folder) and "/" not in rest.partition("?")[0] and bool(_FILE.search(urlsplit(address).path))
    )
