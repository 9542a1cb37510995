"""
A data.json in DCAT-US 1.1 (https://resources.data.gov/resources/dcat-us/) or 3 (https://doi-do.github.io/dcat-us/).

Version 3 is JSON-LD: it is read as DCAT, with our own copy of the context. Nobody's context is ever fetched.
"""

import json
from collections.abc import Iterator
from typing import Any

from harvest.errors import SourceFailed
from harvest.mapping.datajson import dataset
from harvest.mapping.made import text
from harvest.record import Said
from harvest.sources.dcat import DcatSource
from harvest.sources.each import mapped
from harvest.sources.json_document import loaded
from harvest.sources.visit import Visit
from vocab.namespaces import DCAT, FOAF, ORG, SKOS, VCARD
from vocab.terms import plain_context

_TYPES = {
    **{name: str(DCAT[name]) for name in ("Catalog", "CatalogRecord", "Dataset", "DatasetSeries", "Distribution",
                                          "DataService")},
    "Organization": str(ORG.Organization), "Agent": str(FOAF.Agent), "Person": str(FOAF.Person),
    "Kind": str(VCARD.Kind), "Concept": str(SKOS.Concept), "ConceptScheme": str(SKOS.ConceptScheme),
    "Address": str(VCARD.Address), "id": "@id", "type": "@type",
}  # fmt: skip


class DataJsonSource:
    def __init__(self, visit: Visit) -> None:
        self.name = visit.location
        self._visit = visit

    def records(self) -> Iterator[Said]:
        document = self._visit.first()
        self.name = document.name
        tree, _ = loaded(document)
        if _is_version_3(tree):
            context = {**plain_context(), **_TYPES}
            if not _says_context(tree):
                self._visit.read_instead(json.dumps({"@context": context, "@graph": _nodes(tree)}).encode())
            yield from DcatSource(self._visit).records()
            return
        found = tree.get("dataset") if isinstance(tree, dict) else tree
        if not isinstance(found, list):
            raise SourceFailed(
                f"{document.name} 不是 data.json：缺少 dataset 列表。请检查地址，或用 --as 指明其他格式。",
                f"{document.name} is no data.json: it has no list `dataset`. Check the address, or say another dialect "
                "by --as.",
            )
        if isinstance(tree, dict) and isinstance(tree.get("title"), str):
            self._visit.memory.title = text(tree["title"])[:200]
        for number, element in enumerate(found, 1):
            yield mapped(element, f"dataset {number}", dataset)


def _says_context(tree: Any) -> bool:
    return isinstance(tree, dict) and bool(tree.get("@context"))


def _nodes(tree: Any) -> list[Any]:
    return tree if isinstance(tree, list) else tree.get("@graph", [tree])


def _is_version_3(tree: Any) -> bool:
    if _says_context(tree):
        context = json.dumps(tree["@context"])
        if "dcat-us-3" in context or "@graph" in tree:
            return True
    if not isinstance(tree, dict) or "project-open-data" in text(tree.get("conformsTo")):
        return False
    datasets = tree.get("dataset")
    some = datasets[:50] if isinstance(datasets, list) else []
    if any(isinstance(each, dict) and ("accessLevel" in each or "bureauCode" in each) for each in some):
        return False
    return tree.get("@type") in ("Catalog", "dcat:Catalog") or "@graph" in tree
