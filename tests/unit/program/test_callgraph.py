"""The call graph: callers, recursion cut at edges that do not depend on who asks."""

from itertools import permutations

import pytest

from analyzer.program import CallGraph, Program
from tests.unit.program.linked import named, program

FILES = {
    "mm/a.c": "int a(void) { return b() + a(); }\nint leaf(void) { return 0; }\n",
    "mm/b.c": "int b(void) { return c() + leaf(); }\n",
    "mm/c.c": "int c(void) { return a() + d(); }\nint d(void) { return leaf(); }\n",
}


def names(made: Program, refs: object) -> list[str]:
    """The names of definitions."""
    assert isinstance(refs, tuple | frozenset)
    return sorted(made.head(ref).name for ref in refs)


def test_callers_are_found_across_files() -> None:
    made = program(FILES)
    graph = CallGraph(made)
    assert names(made, graph.callers(named(made, "mm/a.c", "leaf"))) == ["b", "d"]
    assert names(made, graph.callees[named(made, "mm/c.c", "c")]) == ["a", "d"]


def test_a_call_of_one_variant_is_a_call_of_all() -> None:
    text = """#ifdef CONFIG_A
int f(int n) { return n + 1; }
#else
int f(int n) { return 0; }
#endif
int g(void) { return f(1); }
"""
    made = program({"mm/a.c": text})
    graph = CallGraph(made)
    assert [names(made, graph.callers(ref)) for ref in made.named("f")] == [["g"], ["g"]]


@pytest.mark.parametrize("order", list(permutations(FILES)))
def test_a_recursion_is_cut_where_the_sorted_walk_closes_it(order: tuple[str, ...]) -> None:
    made = program({path: FILES[path] for path in order})
    cut = {(made.head(one).name, made.head(two).name) for one, two in CallGraph(made).cut}
    assert cut == {("a", "a"), ("c", "a")}


def test_without_the_cut_edges_nothing_is_recursive() -> None:
    made = program(FILES)
    graph = CallGraph(made)
    left = {
        ref: {each for each in callees if (ref, each) not in graph.cut}
        for ref, callees in graph.callees.items()
    }
    while ends := [ref for ref, callees in left.items() if not callees & left.keys()]:
        for ref in ends:
            del left[ref]
    assert left == {}


@pytest.mark.parametrize(
    ("depth", "found"), [(1, ["b", "d"]), (2, ["a", "b", "c", "d"]), (9, ["a", "b", "c", "d"])]
)
def test_functions_are_near_a_name_by_the_number_of_calls(depth: int, found: list[str]) -> None:
    made = program(FILES)
    assert names(made, CallGraph(made).reaching(frozenset({"leaf"}), depth)) == found
