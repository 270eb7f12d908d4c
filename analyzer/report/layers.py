"""A directed graph in layers, with few crossings: Sugiyama, Tagawa, Toda 1981.

Recursion is cut, each node gets a layer behind those that lead to it, edges over several layers get
a bend in each, and layers are ordered by the barycentres of their neighbours.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Arc = tuple[str, str]

_ROUNDS: Final = 16
"""Sweeps down and up; what they find after that is little."""


@dataclass(frozen=True, slots=True)
class Layered:
    """Vertices are numbers: the nodes in the order given, then the bends. `layers` holds them in
    order; `above` and `below` are the neighbours of a vertex in the layers beside its own.

    `routes` has the vertices of each arc from its first node to its second, layer by layer.
    """

    layers: tuple[tuple[int, ...], ...]
    above: tuple[tuple[int, ...], ...]
    below: tuple[tuple[int, ...], ...]
    routes: Mapping[Arc, tuple[int, ...]]
    n_nodes: int

    def is_bend(self, vertex: int) -> bool:
        """Whether a vertex is a bend of an edge and no node."""
        return vertex >= self.n_nodes


def layered(nodes: Sequence[str], arcs: Sequence[Arc], starts: Sequence[str]) -> Layered:
    """The graph in layers, the same for the same input. An arc of a node to itself has no route."""
    outside = sorted({arc for arc in arcs if arc[0] != arc[1]})
    backward = _backward(nodes, outside, starts)
    forward = sorted({arc[::-1] if arc in backward else arc for arc in outside})
    layer_of = _layer_of(nodes, forward)
    number = {name: index for index, name in enumerate(nodes)}
    layers: list[list[int]] = [[] for _ in range(max(layer_of.values(), default=-1) + 1)]
    for name in nodes:
        layers[layer_of[name]].append(number[name])
    above: list[list[int]] = [[] for _ in nodes]
    below: list[list[int]] = [[] for _ in nodes]
    routes: dict[Arc, tuple[int, ...]] = {}
    for tail, head in forward:
        route = [number[tail]]
        for layer in range(layer_of[tail] + 1, layer_of[head]):
            route.append(len(above))
            layers[layer].append(len(above))
            above.append([])
            below.append([])
        route.append(number[head])
        for one, other in pairwise(route):
            below[one].append(other)
            above[other].append(one)
        routes[tail, head] = tuple(route)
    routes |= {arc: routes[arc[::-1]][::-1] for arc in backward}
    kept = {arc: routes[arc] for arc in outside}
    beside = tuple(map(tuple, above)), tuple(map(tuple, below))
    return Layered(_ordered(layers, *beside), *beside, kept, len(nodes))


def _backward(nodes: Sequence[str], arcs: Sequence[Arc], starts: Sequence[str]) -> set[Arc]:
    """The arcs that close a cycle, met depth first from the starts on."""
    out: dict[str, list[str]] = {name: [] for name in nodes}
    for tail, head in arcs:
        out[tail].append(head)
    found: set[Arc] = set()
    done: set[str] = set()
    for start in (*starts, *nodes):
        if start in done or start not in out:
            continue
        way, rest = [start], [iter(out[start])]
        on_way = {start}
        while way:
            head = next(rest[-1], "")
            if not head:
                rest.pop()
                on_way.discard(way[-1])
                done.add(way.pop())
            elif head in on_way:
                found.add((way[-1], head))
            elif head not in done:
                way.append(head)
                on_way.add(head)
                rest.append(iter(out[head]))
    return found


def _layer_of(nodes: Sequence[str], arcs: Sequence[Arc]) -> dict[str, int]:
    """Each node one behind the last that leads to it; one that nothing leads to before the first
    that it leads to.
    """
    into: dict[str, int] = dict.fromkeys(nodes, 0)
    out: dict[str, list[str]] = {name: [] for name in nodes}
    for tail, head in arcs:
        out[tail].append(head)
        into[head] += 1
    sources = [name for name in nodes if not into[name]]
    layer = dict.fromkeys(nodes, 0)
    ready = list(sources)
    while ready:
        tail = ready.pop()
        for head in out[tail]:
            layer[head] = max(layer[head], layer[tail] + 1)
            into[head] -= 1
            if not into[head]:
                ready.append(head)
    for name in sources:
        if out[name]:
            layer[name] = min(layer[head] for head in out[name]) - 1
    return layer


def _ordered(
    layers: list[list[int]], above: tuple[tuple[int, ...], ...], below: tuple[tuple[int, ...], ...]
) -> tuple[tuple[int, ...], ...]:
    """The layers in the best order that the sweeps met."""
    order = _in_depth(layers, below)
    best, fewest = order, crossings(order, below)
    for turn in range(_ROUNDS):
        if not fewest:
            break
        order = _swept(order[::-1], below)[::-1] if turn % 2 else _swept(order, above)
        found = crossings(order, below)
        if found < fewest:
            best, fewest = order, found
    return tuple(tuple(layer) for layer in best)


def _in_depth(layers: list[list[int]], below: tuple[tuple[int, ...], ...]) -> list[list[int]]:
    """The vertices of each layer as a walk in depth meets them: trees have no crossings so."""
    found: list[list[int]] = [[] for _ in layers]
    layer_of = {vertex: at for at, layer in enumerate(layers) for vertex in layer}
    seen: set[int] = set()
    rest = [vertex for layer in reversed(layers) for vertex in reversed(layer)]
    while rest:
        vertex = rest.pop()
        if vertex not in seen:
            seen.add(vertex)
            found[layer_of[vertex]].append(vertex)
            rest.extend(reversed(below[vertex]))
    return found


def _swept(order: list[list[int]], before: tuple[tuple[int, ...], ...]) -> list[list[int]]:
    """Each layer sorted by the mean place of what stands before it; what has nothing stays."""
    swept = [order[0]] if order else []
    for layer in order[1:]:
        place = {vertex: at for at, vertex in enumerate(swept[-1])}
        scale = len(swept[-1]) / len(layer)
        mean = {
            vertex: sum(place[each] for each in before[vertex]) / len(before[vertex])
            if before[vertex]
            else at * scale
            for at, vertex in enumerate(layer)
        }
        swept.append(sorted(layer, key=lambda vertex: mean[vertex]))
    return swept


def crossings(layers: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> int:
    """How many pairs of edges cross: pairs of ends in the wrong order, layer by layer."""
    found = 0
    for layer, after in pairwise(layers):
        place = {vertex: at for at, vertex in enumerate(after)}
        seen: list[int] = []
        for vertex in layer:
            ends = sorted(place[each] for each in below[vertex])
            found += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return found
