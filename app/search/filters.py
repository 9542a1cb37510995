"""
Every filter of the search, defined once: a new one is a definition here and a facet in `indexer.query`.

From a definition come the URL parameter, the reading of its values, the labels of its values and its OpenAPI entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vocab import codelists

MAX_VALUES = 50
MAX_VALUE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """
    `name` is the facet, the filter and the URL parameter. `scheme` names the code list of its values, "" where they
    are ids. `label` is the message that pages translate; `help` stands in OpenAPI.
    """

    name: str
    scheme: str
    label: str
    help: str

    def values(self, given: Sequence[str]) -> tuple[str, ...]:
        """
        Values as the index holds them. A label or alias ("每年") counts as its notation; a word that nobody knows
        stays, and finds nothing.
        """
        cleaned = (value.strip()[:MAX_VALUE_CHARACTERS] for value in given[:MAX_VALUES])
        return tuple(dict.fromkeys(self._notation(value) for value in cleaned if value))

    def value_label(self, value: str, language: str) -> str:
        """The label of one value, the value itself where the scheme has none."""
        concept = codelists.scheme(self.scheme).get(value) if self.scheme else None
        return concept.label(language) if concept else value

    def openapi(self) -> dict[str, Any]:
        """The parameter as OpenAPI 3.1 describes it."""
        items: dict[str, Any] = {"type": "string", "maxLength": MAX_VALUE_CHARACTERS}
        if self.scheme:
            items["examples"] = [concept.notation for concept in codelists.scheme(self.scheme)][:3]
        return {
            "name": self.name,
            "in": "query",
            "description": f"{self.help} Repeat the parameter to accept any of several values.",
            "required": False,
            "explode": True,
            "schema": {"type": "array", "items": items, "maxItems": MAX_VALUES},
        }

    def _notation(self, value: str) -> str:
        if not self.scheme:
            return value
        scheme = codelists.scheme(self.scheme)
        concept = scheme.get(value) or scheme.find(value)
        return concept.notation if concept else value


FILTERS = (
    Filter("theme", "theme", "领域", "One of the 22 national domains, by notation or label."),
    Filter("publisher", "", "开放主体", "A publisher's id."),
    Filter("open_attribute", "open-attribute", "开放属性", "WTJ (open), YTJ (conditional) or BKF (not open)."),
    Filter("format", "format", "数据格式", "A file format, by notation or alias."),
    Filter("frequency", "frequency", "更新频率", "How often the data is updated, by notation or label."),
    Filter("district", "district", "行政区划", "A district, by its GB/T 2260 code or name."),
)
BY_NAME = {each.name: each for each in FILTERS}
