"""Patterns against values."""

import pytest

from analyzer.checkers.matching import EMPTY, Matcher, bind, bound
from analyzer.checkers.patterns import (
    AddressOf,
    Anything,
    CallOf,
    FieldOf,
    HasFlag,
    Hole,
    Name,
    NotOf,
    Number,
    Pattern,
    PointeeOf,
)
from analyzer.dataflow import State, Value
from tests.unit.dataflow.simulated import run

RUN = run("void f(void) { }")
U = RUN.universe
MATCHER = Matcher(RUN, {"FLAG": ("FLAG", "OLD_FLAG")})
X, Y = U.make("param", 0, "x"), U.make("param", 1, "y")
LOCAL = U.make("local", "s")
FLAG, OLD = U.make("symbol", "FLAG"), U.make("symbol", "OLD_FLAG")
OTHER = U.make("symbol", "OTHER")


def field(base: Value, name: str) -> Value:
    """The address of a field."""
    return U.make("sub", base, name)


def matches(pattern: Pattern, value: Value, state: State | None = None) -> dict[str, Value] | None:
    """What the holes stand for; None if the pattern does not match."""
    found = MATCHER.match(pattern, value, state or State(), EMPTY)
    return None if found is None else dict(found)


def test_a_hole_stands_for_one_value() -> None:
    once = bind(EMPTY, "x", X)
    assert once is not None
    assert bind(once, "x", X) is once
    assert bind(once, "x", Y) is None
    assert (bound(once, "x"), bound(once, "y")) == (X, None)


def test_the_order_of_binding_makes_no_difference() -> None:
    one, two = bind(EMPTY, "x", X), bind(EMPTY, "y", Y)
    assert one is not None
    assert two is not None
    assert bind(one, "y", Y) == bind(two, "x", X)


@pytest.mark.parametrize(
    ("pattern", "value", "holes"),
    [
        (Anything(), X, {}),
        (Hole("x"), X, {"x": X}),
        (Number(0), U.null, {}),
        (Number(0), X, None),
        (Number(1), U.one, {}),
        (Number(3), U.const(3), {}),
        (Number(3), U.const(4), None),
        (Name("FLAG"), FLAG, {}),
        (Name("FLAG"), OLD, {}),
        (Name("FLAG"), OTHER, None),
        (HasFlag("FLAG"), U.make("op", "|", OTHER, OLD), {}),
        (HasFlag("FLAG"), OTHER, None),
        (HasFlag("FLAG"), X, None),
        (FieldOf(Hole("x"), "f"), U.load(field(X, "f")), {"x": X}),
        (FieldOf(Hole("x"), "_"), U.load(field(X, "f")), {"x": X}),
        (FieldOf(Hole("x"), "g"), U.load(field(X, "f")), None),
        (AddressOf(FieldOf(Hole("x"), "f")), field(X, "f"), {"x": X}),
        (AddressOf(Hole("s")), LOCAL, {"s": LOCAL}),
        (PointeeOf(Hole("x")), U.load(X), {"x": X}),
        (NotOf(Hole("x")), U.make("not", X), {"x": X}),
        (NotOf(Hole("x")), U.make("op", "==", X, U.null), {"x": X}),
        (NotOf(Hole("x")), X, None),
        (CallOf("g", (Hole("x"),), False), U.make("app", "g", X), {"x": X}),
        (CallOf("g", (Hole("x"),), False), U.make("app", "g", X, Y), None),
        (CallOf("g", (Hole("x"),), True), U.make("app", "g", X, Y), {"x": X}),
        (CallOf("g", (Hole("x"), Hole("x")), False), U.make("app", "g", X, Y), None),
        (CallOf("h", (), True), U.make("app", "g", X), None),
    ],
    ids=str,
)
def test_a_pattern_matches_by_value(
    pattern: Pattern, value: Value, holes: dict[str, Value] | None
) -> None:
    assert matches(pattern, value) == holes


def test_a_number_matches_what_is_known_to_be_it() -> None:
    state = State()
    assert state.restrict(X, 2, 1)
    assert matches(Number(0), X, state) == {}
    assert matches(Number(0), Y, state) is None


def test_a_store_through_a_pointer_is_not_one_to_a_local() -> None:
    pattern = FieldOf(PointeeOf(Hole("p")), "f")
    assert MATCHER.match_place(pattern, field(X, "f"), State(), EMPTY) == (("p", X),)
    assert MATCHER.match_place(pattern, field(LOCAL, "f"), State(), EMPTY) is None


def test_a_field_stands_for_the_object_in_which_the_value_is_now() -> None:
    state = State()
    state.env[field(LOCAL, "slot")] = X
    assert matches(FieldOf(Hole("o"), "slot"), X, state) == {"o": LOCAL}
    assert matches(FieldOf(Hole("o"), "other"), X, state) is None
    assert matches(FieldOf(Hole("o"), "slot"), Y, state) is None


def test_a_flag_that_was_tested_is_contained() -> None:
    state = State()
    tested = RUN.evaluator.binary("&", X, FLAG)
    assert MATCHER.has(state, X, "FLAG") is None
    assert state.assume(tested, True, 1)
    assert MATCHER.has(state, X, "FLAG") is True


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (Hole("x"), X),
        (FieldOf(Hole("x"), "f"), U.load(field(X, "f"))),
        (AddressOf(FieldOf(Hole("x"), "f")), field(X, "f")),
        (Number(4), U.const(4)),
        (CallOf("g", (Hole("x"),), False), U.make("app", "g", X)),
        (CallOf("g", (Hole("x"),), True), None),
        (Anything(), None),
        (Hole("free"), None),
    ],
    ids=str,
)
def test_a_pattern_with_all_holes_bound_stands_for_a_value(
    pattern: Pattern, value: Value | None
) -> None:
    assert MATCHER.build(pattern, State(), (("x", X),)) is value
