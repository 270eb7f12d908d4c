"""Whether a function leaves its locks in one way for all that its callers can tell apart."""

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from analyzer.dataflow.effects import Naming, seen
from analyzer.dataflow.evaluate import flag_set
from analyzer.dataflow.state import DISTINCT, LockKey, State, holds
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO, Universe, Value


class Told(Enum):
    """How a caller tells two exits apart: not at all, by what it gets, by what it knew before, or
    nobody knows.
    """

    NOT = "not"
    BY_RESULT = "result"
    BY_ENTRY = "entry"
    UNKNOWN = "unknown"


class Exit(NamedTuple):
    """A final state: what it returns, where, and what the caller can name of it."""

    state: State
    value: Value | None
    start: int
    naming: Naming

    @staticmethod
    def of(final: tuple[State, Value | None, int]) -> "Exit":
        """The exit that a final state of a simulation is."""
        state, value, start = final
        return Exit(state, value, start, seen(state, value))

    def change(self, key: LockKey) -> int:
        """What the function did to the caller's holding of a lock: 1 taken, -1 given back, 0
        neither.
        """
        lock = self.state.taken.get(key)
        given = key in self.state.given
        if lock is None:
            return -1 if given else 0
        return 0 if lock.entry or given else 1


Leaf: TypeAlias = tuple[State, Value]
"""A value that may be returned, with what was known where it came from."""

_FOUND_OR_GIVEN: Final = ({"param", "fresh"}, {"param", "result"})
"""What a function was given and what it found itself: a caller can compare."""

LEAVES: Final = 32
_ORDER: Final = (Told.NOT, Told.UNKNOWN, Told.BY_ENTRY, Told.BY_RESULT)

Flown: TypeAlias = Callable[[Exit], Iterable[Leaf]]


def changed(exits: tuple[Exit, ...]) -> tuple[LockKey, ...]:
    """The locks that some exit leaves otherwise than they were found, in the order of their
    values.
    """
    keys = {
        key for each in exits for key in (*each.state.taken, *each.state.given) if each.change(key)
    }
    return tuple(sorted(keys, key=lambda key: (key[1].number, key[0])))


def disputed(exits: tuple[Exit, ...], how: Callable[[Exit, Exit], Told]) -> frozenset[LockKey]:
    """The locks that are left in different ways at exits which no caller can tell apart for
    certain.
    """
    return frozenset(
        key
        for key in changed(exits)
        if any(
            one.change(key) > two.change(key) and how(one, two) in (Told.NOT, Told.UNKNOWN)
            for one in exits
            for two in exits
        )
    )


def told(one: Exit, two: Exit, universe: Universe, flown: Flown) -> Told:
    """How a caller can tell two exits apart. `flown` takes apart what an exit may return."""
    if _stores(one, two, universe) or _stores(two, one, universe) or _alike(one) != _alike(two):
        return Told.BY_RESULT
    if _facts(two, one.state, two.state):
        return Told.BY_ENTRY
    if one.value is None or two.value is None:
        return Told.NOT
    worst = Told.BY_RESULT
    for left in islice(flown(one), LEAVES):
        for right in islice(flown(two), LEAVES):
            how = _compared(left, right, universe)
            if how is not Told.BY_RESULT and _facts(two, left[0], right[0]):
                how = Told.BY_ENTRY
            if _ORDER.index(how) < _ORDER.index(worst):
                worst = how
        if worst is Told.NOT:
            break
    if worst is Told.NOT and (_marks(one, two) or _marks(two, one)):
        return Told.UNKNOWN
    return worst


def _alike(exit: Exit) -> frozenset[tuple[Value, Value]]:
    """The places that the caller can name which hold one and the same value that was found here."""
    by_value: dict[Value, list[Value]] = {}
    for address, value in exit.state.env.items():
        found = value.kind in ("fresh", "result")
        if found and address.kind not in ("local", "slot") and exit.naming.named(address):
            by_value.setdefault(value, []).append(address)
    return frozenset(
        (one, two) for each in by_value.values() for one in each for two in each if one is not two
    )


def _compared(one: Leaf, two: Leaf, universe: Universe) -> Told:
    """How one value that may be returned differs from another."""
    (left_state, left), (right_state, right) = one, two
    if _differ(left_state, left, right_state, right):
        return Told.BY_RESULT
    if _flags_differ(one, two, universe) or _flags_differ(two, one, universe):
        return Told.BY_RESULT
    if left is right:
        return Told.NOT
    if {left.kind, right.kind} in _FOUND_OR_GIVEN:
        return Told.BY_RESULT
    signs = left_state.mask(left)
    if signs != right_state.mask(right) or signs not in (NEGATIVE, ZERO, POSITIVE):
        return Told.UNKNOWN
    flags = flag_set(left)[0] or flag_set(right)[0]
    return Told.UNKNOWN if flags else Told.NOT


def _differ(one: State, left: Value, two: State, right: Value) -> bool:
    if not one.mask(left) & two.mask(right):
        return True
    left, right = one.equal.get(left, left), two.equal.get(right, right)
    return left is not right and left.kind == right.kind and left.kind in DISTINCT


def _flags_differ(one: Leaf, two: Leaf, universe: Universe) -> bool:
    """Whether the first holds a flag that the second does not."""
    (left_state, left), (right_state, right) = one, two
    mine, _ = flag_set(left)
    theirs, more = flag_set(right)
    for each in mine - theirs:
        if not more or not right_state.mask(universe.pair("&", right, each)) & NONZERO:
            return True
    for value, fact in left_state.facts.items():
        if value.kind == "op" and value.args[0] == "&" and left in value.args[1:]:
            mask = value.args[2] if value.args[1] is left else value.args[1]
            assert isinstance(mask, Value)
            flag = mask
            if fact & ANY == ZERO and any(holds(flag, each) for each in theirs):
                return True
            if not fact & ZERO and flag.kind == "symbol" and flag not in theirs and not more:
                return True
            if fact & ANY == ZERO and not right_state.mask(universe.pair("&", right, flag)) & ZERO:
                return True
    return False


def _stores(one: Exit, two: Exit, universe: Universe) -> bool:
    """Whether a place that the caller can name holds something else: another value, or what it
    held on entry.
    """
    for address, value in one.state.env.items():
        if address.kind in ("local", "slot") or not one.naming.reachable(address):
            continue
        other = two.state.env.get(address) or universe.make("load", address)
        if other is not value and _differ(one.state, value, two.state, other):
            return True
    return False


def _marks(one: Exit, two: Exit) -> bool:
    """Whether one exit leaves a constant where the other leaves what was there, which the caller
    may know.
    """
    return any(
        value.kind in DISTINCT
        and address.kind not in ("local", "slot")
        and address not in two.state.env
        and one.naming.reachable(address)
        for address, value in one.state.env.items()
    )


def _facts(two: Exit, left: State, right: State) -> bool:
    """Whether what the caller may know beforehand is so on one path and otherwise on the other."""
    both = left.copy()
    return not all(
        both.restrict(value, fact & ANY, 0)
        for value, fact in right.facts.items()
        if value.kind != "result" and two.naming.named(value)
    )
