"""What is asked of the public graph for a picture. Each question is bounded, however much hangs on a node. Pure."""

from app.web.rdf import iri
from vocab.namespaces import DCAT, DCT, FOAF, PROV, SCHEME, SKOS

MAX_RELATED = 12
MAX_BETWEEN = 12
_FACTS = 200
"""Statements of a dataset's own that are read; names in several languages count each."""
_THEMES = f"{SCHEME}theme/"
_PREFIXES = f"PREFIX dcat: <{DCAT}>\nPREFIX dct: <{DCT}>\nPREFIX foaf: <{FOAF}>\nPREFIX skos: <{SKOS}>\n"

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
    """`?subject ?relation ?value` about the dataset, either way round, and a `?name` of what is at the other end."""
    known = " ".join(f"<{name}>" for name in (*SHARED, *DIRECT))
    links = " ".join(f"<{name}>" for name in DIRECT)
    return f"""{_PREFIXES}SELECT ?subject ?relation ?value ?name WHERE {{
  {{
    VALUES ?relation {{ {known} }}
    BIND ({iri(dataset)} AS ?subject)
    {iri(dataset)} ?relation ?value .
    OPTIONAL {{ ?value ?naming ?name . FILTER (?naming IN (foaf:name, skos:prefLabel, dct:title)) }}
  }} UNION {{
    VALUES ?relation {{ {links} }}
    BIND ({iri(dataset)} AS ?value)
    ?subject ?relation {iri(dataset)} ; dct:title ?name .
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
    }} GROUP BY ?other ORDER BY DESC(COUNT(?keyword)) ?other LIMIT {MAX_RELATED + 1} }}
    UNION
    {{ SELECT ?other WHERE {{
      {this} dct:publisher ?publisher ; dcat:theme ?theme . FILTER (STRSTARTS(STR(?theme), "{_THEMES}"))
      ?other dct:publisher ?publisher ; dcat:theme ?theme . FILTER (?other != {this})
    }} GROUP BY ?other ORDER BY DESC(COUNT(?theme)) ?other LIMIT {MAX_RELATED + 1} }}
  }}
  {this} ?relation ?value . FILTER (?relation IN (dct:publisher, dcat:theme, dcat:keyword))
  ?other ?relation ?value ; dct:title ?title .
}}"""


def themes_of(publisher: str) -> str:
    """The themes (`?node`, `?name`) in which a publisher has most datasets, with how many (`?datasets`)."""
    return f"""{_PREFIXES}SELECT ?node ?name ?datasets WHERE {{
  {{ SELECT ?node (COUNT(DISTINCT ?dataset) AS ?datasets) WHERE {{
    ?dataset dct:publisher {iri(publisher)} ; dcat:theme ?node . FILTER (STRSTARTS(STR(?node), "{_THEMES}"))
  }} GROUP BY ?node ORDER BY DESC(?datasets) ?node LIMIT {MAX_BETWEEN + 1} }}
  ?node skos:prefLabel ?name .
}}"""


def publishers_in(theme: str) -> str:
    """The publishers (`?node`, `?name`) with most datasets in a theme, with how many (`?datasets`)."""
    return f"""{_PREFIXES}SELECT ?node ?name ?datasets WHERE {{
  {{ SELECT ?node (COUNT(DISTINCT ?dataset) AS ?datasets) WHERE {{
    ?dataset dcat:theme {iri(theme)} ; dct:publisher ?node .
  }} GROUP BY ?node ORDER BY DESC(?datasets) ?node LIMIT {MAX_BETWEEN + 1} }}
  ?node foaf:name ?name .
}}"""


def newest(relation: str, value: str, between: str) -> str:
    """The datasets (`?dataset`, `?title`) changed last of those with this value, each with its values of `between`."""
    return f"""{_PREFIXES}SELECT ?dataset ?title ?node WHERE {{
  {{ SELECT ?dataset (MAX(STR(?modified)) AS ?changed) WHERE {{
    ?dataset {iri(relation)} {iri(value)} ; dct:modified ?modified .
  }} GROUP BY ?dataset ORDER BY DESC(?changed) ?dataset LIMIT {MAX_RELATED + 1} }}
  ?dataset dct:title ?title .
  OPTIONAL {{ ?dataset {iri(between)} ?node . }}
}}"""
