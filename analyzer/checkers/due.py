"""What `follow` leaves pending where a function returns, and whom that concerns: the callers that
hold the lock which must not go first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Final, NamedTuple

from analyzer.checkers.callsites import CallSites, through_pointers
from analyzer.checkers.conditions import Answer, Conditions, Tri
from analyzer.checkers.matching import Binding
from analyzer.checkers.patterns import Hole
from analyzer.checkers.property import AnyOf, Condition, EventPattern, Follow, LockEvent
from analyzer.checkers.question import way
from analyzer.checkers.scope import exemption_of
from analyzer.dataflow import Analysis, Lock, LockTable, Simulation, State, Value
from analyzer.dataflow.effects import Guards, nameable
from analyzer.dataflow.occurrences import Stored
from analyzer.dataflow.values import ANY, root
from analyzer.program import FunctionRef

_MOST_STORES: Final = 4
_MOST_LEVELS: Final = 4
"""So far above a place its lock is looked for; a lock that spins is not held across more."""


class Content(NamedTuple):
    """What lies at an address: its signs. `kept`: whatever else a callee stores there has them,
    too.
    """

    address: Value
    mask: int
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """What is pending where `callee` returns, in its terms: the holes as bound, those in `returned`
    by the returned value.

    The rest tells the way on which it is: `when` are facts of entry, `result` the signs of what is
    returned, `stores` what lies at some addresses. What is returned, if `figured`, and what is
    stored at the addresses `odd` says more of the way than that. `own` says that `callee` hands the
    lock to its caller, `stated` that somebody on the way says that it is held; `loose` that one has
    tested something odd, so that the way may be another.
    """

    callee: str
    clause: Follow
    binding: Binding
    returned: tuple[str, ...] = ()
    when: Guards = ()
    result: int = ANY
    stores: tuple[Content, ...] = ()
    figured: bool = False
    odd: tuple[Value, ...] = ()
    own: bool = False
    stated: bool = False
    loose: bool = False

    @property
    def cautious(self) -> bool:
        """No: a table of operations is entered with nothing held."""
        return False

    @property
    def vague(self) -> bool:
        """No: each caller answers for itself."""
        return False

    @property
    def at_root(self) -> Tri:
        """TRUE: where nothing is held, nothing is let go."""
        return Tri.TRUE

    def conditions(self) -> tuple[Condition, ...]:
        """None: it is asked what happens behind the call."""
        return ()

    def translated(
        self, run: Simulation, state: State, args: tuple[Value, ...], callee: str
    ) -> "Due":
        """The same: a watch translates it, see `duewatch`."""
        return self

    def through(self, pointer: Value, function: Value, run: Simulation) -> "Due":
        """The same: it is asked of all that call through the field."""
        return self

    def answer(self, conditions: Conditions, state: State) -> tuple[Answer, "Due"]:
        """Nothing: the state before the call does not tell."""
        return Answer(Tri.ABSENT), self

    def doubt(self) -> str:
        """What is not known of the lock where nobody further up is asked."""
        locks = " or ".join(sorted(let_go(self.clause)))
        return f"it is not seen who holds the {locks} of {self.callee}()" if self.stated else ""


def let_go(clause: Follow) -> frozenset[str]:
    """The classes of locks of which letting one go is a deadline."""
    found = set()
    events = list(clause.before)
    while events:
        event = events.pop()
        if isinstance(event, AnyOf):
            events.extend(event.events)
        elif isinstance(event, LockEvent) and not event.acquire:
            found.add(event.lock)
    return frozenset(found)


def locks_of(table: LockTable, state: State, locks: frozenset[str]) -> list[Lock]:
    """What is held in a state of some classes."""
    return [
        each
        for each in state.taken.values()
        if each.name in locks or table.kind(each.name) in locks
    ]


class Stores:
    """What a function stores behind the pointers that it is given, on all of its paths."""

    def __init__(self) -> None:
        self._signs: dict[Value, int] = {}
        self._odd: dict[Value, None] = {}

    def note(self, state: State, stored: Stored) -> None:
        """Takes note of one store."""
        self.note_signs(state, stored)
        if is_outside(stored.address) and is_figured(stored.value):
            self._odd[stored.address] = None

    def note_signs(self, state: State, stored: Stored) -> None:
        """Takes note of a store of a callee that tells itself what it stores."""
        if is_outside(stored.address):
            signs = self._signs.get(stored.address, 0) | state.mask(stored.value)
            self._signs[stored.address] = signs

    def told(self, due: Due) -> Due:
        """What is due, with what is known of the other paths."""
        kept = (
            each._replace(kept=each.kept and not self._signs.get(each.address, 0) & ~each.mask)
            for each in due.stores
        )
        odd = dict.fromkeys((*due.odd, *self._odd))
        return replace(due, stores=tuple(kept), odd=tuple(odd))


def is_outside(address: Value) -> bool:
    """Whether a caller can name an address that a parameter leads to."""
    return root(address).kind == "param" and nameable(address)


def is_figured(value: Value | None) -> bool:
    """Whether a value was found on the way: it is no constant, and no caller can name it."""
    return value is not None and value.kind not in ("const", "symbol") and not nameable(value)


def due_at(below: Due, state: State, binding: Binding, value: Value | None) -> Due:
    """What is due where a function returns `value` in `state`, with the holes as bound; `below` is
    what it knows of the way, with what callees may have stored in `stores`.
    """
    stores = {each.address: each for each in below.stores}
    for address, stored in state.env.items():
        if is_outside(address):
            kept = address not in stores or stores[address].kept
            stores[address] = Content(address, state.mask(stored), kept)
    known = tuple(each for each in stores.values() if each.mask != ANY)
    return replace(
        below,
        binding=binding,
        returned=tuple(name for name, each in binding if each is value and not nameable(each)),
        when=way(state, ()),
        result=ANY if value is None else state.mask(value),
        stores=known[:_MOST_STORES],
        figured=is_figured(value),
    )


def with_locks(due: Due, held: list[Lock]) -> Due:
    """The same where these locks of the class are held on return."""
    return replace(
        due,
        own=any(not each.entry for each in held),
        stated=due.stated or any(each.entry for each in held),
    )


def holes_of(part: EventPattern | Condition | None) -> Iterator[str]:
    """The holes in an event or a condition."""
    if isinstance(part, Hole):
        yield part.name
    elif isinstance(part, tuple):
        for each in part:
            yield from holes_of(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from holes_of(getattr(part, field.name))


def is_under(sites: CallSites, ref: FunctionRef, clause: Follow) -> bool:
    """Whether a caller of a function near above it holds a lock that `clause` speaks of where the
    call is that leads there.
    """
    analysis = sites.analysis
    locks = let_go(clause)
    level = {ref}
    seen = set(level)
    for _ in range(_MOST_LEVELS):
        above: set[FunctionRef] = set()
        for callee in sorted(level):
            if _is_lost(analysis, callee):
                return True
            for caller, name in _callers(analysis, callee):
                if is_excused(analysis, caller, clause):
                    continue
                above.add(caller)
                if not analysis.touches(caller) and not analysis.stated(caller):
                    continue
                for call in sites.of(caller).calls.get(name, {}).values():
                    if locks_of(analysis.locks, call.state, locks):
                        return True
        level = above - seen
        seen |= level
    return False


def is_excused(analysis: Analysis, ref: FunctionRef, clause: Follow) -> bool:
    """Whether the clause says of a function that it is right."""
    name = analysis.program.head(ref).name
    exemption = exemption_of(clause.common.exemptions, ref.path, name)
    return exemption is not None and exemption.verdict == "proved"


def _is_lost(analysis: Analysis, ref: FunctionRef) -> bool:
    """Whether a function goes where it is not seen who calls it."""
    held = analysis.pointers.held(analysis.program.head(ref).name)
    calls = (analysis.pointers.calls(field) for field in held.fields)
    passed = (
        analysis.pointers.runs(target, path, index)
        for target, index, path in held.passed
        if not analysis.starts(target)
    )
    return held.escapes or not all(passed) or None in calls


def called_by(analysis: Analysis, ref: FunctionRef) -> tuple[FunctionRef, ...]:
    """Those who call a function by its name, whichever variant of it they are taken to mean."""
    program = analysis.program
    head = program.head(ref)
    variants = [ref] if head.static else program.named(head.name)
    meant = (each for each in variants if program.head(each).static is head.static)
    return tuple({caller for each in meant for caller in analysis.graph.callers(each)})


def _callers(analysis: Analysis, ref: FunctionRef) -> Iterator[tuple[FunctionRef, str]]:
    """Those who call a function, by its name, through a field or a parameter, with what they call.
    What another task is to run is called with nothing held.
    """
    name = analysis.program.head(ref).name
    held = analysis.pointers.held(name)
    for caller in sorted({*called_by(analysis, ref), *held.locals}):
        yield caller, name
    yield from through_pointers(analysis, ref)
