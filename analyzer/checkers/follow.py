"""`follow`: after one event another comes before a third. An obligation is pending on the path in
between.
"""

from dataclasses import dataclass, replace

from analyzer.checkers.conditions import Answer, Proof, Tri
from analyzer.checkers.due import Due, Stores, due_at, let_go, locks_of, with_locks
from analyzer.checkers.instances import Instance, rename_binding
from analyzer.checkers.matching import EMPTY, Binding
from analyzer.checkers.patterns import Hole
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    EventPattern,
    Follow,
    Held,
    WhenEvent,
)
from analyzer.checkers.watch import Rename, Site, Watch, is_replayed
from analyzer.dataflow import Simulation, State, Value
from analyzer.dataflow.occurrences import Branched, Called, Left, Looped, Occurrence, Stored
from analyzer.ir import callee_name, calls


@dataclass(frozen=True, slots=True)
class Pending:
    """An obligation that `after` opened: the holes, the place, and the call's result while its
    outcome is not tested. `armed`: `given` was known at some time since. `past`: a round of a
    loop has ended since, so that what is known now may be of another entry.
    """

    binding: Binding
    start: int
    end: int
    result: Value | None
    armed: bool = False
    past: bool = False

    def renamed(self, rename: Rename) -> "Pending | None":
        """None if the objects are those of a round that is over: their deadline did not come."""
        binding = rename_binding(self.binding, rename)
        if binding != self.binding:
            return None
        return replace(self, result=None if self.result is None else rename(self.result))


@dataclass(frozen=True, slots=True)
class Answered:
    """A tested condition whose obligation was met: testing it again says nothing new."""

    binding: Binding

    def renamed(self, rename: Rename) -> "Answered | None":
        """None if the objects are those of a round that is over."""
        return self if rename_binding(self.binding, rename) == self.binding else None


