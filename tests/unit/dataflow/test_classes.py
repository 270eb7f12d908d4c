"""Classes of values: what the tests of a path leave, and what a join leaves of it."""

from analyzer.dataflow import State, Value
from analyzer.dataflow.classes import asked, left
from analyzer.dataflow.classtable import Bit, Classes, ClassTest
from analyzer.dataflow.join import merge
from analyzer.dataflow.values import Universe


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


ALL = _set("none", "solid", "hollow", "open")
TABLE = Classes(
    ALL,
    (
        ClassTest("is_none", _set("none"), ALL - {"none"}),
        ClassTest("is_solid", _set("solid"), ALL - {"solid"}),
        ClassTest("rings", _set("hollow"), ALL),
    ),
    (("make_open*", _set("open")),),
    ("painted", "shape_of"),
)
U = Universe(TABLE)
X, Y = U.make("param", 0, "x"), U.make("param", 1, "y")
PLACE = U.make("local", "place")
PHI = U.make("phi", 4, PLACE)


def told(*facts: tuple[str, Value, bool]) -> State:
    """A state in which these tests came out so."""
    state = State()
    for test, value, truth in facts:
        assert state.assume(U.make("app", test, value), truth, 1)
    return state


def holding(value: Value, *facts: tuple[str, Value, bool]) -> State:
    """The same with `value` in a place."""
    state = told(*facts)
    state.env[PLACE] = value
    return state


def joined(one: State, two: State) -> State:
    """The join at the head of block 4."""
    merge(one, two, U, 4)
    return one


def test_what_nobody_tested_may_be_anything() -> None:
    assert left(State(), U, X) == ALL


def test_tests_leave_what_all_of_them_leave() -> None:
    assert left(told(("is_none", X, False)), U, X) == ALL - {"none"}
    assert left(told(("is_none", X, False), ("is_solid", X, False)), U, X) == _set("hollow", "open")
    assert left(told(("rings", X, True)), U, X) == _set("hollow")
    assert left(told(("rings", X, False)), U, X) == ALL
    assert left(told(("is_none", Y, True)), U, X) == ALL


def test_a_path_that_cannot_be_leaves_nothing() -> None:
    assert left(told(("is_none", X, True), ("is_solid", X, True)), U, X) == _set()


def test_what_is_made_is_of_the_class_of_its_maker() -> None:
    assert left(State(), U, U.make("app", "make_open_door", X)) == _set("open")


def test_what_keeps_the_class_is_told_by_tests_of_either() -> None:
    shape = U.make("app", "shape_of", X)
    assert left(told(("is_none", X, True)), U, shape) == _set("none")
    assert left(told(("rings", shape, True)), U, X) == _set("hollow")
    assert left(State(), U, U.make("app", "painted", U.make("app", "make_open", X))) == _set("open")


def test_a_phi_is_of_the_classes_of_what_flows_in() -> None:
    made = U.make("app", "make_open", Y)
    state = joined(holding(X, ("rings", X, True)), holding(made, ("is_none", X, False)))
    assert state.env[PLACE] is PHI
    assert left(state, U, PHI) == _set("hollow", "open")


def test_a_phi_of_something_untested_may_be_anything() -> None:
    assert left(joined(holding(X, ("rings", X, True)), holding(Y)), U, PHI) == ALL


def test_where_paths_meet_a_value_is_of_the_classes_of_both() -> None:
    state = joined(told(("rings", X, True)), told(("is_solid", X, True)))
    assert left(state, U, X) == _set("hollow", "solid")
    assert left(joined(state, told(("is_none", X, False))), U, X) == ALL - {"none"}
    assert left(joined(state, State()), U, X) == ALL


def test_a_test_asks_a_value_and_what_it_was_made_of() -> None:
    shape = U.make("app", "shape_of", X)
    assert asked(TABLE, U.make("app", "rings", shape)) == (shape, X)
    assert asked(TABLE, U.make("app", "weighs", shape)) == ()


WET = Bit("wet", ("soak",), ("dry_*", "make_open_*"), ("painted", "soak"))
BITS = Classes(
    ALL | WET.both,
    (
        ClassTest("is_none", _set("none") | WET.both, ALL - {"none"} | WET.both),
        ClassTest("is_wet", ALL | {"wet"}, ALL | {"no_wet"}),
    ),
    (("make_open*", _set("open") | WET.both),),
    ("painted",),
    (WET,),
)


def wet(state: State, universe: Universe, value: Value) -> frozenset[str]:
    """What is left of the bit."""
    return left(state, universe, value) & WET.both


def test_a_bit_is_known_by_its_tests_and_by_what_made_it_whatever_the_class() -> None:
    universe = Universe(BITS)
    x, state = universe.make("param", 0, "x"), State()
    assert wet(state, universe, x) == WET.both
    assert wet(state, universe, universe.make("app", "soak", x)) == _set("wet")
    assert wet(state, universe, universe.make("app", "dry_out", x)) == _set("no_wet")
    assert left(state, universe, universe.make("app", "make_open_one", x)) == _set("open", "no_wet")
    painted = universe.make("app", "painted", universe.make("app", "soak", x))
    assert wet(state, universe, painted) == _set("wet")
    assert state.assume(universe.make("app", "is_wet", x), False, 1)
    assert wet(state, universe, x) == _set("no_wet")
    assert left(state, universe, x) & ALL == ALL


def test_what_sets_a_bit_keeps_it_not() -> None:
    assert BITS.keeps("painted") == ALL | WET.both
    assert BITS.keeps("soak") == _set()
    assert BITS.sort(("wet",)) == WET.both
    assert BITS.sort(("none",)) == ALL
