"""Call graphs as dot, Mermaid or JSON."""

import json
from typing import Protocol


class Edge(Protocol):
    """A call, as the program layer gives it."""

    @property
    def caller(self) -> str: ...
    @property
    def callee(self) -> str: ...
    @property
    def field(self) -> str: ...


class Graph(Protocol):
    """A part of a call graph, as the program layer gives it."""

    @property
    def starts(self) -> tuple[str, ...]: ...
    @property
    def functions(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def edges(self) -> tuple[Edge, ...]: ...


def render_graph(graph: Graph, style: str) -> str:
    """The graph in `style`: 'dot', 'mermaid' or 'json'."""
    if style == "json":
        return _json(graph)
    return _mermaid(graph) if style == "mermaid" else _dot(graph)


def _dot(graph: Graph) -> str:
    lines = ["digraph calls {", "  rankdir=LR;", "  node [shape=box, fontname=monospace];"]
    for name, path in graph.functions:
        style = ", style=bold" if name in graph.starts else ""
        lines.append(f'  "{name}" [tooltip="{path}"{style}];')
    for edge in graph.edges:
        label = f' [label="{edge.field}", style=dashed]' if edge.field else ""
        lines.append(f'  "{edge.caller}" -> "{edge.callee}"{label};')
    return "\n".join([*lines, "}", ""])


def _mermaid(graph: Graph) -> str:
    number = {name: f"f{index}" for index, (name, _) in enumerate(graph.functions)}
    lines = ["flowchart LR"]
    lines += [f'  {number[name]}["{name}"]' for name, _ in graph.functions]
    for edge in graph.edges:
        arrow = f"-. {edge.field} .->" if edge.field else "-->"
        lines.append(f"  {number[edge.caller]} {arrow} {number[edge.callee]}")
    return "\n".join([*lines, ""])


def _json(graph: Graph) -> str:
    return (
        json.dumps(
            {
                "starts": list(graph.starts),
                "functions": [{"name": name, "path": path} for name, path in graph.functions],
                "calls": [
                    {"caller": e.caller, "callee": e.callee, "through": e.field}
                    for e in graph.edges
                ],
            },
            indent=2,
        )
        + "\n"
    )