class FollowWatch(Watch):
    """Opens an obligation at `after`, ends it at `then`, judges it at the first of `before`."""

    clause: Follow

    kinds = frozenset((Branched, Looped, Left))

    def __init__(
        self, number: int, clause: Follow, run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        super().__init__(number, clause, run, flags)
        self._locks = let_go(clause)
        self._left_over: dict[tuple[int, int], dict[Due, None]] = {}
        self._stores = Stores()
        if self._locks:
            self.kinds |= {Stored}

    @property
    def of_test(self) -> bool:
        """Whether the obligation comes from a tested condition, not from something done."""
        return isinstance(self.clause.after, WhenEvent)

    @property
    def ends_elsewhere(self) -> bool:
        """A deadline or an exit ends the path."""
        return True

    def events(self) -> tuple[EventPattern, ...]:
        return (self.clause.after, self.clause.then, *self.clause.before)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if isinstance(occurrence, Stored):
            self._stores.note(state, occurrence)
        mine = self.monitor(state)
        new = mine
        pending = sorted(
            (each for each in mine if isinstance(each, Pending)), key=lambda each: each.start
        )
        if self.of_test and isinstance(occurrence, Looped):
            # What an entry of a table was found to be says nothing of the next.
            self.keep(state, frozenset(each for each in mine if isinstance(each, Instance)))
            return
        if self._latches and isinstance(occurrence, Looped):
            new -= set(pending)
            pending = [replace(each, past=True) for each in pending]
            new |= set(pending)
        for each in pending:
            if each.result is not None and isinstance(occurrence, Branched):
                new = self._tested(state, each, new)
            elif self._latches and isinstance(occurrence, Branched):
                new = self._latched(state, each, new)
            elif self.sites.matches(self.clause.then, occurrence, state, each.binding):
                self._answered(state, occurrence, each)
                new -= {each}
                if self.of_test:
                    new |= {Answered(each.binding)}
            elif not self._hands_up(occurrence, each) and any(
                self.sites.matches(event, occurrence, state, each.binding)
                for event in self.clause.before
            ):
                self._deadline(state, occurrence, each)
                new -= {each}
        if isinstance(occurrence, Left) and not self.of_test:
            for left in new:
                if isinstance(left, Pending):
                    self._left(state, occurrence, left)
        new |= self._opened(state, occurrence)
        if new != mine:
            self.keep(state, new)
        self.record(state, occurrence)

    def rename(self, state: State, rename: Rename) -> None:
        super().rename(state, rename)
        self.keep(state, frozenset(each for each in self.monitor(state) if each is not None))

    def _opened(self, state: State, occurrence: Occurrence) -> frozenset[object]:
        found: set[object] = set()
        if is_replayed(occurrence):
            return frozenset()
        mine = self.monitor(state)
        for binding in self.sites.matches(self.clause.after, occurrence, state, EMPTY):
            if self.of_test and any(getattr(each, "binding", None) == binding for each in mine):
                continue
            result = None
            self.remember_names(state, binding)
            if not self.of_test:
                state.step(occurrence.start, occurrence.end, "site")
            if isinstance(occurrence, Called):
                result = self._undecided(occurrence)
            place = (occurrence.start, occurrence.end)
            answer = self._held(state, binding)
            if answer is not None:
                self.settle(place, state, binding, answer)
            found.add(Pending(binding, *place, result))
        return frozenset(found)

    def _tested(self, state: State, each: Pending, mine: frozenset[object]) -> frozenset[object]:
        """A branch may decide the outcome of the call: then the obligation is certain, or it never
        was one.
        """
        outcome = self._outcome(state, each)
        if outcome is None:
            return mine
        mine -= {each}
        return mine | {replace(each, result=None)} if outcome else mine

    @property
    def _latches(self) -> bool:
        """Whether a branch may decide on an obligation for good: what it told may be forgotten
        where paths join, before the deadline.
        """
        common = self.clause.common
        return not self.of_test and (common.given is not None or common.unless is not None)

    def _latched(self, state: State, each: Pending, mine: frozenset[object]) -> frozenset[object]:
        """The obligation as a branch leaves it: excused, armed, found to be none, or as it was."""
        given = self.clause.common.given
        excuse = self.excused(state, each.binding)
        if excuse is None and given is not None and not each.armed:
            answer = self.conditions.evaluate(given, state, each.binding)
            if answer.tri is Tri.TRUE:
                return mine - {each} | {replace(each, armed=True)}
            if answer.tri is Tri.FALSE:
                excuse = Answer(Tri.TRUE, answer.proofs)
        if excuse is None:
            return mine
        self.settle((each.start, each.end), state, each.binding, excuse)
        return mine - {each}

    def _undecided(self, call: Called) -> Value | None:
        """The result of a call, if `after` asks for an outcome of it."""
        asked = any(
            isinstance(event, CallEvent) and event.outcome is not None for event in self._afters
        )
        return call.result if asked else None

    @property
    def _afters(self) -> tuple[EventPattern, ...]:
        after = self.clause.after
        return after.events if isinstance(after, AnyOf) else (after,)

    def _outcome(self, state: State, each: Pending) -> bool | None:
        """Whether the call had the outcome that `after` asks for, None while nothing tested it."""
        if each.result is None:
            return True
        for event in self._afters:
            if isinstance(event, CallEvent) and event.outcome is not None:
                return self.matcher.outcome(event, each.result, state)
        return True

    def _armed(self, state: State, pending: Pending) -> bool:
        happened = self._outcome(state, pending)
        if happened is False:
            return False
        return pending.armed or self.applies(state, pending.binding)

    def _answered(self, state: State, occurrence: Occurrence, pending: Pending) -> None:
        answer = self._held(state, pending.binding)
        if answer is None:
            answer = Answer(Tri.TRUE, (Proof(occurrence.start, ""),))
        self.settle((pending.start, pending.end), state, pending.binding, answer)

    def _held(self, state: State, binding: Binding) -> Answer | None:
        """What is wrong with the lock that must be held from `after` to `then`; None if nothing."""
        if not self.clause.held:
            return None
        lock, _, mode = self.clause.held.partition(" ")
        answer = self.conditions.evaluate(Held(lock, mode, None), state, binding)
        if answer.tri is Tri.FALSE:
            return answer
        return None

    def _hands_up(self, occurrence: Occurrence, each: Pending) -> bool:
        """Whether the function returns the very answer that tells whether something is due: its
        callers test it, and what they do before the lock goes is asked of them.
        """
        return (
            isinstance(occurrence, Left)
            and bool(self._locks)
            and each.result is not None
            and occurrence.value is each.result
        )

    def _left(self, state: State, left: Left, pending: Pending) -> None:
        """No deadline comes here any more. A lock that is let go is let go by a caller then: it is
        asked what he does before.
        """
        place = (pending.start, pending.end)
        if self._armed(state, pending):
            answer = self.excused(state, pending.binding) or Answer(Tri.TRUE)
            if answer == Answer(Tri.TRUE) and self._locks:
                self._left_over.setdefault(place, {})[self._due(state, left, pending)] = None
                answer = Answer(Tri.ABSENT)
            self.settle(place, state, pending.binding, answer)
        elif self.clause.common.given is not None:
            given = self.conditions.evaluate(self.clause.common.given, state, pending.binding)
            if given.tri is Tri.FALSE:
                self.settle(place, state, pending.binding, Answer(Tri.TRUE, given.proofs))

    def _due(self, state: State, left: Left, pending: Pending) -> Due:
        below = Due(self.run.function.name, self.clause, pending.binding)
        held = locks_of(self.run.world.locks, state, self._locks)
        return with_locks(due_at(below, state, pending.binding, left.value), held)

    def dues(self, site: Site) -> tuple[Due, ...]:
        """What is pending where the function returns, of one site."""
        return tuple(map(self._stores.told, self._left_over.get((site.start, site.end), ())))

    def _deadline(self, state: State, occurrence: Occurrence, pending: Pending) -> None:
        place = (pending.start, pending.end)
        if not self._armed(state, pending):
            return
        excuse = self.excused(state, pending.binding)
        if excuse is not None:
            self.settle(place, state, pending.binding, excuse)
            return
        helper = self._helper(state, pending)
        if helper:
            answer = Answer(Tri.UNSURE, (), f"{helper}() is given it and may have done so")
            self.settle(place, state, pending.binding, answer)
            return
        if is_replayed(occurrence):  # What came first in the callee is not known.
            answer = Answer(Tri.UNSURE, (), "what is called here comes to its deadline, too")
            self.settle(place, state, pending.binding, answer)
            return
        state.step(occurrence.start, occurrence.end, "deadline")
        self.settle(place, state, pending.binding, Answer(Tri.FALSE))

    def _helper(self, state: State, pending: Pending) -> str:
        """A function that was given the result of `after` and that calls what `then` names, on some
        of its paths: on which of them it was is not known.
        """
        wanted = {value for name, value in pending.binding if name in self._results}
        if not wanted or not self._names:
            return ""
        world, function = self.run.world, self.run.function
        called = {call.id: call for call in calls(function)}
        step = state.trail
        while step is not None and step.start != pending.start:
            call = called.get(int(step.text)) if step.kind == "call" else None
            if (
                call is not None
                and world.may_call(callee_name(call), function.path, self._names)
                and any(self.run.evaluator.value(state, arg) in wanted for arg in call.args)
            ):
                return callee_name(call)
            step = step.before
        return ""

    @property
    def _results(self) -> frozenset[str]:
        """The holes that `after` binds to what its call returned."""
        results = (getattr(event, "result", None) for event in self._afters)
        return frozenset(each.name for each in results if isinstance(each, Hole))

    @property
    def _names(self) -> frozenset[str]:
        """The functions that `then` names."""
        then = self.clause.then
        events = then.events if isinstance(then, AnyOf) else (then,)
        return frozenset(each.callee for each in events if isinstance(each, CallEvent))
