"""Where the nodes of a data graph lie, and the lines between them: three columns, read from left to right. Pure."""

import unicodedata
from dataclasses import dataclass, field

from app.sparql.graph.neighbours import Neighbourhood, Node

_GAP = 12.0
_PAD = 8.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Of a picture, in units of its drawing: columns of `width` with `between` them, text of `size`."""

    width: float
    between: float
    size: float
    lines: int

    @property
    def line(self) -> float:
        return self.size * 1.4

    @property
    def letters(self) -> float:
        """Chinese characters that fit beside each other."""
        return (self.width - 2 * _PAD) / self.size

    @property
    def across(self) -> float:
        return 3 * self.width + 2 * self.between


WIDE = Measure(width=290, between=115, size=15, lines=2)
NARROW = Measure(width=104, between=24, size=12, lines=4)


@dataclass(frozen=True, slots=True)
class Box:
    """A node where it is drawn; `label` is its kind in words, `lines` its name, cut where it is too long."""

    node: Node
    name: str
    label: str
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    text: tuple[float, ...] = ()
    """The baselines of the kind and of the lines of the name."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`path` is the line as SVG draws it, from the box of one key to that of another."""

    first: str
    second: str
    relation: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    measure: Measure
    height: float
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...] = field(default=())


def picture(graph: Neighbourhood, words: dict[str, tuple[str, str]], measure: Measure) -> Picture:
    """`words` gives each node's name and kind in the reader's language by its key."""
    columns = [[graph.centre], graph.between, _beside(graph)]
    sized = [[(node, *_sized(*words[node.key], measure)) for node in column] for column in columns]
    heights = [sum(height for *_, height in column) + _GAP * max(0, len(column) - 1) for column in sized]
    total = max(heights) + 8
    boxes: dict[str, Box] = {}
    for number, column in enumerate(sized):
        x = number * (measure.width + measure.between)
        y = (total - heights[number]) / 2
        for node, lines, height in column:
            name, label = words[node.key]
            baselines = tuple(round(y + _PAD + measure.line * (row + 0.8), 1) for row in range(len(lines) + 1))
            boxes[node.key] = Box(node, name, label, lines, x, round(y, 1), measure.width, round(height, 1), baselines)
            y += height + _GAP
    return Picture(measure, round(total, 1), tuple(boxes.values()), tuple(_edges(graph, boxes)))


def _beside(graph: Neighbourhood) -> list[Node]:
    """The datasets near what connects them, so that fewer lines cross; the keyboard goes through them in this order."""
    place = {node.key: number for number, node in enumerate(graph.between)}

    def middle(node: Node) -> float:
        found = [place[each.value] for each in graph.statements if each.subject == node.key and each.value in place]
        return sum(found) / len(found) if found else -1.0

    return sorted(graph.datasets, key=middle)


def _edges(graph: Neighbourhood, boxes: dict[str, Box]) -> list[Edge]:
    """A line for each statement; of a dataset's own values from the centre to them."""
    centre = graph.centre.key
    pairs = {(each.subject, each.value): each.relation for each in graph.statements}
    pairs |= {(centre, node.key): "" for node in graph.between if node.count}
    reached = {each.subject for each in graph.statements if each.value in boxes and each.value != centre}
    edges = []
    for (subject, value), relation in pairs.items():
        if value == centre and not _worth_a_line(graph, subject, reached):
            continue
        first, second = sorted((boxes[subject], boxes[value]), key=lambda box: box.x)
        edges.append(Edge(first.node.key, second.node.key, relation, _curve(first, second)))
    return edges


def _worth_a_line(graph: Neighbourhood, subject: str, reached: set[str]) -> bool:
    """Where a publisher's dataset is reached by way of a theme, a second line past it would only be in the way."""
    return not any(node.count for node in graph.between) or subject not in reached


def _curve(first: Box, second: Box) -> str:
    x1, y1 = first.x + first.width, first.y + first.height / 2
    x2, y2 = second.x, second.y + second.height / 2
    middle = (x1 + x2) / 2
    return f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"


def _sized(name: str, label: str, measure: Measure) -> tuple[tuple[str, ...], float]:
    lines = wrapped(name, measure.letters, measure.lines)
    return lines, 2 * _PAD + measure.line * (len(lines) + 1)


def wrapped(text: str, letters: float, most: int) -> tuple[str, ...]:
    """Lines of at most so many Chinese characters' width; what does not fit is cut, with a sign."""
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        end = _fitting(rest, letters)
        if end < len(rest):
            if len(lines) == most - 1:
                end = _fitting(rest, letters - 1)
                lines.append(rest[:end].rstrip() + "…")
                return tuple(lines)
            # A word of Latin letters, or a number, goes to the next line whole, unless it fills one by itself.
            start = end
            while start > 0 and _in_word(rest[start - 1]) and _in_word(rest[end]):
                start -= 1
            end = start or end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return tuple(lines)


def _in_word(letter: str) -> bool:
    return letter.isascii() and not letter.isspace()


def _fitting(text: str, letters: float) -> int:
    used = 0.0
    for position, letter in enumerate(text):
        used += 1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.62 if letter.isupper() else 0.56
        if used > letters:
            return max(1, position)
    return len(text)
