"""Where a clause can have a site: the functions whose names and types leave it possible, found
before any is analysed.
"""

from analyzer.checkers.families import Balance
from analyzer.checkers.lockers import Lockers
from analyzer.checkers.patterns import CallOf, HasFlag, Pattern
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    Clause,
    Condition,
    Contracts,
    Either,
    EscapeEvent,
    EventPattern,
    Follow,
    LockEvent,
    Not,
    Order,
    Pair,
    Require,
    StoreEvent,
    Truth,
    WhenEvent,
)
from analyzer.checkers.scope import within
from analyzer.dataflow import Analysis
from analyzer.program import FunctionRef


class Selection:
    """Answers which functions a clause must be checked in."""

    def __init__(self, analysis: Analysis, flags: dict[str, tuple[str, ...]]) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._flags = flags
        self._modelled = frozenset(each.name for each in analysis.models.functions)
        self._lockers = Lockers(analysis)

    @staticmethod
    def asks_effects(clause: Clause) -> bool:
        """Whether the functions are found by the effects of others, which takes long."""
        events = [_opening(clause)]
        while events:
            event = events.pop()
            if isinstance(event, LockEvent):
                return True
            if isinstance(event, AnyOf):
                events.extend(event.events)
        return False

    def functions(
        self, clause: Clause, among: frozenset[FunctionRef] | None = None
    ) -> tuple[FunctionRef, ...]:
        """The definitions where the clause may have a site, in the order of files. Unless it is
        None, only those `among` count, and others may be missing.
        """
        found = self._of_event(_opening(clause), among)
        if isinstance(clause, Balance):  # What a model says of a function stands.
            found = frozenset(
                ref
                for ref in found
                if self._program.head(ref).name not in self._modelled
                or (clause.near and not ref.path.endswith(".h"))
            )
        if isinstance(clause, Follow) and all(map(_is_call, clause.before)):
            found &= self._near(frozenset().union(*map(self._of_event, clause.before)))
        scope = clause.common.scope
        return tuple(
            sorted(
                ref
                for ref in found
                if within(ref.path, scope.files)
                and within(self._program.head(ref).name, scope.functions)
            )
        )

    def demanding(self, clause: Contracts, among: frozenset[str] | None = None) -> tuple[str, ...]:
        """The functions that may demand a lock of their callers, among those where the clause
        looks and, unless it is None, the names `among`: by name, sorted.
        """
        scope = clause.common.scope
        refs = self._program.refs
        modelled = self._modelled
        if among is not None:
            refs = tuple(ref for name in sorted(among) for ref in self._program.named(name))
            modelled &= among
        found = {
            head.name
            for ref in refs
            if within(ref.path, scope.files)
            and within(self._program.head(ref).name, scope.functions)
            and (head := self._program.head(ref)).name not in self._modelled
            and head.name not in clause.foreign
            and any(
                each.lock in clause.locks for each in self._analysis.demanded(head.name, ref.path)
            )
        }
        declared = {
            name
            for name in modelled
            if any(each.lock in clause.locks for each in self._analysis.demanded(name, ""))
        }
        return tuple(sorted(found | declared))

    def callers(self, names: tuple[str, ...]) -> tuple[FunctionRef, ...]:
        """The definitions that call one of `names`."""
        program = self._program
        found = {
            ref
            for name in names
            for ref in program.mentions(name)
            if name in program.head(ref).calls
        }
        return tuple(sorted(found))

    def _near(self, refs: frozenset[FunctionRef]) -> frozenset[FunctionRef]:
        """The functions `refs`, and those that call them, or their callers, at most three deep."""
        names = {self._program.head(ref).name for ref in refs}
        for _ in range(3):
            refs |= frozenset(self.callers(tuple(names)))
            names = {self._program.head(ref).name for ref in refs}
        return refs

    def _of_event(
        self, event: EventPattern, among: frozenset[FunctionRef] | None = None
    ) -> frozenset[FunctionRef]:
        match event:
            case AnyOf(events):
                return frozenset().union(*(self._of_event(each, among) for each in events))
            case CallEvent(name):
                return self._callers(name)
            case WhenEvent(condition):
                asked = _tested(condition)
                if "" in asked:
                    return frozenset(self._program.refs)
                found = frozenset().union(*(self._callers(name) for name in asked))
                # Whoever calls a function that asks sees the answer.
                helpers = tuple(self._program.head(ref).name for ref in found)
                return found | frozenset(self.callers(helpers))
            case EscapeEvent(_, record) if record:
                return self._about(record)
            case StoreEvent(_, HasFlag(flag)):
                names = self._flags.get(flag, (flag,))
                return frozenset(ref for name in names for ref in self._program.mentions(name))
            case StoreEvent(place, _, record):
                found = frozenset(self._program.refs)
                if record:
                    found = self._about(record)
                field = getattr(place, "name", "_")
                if field != "_":
                    found &= frozenset(self._program.mentions(field))
                return found
            case LockEvent(_, lock):
                if among is not None:
                    return self._lockers.among(lock, among)
                return self._lockers.everywhere(lock)
            case _:
                return frozenset(self._program.refs)

    def _callers(self, name: str) -> frozenset[FunctionRef]:
        name = name.rpartition(".")[2]
        if "*" in name:
            return frozenset(self._program.calling(name))
        return frozenset(self._program.mentions(name))

    def _about(self, record: str) -> frozenset[FunctionRef]:
        """Functions that name the record, or have a parameter of it."""
        return frozenset((*self._program.mentions(record), *self._program.typed(record)))


def _opening(clause: Clause) -> EventPattern:
    """The event that makes a site."""
    match clause:
        case Require(_, at, _, start):
            return start or at
        case Follow(_, after):
            return after
        case Pair(_, opening, closing):
            return AnyOf((opening, closing))
        case Contracts():
            return AnyOf(())
        case Order(release_first=pairs):
            # Who releases the container alone is no site; the inner locks are the rarer ones.
            return AnyOf(tuple(LockEvent(False, inner, "", None) for inner, _ in pairs))
        case _:
            return clause.at


def _is_call(event: EventPattern) -> bool:
    """Whether an event is a call by name, or any of such calls."""
    if isinstance(event, AnyOf):
        return all(map(_is_call, event.events))
    return isinstance(event, CallEvent)


def _tested(condition: Condition) -> frozenset[str]:
    """The functions that a condition asks; an empty name for a part that asks none."""
    match condition:
        case Either(parts):
            return frozenset().union(*(_tested(part) for part in parts))
        case Not(part):
            return _tested(part)
        case Truth(value):
            return _callee(value)
        case _:
            return frozenset(("",))


def _callee(pattern: Pattern) -> frozenset[str]:
    return frozenset((pattern.callee if isinstance(pattern, CallOf) else "",))
