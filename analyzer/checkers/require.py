"""`require`: at an event, a condition holds. Also `forbid`, its dual, and the question that a site
puts to callers.
"""

from dataclasses import dataclass, replace

from analyzer.checkers.conditions import Answer, Tri
from analyzer.checkers.matching import EMPTY, Binding
from analyzer.checkers.property import Condition, EventPattern, Forbid, Require
from analyzer.checkers.watch import Rename, Watch, is_replayed, rename_binding
from analyzer.dataflow import State
from analyzer.dataflow.occurrences import Occurrence


@dataclass(frozen=True, slots=True)
class Active:
    """A value that `from` bound and that no `at` has met yet on this path."""

    binding: Binding
    offset: int

    def renamed(self, rename: Rename) -> "Active":
        """The same, of the round before."""
        return replace(self, binding=rename_binding(self.binding, rename))


class RequireWatch(Watch):
    """At `at`, `needs` must hold; with `from`, at the first `at` on each path from it."""

    clause: Require

    def all_conditions(self) -> tuple[Condition, ...]:
        return (*super().all_conditions(), self.clause.needs)

    def events(self) -> tuple[EventPattern, ...]:
        start = self.clause.start
        return (self.clause.at,) if start is None else (self.clause.at, start)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        clause = self.clause
        if clause.start is None:
            for binding in self.sites.matches(clause.at, occurrence, state, EMPTY):
                self._site(state, occurrence, binding)
        else:
            self._follow_value(state, occurrence)
        self.record(state, occurrence)

    def _follow_value(self, state: State, occurrence: Occurrence) -> None:
        mine = self.monitor(state)
        new = mine
        active = [each for each in mine if isinstance(each, Active)]
        for each in sorted(active, key=lambda each: each.offset):
            found = self.sites.matches(self.clause.at, occurrence, state, each.binding)
            for binding in found:
                self._site(state, occurrence, binding)
            if found:
                new -= {each}
        assert self.clause.start is not None
        for binding in self.sites.matches(self.clause.start, occurrence, state, EMPTY):
            new |= {Active(binding, occurrence.start)}
        if new != mine:
            self.keep(state, new)

    def _site(self, state: State, occurrence: Occurrence, binding: Binding) -> None:
        if is_replayed(occurrence) or not self.applies(state, binding):
            return
        place = (occurrence.start, occurrence.end)
        excuse = self.excused(state, binding)
        answer = excuse or self.conditions.evaluate(self.clause.needs, state, binding)
        self.settle(place, state, binding, answer)


class ForbidWatch(Watch):
    """At `at`, `never` must not be known to hold; what is not known is no violation."""

    clause: Forbid

    def all_conditions(self) -> tuple[Condition, ...]:
        return (*super().all_conditions(), self.clause.never)

    def events(self) -> tuple[EventPattern, ...]:
        return (self.clause.at,)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        for binding in self.sites.matches(self.clause.at, occurrence, state, EMPTY):
            if not self.applies(state, binding) or self.excused(state, binding):
                continue
            answer = self.conditions.evaluate(self.clause.never, state, binding)
            self.settle((occurrence.start, occurrence.end), state, binding, _opposite(answer))
        self.record(state, occurrence)


def _opposite(answer: Answer) -> Answer:
    match answer.tri:
        case Tri.TRUE:
            return Answer(Tri.FALSE, answer.proofs)
        case Tri.FALSE:
            return Answer(Tri.TRUE, answer.proofs)
        case _:
            return Answer(Tri.UNSURE, answer.proofs, "nothing here decides it")
