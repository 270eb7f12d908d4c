"""The abstract state on a path: contents of places, facts on values, locks, monitors, and the trail
that led here.
"""

from typing import Final, NamedTuple, TypeAlias

from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO, Value

Facts: TypeAlias = dict[Value, int]
"""A value's sign mask in the low three bits, and above them the byte offset where it was learned.
"""

Cases: TypeAlias = tuple[tuple[int, tuple[tuple[Value, int], ...]], ...]
"""For each sign mask of a phi, the facts that held on the paths which gave it that sign."""

_MAX_CASE_FACTS: Final = 16
_HAPPENED: Final = -1
"""The number of the monitor that holds what happened."""


class Lock(NamedTuple):
    """A lock held on the path. `mode` is 'read' or 'write'; `entry` says that it was held on entry,
    by contract; `offset` is the byte where it was taken or asserted, `source` what took it, in
    words; `again` that the lock of the caller was dropped and taken again.
    """

    name: str
    object: Value
    mode: str
    entry: bool
    offset: int
    source: str
    again: bool = False


class Trail(NamedTuple):
    """One step of the path so far, newest first: a branch taken, a call, a lock taken or released,
    an event of a rule.

    `depth` counts the steps up to this one.
    """

    before: "Trail | None"
    depth: int
    start: int
    end: int
    kind: str
    text: str


LockKey: TypeAlias = tuple[str, Value]
EventKey: TypeAlias = tuple[str, tuple[Value, ...]]
PropertyKey: TypeAlias = tuple[object, ...]


