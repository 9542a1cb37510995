"""What a node is connected to, as the answers of the public graph tell it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.sparql.graph.questions import DIRECT, MAX_BETWEEN, MAX_RELATED
from vocab.namespaces import DCAT, DCT, SCHEME

PUBLISHER, THEME, KEYWORD, SERIES = str(DCT.publisher), str(DCAT.theme), str(DCAT.keyword), str(DCAT.inSeries)
_THEMES = f"{SCHEME}theme/"
_DIRECT_WEIGHT, _KEYWORD_WEIGHT = 100, 3
_MAX_KEYWORDS = 6
"""Of a dataset's keywords, those drawn; shared ones first."""

Row = Mapping[str, tuple[str, str]]
"""A solution: variable -> (text of the term, its language)."""


class Kind(StrEnum):
    DATASET = "dataset"
    PUBLISHER = "publisher"
    THEME = "theme"
    KEYWORD = "keyword"


@dataclass(slots=True)
class Node:
    """
    `key` is the IRI, of a keyword its text. `names` map language tags to names. `count` is of datasets, 0 unsaid.
    `code` is a publisher's 统一社会信用代码, where its source gives one.
    """

    key: str
    kind: Kind
    names: dict[str, str] = field(default_factory=dict)
    count: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Of the public graph; `subject` and `value` are keys of nodes."""

    subject: str
    relation: str
    value: str


@dataclass(slots=True)
class Neighbourhood:
    """
    The node in the middle of attention, what lies `between` it and other datasets, and those datasets, the closest
    first. `more_between` and `more_datasets` say that there are others that are not shown.
    """

    centre: Node
    between: list[Node] = field(default_factory=list)
    datasets: list[Node] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    more_between: bool = False
    more_datasets: bool = False

    @property
    def nodes(self) -> dict[str, Node]:
        return {node.key: node for node in (self.centre, *self.between, *self.datasets)}

    def without(self, keys: Iterable[str]) -> "Neighbourhood":
        """The same without these datasets and what is said of them."""
        gone = set(keys)
        return Neighbourhood(
            self.centre,
            self.between,
            [node for node in self.datasets if node.key not in gone],
            [each for each in self.statements if each.subject not in gone and each.value not in gone],
            self.more_between,
            self.more_datasets,
        )

    def reasons(self, dataset: str) -> list[tuple[str, list[Node]]]:
        """Why a dataset is shown: each relation with what is shared; with nothing, and first, where it is direct."""
        nodes = self.nodes
        found: dict[str, list[Node]] = {}
        for each in self.statements:
            if {each.subject, each.value} == {dataset, self.centre.key}:
                found.setdefault(each.relation, [])
            elif each.subject == dataset and each.value in nodes:
                found.setdefault(each.relation, []).append(nodes[each.value])
        order = {KEYWORD: 1, PUBLISHER: 2, THEME: 3}
        return sorted(found.items(), key=lambda item: order.get(item[0], 0))

    def said(self) -> list[tuple[Node, str, list[Node]]]:
        """The statements, those that share subject and relation together."""
        nodes = self.nodes
        found: dict[tuple[str, str], list[Node]] = {}
        for each in self.statements:
            found.setdefault((each.subject, each.relation), []).append(nodes[each.value])
        return [(nodes[subject], relation, values) for (subject, relation), values in found.items()]


def of_dataset(centre: Node, facts: Sequence[Row], related: Sequence[Row]) -> Neighbourhood:
    """From the answers to `questions.facts` and `questions.related`."""
    nodes: dict[str, Node] = {}
    own: list[Statement] = []
    for row in facts:
        subject, relation, value = (row[name][0] for name in ("subject", "relation", "value"))
        other = value if subject == centre.key else subject
        kind = _kind(relation, other)
        if kind is None or other == centre.key or (kind is Kind.DATASET and "name" not in row):
            continue
        node = nodes.setdefault(other, Node(other, kind, code=row.get("code", ("", ""))[0]))
        _name(node, row.get("name", (other, "")))
        own.append(Statement(subject, relation, value))
    shared: dict[str, dict[Statement, int]] = {}
    for row in related:
        other, relation, value = (row[name][0] for name in ("other", "relation", "value"))
        _name(nodes.setdefault(other, Node(other, Kind.DATASET)), row["title"])
        if value in nodes:
            weight = _KEYWORD_WEIGHT if relation == KEYWORD else 1
            shared.setdefault(other, {})[Statement(other, relation, value)] = weight
    direct = {key for key, node in nodes.items() if node.kind is Kind.DATASET and key not in shared}
    direct |= {key for each in own for key in (each.subject, each.value) if key in shared}
    score = {key: sum(statements.values()) for key, statements in shared.items()}
    score |= {key: score.get(key, 0) + _DIRECT_WEIGHT for key in direct}
    order = sorted(score, key=lambda key: (-score[key], key))
    kept = order[:MAX_RELATED]
    said = [each for key in kept for each in shared.get(key, ())]
    between = _between(nodes, own, said)
    drawn = {centre.key, *kept, *(node.key for node in between)}
    statements = [each for each in dict.fromkeys((*own, *said)) if {each.subject, each.value} <= drawn]
    return Neighbourhood(
        centre, between, [nodes[key] for key in kept], statements,
        more_between=len(between) < sum(node.kind is not Kind.DATASET for node in nodes.values()),
        more_datasets=len(order) > MAX_RELATED,
    )  # fmt: skip


def of_hub(centre: Node, between: Kind, counts: Sequence[Row], newest: Sequence[Row]) -> Neighbourhood:
    """A publisher with its themes or a theme with its publishers, from `themes_of` or `publishers_in` and `newest`."""
    relation, own = (THEME, PUBLISHER) if between is Kind.THEME else (PUBLISHER, THEME)
    middle: dict[str, Node] = {}
    for row in counts:
        key, count, code = row["node"][0], int(row["datasets"][0]), row.get("code", ("", ""))[0]
        node = middle.setdefault(key, Node(key, between, count=count, code=code))
        _name(node, row.get("name", (key, "")))
    shown = sorted(middle.values(), key=lambda node: (-node.count, node.key))[:MAX_BETWEEN]
    keys = {node.key for node in shown}
    datasets: dict[str, Node] = {}
    statements: list[Statement] = []
    for row in newest:
        key = row["dataset"][0]
        if key not in datasets:
            if len(datasets) == MAX_RELATED:
                continue
            statements.append(Statement(key, own, centre.key))
        _name(datasets.setdefault(key, Node(key, Kind.DATASET)), row["title"])
        if "node" in row and row["node"][0] in keys:
            statements.append(Statement(key, relation, row["node"][0]))
    return Neighbourhood(
        centre, shown, list(datasets.values()), list(dict.fromkeys(statements)),
        more_between=len(middle) > MAX_BETWEEN,
        more_datasets=len({row["dataset"][0] for row in newest}) > MAX_RELATED,
    )  # fmt: skip


def _kind(relation: str, other: str) -> Kind | None:
    if relation == PUBLISHER:
        return Kind.PUBLISHER
    if relation == THEME:
        return Kind.THEME if other.startswith(_THEMES) else None
    if relation == KEYWORD:
        return Kind.KEYWORD
    return Kind.DATASET if relation in DIRECT else None


def _name(node: Node, name: tuple[str, str]) -> None:
    text, tag = name
    node.names.setdefault(tag or "zh-Hans", text)


def _between(nodes: Mapping[str, Node], own: Sequence[Statement], said: Sequence[Statement]) -> list[Node]:
    """Publisher, themes, then the keywords that connect most."""
    used = {key: sum(each.value == key for each in said) for key in nodes}
    keys = dict.fromkeys(each.value for each in own)
    found = {kind: [nodes[key] for key in keys if key in nodes and nodes[key].kind is kind] for kind in Kind}
    keywords = sorted(found[Kind.KEYWORD], key=lambda node: -used[node.key])[:_MAX_KEYWORDS]
    return [*found[Kind.PUBLISHER], *found[Kind.THEME][:MAX_BETWEEN], *keywords]
