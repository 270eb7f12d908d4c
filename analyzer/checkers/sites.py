"""Where an event of a rule happens: patterns of events against the occurrences on a path."""

from fnmatch import fnmatchcase

from analyzer.checkers.conditions import Conditions
from analyzer.checkers.interest import Interest, of_any_record
from analyzer.checkers.matching import Binding, Matcher, bound
from analyzer.checkers.patterns import HasFlag, Hole, Pattern
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    Compare,
    Condition,
    Either,
    EndEvent,
    EscapeEvent,
    EventPattern,
    InitialiseEvent,
    LockEvent,
    Not,
    StoreEvent,
    Truth,
    UseEvent,
    WhenEvent,
)
from analyzer.dataflow import State, Value
from analyzer.dataflow.occurrences import (
    Branched,
    Called,
    Left,
    Locked,
    Looped,
    Occurrence,
    Stored,
    Used,
)
from analyzer.dataflow.values import NEGATIVE, POSITIVE, ZERO, root

_SIGNS = {"negative": NEGATIVE, "zero": ZERO, "positive": POSITIVE}


class Sites:
    """Matches events in one simulation."""

    def __init__(self, matcher: Matcher, conditions: Conditions) -> None:
        self._matcher = matcher
        self._conditions = conditions
        self._types = dict(matcher.run.function.types)
        self._candidates: dict[tuple[int, object], tuple[EventPattern, ...]] = {}
        self._atoms: dict[int, tuple[tuple[Pattern | Compare, bool], ...]] = {}

    def matches(
        self, event: EventPattern, occurrence: Occurrence, state: State, binding: Binding
    ) -> tuple[Binding, ...]:
        """The bindings under which `occurrence` is the event; none if it is not.

        A call is told twice; an event that binds or tests the result matches the second time, every
        other the first.
        """
        if not isinstance(event, AnyOf):
            return self._match(event, occurrence, state, binding)
        key = (id(event), occurrence.name if isinstance(occurrence, Called) else type(occurrence))
        events = self._candidates.get(key)
        if events is None:
            events = tuple(each for each in _flat(event) if _possible(each, occurrence))
            self._candidates[key] = events
        if not events:
            return ()
        found: list[Binding] = []
        for each in events:
            found.extend(self._match(each, occurrence, state, binding))
        return tuple(dict.fromkeys(found))

    def _match(
        self, event: EventPattern, occurrence: Occurrence, state: State, binding: Binding
    ) -> tuple[Binding, ...]:
        match event, occurrence:
            case CallEvent(), Called():
                return _some(self._call(event, occurrence, state, binding))
            case StoreEvent(), Stored() | Called():
                return self._store(event, occurrence, state, binding)
            case InitialiseEvent(pattern), Stored(address) if self._is_object(address):
                return _some(self._matcher.match(pattern, address, state, binding))
            case EscapeEvent(), Called() | Stored() | Left():
                return self._escape(event, occurrence, state, binding)
            case UseEvent(pattern), Used(value):
                return _some(self._matcher.match(pattern, value, state, binding))
            case WhenEvent(), Branched():
                return self._when(event, occurrence, state, binding)
            case LockEvent(), Locked():
                return _some(self._lock(event, occurrence, state, binding))
            case EndEvent(), Left() | Looped():
                return _some(self._end(event, occurrence, state, binding))
            case _:
                return ()

    def _call(
        self, event: CallEvent, call: Called, state: State, binding: Binding
    ) -> Binding | None:
        # A call that a callee makes is told without its result: it is taken to have succeeded.
        late = event.result is not None or (event.outcome is not None and not call.replayed)
        if late is (call.result is None) or not _named(event.callee, call.name):
            return None
        found = self._matcher.match_all((event.args, event.rest), call.args, state, binding)
        if found is None or call.result is None:
            return found
        if event.outcome is not None and self._matcher.outcome(event, call.result, state) is False:
            return None
        if event.result is None:
            return found
        return self._matcher.match(event.result, call.result, state, found)

    def awaited(
        self, event: EventPattern, occurrence: Occurrence, state: State
    ) -> tuple[CallEvent, Value] | None:
        """The call and its result, where the event asks for an outcome of it that nothing tested
        yet.
        """
        if not isinstance(occurrence, Called) or occurrence.result is None:
            return None
        for each in event.events if isinstance(event, AnyOf) else (event,):
            if isinstance(each, CallEvent) and each.outcome is not None:
                named = _named(each.callee, occurrence.name)
                if named and self._matcher.outcome(each, occurrence.result, state) is None:
                    return each, occurrence.result
        return None

    def _store(
        self, event: StoreEvent, occurrence: Stored | Called, state: State, binding: Binding
    ) -> tuple[Binding, ...]:
        if isinstance(occurrence, Called):
            if occurrence.result is not None or not isinstance(event.value, HasFlag):
                return ()
            if event.record or not _anything(event.place):
                return ()
            for arg in occurrence.args:
                if self._matcher.has(state, arg, event.value.flag):
                    return (binding,)
            return ()
        found = self._matcher.match_place(event.place, occurrence.address, state, binding)
        if found is None or (
            event.record and not self._is_record(occurrence.address, event.record)
        ):
            return ()
        return _some(self._matcher.match(event.value, occurrence.value, state, found))

    def _is_object(self, address: Value) -> bool:
        """Whether the address is that of a local struct or union as a whole."""
        if address.kind != "local":
            return False
        kind = self._types.get(str(address.args[0]), "")
        return "*" not in kind and kind.startswith(("struct ", "union "))

    def _is_record(self, address: Value, record: str) -> bool:
        """Whether the object that a place belongs to is of the record."""
        origin = root(address)
        kind = ""
        function = self._matcher.run.function
        if origin.kind == "param":
            kind = next((p.type for p in function.parameters if p.name == origin.args[1]), "")
        elif origin.kind == "local":
            kind = self._types.get(str(origin.args[0]), "")
        return record in kind.replace("*", " ").split()

    def _escape(
        self, event: EscapeEvent, occurrence: Called | Stored | Left, state: State, binding: Binding
    ) -> tuple[Binding, ...]:
        values: tuple[Value | None, ...]
        match occurrence:
            case Called(_, args, None):
                values = args
            case Called():
                values = ()
            case Stored(_, value) | Left(value):
                values = (value,)
        found = []
        for value in values:
            if value is None or value.kind != "local":
                continue
            if event.record and not self._is_record(value, event.record):
                continue
            match = self._matcher.match_place(event.object, value, state, binding)
            if match is not None:
                found.append(match)
        return tuple(found)

    def _when(
        self, event: WhenEvent, branch: Branched, state: State, binding: Binding
    ) -> tuple[Binding, ...]:
        value, truth = branch.condition, branch.truth
        while value.kind == "not" and isinstance(value.args[0], Value):
            value, truth = value.args[0], not truth
        found = []
        atoms = self._atoms.get(id(event))
        if atoms is None:
            atoms = self._atoms[id(event)] = _atoms(event.condition)
        for atom, wanted in atoms:
            if wanted is not truth:
                continue
            for match in self._tested(atom, value, state, binding):
                if all(self._points_to(match, *record) for record in event.records):
                    found.append(match)
        return tuple(dict.fromkeys(found))

    def _tested(
        self, atom: Pattern | Compare, value: Value, state: State, binding: Binding
    ) -> tuple[Binding, ...]:
        """The bindings under which a tested value is what an atom asks; `==` has no order."""
        if not isinstance(atom, Compare):
            return _some(self._matcher.match(atom, value, state, binding))
        if value.kind != "op" or value.args[0] != "==":
            return ()
        sides = value.args[1:]
        for pair in ((atom.left, atom.right), (atom.right, atom.left)):
            found = self._matcher.match_all((pair, False), sides, state, binding)
            if found is not None:
                return (found,)
        return ()

    def _points_to(self, binding: Binding, hole: str, record: str) -> bool:
        """Whether the hole, if it is bound, is a pointer to the record itself."""
        value = bound(binding, hole)
        return value is None or (root(value) is value and self._is_record(value, record))

    def _lock(
        self, event: LockEvent, lock: Locked, state: State, binding: Binding
    ) -> Binding | None:
        locks = self._matcher.run.world.locks
        if event.acquire is not lock.acquired:
            return None
        if event.lock != lock.name and locks.kind(lock.name) != event.lock:
            return None
        if event.mode and lock.mode and event.mode != lock.mode:
            return None
        if event.object is None:
            return binding
        return self._matcher.match(event.object, lock.object, state, binding)

    def _end(
        self, event: EndEvent, occurrence: Left | Looped, state: State, binding: Binding
    ) -> Binding | None:
        words = event.what.split()
        if words[0] == "end":
            return binding if isinstance(occurrence, Looped) and words[-1] == "iteration" else None
        if not isinstance(occurrence, Left):
            return None
        if len(words) == 1:
            return binding
        mask = (
            ZERO | POSITIVE | NEGATIVE if occurrence.value is None else state.mask(occurrence.value)
        )
        return binding if mask == _SIGNS.get(words[1], 0) else None


