"""`order` with `release_first`: of two locks the inner one is given back first, where the other,
which pins its container, was taken first.

Of locks that a function was handed its callers know which was first.
"""

from dataclasses import dataclass

from analyzer.checkers.callers import Reply
from analyzer.checkers.callsites import CallSites
from analyzer.checkers.conditions import Answer, Proof, Tri
from analyzer.checkers.matching import EMPTY
from analyzer.checkers.property import EventPattern, LockEvent, Order
from analyzer.checkers.watch import Rename, Watch
from analyzer.core import Step
from analyzer.dataflow import State
from analyzer.dataflow.occurrences import Locked, Occurrence
from analyzer.ir import callee_name, calls
from analyzer.program import FunctionRef


@dataclass(frozen=True, slots=True)
class Inside:
    """The inner lock of a pair was taken here with the container's held."""

    pair: int

    def renamed(self, rename: Rename) -> "Inside":
        """The same: what was nested stays so."""
        return self


@dataclass(frozen=True, slots=True)
class Gone:
    """A lock of a pair that the caller held was given back: the inner one, or the container's."""

    pair: int
    inner: bool
    start: int
    end: int

    def renamed(self, rename: Rename) -> "Gone":
        """The same: what was given back stays so."""
        return self


class NestedWatch(Watch):
    """Every release of one lock of a pair with the other one held."""

    clause: Order

    kinds = frozenset((Locked,))

    def events(self) -> tuple[EventPattern, ...]:
        return tuple(LockEvent(False, lock, "", None) for _, lock in self.clause.release_first)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if not isinstance(occurrence, Locked) or not self._is_direct(occurrence):
            return
        for number, (inner, container) in enumerate(self.clause.release_first):
            if occurrence.name not in (inner, container):
                continue
            if not occurrence.acquired:
                if self.excused(state, EMPTY) is None:
                    self._released(state, occurrence, number)
            elif occurrence.name == inner and self._certain(state, container):
                self.keep(state, self.monitor(state) | {Inside(number)})

    def _is_direct(self, occurrence: Locked) -> bool:
        """Whether the lock moves right here, not somewhere inside a call."""
        return any(
            call.start == occurrence.start and self.run.world.moves(callee_name(call))
            for call in calls(self.run.function)
        )

    def _released(self, state: State, occurrence: Locked, number: int) -> None:
        inner, container = self.clause.release_first[number]
        mine = self.monitor(state)
        place = (occurrence.start, occurrence.end)
        handed = (occurrence.name, occurrence.object) in state.given
        first = occurrence.name == inner
        other = _holds(state, container) if first else self._certain(state, inner)
        if other and (Inside(number) in mine or (handed and not first)):
            answer = Answer(Tri.TRUE if first else Tri.FALSE, (Proof(place[0], "goes first"),))
            self.settle(place, state, EMPTY, answer)
        elif handed:
            for gone in _before(mine, number, not first):
                proofs = (Proof(gone.start, "goes first"),)
                answer = Answer(Tri.ABSENT) if first else Answer(Tri.TRUE, proofs)
                self.settle((gone.start, gone.end) if first else place, state, EMPTY, answer)
            mine |= {Gone(number, first, *place)}
        if first and not _holds(state, inner):
            mine -= {Inside(number)}
        self.keep(state, mine)

    def _certain(self, state: State, lock: str) -> bool:
        """Whether a lock is held for certain: what a deep function hands over may be given back
        in a way that is not seen.
        """
        return any(
            each.name == lock and (each.entry or self.run.world.moves(each.source))
            for each in state.taken.values()
        )


def _before(monitor: frozenset[object], pair: int, inner: bool) -> list[Gone]:
    """The locks of a pair that the caller held and that went before."""
    found = [each for each in monitor if isinstance(each, Gone)]
    return sorted(
        (each for each in found if each.pair == pair and each.inner is inner),
        key=lambda each: each.start,
    )


def _holds(state: State, lock: str) -> bool:
    return any(each.name == lock for each in state.taken.values())


def nested_by_caller(
    sites: CallSites, ref: FunctionRef, pairs: tuple[tuple[str, str], ...]
) -> Reply:
    """Whether a caller is seen to take the inner lock with the container's held: then it is wrong
    to give the container's back first.
    """
    analysis = sites.analysis
    program = analysis.program
    name = program.head(ref).name
    for caller in analysis.graph.callers(ref):
        record = sites.of(caller)
        for call in record.calls.get(name, {}).values():
            held = {lock.name: lock.entry for lock in call.state.taken.values()}
            order = list(held)
            for inner, container in pairs:
                if inner not in held or container not in held or held[inner]:
                    continue
                if held[container] or order.index(container) < order.index(inner):
                    location = program.location(caller.path, call.start, call.end)
                    words = f"calls {name}() with {inner} taken inside {container}"
                    step = Step(location, program.head(caller).name, words)
                    return Reply(Tri.ABSENT, (step,))
    return Reply(Tri.UNSURE, (), f"no caller of {name}() is seen to nest the two locks")