class State:
    """A mutable state of the simulation; `copy` before it forks.

    `taken` are locks held, `given` are locks released here that were not held here (the caller's).
    `monitors` holds the state of every monitor that left its initial one, by clause number; its
    values are hashable. `classes` tells the lock class of objects that were once locked as such;
    `events` are calls that rules speak of and that happened on every path to here; `marks` are the
    places that hold a flag which a rule speaks of. `kinds` are the classes that were left for
    values where paths met, see `classes`.
    """

    __slots__ = (
        "cases",
        "classes",
        "env",
        "equal",
        "events",
        "facts",
        "given",
        "kinds",
        "marks",
        "monitors",
        "ran",
        "taken",
        "trail",
    )

    def __init__(self) -> None:
        self.env: dict[Value, Value] = {}
        self.facts: Facts = {}
        self.equal: dict[Value, Value] = {}
        self.cases: dict[Value, Cases] = {}
        self.kinds: dict[Value, frozenset[str]] = {}
        self.taken: dict[LockKey, Lock] = {}
        self.given: dict[LockKey, int] = {}
        self.monitors: dict[int, object] = {}
        self.classes: dict[Value, str] = {}
        self.events: dict[EventKey, int] = {}
        self.marks: frozenset[tuple[Value, str]] = frozenset()
        self.ran: frozenset[int] = frozenset()
        self.trail: Trail | None = None

    def copy(self) -> "State":
        """A state of its own that says the same."""
        other = State.__new__(State)
        other.env = self.env.copy()
        other.facts = self.facts.copy()
        other.equal = self.equal.copy() if self.equal else {}
        other.cases = self.cases.copy() if self.cases else {}
        other.kinds = self.kinds.copy() if self.kinds else {}
        other.taken = self.taken.copy() if self.taken else {}
        other.given = self.given.copy() if self.given else {}
        other.monitors = self.monitors.copy() if self.monitors else {}
        other.classes = self.classes.copy()
        other.events = self.events.copy() if self.events else {}
        other.marks = self.marks
        other.ran = self.ran
        other.trail = self.trail
        return other

    def property_key(self) -> PropertyKey:
        """What must be equal for two states to be merged: locks and monitors (ESP's property
        state).
        """
        if not (self.taken or self.given or self.monitors or self.marks):
            return ()
        return (
            self.marks,
            frozenset(
                (lock.name, lock.object, lock.mode, lock.entry, lock.again)
                for lock in self.taken.values()
            ),
            frozenset(self.given),
            frozenset(self.monitors.items()),
        )

    def keep_apart(self) -> None:
        """Makes the names of the calls that rules speak of, and that happened, part of the
        property.
        """
        names = frozenset(name for name, _ in self.events)
        if names:
            self.monitors[_HAPPENED] = names
        else:
            self.monitors.pop(_HAPPENED, None)

    def step(self, start: int, end: int, kind: str, text: str = "") -> None:
        """Adds a step to the trail."""
        before = self.trail
        self.trail = Trail(before, before.depth + 1 if before else 1, start, end, kind, text)

    # Facts. ---------------------------------------------------------------------------------------

    def mask(self, value: Value) -> int:
        """The signs that `value` may have."""
        fact = self.facts.get(value)
        if fact is not None:
            return fact & ANY
        if value.signs:
            return value.signs
        if value.kind == "not":
            inner = self.mask(_value(value.args[0]))
            return POSITIVE if inner == ZERO else ZERO if not inner & ZERO else ZERO | POSITIVE
        return self._operator_mask(value)

    def learned(self, value: Value) -> int:
        """The byte offset where the fact on `value` was learned, 0 if there is none."""
        return self.facts.get(value, 0) >> 3

    def restrict(self, value: Value, mask: int, offset: int) -> bool:
        """Learns that `value` has a sign in `mask`; False if that cannot be."""
        old = self.mask(value)
        new = old & mask
        if not new:
            return False
        if new != old:
            self.facts[value] = new | offset << 3
            cases = self.cases.get(value)
            if cases:
                return self._restrict_cases(value, cases, new, offset)
        return True

    def _restrict_cases(self, value: Value, cases: Cases, mask: int, offset: int) -> bool:
        left = tuple(case for case in cases if case[0] & mask)
        if not left:
            return False
        self.cases[value] = left
        if len(left) == 1:
            return all(self.restrict(fact, known, offset) for fact, known in left[0][1])
        return True

    def _settle_cases(self, offset: int) -> bool:
        """What an equality decides of the comparisons that cases depend on."""
        for value, cases in tuple(self.cases.items()):
            if value.kind == "op" and value not in self.facts:
                mask = self.mask(value)
                decided = any(case[0] & ~mask for case in cases)
                if decided and not self._restrict_cases(value, cases, mask, offset):
                    return False
        return True

    def _operator_mask(self, value: Value) -> int:
        operator = value.args[0]
        left, right = _value(value.args[1]), _value(value.args[2])
        truth: bool | None = None
        match operator:
            case "==":
                truth = self._equals(left, right)
            case "<" | "<=":
                truth = self._less(left, right, operator == "<=")
            case "&&":
                one, two = self.truth(left), self.truth(right)
                truth = False if one is False or two is False else True if one and two else None
            case "||":
                one, two = self.truth(left), self.truth(right)
                truth = True if one or two else False if one is False and two is False else None
            case "|":
                either = self.mask(left) & self.mask(right)
                if not (self.mask(left) & ZERO and self.mask(right) & ZERO):
                    return NONZERO
                return either if either == ZERO else ANY
            case "&" if left is right:
                return POSITIVE
            case "+":  # Overflow of a counter is not looked at.
                masks = (self.mask(left), self.mask(right))
                if not (masks[0] | masks[1]) & NEGATIVE:
                    return POSITIVE if POSITIVE in masks else ZERO | POSITIVE
                return ANY
            case "&":
                return ZERO if self._masked_out(left, right) else ANY
            case "neg":
                inner = self.mask(left)
                return (
                    (inner & ZERO)
                    | (NEGATIVE if inner & POSITIVE else 0)
                    | (POSITIVE if inner & NEGATIVE else 0)
                )
            case _:
                return ANY
        return ZERO | POSITIVE if truth is None else POSITIVE if truth else ZERO

    def _masked_out(self, left: Value, right: Value) -> bool:
        """Whether a test of more flags has shown that none of these is set."""
        for whole, flag in ((left, right), (right, left)):
            if flag.kind != "symbol":
                continue
            for value, fact in self.facts.items():
                if value.kind == "op" and fact & ANY == ZERO and value.args[0] == "&":
                    one, two = value.args[1:]
                    mask = two if one is whole else one if two is whole else None
                    if isinstance(mask, Value) and holds(mask, flag):
                        return True
        return False

    def _equals(self, left: Value, right: Value) -> bool | None:
        if left is right:
            return True
        left, right = self.equal.get(left, left), self.equal.get(right, right)
        if left is right:
            return True
        if left.kind in DISTINCT and right.kind in DISTINCT:
            return False if left.kind == right.kind else None
        one, two = self.mask(left), self.mask(right)
        if one == ZERO and two == ZERO:
            return True
        return None if one & two else False

    def _less(self, left: Value, right: Value, equal: bool) -> bool | None:
        if left.kind == "const" and right.kind == "const":
            one, two = left.args[0], right.args[0]
            if isinstance(one, int) and isinstance(two, int):
                return one <= two if equal else one < two
        low, high = self.mask(left), self.mask(right)
        if low == NEGATIVE and not high & NEGATIVE:
            return True
        if high == NEGATIVE and not low & NEGATIVE:
            return False
        if high == ZERO:
            return (
                not equal
                if not low & (NEGATIVE | ZERO) and equal
                else (False if not low & (NEGATIVE | (ZERO if equal else 0)) else None)
            )
        if low == ZERO:
            if not high & NEGATIVE and (equal or not high & ZERO):
                return True
            if not high & (POSITIVE | (ZERO if equal else 0)):
                return False
        return None

    def truth(self, value: Value) -> bool | None:
        """Whether `value` is known to be non-zero."""
        mask = self.mask(value)
        return None if mask & ZERO and mask & NONZERO else not mask & ZERO

    def assume(self, value: Value, truth: bool, offset: int) -> bool:
        """Learns that `value` is non-zero, or zero; False if this path cannot be."""
        kind = value.kind
        if kind == "not":
            return self.assume(_value(value.args[0]), not truth, offset)
        if kind == "op":
            return self._assume_operator(value, truth, offset)
        return self.restrict(value, NONZERO if truth else ZERO, offset)

    def _assume_operator(self, value: Value, truth: bool, offset: int) -> bool:
        left, right = _value(value.args[1]), _value(value.args[2])
        match value.args[0]:
            case "==":
                if not self._assume_equal(left, right, truth, offset):
                    return False
            case "<" | "<=":
                if not self._assume_less(value, truth, offset):
                    return False
            case "&&" | "||" as operator:
                both = operator == "&&"
                if truth is both:
                    return self.assume(left, both, offset) and self.assume(right, both, offset)
                if self.truth(left) is both:
                    return self.assume(right, not both, offset)
                if self.truth(right) is both:
                    return self.assume(left, not both, offset)
            case "&" if truth:
                if not (
                    self.restrict(left, NONZERO, offset) and self.restrict(right, NONZERO, offset)
                ):
                    return False
        return self.restrict(value, NONZERO if truth else ZERO, offset)

    def _assume_equal(self, left: Value, right: Value, truth: bool, offset: int) -> bool:
        known = self._equals(left, right)
        if known is not None and known is not truth:
            return False
        if truth:
            common = self.mask(left) & self.mask(right)
            if not (self.restrict(left, common, offset) and self.restrict(right, common, offset)):
                return False
            if right.kind in DISTINCT:
                self.equal[left] = right
            elif left.kind in DISTINCT:
                self.equal[right] = left
            return not self.cases or self._settle_cases(offset)
        for one, other in ((left, right), (right, left)):
            if self.mask(one) == ZERO and not self.restrict(other, NONZERO, offset):
                return False
        return True

    def _assume_less(self, value: Value, truth: bool, offset: int) -> bool:
        left, right = _value(value.args[1]), _value(value.args[2])
        strict = value.args[0] == "<"
        if not truth:  # !(a < b) is b <= a
            left, right, strict = right, left, not strict
        low, high = self.mask(left), self.mask(right)
        if high == ZERO and not self.restrict(left, NEGATIVE | (0 if strict else ZERO), offset):
            return False
        if high == NEGATIVE and not self.restrict(left, NEGATIVE, offset):
            return False
        if low == ZERO and not self.restrict(right, POSITIVE | (0 if strict else ZERO), offset):
            return False
        return not (low == POSITIVE and not self.restrict(right, POSITIVE, offset))


DISTINCT: Final = frozenset(("const", "symbol", "function"))
"""Kinds of values of which two different ones are never equal."""


def holds(mask: Value, flag: Value) -> bool:
    """Whether a union of flags holds one."""
    if mask is flag:
        return True
    if mask.kind != "op" or mask.args[0] != "|":
        return False
    return any(isinstance(part, Value) and holds(part, flag) for part in mask.args[1:])


def _value(atom: object) -> Value:
    assert isinstance(atom, Value)
    return atom
