"""ISO 19139 records of an XML document, one by one."""

import hashlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from harvest.errors import SourceFailed
from harvest.mapping.iso19139 import GMD, RECORDS, metadata, parsed
from harvest.record import Incoming, Unreadable
from harvest.source import Document

_MAX_BYTES = 256 * 1024**2


def tree(document: Document) -> Any:
    """The root element. Raises SourceFailed."""
    called = document.address or document.name
    size = document.path.stat().st_size
    if size > _MAX_BYTES:
        raise SourceFailed(
            f"{called} 过大（{size:,} 字节，上限 {_MAX_BYTES:,}），请分页提供。",
            f"{called} is too large ({size:,} bytes, at most {_MAX_BYTES:,}); offer it in pages.",
        )
    try:
        return parsed(document.path.read_bytes())
    except ValueError as error:
        raise SourceFailed(
            f"{called} 不是可读取的 XML（{error}）；不接受文档类型声明（DOCTYPE）。",
            f"{called} is no XML that can be read ({error}); a document type (DOCTYPE) is not taken.",
        ) from None


def has_records(root: Any) -> bool:
    return next(root.iter(*RECORDS), None) is not None


def records(root: Any, position: str, first: int = 1) -> Iterator[Incoming | Unreadable]:
    """Records of datasets; those of services and feature types are none of a catalogue's datasets."""
    for number, element in enumerate(root.iter(*RECORDS), first):
        where = f"{position} {number}"
        try:
            made = metadata(element)
        except Exception as error:
            said = etree.tostring(element, encoding="unicode")
            id_ = element.findtext(f"{{{GMD}}}fileIdentifier/*") or ""
            key = id_.strip() or "content " + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
            words = f"{type(error).__name__}: {error}"[:300]
            zh, en = f"此记录无法映射（{words}）。", f"This record can't be mapped ({words})."
            yield Unreadable(key, where, zh, en, said[:2000])
            continue
        if made is None:
            continue
        key = made.key or "content " + hashlib.sha256(made.ntriples).hexdigest()[:16]
        yield Incoming(key, made.subject, made.ntriples, where, made.notes, lasting=bool(made.key))
