"""What the endpoint says of itself: https://www.w3.org/TR/sparql11-service-description/"""

from app.web.rdf import iri, literal
from vocab.namespaces import DCT, RDF, RDFS, VOID, XSD

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip


def description(base_url: str, row_limit: int, time_limit_s: float) -> bytes:
    """As N-Triples, without the figures of the graph: those are `app.sparql.void`'s."""
    endpoint = f"{base_url}/sparql"
    service, dataset, graph = (iri(f"{endpoint}#{part}") for part in ("service", "dataset", "graph"))
    limits_zh = f"只读；每次查询最多 {time_limit_s:g} 秒、{row_limit} 行；不支持 SERVICE 和更新。"
    limits_en = f"Read only; a query may take {time_limit_s:g} s and give {row_limit} rows; no SERVICE, no update."
    statements = [
        (service, RDF + "type", iri(_SD + "Service")),
        (service, _SD + "endpoint", iri(endpoint)),
        (service, _SD + "supportedLanguage", iri(_SD + "SPARQL11Query")),
        *((service, _SD + "resultFormat", iri(_FORMATS + name)) for name in _RESULT_FORMATS),
        (service, _SD + "feature", iri(_SD + "EmptyGraphs")),
        (service, RDFS + "comment", literal(limits_zh, "zh-Hans")),
        (service, RDFS + "comment", literal(limits_en, "en")),
        (service, _SD + "defaultDataset", dataset),
        (dataset, RDF + "type", iri(_SD + "Dataset")),
        (dataset, _SD + "defaultGraph", graph),
        (graph, RDF + "type", iri(_SD + "Graph")),
        (graph, DCT + "title", literal("所有数据集图的并集", "zh-Hans")),
        (graph, DCT + "title", literal("The union of the graphs of all datasets", "en")),
        (dataset, RDFS + "comment", literal("每个数据集一个命名图，图名即数据集的 URI。", "zh-Hans")),
        (dataset, RDFS + "comment", literal("A named graph a dataset, named by the dataset's URI.", "en")),
        (dataset, VOID + "uriSpace", literal(f"{base_url}/dataset/", datatype=str(XSD.string))),
    ]
    return "".join(f"{subject} {iri(str(predicate))} {value} .\n" for subject, predicate, value in statements).encode()
