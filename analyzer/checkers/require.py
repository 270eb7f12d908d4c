"""`require`: at an event, a condition holds. Also `forbid`, its dual, and the question that a site
puts to callers.
"""

from dataclasses import dataclass, replace
from typing import Final

from analyzer.checkers.apart import Apart, forgotten
from analyzer.checkers.conditions import Answer, Proof, Tri
from analyzer.checkers.instances import rename_binding
from analyzer.checkers.matching import EMPTY, Binding
from analyzer.checkers.patterns import Hole
from analyzer.checkers.property import (
    Both,
    Condition,
    Either,
    EventPattern,
    Forbid,
    InClass,
    Require,
)
from analyzer.checkers.watch import Rename, Watch, is_replayed
from analyzer.dataflow import Simulation, State
from analyzer.dataflow.classes import asked, left
from analyzer.dataflow.effects import nameable
from analyzer.dataflow.occurrences import Branched, Looped, Occurrence
from analyzer.dataflow.values import parts


@dataclass(frozen=True, slots=True)
class Active:
    """A value that `from` bound and that no `at` has met yet on this path."""

    binding: Binding
    offset: int

    def renamed(self, rename: Rename) -> "Active":
        """The same, of the round before."""
        return replace(self, binding=rename_binding(self.binding, rename))


@dataclass(frozen=True, slots=True)
class Told:
    """A test on this path has told the class of a value; where paths join it is forgotten."""

    binding: Binding

    def renamed(self, rename: Rename) -> "Told | None":
        """None if the value is that of a round that is over."""
        return self if rename_binding(self.binding, rename) == self.binding else None


_MAX_TOLD: Final = 2
"""Of so many values at a time, for each clause, paths are kept apart."""


class RequireWatch(Watch):
    """At `at`, `needs` must hold; with `from`, at the first `at` on each path from it."""

    clause: Require

    def __init__(
        self, number: int, clause: Require, run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        super().__init__(number, clause, run, flags)
        self._apart = Apart(self.matcher, self.all_conditions())
        if self._apart.wanted:
            self.kinds |= {Branched, Looped}

    def all_conditions(self) -> tuple[Condition, ...]:
        return (*super().all_conditions(), self.clause.needs)

    def events(self) -> tuple[EventPattern, ...]:
        start = self.clause.start
        return (self.clause.at,) if start is None else (self.clause.at, start)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        clause = self.clause
        if self._apart.wanted:
            if isinstance(occurrence, Looped):  # The next round is about another entry.
                mine = forgotten(self.monitor(state))
                self.keep(state, frozenset(each for each in mine if not isinstance(each, Active)))
            elif isinstance(occurrence, Branched):
                mine = self.monitor(state)
                if clause.start is None or any(isinstance(each, Active) for each in mine):
                    self.keep(state, self._apart.learned(mine, state, occurrence))
        if clause.start is None:
            for binding in self.sites.matches(clause.at, occurrence, state, EMPTY):
                self._site(state, occurrence, binding)
                if self._apart.wanted:
                    self.keep(state, forgotten(self.monitor(state)))
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
                new = forgotten(new) - {each}  # What was told was told for this.
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
        if answer.tri is Tri.TRUE and not answer.proofs:
            answer = replace(answer, proofs=(Proof(occurrence.start, "says so itself"),))
        self.settle(place, state, binding, answer)

    def rename(self, state: State, rename: Rename) -> None:
        super().rename(state, rename)
        self.keep(state, frozenset(each for each in self.monitor(state) if each is not None))


class ForbidWatch(Watch):
    """At `at`, `never` must not be known to hold; what is not known is no violation."""

    clause: Forbid

    def __init__(
        self, number: int, clause: Forbid, run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        super().__init__(number, clause, run, flags)
        self._classed = _class_holes(clause.never)
        if self._classed:
            self.kinds |= {Branched, Looped}

    def all_conditions(self) -> tuple[Condition, ...]:
        return (*super().all_conditions(), self.clause.never)

    def events(self) -> tuple[EventPattern, ...]:
        return (self.clause.at,)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if self._classed:
            self._told(state, occurrence)
        for binding in self.sites.matches(self.clause.at, occurrence, state, EMPTY):
            if not self.applies(state, binding) or self.excused(state, binding):
                continue
            answer = self.conditions.evaluate(self.clause.never, state, binding)
            if answer.tri is Tri.ABSENT and Told(binding) in self.monitor(state):
                answer = Answer(Tri.TRUE, answer.proofs)
            answer = _opposite(answer)
            if self.clause.callers and answer.tri is Tri.UNSURE and _are_known_outside(binding):
                answer = replace(answer, tri=Tri.ABSENT)
            self.settle((occurrence.start, occurrence.end), state, binding, answer)
        self.record(state, occurrence)

    def _told(self, state: State, occurrence: Occurrence) -> None:
        """Keeps the paths apart on which a test has left a value classes that `never` speaks of.

        What an entry of a table was found to be says nothing of the next.
        """
        mine = self.monitor(state)
        new = mine
        if isinstance(occurrence, Looped):
            new = frozenset(each for each in mine if not isinstance(each, Told))
        for fact in parts(occurrence.condition) if isinstance(occurrence, Branched) else ():
            for value in asked(self.run.universe.classes, fact):
                self.conditions.tests.setdefault(value, {})[occurrence.start] = None
                for hole in self._classed:
                    told = Told(((hole, value),))
                    answer = self.conditions.evaluate(self.clause.never, state, told.binding)
                    if answer.tri is Tri.FALSE or not left(state, self.run.universe, value):
                        new -= {told}
                    elif answer.tri is Tri.TRUE and len(new) < _MAX_TOLD:
                        new |= {told}
        if new != mine:
            self.keep(state, new)

    def rename(self, state: State, rename: Rename) -> None:
        super().rename(state, rename)
        self.keep(state, frozenset(each for each in self.monitor(state) if each is not None))


def _class_holes(condition: Condition) -> tuple[str, ...]:
    """The holes of whose class a condition speaks, if it speaks of nothing else."""
    match condition:
        case InClass(Hole(name)):
            return (name,)
        case Both(each) | Either(each):
            found = tuple(dict.fromkeys(name for part in each for name in _class_holes(part)))
            return found if len(found) == 1 else ()
        case _:
            return ()


def _are_known_outside(binding: Binding) -> bool:
    """Whether the callers can name what the holes stand for."""
    return all(nameable(value) for _, value in binding)


def _opposite(answer: Answer) -> Answer:
    match answer.tri:
        case Tri.TRUE:
            return Answer(Tri.FALSE, answer.proofs)
        case Tri.FALSE:
            return Answer(Tri.TRUE, answer.proofs)
        case _:
            return Answer(Tri.UNSURE, answer.proofs, "nothing here decides it")
