"""Queries that people can start from; each answers on any catalogue of this portal."""

from dataclasses import dataclass

from app.web.language import gettext as _

_PREFIXES = {
    "csvw": "http://www.w3.org/ns/csvw#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    title: str
    query: str


def _query(prefixes: str, body: str) -> str:
    return "".join(f"PREFIX {name}: <{_PREFIXES[name]}>\n" for name in prefixes.split()) + body.strip() + "\n"


_QUERIES = {
    "newest": _query("dcat dct", """
SELECT ?dataset ?title ?modified WHERE {
  ?dataset a dcat:Dataset ; dct:title ?title ; dct:modified ?modified .
}
ORDER BY DESC(?modified)
LIMIT 20
"""),
    "publishers": _query("dcat dct foaf", """
SELECT ?name (COUNT(DISTINCT ?dataset) AS ?datasets) WHERE {
  ?dataset a dcat:Dataset ; dct:publisher ?publisher .
  ?publisher foaf:name ?name .
}
GROUP BY ?name
ORDER BY DESC(?datasets)
LIMIT 50
"""),
    "themes": _query("dcat skos", """
SELECT ?theme ?label (COUNT(?dataset) AS ?datasets) WHERE {
  ?dataset dcat:theme ?theme .
  ?theme skos:inScheme <https://w3id.org/suishu/scheme/theme> ; skos:prefLabel ?label .
  FILTER (LANGMATCHES(LANG(?label), "zh-Hans"))
}
GROUP BY ?theme ?label
ORDER BY DESC(?datasets)
"""),
    "open-attributes": _query("dcat dct", """
SELECT ?accessRights (COUNT(?dataset) AS ?datasets) WHERE {
  ?dataset a dcat:Dataset ; dct:accessRights ?accessRights .
}
GROUP BY ?accessRights
"""),
    "items": _query("csvw dct", """
SELECT ?dataset ?title ?item WHERE {
  ?dataset dct:title ?title ; csvw:tableSchema/csvw:column/csvw:title ?item .
  FILTER (CONTAINS(?item, "地址"))
}
LIMIT 50
"""),
    "one": _query("dcat", """
DESCRIBE ?dataset WHERE { ?dataset a dcat:Dataset } LIMIT 1
"""),
}  # fmt: skip


def examples() -> list[Example]:
    """With titles in the reader's language."""
    titles = {
        "newest": _("最近更新的二十个数据集"),
        "publishers": _("各开放主体的数据集数量"),
        "themes": _("各领域的数据集数量"),
        "open-attributes": _("各开放属性的数据集数量"),
        "items": _("数据项名称含“地址”的数据集"),
        "one": _("一个数据集的全部陈述（RDF）"),
    }
    return [Example(name, titles[name], query) for name, query in _QUERIES.items()]


def example_query(name: str) -> str:
    """ "" when there is none of that name."""
    return _QUERIES.get(name, "")
