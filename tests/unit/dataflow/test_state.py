"""What a state knows of values, and what it learns."""

import pytest

from analyzer.dataflow import Lock, State, Value
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO, Universe

U = Universe()
X, Y = U.make("param", 0, "x"), U.make("param", 1, "y")
ZERO_OR_MORE = ZERO | POSITIVE


def op(operator: str, left: Value, right: Value) -> Value:
    """`left operator right`."""
    return U.make("op", operator, left, right)


def assumed(*conditions: tuple[Value, bool]) -> State | None:
    """A state that has learned these conditions; None if that cannot be."""
    state = State()
    return state if all(state.assume(each, truth, 1) for each, truth in conditions) else None


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        (U.null, ZERO),
        (U.const(7), POSITIVE),
        (U.const(-7), NEGATIVE),
        (X, ANY),
        (U.make("local", "s"), POSITIVE),
        (U.make("sub", X, "f"), POSITIVE),
        (U.make("function", "f"), POSITIVE),
        (U.make("not", X), ZERO_OR_MORE),
        (U.make("not", U.null), POSITIVE),
        (op("==", X, X), POSITIVE),
        (op("==", X, Y), ZERO_OR_MORE),
        (op("==", U.const(1), U.const(2)), ZERO),
        (op("<", U.const(1), U.const(2)), POSITIVE),
        (op("<", U.make("local", "s"), U.null), ZERO),
        (op("&&", X, U.null), ZERO),
        (op("||", X, U.one), POSITIVE),
        (op("|", X, U.one), NONZERO),
        (op("neg", U.make("local", "s"), U.null), NEGATIVE),
        (op("neg", X, U.null), ANY),
    ],
    ids=str,
)
def test_signs_of_values_that_nothing_was_learned_of(value: Value, mask: int) -> None:
    assert State().mask(value) == mask


@pytest.mark.parametrize(
    ("condition", "truth", "mask"),
    [
        (X, True, NONZERO),
        (X, False, ZERO),
        (U.make("not", X), True, ZERO),
        (op("==", X, U.null), True, ZERO),
        (op("==", X, U.null), False, NONZERO),
        (op("==", X, U.const(5)), True, POSITIVE),
        (op("==", X, U.const(5)), False, ANY),
        (op("<", X, U.null), True, NEGATIVE),
        (op("<", X, U.null), False, ZERO_OR_MORE),
        (op("<=", X, U.null), True, NEGATIVE | ZERO),
        (op("<=", X, U.null), False, POSITIVE),
        (op("<", U.null, X), True, POSITIVE),
        (op("&&", X, Y), True, NONZERO),
        (op("&&", X, Y), False, ANY),
        (op("||", X, Y), False, ZERO),
        (op("||", X, Y), True, ANY),
        (op("&", X, Y), True, NONZERO),
        (op("&", X, Y), False, ANY),
    ],
    ids=str,
)
def test_a_test_tells_the_sign_of_what_is_tested(condition: Value, truth: bool, mask: int) -> None:
    state = assumed((condition, truth))
    assert state is not None
    assert state.mask(X) == mask


@pytest.mark.parametrize(
    "conditions",
    [
        ((X, True), (X, False)),
        ((X, True), (op("==", X, U.null), True)),
        ((op("<", X, U.null), True), (op("<", U.null, X), True)),
        ((op("==", X, U.const(1)), True), (op("==", X, U.const(2)), True)),
        ((op("==", X, U.make("symbol", "A")), True), (op("==", X, U.make("symbol", "B")), True)),
        ((op("&&", X, Y), True), (Y, False)),
        ((op("||", X, Y), False), (Y, True)),
        ((X, False), (op("||", X, Y), True), (Y, False)),
        ((op("==", X, Y), True), (X, True), (op("==", X, Y), False)),
    ],
    ids=str,
)
def test_a_path_that_contradicts_itself_is_none(conditions: tuple[tuple[Value, bool], ...]) -> None:
    assert assumed(*conditions) is None


def test_a_constant_and_a_name_may_be_one_number() -> None:
    name = U.make("symbol", "A")
    assert assumed((op("==", X, U.const(1)), True), (op("==", X, name), True)) is not None


def test_a_fact_remembers_where_it_was_learned() -> None:
    state = State()
    assert state.restrict(X, NONZERO, 40)
    assert state.restrict(X, ANY, 90)
    assert state.learned(X) == 40


def test_a_copy_goes_its_own_way() -> None:
    state = State()
    other = state.copy()
    other.assume(X, True, 1)
    other.env[U.make("local", "a")] = X
    other.taken["lock", X] = Lock("lock", X, "write", False, 1, "f")
    assert (state.facts, state.env, state.taken) == ({}, {}, {})


def locked(offset: int, mode: str = "write") -> State:
    """A state with one lock held."""
    state = State()
    state.taken["lock", X] = Lock("lock", X, mode, False, offset, "f")
    return state


def test_facts_are_no_part_of_the_property() -> None:
    state = State()
    state.assume(X, True, 1)
    assert state.property_key() == State().property_key()


def test_the_property_is_what_is_held_and_not_where_it_was_taken() -> None:
    assert locked(1).property_key() == locked(2).property_key()
    assert locked(1).property_key() != locked(1, "read").property_key()
    assert locked(1).property_key() != State().property_key()


def test_the_property_is_also_the_state_of_monitors_and_what_was_given_back() -> None:
    monitored, given = State(), State()
    monitored.monitors[3] = frozenset({"pending"})
    given.given["lock", X] = 1
    keys = {each.property_key() for each in (State(), monitored, given)}
    assert len(keys) == 3


def test_the_trail_has_the_newest_step_first() -> None:
    state = State()
    state.step(1, 2, "true")
    state.step(3, 4, "call", "7")
    assert state.trail is not None
    assert (state.trail.depth, state.trail.text) == (2, "7")
    assert state.trail.before is not None
    assert state.trail.before.kind == "true"
