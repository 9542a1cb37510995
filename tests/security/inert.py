"""Whether an answer holds what was put in as text and nothing else, as a parser of its format sees it."""

import csv
import gzip
import io
import json
import re
import zipfile
from typing import Any

import html5rdf
import openpyxl
import pyoxigraph
from lxml import etree

from tests.security.attacks import MARK, PRODUCT

_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "cite", "background", "ping", "srcset"}
)
_LOADED = frozenset({"src", "action", "formaction", "data", "poster", "background", "ping", "srcset"})
_NEVER = frozenset({
    "iframe", "object", "embed", "applet", "frame", "frameset", "base", "style", "math", "video", "audio", "source",
    "portal", "template", "noscript",
})  # fmt: skip
_SCHEMES = frozenset({"", "http", "https", "mailto", "tel"})
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Live(AssertionError):
    """Something of an attack is more than text."""


def check(body: bytes, media_type: str, place: str) -> None:
    """Raises `Live`, or what the parser of that format raises."""
    kind = media_type.partition(";")[0]
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    if PRODUCT.encode() in body:
        raise Live(f"{place}: a template was worked out")
    if kind == "text/html":
        _html(body.decode(), place)
    elif kind.endswith("json"):
        json.loads(body)
    elif kind == "text/csv":
        _csv(body, place)
    elif kind.endswith("spreadsheetml.sheet"):
        _sheet(body, place)
    elif kind in ("application/rdf+xml", "text/turtle", "application/n-triples"):
        form = pyoxigraph.RdfFormat.from_media_type(kind)
        assert form is not None
        for _ in pyoxigraph.parse(body, format=form, base_iri="https://data.example/"):
            pass
    if kind.endswith("xml") and kind != "text/html":
        _xml(body, place)


def _html(text: str, place: str) -> None:
    for element in html5rdf.parse(text, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            if MARK in str(element.text):
                raise Live(f"{place}: in a comment: {element.text}")
            continue
        _element(element, place)


def _element(element: Any, place: str) -> None:
    tag = element.tag.rpartition("}")[2]
    if MARK in tag or tag in _NEVER:
        raise Live(f"{place}: <{tag}>")
    if tag == "script":
        said = "".join(element.itertext())
        if element.get("type") in ("application/ld+json", "application/json"):
            json.loads(said)
        elif said.strip() or not element.get("src", "").startswith("/static/"):
            raise Live(f"{place}: a script: {said or element.attrib}")
    if tag == "meta" and "http-equiv" in element.attrib and element.get("http-equiv") != "refresh":
        raise Live(f"{place}: {element.attrib}")
    if tag == "meta" and MARK in element.get("http-equiv", "") + (
        element.get("content", "") if "http-equiv" in element.attrib else ""
    ):
        raise Live(f"{place}: {element.attrib}")
    for name, value in element.attrib.items():
        name = str(name).rpartition("}")[2].lower()
        if MARK in name or name.startswith("on") or name in ("style", "srcdoc"):
            raise Live(f"{place}: {name}={value!r} of <{tag}>")
        if name in _ADDRESSES:
            _address(value, tag, name, place)


def _address(value: str, tag: str, name: str, place: str) -> None:
    """As browsers read it: without control characters and blanks before it, and without line ends inside."""
    read = re.sub(r"[\t\r\n]", "", value).lstrip("".join(map(chr, range(33))))
    found = re.match(r"([a-z][a-z0-9+.-]*):", read, re.IGNORECASE)
    if (found[1].lower() if found else "") not in _SCHEMES:
        raise Live(f"{place}: {name}={value!r} of <{tag}>")
    elsewhere = found is not None or re.match(r"[\\/]{2}", read) is not None
    ours = read.startswith(("https://data.example/", "https://data.example"))
    if elsewhere and not ours and (name in _LOADED or tag == "link" or re.match(r"[\\/]{2}", read)):
        raise Live(f"{place}: {name}={value!r} of <{tag}> leads elsewhere")
    if re.search(r"^https?://[^/?#]*@", read):
        raise Live(f"{place}: {value!r} shows a password")
    if read.lower().startswith("mailto:") and "?" in read:
        raise Live(f"{place}: {value!r} adds recipients")


def _xml(body: bytes, place: str) -> None:
    tree = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    if tree.getroottree().docinfo.internalDTD is not None:
        raise Live(f"{place}: a document type")
    for element in tree.getroottree().iter():
        if not isinstance(element.tag, str):
            if MARK in str(element.text):
                raise Live(f"{place}: {element!r}")
            continue
        if MARK in element.tag or any(MARK in str(name) for name in element.attrib):
            raise Live(f"{place}: {element.tag} {element.attrib}")
        if element.tag.startswith("{http://www.w3.org/2005/Atom}"):
            if element.get("type") in ("html", "xhtml"):
                _html("".join(element.itertext()), place)
            if "href" in element.attrib:
                _address(str(element.get("href")), "a", "href", place)


def _csv(body: bytes, place: str) -> None:
    text = body.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            if cell.startswith(_FORMULA):
                raise Live(f"{place}: {cell!r} is run by a spreadsheet")


def _sheet(body: bytes, place: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(body))
    for row in book.active.iter_rows():
        for cell in row:
            if cell.data_type == "f" or cell.hyperlink is not None:
                raise Live(f"{place}: {cell.value!r} of {cell.coordinate}")
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        for name in parts.namelist():
            _xml(parts.read(name), f"{place}, {name}")
