"""Call graphs in SVG."""

from xml.etree import ElementTree

from analyzer.program.reach import Edge, Reach
from analyzer.report.drawing import render_drawing

SVG = "{http://www.w3.org/2000/svg}"
GRAPH = Reach(
    ("open_it",),
    (("go_on", "mm/b.c"), ("open_it", "mm/a.c"), ("shut_it", "")),
    (
        Edge("go_on", "go_on", ""),
        Edge("go_on", "open_it", ""),
        Edge("open_it", "go_on", ""),
        Edge("open_it", "shut_it", "file_operations.release"),
    ),
)


def _texts(drawing: str) -> list[str]:
    root = ElementTree.fromstring(drawing)
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def test_a_drawing_names_functions_and_the_fields_that_they_are_called_through() -> None:
    drawing = render_drawing(GRAPH)
    assert _texts(drawing) == ["go_on", "open_it", "shut_it", "file_operations.release"]
    assert drawing.count("stroke-dasharray") == 1
    assert drawing.count('font-weight="bold"') == 1


def test_every_call_has_a_line_with_one_head() -> None:
    root = ElementTree.fromstring(render_drawing(GRAPH))
    lines, _boxes = root.findall(f"{SVG}g")
    assert [len(each.findall(f"{SVG}path")) for each in lines] == [2] * len(GRAPH.edges)


def test_a_call_back_has_its_head_at_the_caller_and_outside_of_its_box() -> None:
    edges = (Edge("a_start", "b", ""), Edge("b", "a_start", ""))
    root = ElementTree.fromstring(
        render_drawing(Reach(("a_start",), (("a_start", ""), ("b", "")), edges))
    )
    lines, boxes = root.findall(f"{SVG}g")
    outline = boxes[0][0]
    right = float(outline.get("x", 0)) + float(outline.get("width", 0))
    middle = float(outline.get("y", 0)) + 10
    assert lines[1][1].get("d") == f"M{right:.1f} {middle:.1f}l6 -3v6z"


def test_everything_is_within_the_drawing() -> None:
    root = ElementTree.fromstring(render_drawing(GRAPH))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= height


def test_a_drawing_needs_nothing_from_elsewhere() -> None:
    drawing = render_drawing(GRAPH)
    assert drawing.count("http") == 1  # The name of the format.
    assert not any(word in drawing for word in ("<script", "<style", "href", "url("))


def test_names_of_any_kind_are_text() -> None:
    name = '<script>"&\u202e\x1b'
    drawing = render_drawing(Reach((name,), ((name, "a<b.c"),), (Edge(name, name, ""),)))
    assert _texts(drawing) == ['<script>"&\ufffd\u241b']


def test_no_function_is_an_empty_drawing() -> None:
    assert _texts(render_drawing(Reach(("f",), (), ()))) == []
