"""The records that the queries were judged on, as documents: mapped, named and read as the portal does it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from app.catalogue.terms import with_base
from app.catalogue.view import view
from app.search.documents import document
from harvest.changes import canonical, skolemise
from harvest.mapping.rules import rules
from harvest.record import Incoming, dataset_id
from harvest.sources import rowwise
from indexer.document import Document

_FILES = {"m": "mainland.jsonl", "t": "taiwan.jsonl"}
_BASE = "https://data.example"
_RULES = rules(
    {
        "rename": {
            "title": "title", "department": "publisher", "description": "description", "tags": "keyword",
            "category": "theme", "industry": "industry", "is_open": "open_attribute", "data_formats": "format",
            "update_frequency": "frequency", "publish_time": "issued", "update_time": "modified", "url": "landing_page",
            "city": "district", "fields": "data_items", "data_volume": "rows", "docid": "identifier",
        },
        "ignore": ["province", "level1", "lang", "source_file"],
        "identity": ["docid"],
    }
)  # fmt: skip


class Raw(NamedTuple):
    """A line of the files. Of lines whose title, department and city are equal, the first stands for all."""

    docid: str
    row: dict[str, Any]


def raw(catalogues: Path) -> Iterator[Raw]:
    seen = set()
    for prefix, name in _FILES.items():
        with (catalogues / name).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                row = json.loads(line)
                key = row["title"], row.get("department"), row.get("city")
                if key not in seen:
                    seen.add(key)
                    yield Raw(f"{prefix}-{number}", row)


def documents(rows: list[Raw]) -> Iterator[Document]:
    """Each record's document; its docid is its first identifier."""
    headings = list(dict.fromkeys(name for each in rows for name in ("docid", *each.row)))
    sheet = rowwise.Sheet(headings, [(each.docid, {"docid": each.docid, **each.row}) for each in rows])
    for each, incoming in zip(rows, rowwise.records([sheet], _RULES, ""), strict=True):
        if not isinstance(incoming, Incoming):
            raise ValueError(f"{each.docid}: {incoming}")
        id_ = dataset_id("judged", incoming.key)
        ntriples = skolemise(canonical(incoming.ntriples, incoming.subject), id_, source_id="judged", base_url=_BASE)
        yield document(view(with_base(ntriples, _BASE), id_, _BASE, source_id="judged"), source_id="judged")