def _flat(event: EventPattern) -> tuple[EventPattern, ...]:
    """The events of a disjunction, however it nests."""
    if not isinstance(event, AnyOf):
        return (event,)
    return tuple(each for part in event.events for each in _flat(part))


def _possible(event: EventPattern, occurrence: Occurrence) -> bool:
    """Whether an occurrence of this kind, and of this name, can be the event at all."""
    interest = Interest.of((event,))
    if isinstance(occurrence, Called):
        return Called in interest.kinds and interest.call(occurrence.name)
    return type(occurrence) in interest.kinds


def _some(binding: Binding | None) -> tuple[Binding, ...]:
    return () if binding is None else (binding,)


def _named(pattern: str, name: str) -> bool:
    if name in (pattern, of_any_record(pattern)):
        return True
    return "*" in pattern and fnmatchcase(name, pattern)


def _anything(pattern: Pattern) -> bool:
    return not isinstance(pattern, Hole) and type(pattern).__name__ == "Anything"


def _atoms(condition: Condition) -> tuple[tuple[Pattern | Compare, bool], ...]:
    match condition:
        case Either(parts):
            return tuple(atom for part in parts for atom in _atoms(part))
        case Truth(value):
            return ((value, True),)
        case Compare(operator, left, right):
            return ((Compare("==", left, right), operator == "=="),)
        case Not(part):
            return tuple((value, not truth) for value, truth in _atoms(part))
        case _:
            return ()
