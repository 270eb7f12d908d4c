"""The join of two states with one property."""

from analyzer.dataflow import State, Value
from analyzer.dataflow.join import keep_phis, merge
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO, Universe

U = Universe()
X, Y = U.make("param", 0, "x"), U.make("param", 1, "y")
FLAG, OTHER = U.make("local", "flag"), U.make("local", "other")
PHI = U.make("phi", 4, FLAG)


def state(places: dict[Value, Value], *facts: tuple[Value, bool]) -> State:
    """A state with these places and facts."""
    made = State()
    made.env.update(places)
    for value, truth in facts:
        assert made.assume(value, truth, 1)
    return made


def joined(one: State, two: State) -> State:
    """The join at the head of block 4."""
    merge(one, two, U, 4)
    return one


def test_a_place_that_holds_one_value_keeps_it() -> None:
    assert joined(state({FLAG: X}), state({FLAG: X})).env == {FLAG: X}


def test_a_place_that_differs_holds_a_phi_of_the_block() -> None:
    assert joined(state({FLAG: X}), state({FLAG: Y})).env == {FLAG: PHI}


def test_a_place_that_one_side_did_not_write_differs() -> None:
    assert joined(state({FLAG: X}), state({})).env == {FLAG: PHI}
    assert joined(state({}), state({FLAG: X})).env == {FLAG: PHI}


def test_a_place_that_holds_what_it_held_at_entry_does_not_differ() -> None:
    assert joined(state({FLAG: U.load(FLAG)}), state({})).env == {FLAG: U.load(FLAG)}


def test_a_result_that_one_side_does_not_have_dies() -> None:
    slot = U.make("slot", 3)
    assert joined(state({slot: X}), state({})).env == {}
    assert joined(state({}), state({slot: X})).env == {}


def test_signs_are_united() -> None:
    less = U.make("op", "<", X, U.null)
    result = joined(state({}, (less, True)), state({}, (U.make("op", "==", X, U.null), True)))
    assert result.mask(X) == NEGATIVE | ZERO


def test_a_fact_of_one_side_alone_is_gone() -> None:
    assert joined(state({}, (X, True)), state({})).mask(X) == ANY
    assert joined(state({}), state({}, (X, True))).mask(X) == ANY


def test_a_fact_of_both_sides_stays_and_keeps_its_place() -> None:
    result = joined(state({}, (X, True)), state({}, (X, True)))
    assert (result.mask(X), result.learned(X)) == (NONZERO, 1)


def test_a_phi_has_the_signs_of_what_flows_in() -> None:
    result = joined(state({FLAG: U.one}), state({FLAG: U.const(-4)}))
    assert result.mask(PHI) == NONZERO


def test_a_flag_tells_what_it_was_set_from() -> None:
    result = joined(state({FLAG: U.one}, (X, True)), state({FLAG: U.null}, (X, False)))
    on, off = result.copy(), result.copy()
    assert on.assume(PHI, True, 2)
    assert off.assume(PHI, False, 2)
    assert (result.mask(X), on.mask(X), off.mask(X)) == (ANY, NONZERO, ZERO)


def test_what_a_flag_tells_survives_the_next_join_with_an_equal_state() -> None:
    one = joined(state({FLAG: U.one}, (X, True)), state({FLAG: U.null}, (X, False)))
    two = one.copy()
    two.env[OTHER] = Y
    result = joined(one, two)
    assert result.assume(PHI, True, 2)
    assert result.mask(X) == NONZERO


def test_a_flag_of_one_sign_on_both_sides_tells_nothing() -> None:
    result = joined(state({FLAG: U.one}, (X, True)), state({FLAG: U.const(2)}, (X, False)))
    assert result.mask(PHI) == POSITIVE
    assert result.assume(PHI, True, 2)
    assert result.mask(X) == ANY


def test_equality_with_a_constant_needs_both_sides() -> None:
    five, six = U.make("op", "==", X, U.const(5)), U.make("op", "==", X, U.const(6))
    assert joined(state({}, (five, True)), state({}, (five, True))).equal == {X: U.const(5)}
    assert joined(state({}, (five, True)), state({}, (six, True))).equal == {}


def test_the_trail_is_cut_to_what_both_paths_share() -> None:
    one = State()
    one.step(1, 2, "call", "1")
    two = one.copy()
    one.step(3, 4, "true")
    two.step(3, 4, "false")
    two.step(5, 6, "call", "2")
    result = joined(one, two)
    assert result.trail is not None
    assert (result.trail.depth, result.trail.kind) == (1, "call")


def test_a_phi_that_stood_at_a_block_is_kept_with_the_signs_of_both() -> None:
    known = state({FLAG: PHI, OTHER: X}, (U.make("op", "<", U.null, PHI), True))
    calm = keep_phis(known, state({FLAG: U.null, OTHER: Y}), U, 4)
    assert calm.env == {FLAG: PHI, OTHER: Y}
    assert calm.mask(PHI) == ZERO | POSITIVE


def test_a_join_without_a_phi_from_before_stays_as_it_is() -> None:
    made = state({FLAG: X})
    assert keep_phis(state({FLAG: X}), made, U, 4) is made
