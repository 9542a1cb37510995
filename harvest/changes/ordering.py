"""
Canonical labels for the blank nodes of one record, within a fixed budget of work.

RDFC-1.0 has no limit on its work: a clique of nine blank nodes keeps it busy for half a minute. The labels here
need not agree with RDFC-1.0; they are compared only with themselves.

1. A node's *content* is the hash of what it says, nodes below it included (bottom-up; nodes in cycles by rounds).
   Where all contents differ, they are the labels: nothing about the record as a whole enters a node's name.
2. Nodes of equal content are told apart by what points at them: colour refinement over their component.
3. What still ties in a component without cycles is interchangeable (refinement finds the orbits of trees), so any
   order gives the same lines. In a component with cycles every choice is tried and the least result kept.
4. All of it is paid from the budget; over it the record is refused in words.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from harvest.errors import TooComplex

BUDGET_STEPS = 200_000
"""Statement visits that one record may cost; a plain record costs about 30."""
MAX_STATEMENTS = 50_000
"""Statements with a blank node in one record."""
MAX_ROUNDS = 32
DATASET_LABEL = b"_:dataset"
"""Label of the dataset's own node in the canonical form where it is blank."""
_FEW_STATEMENTS = 2_000
"""Up to so many, naming by content can't cost the budget."""
_BLANK = ord("_")


def canonical_labels(triples: Sequence[tuple[bytes, ...]], dataset: bytes) -> dict[bytes, bytes]:
    """
    Label -> canonical label, for the blank nodes of these statements. `dataset` is a fixed point, blank or not.

    Nodes that nothing tells apart get ordinals, so that twins don't merge. Raises TooComplex.
    """
    if len(triples) > MAX_STATEMENTS:
        raise _too_complex(f"超过 {MAX_STATEMENTS:,} 条语句", f"more than {MAX_STATEMENTS:,} statements")
    if len(triples) <= _FEW_STATEMENTS and (labels := _by_content(triples, dataset)) is not None:
        return labels
    return _Ordering(triples, dataset).labels()


def _by_content(triples: Sequence[tuple[bytes, ...]], dataset: bytes) -> dict[bytes, bytes] | None:
    """The labels of step 1 alone, which nearly every record needs; None where nodes tie or stand in a cycle."""
    says: dict[bytes, list[bytes]] = {}
    above: dict[bytes, list[tuple[bytes, bytes]]] = {}
    waiting: dict[bytes, int] = {}
    for s, p, o in triples:
        if o[0] == _BLANK and o != dataset:
            if o not in says:
                says[o] = []
            if s[0] != _BLANK or s == dataset:
                continue
            if o != s:
                above.setdefault(o, []).append((p, s))
                waiting[s] = waiting.get(s, 0) + 1
                said = b""
            else:
                said = p
        elif s[0] != _BLANK or s == dataset:
            continue
        else:
            said = p + (b"." if o == dataset else o)
        if s not in says:
            says[s] = [said] if said else []
        elif said:
            says[s].append(said)
    ready = [node for node in says if node not in waiting]
    contents: dict[bytes, str] = {}
    for node in ready:  # grows while it is walked
        content = hashlib.sha256(b"\n".join(sorted(says[node])))
        contents[node] = content.hexdigest()
        for p, s in above.get(node, ()):
            says[s].append(p + b" " + content.digest())
            waiting[s] -= 1
            if not waiting[s]:
                ready.append(s)
    if len(set(contents.values())) < len(says):
        return None
    labels = {node: b"_:b" + content[:20].encode() for node, content in contents.items()}
    if dataset.startswith(b"_:"):
        labels[dataset] = DATASET_LABEL
    return labels


def _too_complex(how_zh: str, how_en: str) -> TooComplex:
    return TooComplex(
        f"记录中的空白节点过于复杂（{how_zh}），无法判断是否有变化。请给这些节点命名（使用 IRI）。",
        f"The record's blank nodes are too intricate ({how_en}) to tell whether it changed. Give these nodes IRIs.",
    )


