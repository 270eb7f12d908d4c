"""Symbolic values."""

import pytest

from analyzer.dataflow.values import Universe, Value, epoch, parts, root


def test_equal_terms_are_one_value() -> None:
    universe = Universe()
    base = universe.make("param", 0, "p")
    assert universe.make("sub", base, "f") is universe.make("sub", base, "f")
    assert universe.make("sub", base, "f") is not universe.make("sub", base, "g")


def test_values_are_numbered_in_the_order_of_making() -> None:
    universe = Universe()
    first, second = universe.make("local", "b"), universe.make("local", "a")
    assert first.number < second.number


def test_a_value_knows_the_calls_and_phis_that_it_is_built_of() -> None:
    universe = Universe()
    result, fresh = universe.make("result", 3), universe.make("fresh", 5, 0)
    phi = universe.make("phi", 2, universe.make("local", "x"))
    whole = universe.make("app", "f", universe.make("op", "+", result, fresh), phi)
    assert whole.calls == {3, 5, epoch(2)}


def test_no_epoch_of_a_block_is_the_id_of_a_call() -> None:
    assert all(epoch(block) < 0 for block in range(4))
    assert len({epoch(block) for block in range(4)}) == 4


def test_the_next_round_of_a_loop_renames_what_the_last_one_got() -> None:
    universe = Universe()
    result, other = universe.make("result", 1), universe.make("result", 2)
    term = universe.make("op", "==", universe.load(universe.make("sub", result, "f")), other)
    old = universe.rename(term, 1, {})
    assert universe.make("prev", "result", 1) in set(parts(old))
    assert other in set(parts(old))
    assert result not in set(parts(old))
    assert universe.rename(old, 1, {}) is old


@pytest.mark.parametrize("kind", ["sub", "elem"])
def test_the_root_is_what_an_address_starts_from(kind: str) -> None:
    universe = Universe()
    base = universe.make("param", 0, "p")
    position = universe.make("const", 1) if kind == "elem" else "f"
    address = universe.make(kind, universe.load(universe.make("sub", base, "next")), position)
    assert root(address) is base


def test_values_are_shown_as_c() -> None:
    universe = Universe()
    p = universe.make("param", 0, "p")
    local = universe.make("local", "s")

    def field(base: Value, *names: str) -> Value:
        for name in names:
            base = universe.make("sub", base, name)
        return base

    assert str(universe.null) == "NULL"
    assert str(universe.load(field(p, "f"))) == "p->f"
    assert str(universe.load(field(p, "f", "g"))) == "p->f.g"
    assert str(field(local, "f")) == "&s.f"
    assert str(universe.load(p)) == "*p"
