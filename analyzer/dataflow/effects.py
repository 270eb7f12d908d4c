"""Effects: what a function does to its caller, one outcome for each way in which it leaves the
locks.

An outcome's values are terms over the parameters and over what memory held at entry. Values that
the caller cannot name (made inside) are numbered; each becomes one fresh value of the call.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from analyzer.dataflow.state import Cases, EventKey, Lock, LockKey, State
from analyzer.dataflow.values import ANY, Value

_NAMED: Final = frozenset(("param", "global", "const", "symbol", "function", "text"))
_BUILT: Final = frozenset(("load", "sub", "elem", "app", "op", "not", "member"))
MAX_OUTCOMES: Final = 6


Guards: TypeAlias = tuple[tuple[Value, int], ...]
"""Facts on entry values (value, signs) that hold together."""

ALWAYS: Final[tuple[Guards, ...]] = ((),)


@dataclass(frozen=True, slots=True)
class Contract:
    """A lock that a function demands of its caller, and the place that says so.

    `object` is a term over the parameters, None where the source names a lock but not whose.
    `source` quotes the assertion or comment; `offset` is its byte offset in the function's file.
    `guards` are the cases in which it is demanded, any one of them; `certain` says that nothing
    else decides it, `others` are locks of which each would do as well.
    """

    lock: str
    mode: str
    object: Value | None
    offset: int
    source: str
    guards: tuple[Guards, ...] = ALWAYS
    certain: bool = True
    others: tuple[tuple[str, str, Value | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to return. `guards` are facts on entry values that hold on it; `result` is what it
    returns, None for a value of its own, with the signs `mask`; `stores` are (address, value or
    None, signs); `events` are calls that were made for certain; `cases` tell of entry values what
    else holds for each sign that they may have; `again` are locks that were dropped and re-taken.
    """

    guards: tuple[tuple[Value, int], ...]
    result: Value | None
    mask: int
    stores: tuple[tuple[Value, Value | None, int], ...]
    taken: tuple[Lock, ...]
    given: tuple[LockKey, ...]
    fresh: tuple[Value, ...]
    events: tuple[EventKey, ...] = ()
    cases: tuple[tuple[Value, Cases], ...] = ()
    again: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call does. No outcome: it does not return. `precise` is False if the analysis of the
    body gave up. `meant` are conditions that a model says are meant to hold. `unclear` are locks
    that are left in different ways for one and the same result, `passed` objects that a function
    pointer is given.
    """

    outcomes: tuple[Outcome, ...]
    contracts: tuple[Contract, ...] = ()
    precise: bool = True
    meant: tuple[Value, ...] = ()
    unclear: frozenset[LockKey] = frozenset()
    passed: tuple[Value, ...] = ()


class Naming:
    """Tells which values the caller can name, and numbers the others that it gets to see."""

    def __init__(self) -> None:
        self.memo: dict[Value, bool] = {}
        self.fresh: list[Value] = []

    def named(self, value: Value) -> bool:
        """Whether a value is built of parameters, globals and constants only."""
        found = self.memo.get(value)
        if found is None:
            found = value.kind in _NAMED or (
                value.kind in _BUILT
                and all(self.named(arg) for arg in value.args if isinstance(arg, Value))
            )
            self.memo[value] = found
        return found

    def reachable(self, value: Value) -> bool:
        """Whether the caller sees the value: by name, or as part of something fresh that it was
        given.
        """
        if self.named(value) or value in self.fresh:
            return True
        if value.kind in _BUILT:
            return all(self.reachable(arg) for arg in value.args if isinstance(arg, Value))
        return False

    def show(self, value: Value) -> Value:
        """Makes sure that the caller has a name for `value`, or for the parts that it is built
        of.
        """
        if not self.reachable(value):
            if value.kind in _BUILT and value.kind != "member":
                for arg in value.args:
                    if isinstance(arg, Value):
                        self.show(arg)
            else:
                self.fresh.append(value)
        return value

    def stores(self, state: State) -> Iterator[tuple[Value, Value, Value | None]]:
        """The places that the caller can name and that were written: (address, value, value if it
        has a name).
        """
        for address, value in state.env.items():
            if address.kind in ("local", "slot") or not self.reachable(address):
                continue
            if value.kind == "load" and value.args[0] is address:
                continue
            visible = value.kind not in ("init", "phi")
            yield address, value, self.show(value) if visible else None


def seen(state: State, result: Value | None) -> Naming:
    """What a caller can name of a final state: by the result, and by what was stored for it."""
    naming = Naming()
    if result is not None:
        naming.show(result)
    for _ in naming.stores(state):
        pass
    return naming


def nameable(value: Value) -> bool:
    """Whether a caller can name the value: it is built of parameters, globals and constants
    only.
    """
    return Naming().named(value)


def outcome(state: State, result: Value | None, guards: bool) -> Outcome:
    """The outcome that a final state stands for; `guards` asks for the facts that tell it from
    others.
    """
    naming = Naming()
    mask = ANY
    if result is not None:
        mask = state.mask(result)
        naming.show(result)
    stores = [(address, shown, state.mask(value)) for address, value, shown in naming.stores(state)]
    taken = tuple(
        lock for lock in state.taken.values() if not lock.entry and naming.reachable(lock.object)
    )
    again = tuple(
        lock for lock in state.taken.values() if lock.again and naming.reachable(lock.object)
    )
    given = tuple(key for key in state.given if naming.reachable(key[1]))
    known: tuple[tuple[Value, int], ...] = ()
    if guards:
        known = tuple(
            (value, fact & ANY)
            for value, fact in state.facts.items()
            if value.kind != "result" and naming.reachable(value)
        )
    events = tuple((name, tuple(naming.show(arg) for arg in args)) for name, args in state.events)
    cases = tuple(
        (value, told)
        for value, each in state.cases.items()
        if naming.reachable(value) and (told := _told(each, naming))
    )
    return Outcome(
        known, result, mask, tuple(stores), taken, given, tuple(naming.fresh), events, cases, again
    )


def only_asserts(effect: Effect) -> bool:
    """Whether calling it does nothing but demand."""
    return all(
        not (each.taken or each.given or each.again or each.stores or each.fresh or each.result)
        for each in effect.outcomes
    )


def _told(cases: Cases, naming: Naming) -> Cases:
    """Cases as far as the caller can name them; none if nothing is left."""
    found = tuple(
        (mask, tuple((value, known) for value, known in facts if naming.named(value)))
        for mask, facts in cases
    )
    return found if any(facts for _, facts in found) else ()
