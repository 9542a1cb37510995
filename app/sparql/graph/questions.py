"""
What is asked of the public graph for a picture. Each question is bounded, however much hangs on a node. Pure.

Ties are left to the engine: to order some thousand of them by address takes longer than all else. Dates are ordered as
text, since days and moments can't be compared.
"""

from collections.abc import Sequence

from app.web.rdf import iri, literal
from vocab.namespaces import DCAT, DCT, FOAF, PROV, SCHEME, SKOS

MAX_RELATED = 12
MAX_BETWEEN = 12
_MAX_AGENTS = 20
"""Under which one publisher stands in the graph: each source may give it an address of its own."""
_FACTS = 200
"""Statements of a dataset's own that are read; names in several languages count each."""
_THEMES = f"{SCHEME}theme/"
_PREFIXES = (
    f"PREFIX dcat: <{DCAT}>\nPREFIX dct: <{DCT}>\nPREFIX foaf: <{FOAF}>\nPREFIX prov: <{PROV}>\nPREFIX skos: <{SKOS}>\n"
)

DIRECT = tuple(
    str(name)
    for name in (
        DCAT.inSeries, DCAT.servesDataset, DCAT.prev, DCT.relation, DCT.source, DCT.isVersionOf, DCT.hasVersion,
        DCT.replaces, DCT.isReplacedBy, DCT.references, DCT.isReferencedBy, DCT.isPartOf, DCT.hasPart, DCT.requires,
        PROV.wasDerivedFrom,
    )
)  # fmt: skip
"""Properties that lead from one entry to another."""
SHARED = (str(DCT.publisher), str(DCAT.theme), str(DCAT.keyword))
"""Properties whose values two datasets may have in common."""


def facts(dataset: str) -> str:
    """
    `?subject ?relation ?value` about the dataset, either way round, with a `?name` of what is at the other end and the
    `?code` of a publisher. Sources link their entries under their own addresses: ours derive from those.
    """
    known = " ".join(f"<{name}>" for name in (*SHARED, *DIRECT))
    links = " ".join(f"<{name}>" for name in DIRECT if name != str(PROV.wasDerivedFrom))
    return f"""{_PREFIXES}SELECT ?subject ?relation ?value ?name ?code WHERE {{
  {{
    VALUES ?relation {{ {known} }}
    BIND ({iri(dataset)} AS ?subject)
    {iri(dataset)} ?relation ?value .
    OPTIONAL {{ ?value ?naming ?name . FILTER (?naming IN (foaf:name, skos:prefLabel, dct:title)) }}
    OPTIONAL {{ ?value dct:identifier ?code . FILTER (?relation = dct:publisher) }}
  }} UNION {{
    VALUES ?relation {{ {links} }}
    BIND ({iri(dataset)} AS ?value)
    ?subject ?relation {iri(dataset)} ; dct:title ?name .
  }} UNION {{
    VALUES ?relation {{ {links} }}
    BIND ({iri(dataset)} AS ?subject)
    {iri(dataset)} ?relation ?source . ?value prov:wasDerivedFrom ?source ; dct:title ?name .
  }} UNION {{
    VALUES ?relation {{ {links} }}
    BIND ({iri(dataset)} AS ?value)
    {iri(dataset)} prov:wasDerivedFrom ?source . ?subject ?relation ?source ; dct:title ?name .
  }}
}}
LIMIT {_FACTS}"""


def related(dataset: str) -> str:
    """Other datasets (`?other`, `?title`), and each value (`?value` of `?relation`) that they share with this one."""
    this = iri(dataset)
    return f"""{_PREFIXES}SELECT ?other ?title ?relation ?value WHERE {{
  {{
    {{ SELECT ?other WHERE {{
      {this} dcat:keyword ?keyword . ?other dcat:keyword ?keyword . FILTER (?other != {this})
    }} GROUP BY ?other ORDER BY DESC(COUNT(?keyword)) LIMIT {MAX_RELATED + 1} }}
    UNION
    {{ SELECT ?other WHERE {{
      {this} dct:publisher ?publisher ; dcat:theme ?theme . FILTER (STRSTARTS(STR(?theme), "{_THEMES}"))
      ?other dct:publisher ?publisher ; dcat:theme ?theme . FILTER (?other != {this})
    }} GROUP BY ?other ORDER BY DESC(COUNT(?theme)) LIMIT {MAX_RELATED + 1} }}
  }}
  {this} ?relation ?value . FILTER (?relation IN (dct:publisher, dcat:theme, dcat:keyword))
  ?other ?relation ?value ; dct:title ?title .
}}"""


def agents(code: str) -> str:
    """The addresses (`?agent`) under which a publisher of this 统一社会信用代码 stands in the graph."""
    return f"{_PREFIXES}SELECT ?agent WHERE {{ ?agent dct:identifier {literal(code)} }} LIMIT {_MAX_AGENTS}"


def themes_of(publisher: Sequence[str]) -> str:
    """
    The themes (`?node`, `?name`) in which a publisher has most datasets, with how many (`?datasets`); the publisher by
    its addresses.
    """
    return f"""{_PREFIXES}SELECT ?node ?name ?datasets WHERE {{
  {{ SELECT ?node (COUNT(DISTINCT ?dataset) AS ?datasets) WHERE {{
    {_having("dct:publisher", publisher)} dcat:theme ?node . FILTER (STRSTARTS(STR(?node), "{_THEMES}"))
  }} GROUP BY ?node ORDER BY DESC(?datasets) LIMIT {MAX_BETWEEN + 1} }}
  OPTIONAL {{ ?node skos:prefLabel ?name }}
}}"""


def publishers_in(theme: str) -> str:
    """The publishers (`?node`, `?name`, `?code`) with most datasets in a theme, with how many (`?datasets`)."""
    return f"""{_PREFIXES}SELECT ?node ?name ?code ?datasets WHERE {{
  {{ SELECT ?node (COUNT(DISTINCT ?dataset) AS ?datasets) WHERE {{
    {_having("dcat:theme", [theme])} dct:publisher ?node .
  }} GROUP BY ?node ORDER BY DESC(?datasets) LIMIT {MAX_BETWEEN + 1} }}
  OPTIONAL {{ ?node foaf:name ?name }}
  OPTIONAL {{ ?node dct:identifier ?code }}
}}"""


def newest_of(publisher: Sequence[str]) -> str:
    """The datasets (`?dataset`, `?title`) of a publisher that changed last, each with its themes (`?node`)."""
    return _newest(_having("dct:publisher", publisher), "dcat:theme")


def newest_in(theme: str) -> str:
    """The datasets (`?dataset`, `?title`) in a theme that changed last, each with its publisher (`?node`)."""
    return _newest(_having("dcat:theme", [theme]), "dct:publisher")


def _newest(having: str, between: str) -> str:
    return f"""{_PREFIXES}SELECT ?dataset ?title ?node WHERE {{
  {{ SELECT ?dataset WHERE {{
    {having} dct:modified ?modified .
  }} ORDER BY DESC(STR(?modified)) LIMIT {MAX_RELATED + 1} }}
  ?dataset dct:title ?title .
  OPTIONAL {{ ?dataset {between} ?node . }}
}}"""


def _having(relation: str, values: Sequence[str]) -> str:
    """A `?dataset` with one of these values, to be continued with what else is said of it."""
    if len(values) == 1:
        return f"?dataset {relation} {iri(values[0])} ;"
    return f"VALUES ?one {{ {' '.join(map(iri, values))} }} ?dataset {relation} ?one ;"