class _Node:
    """A blank node with its statements; `edges` maps a neighbour to how the two are joined, both directions."""

    __slots__ = ("above", "colour", "content", "edges", "label", "out", "says")

    def __init__(self, label: bytes) -> None:
        self.label = label
        self.says: list[bytes] = []
        self.above: list[bytes] = []
        self.out: list[tuple[bytes, _Node]] = []
        self.edges: dict[_Node, list[bytes]] = {}
        self.content = b""
        self.colour = b""


def _digest(parts: list[bytes]) -> bytes:
    return hashlib.sha256(b"\n".join(parts)).digest()


class _Ordering:
    """Finds canonical labels for the blank nodes of one record, within the budget."""

    def __init__(self, triples: Sequence[tuple[bytes, ...]], dataset: bytes) -> None:
        self.left = BUDGET_STEPS
        self.dataset = dataset if dataset.startswith(b"_:") else b""
        nodes: dict[bytes, _Node] = {}
        for s, p, o in triples:
            if s == dataset:
                s = b"."
            if o == dataset:
                o = b"."
            if s[0] == _BLANK:
                a = nodes.get(s) or nodes.setdefault(s, _Node(s))
                if o[0] != _BLANK:
                    a.says.append(p + o)
                elif o == s:
                    a.says.append(p)
                else:
                    b = nodes.get(o) or nodes.setdefault(o, _Node(o))
                    a.out.append((p, b))
                    a.edges.setdefault(b, []).append(b">" + p)
                    b.edges.setdefault(a, []).append(b"<" + p)
            elif o[0] == _BLANK:
                b = nodes.get(o) or nodes.setdefault(o, _Node(o))
                b.above.append(s + p)
        self.nodes = list(nodes.values())

    def labels(self) -> dict[bytes, bytes]:
        """Old label -> canonical label."""
        self._contents()
        groups: dict[bytes, list[_Node]] = defaultdict(list)
        for node in self.nodes:
            groups[node.content].append(node)
        labels = {self.dataset: DATASET_LABEL} if self.dataset else {}
        if len(groups) < len(self.nodes):
            self._break_ties(groups)
        for content, group in groups.items():
            name = b"_:b" + content.hex()[:20].encode()
            for ordinal, node in enumerate(group, 1):
                labels[node.label] = name if ordinal == 1 else b"%s-%d" % (name, ordinal)
        return labels

    def _spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            many = len(self.nodes)
            raise _too_complex(f"{many} 个节点互相引用", f"{many} nodes refer to each other")

    def _contents(self) -> None:
        """Sets `content` of each node from what it says and the contents below it."""
        waiting = {node: len(node.out) for node in self.nodes if node.out}
        ready = [node for node in self.nodes if not node.out]
        while ready:
            node = ready.pop()
            self._spend(2 + len(node.says) + len(node.edges))
            node.content = _digest(sorted(node.says + [p + b" " + below.content for p, below in node.out]))
            if waiting:
                for above, joins in node.edges.items():
                    if above in waiting:
                        waiting[above] -= sum(join[0] == 60 for join in joins)  # "<"
                        if not waiting[above]:
                            del waiting[above]
                            ready.append(above)
        if waiting:
            self._contents_of_cycles(list(waiting))

    def _contents_of_cycles(self, nodes: list[_Node]) -> None:
        for node in nodes:
            node.content = _digest(sorted(node.says))
        classes = 0
        for _ in range(MAX_ROUNDS):
            self._spend(sum(2 + len(node.out) for node in nodes))
            new = [_digest([node.content, *sorted(p + b" " + b.content for p, b in node.out)]) for node in nodes]
            for node, content in zip(nodes, new, strict=True):
                node.content = content
            if len(set(new)) == classes:
                return
            classes = len(set(new))

    # Ties

    def _break_ties(self, groups: dict[bytes, list[_Node]]) -> None:
        """Sorts every group of equal content canonically."""
        tied = {node for group in groups.values() if len(group) > 1 for node in group}
        order: dict[_Node, tuple[bytes, int, int]] = {}
        for number, component in enumerate(self._components()):
            if tied.isdisjoint(component):
                continue
            for node in component:
                node.colour = _digest([node.content, *sorted(node.above)])
            form, ordered = self._ordered(component)
            for place, node in enumerate(ordered):
                order[node] = (form, number, place)  # equal forms are interchangeable, but only as wholes
        for group in groups.values():
            if len(group) > 1:
                group.sort(key=order.__getitem__)

    def _components(self) -> list[list[_Node]]:
        found: list[list[_Node]] = []
        seen: set[_Node] = set()
        for start in self.nodes:
            if start in seen:
                continue
            seen.add(start)
            component = [start]
            for node in component:  # grows while it is walked
                for other in node.edges:
                    if other not in seen:
                        seen.add(other)
                        component.append(other)
            found.append(component)
        return found

    def _ordered(self, component: list[_Node]) -> tuple[bytes, list[_Node]]:
        """Canonical text of a component, and its nodes in canonical order."""
        tree = sum(len(node.edges) for node in component) == 2 * (len(component) - 1)
        while True:
            self._refine(component)
            classes: dict[bytes, list[_Node]] = defaultdict(list)
            for node in component:
                classes[node.colour].append(node)
            tie = min((c for c, members in classes.items() if len(members) > 1), default=None)
            if tie is None:
                return self._form(component)
            if self._split_twins(classes):
                continue
            if not tree:
                return self._least(component, classes[tie])
            classes[tie][0].colour = _digest([tie, b"chosen"])

    def _refine(self, component: list[_Node]) -> None:
        """Colours each node by its neighbours' colours until no class splits any more."""
        joins = {node: [(b" ".join(sorted(how)), b) for b, how in node.edges.items()] for node in component}
        cost = sum(2 + len(node.edges) for node in component)
        classes = len({node.colour for node in component})
        while classes < len(component):
            self._spend(cost)
            new = [_digest([node.colour, *sorted(how + b.colour for how, b in joins[node])]) for node in component]
            for node, colour in zip(component, new, strict=True):
                node.colour = colour
            found = len(set(new))
            if found == classes:
                return
            classes = found

    def _split_twins(self, classes: Mapping[bytes, list[_Node]]) -> bool:
        """Gives ordinals to nodes of one colour with the very same neighbours: exchanging them changes nothing."""
        split = False
        for colour, members in classes.items():
            if len(members) < 2:
                continue
            twins: dict[frozenset[tuple[int, bytes]], list[_Node]] = defaultdict(list)
            for node in members:
                self._spend(1 + len(node.edges))
                twins[frozenset((id(b), b" ".join(sorted(how))) for b, how in node.edges.items())].append(node)
            for same in twins.values():
                for ordinal, node in enumerate(same[1:], 1):
                    node.colour = _digest([colour, b"twin %d" % ordinal])
                    split = True
        return split

    def _least(self, component: list[_Node], tie: list[_Node]) -> tuple[bytes, list[_Node]]:
        """Tries every member of the tie as the first one; the least text wins. The budget bounds the search."""
        before = [node.colour for node in component]
        best: tuple[bytes, list[_Node]] | None = None
        for chosen in tie:
            for node, colour in zip(component, before, strict=True):
                node.colour = colour
            chosen.colour = _digest([chosen.colour, b"chosen"])
            found = self._ordered(component)
            if best is None or found[0] < best[0]:
                best = found
        assert best is not None  # noqa: S101  (a tie has members)
        return best

    def _form(self, component: list[_Node]) -> tuple[bytes, list[_Node]]:
        ordered = sorted(component, key=lambda node: node.colour)
        place = {node: b"%d" % i for i, node in enumerate(ordered)}
        self._spend(sum(1 + len(node.out) for node in ordered))
        rows = [b"%s %s %s" % (place[n], node_above, b"^") for n in ordered for node_above in sorted(n.above)]
        rows += [place[n] + b" " + n.content for n in ordered]
        rows += sorted(b"%s %s %s" % (place[n], p, place[b]) for n in ordered for p, b in n.out)
        return b"\n".join(rows), ordered
