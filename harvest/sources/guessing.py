"""Which dialect a source speaks: by its address where that says it, else by its first document."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from harvest.errors import SourceFailed
from harvest.source import Document
from harvest.sources.workbook import is_workbook
from vocab import rdf

_CKAN = re.compile(
    r"/api/(?:3(?:/action)?|action)(?:/(?:package_search|package_list|current_package_list_with_resources))?/?$"
)
_SPARQL = re.compile(r"/sparql/?$", re.IGNORECASE)
_CSW = re.compile(r"(?:^|&)service=csw(?:&|$)", re.IGNORECASE)
_STREAM = re.compile(
    rb"w3id\.org/(?:ldes#EventStream|tree#(?:relation|member|Node))|\bldes:EventStream|\btree:relation"
)
_DATA_JSON = re.compile(rb'"conformsTo"\s*:\s*"https?://project-open-data\.cio\.gov|"accessLevel"\s*:\s*"')
_DCAT_US_3 = re.compile(rb"dcat-us(?:-3(?:\.0)?)?[\w./-]*\.jsonld|\"@type\"\s*:\s*\"Catalog\"")
_CKAN_ANSWER = re.compile(rb'"success"\s*:\s*true')
_CKAN_PAGE = re.compile(rb"<meta[^>]+content=[\"']ckan ", re.IGNORECASE)
_CSW_ANSWER = re.compile(rb"<(?:\w+:)?(?:GetRecordsResponse|GetRecordByIdResponse|Capabilities)[\s>][^>]*cat/csw")
_LISTING = re.compile(rb"<a\s[^>]*href\s*=\s*[\"']?[^\"'>\s]+\.(?:rdf|ttl|xml|jsonld|nt|n3|owl)\b", re.IGNORECASE)
# Possessive: else a row of n comments could be taken apart in 2**n ways.
_HTML = re.compile(rb"\s*+(?:(?><!--.*?-->)\s*+)*+(?:<!doctype html|<html)", re.IGNORECASE | re.DOTALL)
_HEAD = 64 * 1024


def guess_address(location: str) -> str:
    """The dialect of an address that says it itself; "" where the document must tell."""
    if not re.match(r"https?://", location):
        return ""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    if _CKAN.search(parts.path):
        return "ckan"
    if _CSW.search(parts.query):
        return "csw"
    return "sparql" if _SPARQL.search(parts.path) else ""


def guess(document: Document, known: Iterable[str]) -> str:
    """The dialect of a document by its name, type and first bytes. Raises SourceFailed for what is none."""
    head = document.head(_HEAD)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    is_json = start[:1] in (b"[", b"{")
    if is_json and (_DATA_JSON.search(head) or _DCAT_US_3.search(head)):
        return "datajson"
    if not is_json and _CSW_ANSWER.search(head[:4096]):
        return "csw"
    if rdf.guess(filename=document.name, content_type=document.content_type, head=head):
        return "ldes" if document.address and _STREAM.search(head) else "dcat"
    ending = document.name.lower().rpartition(".")[2]
    if is_workbook(head) or ending in ("csv", "tsv") or "text/csv" in document.content_type:
        return "table"
    if is_json:
        is_answer = _CKAN_ANSWER.search(head) and b'"result"' in head
        has_package = b'"resources"' in head and re.search(rb'"(?:license_id|owner_org|metadata_modified)"', head)
        return "ckan" if has_package and (is_answer or start[:1] == b"{") else "portal-json"
    if _HTML.match(start):
        return _page(document, head)
    if head and b"\x00" not in head and start[:1] != b"<":
        return "table"
    raise SourceFailed(
        f"无法判断 {document.name} 的格式，请用 --as 指明（{'、'.join(known)}）。",
        f"The dialect of {document.name} can't be told; say it with --as ({', '.join(known)}).",
    )


def _page(document: Document, head: bytes) -> str:
    """What stands behind a web page."""
    if document.address and _CKAN_PAGE.search(head):
        return "ckan"
    if document.address and _LISTING.search(head):
        return "waf"
    raise SourceFailed(
        f"{document.name} 是网页而不是目录文件。请填写 RDF、JSON、CSV 或 XLSX 的地址。",
        f"{document.name} is a web page, not a catalogue. Give the address of RDF, JSON, CSV or XLSX.",
    )
