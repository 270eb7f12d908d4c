"""`pair`: what is opened is closed exactly once. The typestate is the lockset's; this judges it at
exits.
"""

from analyzer.checkers.conditions import Answer, Proof, Tri
from analyzer.checkers.matching import EMPTY
from analyzer.checkers.patterns import Hole
from analyzer.checkers.property import Clause, EventPattern, LockEvent, Pair
from analyzer.checkers.watch import Watch
from analyzer.dataflow import Lock, Simulation, State, Value
from analyzer.dataflow.occurrences import Left, Locked, Occurrence
from analyzer.dataflow.values import root


class BetweenWatch(Watch):
    """Watches what opens and what closes. `_opened` are the places where an object was opened."""

    clause: Pair

    def __init__(
        self, number: int, clause: Clause, run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        super().__init__(number, clause, run, flags)
        self._opened: dict[Value, dict[tuple[int, int], None]] = {}

    @property
    def ends_elsewhere(self) -> bool:
        """A deadline or an exit ends the path."""
        return True

    def events(self) -> tuple[EventPattern, ...]:
        return (self.clause.open, self.clause.close)

    def opened(self, target: Value, place: tuple[int, int]) -> None:
        """An object is opened at a place."""
        self._opened.setdefault(target, {})[place] = None

    def closed(self, target: Value, offset: int) -> None:
        """An object is closed, which is what proves the places where it was opened."""
        for place in self._opened.get(target, ()):
            self.found[place].proofs[Proof(offset, "closed here")] = None


class PairWatch(BetweenWatch):
    """Every object opened here is closed here, or handed to a caller that can name it."""

    clause: Pair

    kinds = frozenset((Left,))

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if isinstance(occurrence, Locked):
            self._locked(state, occurrence)
        elif isinstance(occurrence, Left):
            self._left(state, occurrence)
        self.record(state, occurrence)

    def _locked(self, state: State, occurrence: Locked) -> None:
        place = (occurrence.start, occurrence.end)
        for binding in self.sites.matches(self.clause.open, occurrence, state, EMPTY):
            if occurrence.odd and not occurrence.object.calls:
                self.settle(place, state, binding, Answer(Tri.FALSE, (), "opened twice"))
            elif place not in self.found:
                self.settle(place, state, binding, Answer(Tri.TRUE))
            self.opened(occurrence.object, place)
        for binding in self.sites.matches(self.clause.close, occurrence, state, EMPTY):
            if occurrence.odd and _is_own(occurrence.object):
                reason = "closed without being opened"
                self.settle(place, state, binding, Answer(Tri.FALSE, (), reason))
            self.closed(occurrence.object, occurrence.start)

    def _left(self, state: State, occurrence: Left) -> None:
        opens = self.clause.open
        assert isinstance(opens, LockEvent)
        for lock in sorted(state.taken.values(), key=lambda each: each.offset):
            if lock.name != opens.lock or lock.entry:
                continue
            place = self._place(lock)
            binding = EMPTY
            if isinstance(opens.object, Hole):
                binding = ((opens.object.name, lock.object),)
            if _is_own(lock.object):
                state.step(occurrence.start, occurrence.end, "return")
                self.settle(place, state, binding, Answer(Tri.FALSE, (), "left open"))
            else:
                self.settle(place, state, binding, Answer(Tri.ABSENT, (), "handed to the caller"))

    def _place(self, lock: Lock) -> tuple[int, int]:
        for start, end in self.found:
            if start == lock.offset:
                return start, end
        return lock.offset, lock.offset + 1


def _is_own(target: Value) -> bool:
    """Whether the object is a local of this function, which no caller can name."""
    return root(target).kind == "local"
