"""How a data graph is laid out, and how names are broken into lines."""

import pytest

from app.sparql.graph.neighbours import Kind, Neighbourhood, Node, Statement
from app.sparql.graph.picture import NARROW, WIDE, Measure, picture, wrapped

THEME = "http://www.w3.org/ns/dcat#theme"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("公交", ("公交",)),
        ("广州市公交线路站点信息", ("广州市公交线路站", "点信息")),
        ("第2024号", ("第2024号",)),
        ("公交线路站点第2024号", ("公交线路站点第", "2024号")),
        ("Bus routes and stops", ("Bus routes and", "stops")),
        ("长" * 100, ("长" * 8, "长" * 7 + "…")),
        ("a" * 100, ("a" * 14, "a" * 12 + "…")),
        ("", ()),
        ("  两  处\n空白 ", ("两 处 空白",)),
    ],
)
def test_names_are_broken_where_people_break_them_and_cut_with_a_sign(text: str, lines: tuple[str, ...]) -> None:
    assert wrapped(text, 8, 2) == lines


def _graph(between: int, datasets: int) -> Neighbourhood:
    middle = [Node(f"t{n}", Kind.THEME) for n in range(between)]
    others = [Node(f"d{n}", Kind.DATASET) for n in range(datasets)]
    own = [Statement("c", THEME, node.key) for node in middle]
    shared = [Statement(node.key, THEME, f"t{n % between}") for n, node in enumerate(others)] if between else []
    return Neighbourhood(Node("c", Kind.DATASET), middle, others, own + shared)


@pytest.mark.parametrize("measure", [WIDE, NARROW])
@pytest.mark.parametrize(("between", "datasets"), [(1, 0), (3, 12), (12, 1)])
def test_no_box_covers_another_and_all_are_inside(measure: Measure, between: int, datasets: int) -> None:
    graph = _graph(between, datasets)
    drawn = picture(graph, {key: (f"数据集名称很长很长很长很长{key}", "数据集") for key in graph.nodes}, measure)
    assert len(drawn.boxes) == 1 + between + datasets
    for number, box in enumerate(drawn.boxes):
        assert box.x >= 0
        assert box.x + box.width <= measure.across
        assert box.y >= 0
        assert box.y + box.height <= drawn.height
        assert max(box.text) < box.y + box.height
        for other in drawn.boxes[:number]:
            assert box.x != other.x or box.y >= other.y + other.height
    assert len(drawn.edges) == between + datasets


def test_datasets_lie_beside_what_connects_them() -> None:
    graph = _graph(2, 4)
    drawn = picture(graph, {key: (key, "") for key in graph.nodes}, WIDE)
    assert [box.node.key for box in drawn.boxes if box.node.key.startswith("d")] == ["d0", "d2", "d1", "d3"]
