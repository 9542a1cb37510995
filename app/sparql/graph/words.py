"""How the data graph says its nodes and relations, in the reader's language, and where its nodes lead."""

from app.sparql.graph.neighbours import KEYWORD, PUBLISHER, THEME, Kind, Neighbourhood, Node
from app.sparql.void import short
from app.web.labels import plain
from app.web.language import gettext as _
from app.web.language import pgettext
from app.web.links import address
from harvest.record import publisher_id
from vocab import codelists
from vocab.namespaces import DCAT, DCT, PROV


def kind(of: Kind) -> str:
    return {
        Kind.DATASET: pgettext("one", "数据集"),
        Kind.PUBLISHER: _("开放主体"),
        Kind.THEME: _("领域"),
        Kind.KEYWORD: _("关键词"),
    }[of]


def relation(iri: str) -> str:
    words = {
        PUBLISHER: _("开放主体"),
        THEME: _("领域"),
        KEYWORD: _("关键词"),
        str(DCAT.inSeries): _("所属系列"),
        str(DCAT.servesDataset): _("提供数据集"),
        str(DCAT.prev): _("上一期"),
        str(DCT.relation): _("相关"),
        str(DCT.source): _("来源"),
        str(DCT.isVersionOf): _("是其版本"),
        str(DCT.hasVersion): _("有版本"),
        str(DCT.replaces): _("取代"),
        str(DCT.isReplacedBy): _("被取代"),
        str(DCT.references): _("引用"),
        str(DCT.isReferencedBy): _("被引用"),
        str(DCT.isPartOf): _("属于"),
        str(DCT.hasPart): _("包含"),
        str(DCT.requires): _("依赖"),
        str(PROV.wasDerivedFrom): _("派生自"),
    }
    return words.get(iri, short(iri))


def reason(iri: str, nodes: list[Node]) -> str:
    """Why a dataset is related: what it has in common with the one in question, or how it is linked with it."""
    names = _("、").join(name(node) for node in nodes)
    if iri == PUBLISHER:
        return _("同一开放主体：%(names)s") % {"names": names}
    if iri == THEME:
        return _("同一领域：%(names)s") % {"names": names}
    if iri == KEYWORD:
        return _("共同关键词：%(names)s") % {"names": names}
    return _("直接关联：%(relation)s") % {"relation": relation(iri)}


def name(node: Node) -> str:
    return plain(node.names) or node.key


def reasons(graph: Neighbourhood, dataset: str) -> list[str]:
    return [reason(iri, nodes) for iri, nodes in graph.reasons(dataset)]


def page_of(node: Node, base_url: str) -> str:
    """The address of a node's page under the portal's root, "" for what has none."""
    if node.kind is Kind.KEYWORD:
        return address("/dataset", [("q", node.key)])
    if node.kind is Kind.THEME:
        code = node.key.rpartition("/")[2]
        return address(f"/theme/{code}") if codelists.scheme("theme").get(code) else ""
    if node.key.startswith(f"{base_url}/{node.kind.value}/"):
        return address(node.key.removeprefix(base_url))
    if node.kind is Kind.PUBLISHER and ":" in node.key:  # under its own address; a mere name leads nowhere
        return f"/publisher/{publisher_id('', uscc=node.code, iri=node.key)}"
    return ""


def graph_of(node: Node, base_url: str) -> str:
    """The address of the graph around a node; of a keyword, which has none, the search for it."""
    page = page_of(node, base_url)
    return f"{page}/graph" if page and node.kind is not Kind.KEYWORD else page
