"""
An OGC catalogue service (CSW 2.0.2, https://docs.ogc.org/is/04-021r3/04-021r3.html): GetRecords page by page, posted.

It is asked for DCAT where it offers that, else for ISO 19139. What it may offer beside (Dublin Core) says too little
for a catalogue entry and is not read.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvest.errors import SourceFailed
from harvest.fetch import Question
from harvest.record import Said
from harvest.sources import iso_records
from harvest.sources.dcat import records_of, spooled
from harvest.sources.spool import Spool
from harvest.sources.visit import Visit, cut, loop

RECORDS_A_PAGE = 50
_CSW = "http://www.opengis.net/cat/csw/2.0.2"
_OWS = "http://www.opengis.net/ows"
_DCAT = ("http://www.w3.org/ns/dcat#", "http://www.w3.org/ns/dcat")
_ISO = "http://www.isotc211.org/2005/gmd"
_QUERY = """<?xml version="1.0" encoding="UTF-8"?>
<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ogc="http://www.opengis.net/ogc" \
xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:dc="http://purl.org/dc/elements/1.1/" service="CSW" \
version="2.0.2" resultType="results" outputFormat="application/xml" outputSchema="{schema}" \
startPosition="{start}" maxRecords="{count}">
<csw:Query typeNames="{names}"><csw:ElementSetName>full</csw:ElementSetName>
<ogc:SortBy><ogc:SortProperty><ogc:PropertyName>dc:identifier</ogc:PropertyName>
<ogc:SortOrder>ASC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy></csw:Query></csw:GetRecords>
"""


class CswSource:
    def __init__(self, visit: Visit) -> None:
        self.name = urlsplit(visit.location).hostname or visit.location
        self._visit = visit
        parts = urlsplit(visit.location)
        own = ("service", "version", "request", "outputschema", "typenames", "resulttype", "elementsetname")
        kept = [(name, value) for name, value in parse_qsl(parts.query, True) if name.lower() not in own]
        self._address = urlunsplit(parts._replace(query=urlencode(kept)))

    def records(self) -> Iterator[Said]:
        """One record a dataset; raises SourceFailed at its end where a page could not be read."""
        if not self._visit.is_remote:
            yield from self._page(self._visit.first(), 1)
            return
        schema = self._schema()
        start = 1
        given = 0
        while True:
            body = _QUERY.format(schema=schema, start=start, count=RECORDS_A_PAGE, names="csw:Record").encode()
            question = Question("application/xml, text/xml;q=0.9", body, "application/xml")
            with self._visit.page(self._address, question) as document:
                root = iso_records.tree(document)
                results = _results(root, self._address)
                yield from self._page(document, start, root)
            matched = _number(results.get("numberOfRecordsMatched"))
            following = _number(results.get("nextRecord"))
            returned = _number(results.get("numberOfRecordsReturned")) or len(results)
            given += returned
            if not following and given < matched and returned:
                following = start + returned  # 0 says that this was the last one; some say it always
            if not following or following > matched:
                break
            if following <= start:
                raise loop(f"{self._address} (startPosition={following})")
            start = following
        if given < matched:
            raise cut(matched, given)

    def _page(self, document: Any, start: int, root: Any = None) -> Iterator[Said]:
        root = iso_records.tree(document) if root is None else root
        if iso_records.has_records(root):
            yield from iso_records.records(root, "record", start)
            return
        if self._visit.is_remote and not len(_results(root, self._address)):
            return  # nothing matches, and what holds nothing is no RDF either
        with Spool() as spool:
            spooled(document, spool, {}, self._visit.asked or 1)
            yield from records_of(spool, ())

    def _schema(self) -> str:
        """The best schema that the service's own description offers."""
        glue = "&" if urlsplit(self._address).query else "?"
        address = (
            f"{self._address}{glue}{urlencode({'service': 'CSW', 'version': '2.0.2', 'request': 'GetCapabilities'})}"
        )
        with self._visit.page(address, Question("application/xml, text/xml;q=0.9")) as document:
            root = iso_records.tree(document)
        if not str(root.tag).endswith("}Capabilities"):
            raise _no_csw(self._address)
        title = root.findtext(f".//{{{_OWS}}}Title") or ""
        self._visit.memory.title = " ".join(title.split())[:200]
        offered = {
            " ".join((value.text or "").split())
            for parameter in root.iter(f"{{{_OWS}}}Parameter")
            if str(parameter.get("name")).lower() == "outputschema"
            for value in parameter.iter(f"{{{_OWS}}}Value")
        }
        return next((schema for schema in (*_DCAT, _ISO) if schema in offered), _ISO)


def _results(root: Any, address: str) -> Any:
    found = root if root.tag == f"{{{_CSW}}}SearchResults" else root.find(f"{{{_CSW}}}SearchResults")
    if found is not None:
        return found
    if str(root.tag).endswith("}ExceptionReport"):
        said = " ".join(" ".join(root.itertext()).split())[:300]
        raise SourceFailed(
            f"目录服务（CSW）拒绝了请求：{said}", f"The catalogue service (CSW) refused the request: {said}"
        )
    raise _no_csw(address)


def _number(said: str | None) -> int:
    return int(said) if said and said.isdigit() and len(said) < 12 else 0


def _no_csw(address: str) -> SourceFailed:
    return SourceFailed(
        f"{address} 没有按目录服务（CSW 2.0.2）应答。请检查地址，或用 --as 指明其他格式。",
        f"{address} does not answer as a catalogue service (CSW 2.0.2). Check the address, or say another dialect by "
        "--as.",
    )
