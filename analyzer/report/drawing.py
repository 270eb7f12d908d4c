"""A call graph as a drawing in SVG: callers on the left, callees on the right."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree as Xml

from analyzer.report.graph import Graph
from analyzer.report.layers import layered
from analyzer.report.places import places
from analyzer.report.visible import visible

_LETTER: Final = 6.7
"""The width of a letter of a monospaced font of 11 pixels, a little more than most have."""
_SMALL: Final = 4.9
_HEIGHT: Final = 20.0
_GAP: Final = 46.0
_MARGIN: Final = 12.0
_INK: Final = "#1c1e21"
_GREY: Final = "#6b7077"

Point = tuple[float, float]


class _Drawing:
    """The places of boxes, and how wide they are."""

    def __init__(self, graph: Graph, fields: dict[str, str]) -> None:
        self.names = [name for name, _ in graph.functions]
        arcs = [(edge.caller, edge.callee) for edge in graph.edges]
        self.layout = layered(self.names, arcs, graph.starts)
        self.y = {vertex: at + _MARGIN + _HEIGHT / 2 for vertex, at in places(self.layout).items()}
        self.widths = [_LETTER * len(visible(name)) + 14 for name in self.names]
        self.columns = self._columns(fields)

    def _columns(self, fields: dict[str, str]) -> list[tuple[float, float]]:
        """Left and right of each layer, wide enough for its boxes and what stands below them."""
        found = []
        left = _MARGIN
        for layer in self.layout.layers:
            wide = [0.0]
            for vertex in layer:
                if not self.layout.is_bend(vertex):
                    below = _SMALL * len(visible(fields.get(self.names[vertex], "")))
                    wide += [self.widths[vertex], below]
            found.append((left, left + max(wide)))
            left += max(wide) + _GAP
        return found

    @property
    def size(self) -> Point:
        """Width and height of the whole."""
        right = self.columns[-1][1] if self.columns else 0.0
        return right + _MARGIN, max(self.y.values(), default=0.0) + _HEIGHT + _MARGIN


def render_drawing(graph: Graph) -> str:
    """The drawing. It uses no style sheet and no script, so that any program can take it."""
    fields = _fields(graph)
    drawing = _Drawing(graph, fields)
    width, height = (f"{size:.0f}" for size in drawing.size)
    root = Xml.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": width,
            "height": height,
            "viewBox": f"0 0 {width} {height}",
            "font-family": "DejaVu Sans Mono, Menlo, Consolas, monospace",
            "font-size": "11",
        },
    )
    Xml.SubElement(root, "title").text = visible(f"Calls from {', '.join(graph.starts)}")
    Xml.SubElement(root, "rect", {"width": width, "height": height, "fill": "#ffffff"})
    column_of = {v: at for at, layer in enumerate(drawing.layout.layers) for v in layer}
    edges = Xml.SubElement(root, "g", {"fill": "none", "stroke": _GREY})
    by_name = {(edge.caller, edge.callee) for edge in graph.edges if not edge.field}
    for arc in sorted({(edge.caller, edge.callee) for edge in graph.edges}):
        _draw_edge(edges, drawing, arc, column_of).attrib |= (
            {} if arc in by_name else {"stroke-dasharray": "4 3"}
        )
    boxes = Xml.SubElement(root, "g", {"fill": _INK})
    for vertex, (name, path) in enumerate(graph.functions):
        left = drawing.columns[column_of[vertex]][0]
        box = _draw_box(boxes, (left, drawing.y[vertex]), drawing.widths[vertex], name)
        Xml.SubElement(box, "title").text = visible(path)
        if name in graph.starts:
            box.set("font-weight", "bold")
            box[0].set("stroke-width", "2")
        if name in fields:
            place = {"x": f"{left + 1:.1f}", "y": f"{drawing.y[vertex] + 18:.1f}"}
            style = {"font-size": "8", "font-weight": "normal", "fill": _GREY}
            Xml.SubElement(box, "text", place | style).text = visible(fields[name])
    Xml.indent(root, " ")
    return Xml.tostring(root, encoding="unicode") + "\n"


def _fields(graph: Graph) -> dict[str, str]:
    """For each function that is called through pointers the fields that hold them."""
    found: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.field:
            found.setdefault(edge.callee, set()).add(edge.field)
    return {name: ", ".join(sorted(fields)) for name, fields in found.items()}


def _draw_box(parent: Xml.Element, place: Point, width: float, name: str) -> Xml.Element:
    x, y = place
    group = Xml.SubElement(parent, "g")
    outline = {"fill": "#ffffff", "stroke": _INK, "stroke-width": "1", "rx": "3"}
    size = {"width": f"{width:.1f}", "height": f"{_HEIGHT:.0f}"}
    Xml.SubElement(group, "rect", {"x": f"{x:.1f}", "y": f"{y - _HEIGHT / 2:.1f}"} | size | outline)
    text = Xml.SubElement(group, "text", {"x": f"{x + 7:.1f}", "y": f"{y + 3.8:.1f}"})
    text.text = visible(name)
    return group


def _draw_edge(
    parent: Xml.Element, drawing: _Drawing, arc: tuple[str, str], column_of: dict[int, int]
) -> Xml.Element:
    """An edge with its head. One that leads back leaves and comes in as the others do, turned."""
    group = Xml.SubElement(parent, "g")
    if arc not in drawing.layout.routes:
        vertex = drawing.names.index(arc[0])
        right = drawing.columns[column_of[vertex]][0] + drawing.widths[vertex]
        top = drawing.y[vertex] - _HEIGHT / 2
        line = f"M{right - 24:.1f} {top:.1f}c0 -10 18 -10 18 -2"
        head = f"M{right - 6:.1f} {top:.1f}l-3 -6h6z"
    else:
        points = _points(drawing, arc, column_of)
        line = "".join(_words(points))
        (before, _), (x, y) = points[-2:]
        head = f"M{x:.1f} {y:.1f}l{-6 if before <= x else 6} -3v6z"
    Xml.SubElement(group, "path", {"d": line})
    Xml.SubElement(group, "path", {"d": head, "fill": _GREY, "stroke": "none"})
    return group


def _words(points: Sequence[Point]) -> Iterator[str]:
    """A line through these points, level at each of them."""
    x, y = points[0]
    yield f"M{x:.1f} {y:.1f}"
    for to_x, to_y in points[1:]:
        bend = (to_x - x) / 2
        if y == to_y:
            yield f"H{to_x:.1f}"
        else:
            yield f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y


def _points(drawing: _Drawing, arc: tuple[str, str], column_of: dict[int, int]) -> list[Point]:
    """Where an edge passes: from box to box, straight through the columns on its way and through
    what its boxes leave of theirs.
    """
    route = drawing.layout.routes[arc]
    back = column_of[route[-1]] < column_of[route[0]]
    found: list[Point] = []
    for at, vertex in enumerate(route[::-1] if back else route):
        left, right = drawing.columns[column_of[vertex]]
        y = drawing.y[vertex]
        if at:
            found.append((left, y))
        elif left + drawing.widths[vertex] + 1 < right:
            found.append((left + drawing.widths[vertex], y))
        if at + 1 < len(route):
            found.append((right, y))
    return found[::-1] if back else found
