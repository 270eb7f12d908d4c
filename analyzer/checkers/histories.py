"""The states at every call of a function, kept for all questions that watch the same events: one
simulation of a caller answers them all.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from analyzer.checkers.callsites import CallState
from analyzer.checkers.patterns import Pattern
from analyzer.checkers.property import (
    Always,
    CallEvent,
    Common,
    Condition,
    EventPattern,
    Require,
)
from analyzer.checkers.reread import tests_under
from analyzer.checkers.scope import Scope
from analyzer.checkers.watch import Watch, Watchers, dones
from analyzer.core import Level
from analyzer.dataflow import Analysis, Simulation, State
from analyzer.dataflow.occurrences import Called, Occurrence
from analyzer.program import FunctionRef, Program

_KEPT: Final = 500
"""Histories that are kept; a run asks about the same few functions again and again."""

_EVERY_CALL: Final = CallEvent("*", (), True)
_NOTHING: Final = Require(
    Common("", Level.ERROR, Scope(), None, None, (), 0), _EVERY_CALL, Always(True), None, False
)

Watched: TypeAlias = tuple[
    tuple[tuple[EventPattern, EventPattern | None], ...], tuple[tuple[str, Pattern], ...]
]
"""What a condition makes a simulation look at: the events of its `done`, what it reads again."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The conditions of a question, and the program that tells which calls may be asked about."""

    conditions: tuple[Condition, ...]
    program: Program

    def watched(self) -> Watched:
        """What the simulation must look at."""
        events = tuple(each for one in self.conditions for each in dones(one))
        return events, tuple(each for one in self.conditions for each in tests_under(one))


class History(Watch):
    """Keeps the state before each call that callees may ask about, at every visit, by name."""

    def __init__(self, asked: _Asked, run: Simulation, flags: dict[str, tuple[str, ...]]) -> None:
        self._asked = asked
        self._wanted: dict[str, bool] = {}
        self.calls: dict[str, list[CallState]] = {}
        super().__init__(0, _NOTHING, run, flags)

    def all_conditions(self) -> tuple[Condition, ...]:
        return self._asked.conditions

    def events(self) -> tuple[EventPattern, ...]:
        return (_EVERY_CALL,)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if (
            isinstance(occurrence, Called)
            and occurrence.result is None
            and not occurrence.replayed
            and self._is_wanted(occurrence.name)
        ):
            kept = CallState(
                occurrence.start, occurrence.end, occurrence.args, occurrence.callee, state.copy()
            )
            self.calls.setdefault(occurrence.name, []).append(kept)
        self.record(state, occurrence)

    def _is_wanted(self, name: str) -> bool:
        """Whether a question may come up from a call of this name: a definition, or a field."""
        found = self._wanted.get(name)
        if found is None:
            found = self._wanted[name] = "." in name or bool(self._asked.program.named(name))
        return found


class Histories:
    """Histories of functions in one analysis, the last used ones."""

    def __init__(self, analysis: Analysis, flags: dict[str, tuple[str, ...]]) -> None:
        self._analysis = analysis
        self._flags = flags
        self._kept: OrderedDict[tuple[FunctionRef, Watched], History] = OrderedDict()

    def of(self, ref: FunctionRef, conditions: tuple[Condition, ...]) -> History:
        """The states at all calls of one function, with the events of these conditions."""
        asked = _Asked(conditions, self._analysis.program)
        key = (ref, asked.watched())
        found = self._kept.get(key)
        if found is None:
            only = self._analysis.watched(ref, partial(self._watchers, asked))
            (watch,) = only.watches
            assert isinstance(watch, History)
            found = self._kept[key] = watch
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found

    def _watchers(self, asked: _Asked, run: Simulation) -> Watchers:
        return Watchers((History(asked, run, self._flags),))
