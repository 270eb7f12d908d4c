"""Layers, orders and places of graphs, checked on graphs that nobody thought of."""

from collections import Counter
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from analyzer.report.layers import Arc, Layered, crossings, layered
from analyzer.report.places import places

NAMES = [f"f{number}" for number in range(14)]
ARCS = some.lists(some.tuples(some.sampled_from(NAMES), some.sampled_from(NAMES)), max_size=40)
PATIENT = settings(deadline=None, max_examples=150, derandomize=True)


def _drawn(arcs: list[Arc]) -> Layered:
    return layered(NAMES, arcs, NAMES[:1])


def _edges(graph: Layered) -> list[tuple[int, int]]:
    return [(one, other) for one, ends in enumerate(graph.below) for other in ends]


@PATIENT
@given(ARCS)
def test_every_vertex_stands_once_and_every_edge_joins_layers_side_by_side(arcs: list[Arc]) -> None:
    graph = _drawn(arcs)
    layer = {vertex: at for at, each in enumerate(graph.layers) for vertex in each}
    assert Counter(v for each in graph.layers for v in each) == Counter(range(len(graph.below)))
    assert {layer[other] - layer[one] for one, other in _edges(graph)} <= {1}


@PATIENT
@given(ARCS)
def test_every_call_of_another_function_has_a_way_through_bends_alone(arcs: list[Arc]) -> None:
    graph = _drawn(arcs)
    assert set(graph.routes) == {arc for arc in arcs if arc[0] != arc[1]}
    joined = {frozenset(edge) for edge in _edges(graph)}
    for (tail, head), route in graph.routes.items():
        assert (route[0], route[-1]) == (NAMES.index(tail), NAMES.index(head))
        assert all(map(graph.is_bend, route[1:-1]))
        assert {frozenset(pair) for pair in pairwise(route)} <= joined


@PATIENT
@given(ARCS)
def test_callees_stand_behind_callers_unless_that_closes_a_cycle(arcs: list[Arc]) -> None:
    graph = _drawn([arc for arc in arcs if arc[0] < arc[1]])
    layer = {vertex: at for at, each in enumerate(graph.layers) for vertex in each}
    assert all(layer[route[0]] < layer[route[-1]] for route in graph.routes.values())


@PATIENT
@given(ARCS)
def test_crossings_are_counted_as_by_hand(arcs: list[Arc]) -> None:
    graph = _drawn(arcs)
    by_hand = 0
    for upper, lower in pairwise(graph.layers):
        edges = [(upper.index(v), lower.index(end)) for v in upper for end in graph.below[v]]
        by_hand += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(edges, 2))
    assert crossings(graph.layers, graph.below) == by_hand


@PATIENT
@given(ARCS)
def test_no_two_boxes_touch(arcs: list[Arc]) -> None:
    graph = _drawn(arcs)
    at = places(graph)
    assert set(at) == set(range(len(graph.below)))
    for layer in graph.layers:
        for one, other in pairwise(layer):
            boxes = 2 - graph.is_bend(one) - graph.is_bend(other)
            assert at[other] - at[one] >= 12 + 12 * boxes - 1e-6


def test_a_tree_is_drawn_without_crossings() -> None:
    arcs = [(NAMES[(child - 1) // 2], NAMES[child]) for child in range(1, 14)]
    graph = layered(NAMES, arcs, NAMES[:1])
    assert crossings(graph.layers, graph.below) == 0


def test_two_chains_that_cross_in_the_order_of_names_are_untwisted() -> None:
    arcs = [("f0", "f3"), ("f1", "f2"), ("f3", "f4"), ("f2", "f5")]
    graph = layered(NAMES[:6], arcs, ["f0", "f1"])
    assert crossings(graph.layers, graph.below) == 0
    at = places(graph)
    assert at[0] == at[3] == at[4]
    assert at[1] == at[2] == at[5]


def test_nothing_is_drawn_of_nothing() -> None:
    graph = layered([], [], ["f0"])
    assert (graph.layers, places(graph)) == ((), {})
