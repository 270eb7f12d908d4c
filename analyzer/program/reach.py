"""Parts of the call graph: what some functions reach, by name and through pointer fields."""

from collections import deque
from typing import NamedTuple

from analyzer.program.program import Program


class Edge(NamedTuple):
    """A call: from one function to another; `field` is the `record.field` it goes through, '' for a
    call by name.
    """

    caller: str
    callee: str
    field: str


class Reach(NamedTuple):
    """What was reached: the functions with the file that defines each ('' if none was read), and
    the calls. Both sorted.
    """

    starts: tuple[str, ...]
    functions: tuple[tuple[str, str], ...]
    edges: tuple[Edge, ...]


def reach(program: Program, starts: tuple[str, ...], end: str | None, depth: int) -> Reach:
    """The calls that lead from `starts`, at most `depth` calls deep; with `end` only those on a way
    to it.
    """
    edges: set[Edge] = set()
    seen = set(starts)
    queue = deque((name, 0) for name in sorted(starts))
    while queue:
        name, level = queue.popleft()
        if level >= depth:
            continue
        for edge in _calls(program, name):
            edges.add(edge)
            if edge.callee not in seen:
                seen.add(edge.callee)
                queue.append((edge.callee, level + 1))
    if end is not None:
        edges = _leading(edges, end)
        seen = {edge.caller for edge in edges} | {edge.callee for edge in edges}
        seen |= {name for name in starts if name == end}
    functions = tuple((name, _file(program, name)) for name in sorted(seen))
    return Reach(tuple(sorted(starts)), functions, tuple(sorted(edges)))


def _calls(program: Program, name: str) -> list[Edge]:
    ref = program.resolve(name, "")
    if ref is None:
        refs = program.named(name)
        if not refs:
            return []
        ref = refs[0]
    head = program.head(ref)
    known = [Edge(name, callee, "") for callee in head.calls if program.named(callee)]
    through = [
        Edge(name, target, f"{record}.{field}")
        for (record, field), targets in program.tables.items()
        if field in head.calls
        for target in targets
        if program.named(target)
    ]
    return known + through


def _leading(edges: set[Edge], end: str) -> set[Edge]:
    """The edges on a way to `end`."""
    into: dict[str, list[Edge]] = {}
    for edge in edges:
        into.setdefault(edge.callee, []).append(edge)
    kept: set[Edge] = set()
    seen = {end}
    rest = [end]
    while rest:
        for edge in into.get(rest.pop(), ()):
            kept.add(edge)
            if edge.caller not in seen:
                seen.add(edge.caller)
                rest.append(edge.caller)
    return kept


def _file(program: Program, name: str) -> str:
    refs = program.named(name)
    return refs[0].path if refs else ""
