"""Where the vertices of a layered graph stand in their layers, so that edges run straight: Brandes,
Köpf, *Fast and simple horizontal coordinate assignment*, GD 2001.

Vertices are aligned with the median of their neighbours four times, from each side and in each
direction, and stand at the mean of the two middle answers. Blocks are put as close as they may be
by longest paths, which is free of the slip of the paper's own compaction (Brandes, Walter, Zink,
arXiv:2008.01252).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

from analyzer.report.layers import Layered

_NODE: Final = 36.0
_BEND: Final = 12.0


class _Side(NamedTuple):
    """The layers as seen from one of four sides, and the neighbours that come before."""

    layers: list[list[int]]
    before: Sequence[Sequence[int]]


def places(graph: Layered) -> dict[int, float]:
    """The coordinate of each vertex along its layer; the least is 0."""
    crossed = _crossed(graph)
    found = []
    for turned in (False, True):
        layers = [list(layer) for layer in (graph.layers[::-1] if turned else graph.layers)]
        before = graph.below if turned else graph.above
        for mirrored in (False, True):
            seen = [layer[::-1] for layer in layers] if mirrored else layers
            at = _compact(graph, seen, _aligned(_Side(seen, before), crossed))
            found.append({vertex: -x for vertex, x in at.items()} if mirrored else at)
    return _balanced(found)


def _crossed(graph: Layered) -> set[tuple[int, int]]:
    """Edges that cross a stretch between two bends: that stretch is to be straight, not they."""
    found: set[tuple[int, int]] = set()
    for upper, layer in pairwise(graph.layers):
        place = {vertex: at for at, vertex in enumerate(upper)}
        first, scanned = 0, 0
        for at, vertex in enumerate(layer):
            inner = _bend_before(graph, vertex)
            if inner is None and at + 1 < len(layer):
                continue
            last = len(upper) if inner is None else place[inner]
            for other in layer[scanned : at + 1]:
                for end in graph.above[other]:
                    both = graph.is_bend(end) and graph.is_bend(other)
                    if not both and not first <= place[end] <= last:
                        found |= {(end, other), (other, end)}
            scanned, first = at + 1, last
    return found


def _bend_before(graph: Layered, vertex: int) -> int | None:
    """The bend that a bend follows, None if there is none."""
    before = graph.above[vertex] if graph.is_bend(vertex) else ()
    return next((each for each in before if graph.is_bend(each)), None)


def _aligned(side: _Side, crossed: set[tuple[int, int]]) -> dict[int, int]:
    """For each vertex the first of the block that it is aligned with."""
    place = {vertex: at for layer in side.layers for at, vertex in enumerate(layer)}
    root = {vertex: vertex for vertex in place}
    taken: set[int] = set()
    for layer in side.layers:
        last = -1
        for vertex in layer:
            ends = sorted(side.before[vertex], key=lambda each: place[each])
            for end in ends[(len(ends) - 1) // 2 : len(ends) // 2 + 1]:
                free = root[vertex] == vertex and end not in taken
                if free and last < place[end] and (vertex, end) not in crossed:
                    root[vertex] = root[end]
                    taken.add(end)
                    last = place[end]
    return root


def _compact(graph: Layered, layers: list[list[int]], root: Mapping[int, int]) -> dict[int, float]:
    """The blocks as far to the left as their neighbours let them, then back to the right."""
    after: dict[int, dict[int, float]] = {block: {} for block in root.values()}
    into = dict.fromkeys(after, 0)
    for layer in layers:
        for one, other in pairwise(layer):
            apart = (_size(graph, one) + _size(graph, other)) / 2
            known = after[root[one]].get(root[other])
            into[root[other]] += known is None
            after[root[one]][root[other]] = max(apart, known or 0.0)
    at = dict.fromkeys(after, 0.0)
    ready = [block for block in after if not into[block]]
    order: list[int] = []
    while ready:
        block = ready.pop()
        order.append(block)
        for other, apart in after[block].items():
            at[other] = max(at[other], at[block] + apart)
            into[other] -= 1
            if not into[other]:
                ready.append(other)
    for block in reversed(order):
        room = min((at[other] - apart for other, apart in after[block].items()), default=inf)
        if room < inf:
            at[block] = max(at[block], room)
    return {vertex: at[block] for vertex, block in root.items()}


def _size(graph: Layered, vertex: int) -> float:
    return _BEND if graph.is_bend(vertex) else _NODE


def _balanced(found: list[dict[int, float]]) -> dict[int, float]:
    """The mean of the two middle answers, once all are shifted to the narrowest of them."""
    if not found[0]:
        return {}
    spans = [(min(each.values()), max(each.values())) for each in found]
    least, most = min(spans, key=lambda span: span[1] - span[0])
    shifts = [
        most - span[1] if number % 2 else least - span[0] for number, span in enumerate(spans)
    ]
    means = {}
    for vertex in found[0]:
        four = sorted(each[vertex] + shift for each, shift in zip(found, shifts, strict=True))
        means[vertex] = (four[1] + four[2]) / 2
    start = min(means.values())
    return {vertex: mean - start for vertex, mean in means.items()}
