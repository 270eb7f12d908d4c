"""The states at the calls of a function, kept for those who ask about its callees."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analyzer.checkers.conditions import Conditions
from analyzer.checkers.matching import Matcher
from analyzer.dataflow import Analysis, Simulation, State, Value
from analyzer.dataflow.occurrences import Called, Occurrence
from analyzer.dataflow.state import PropertyKey
from analyzer.program import FunctionRef

_KEPT: Final = 500
"""Functions whose states are kept; a run asks about the same few again and again."""


def through_parameter(index: object) -> str:
    """The name under which calls through parameter `index` are recorded."""
    return f"*{index}"


def through_pointers(analysis: Analysis, ref: FunctionRef) -> Iterator[tuple[FunctionRef, str]]:
    """Those who call a function through a field or a parameter, with the name of that. What another
    task is to run is not called.
    """
    held = analysis.pointers.held(analysis.program.head(ref).name)
    for field in sorted(held.fields):
        for caller in analysis.pointers.calls(field) or ():
            yield caller, field
    for target, index, path in sorted(held.passed):
        if not analysis.starts(target):
            for caller, position in analysis.pointers.runs(target, path, index) or ():
                yield caller, through_parameter(position)


@dataclass(frozen=True, slots=True)
class CallState:
    """A call in one property state: arguments, the pointer it goes through, the state before."""

    start: int
    end: int
    args: tuple[Value, ...]
    callee: Value | None
    state: State


class CallRecord:
    """An observer that keeps the last state of each call and property."""

    wants_uses = False

    def __init__(self, run: Simulation, flags: dict[str, tuple[str, ...]]) -> None:
        self.run = run
        self.conditions = Conditions(Matcher(run, flags), run.function.name)
        self.calls: dict[str, dict[tuple[int, PropertyKey], CallState]] = {}

    def observe(self, state: State, occurrence: Occurrence) -> None:
        """Keeps the state before a call."""
        if isinstance(occurrence, Called) and occurrence.result is None and not occurrence.replayed:
            name = occurrence.name
            if not name and occurrence.callee is not None and occurrence.callee.kind == "param":
                name = through_parameter(occurrence.callee.args[0])
            calls = self.calls.setdefault(name, {})
            calls[occurrence.start, state.property_key()] = CallState(
                occurrence.start, occurrence.end, occurrence.args, occurrence.callee, state.copy()
            )


class CallSites:
    """Records of functions in one analysis, the last used ones."""

    def __init__(self, analysis: Analysis, flags: dict[str, tuple[str, ...]]) -> None:
        self.analysis = analysis
        self._flags = flags
        self._records: OrderedDict[FunctionRef, CallRecord] = OrderedDict()

    def of(self, ref: FunctionRef) -> CallRecord:
        """The states at all calls of one function."""
        found = self._records.get(ref)
        if found is None:
            found = self.analysis.watched(ref, lambda run: CallRecord(run, self._flags))
            self._records[ref] = found
            if len(self._records) > _KEPT:
                self._records.popitem(last=False)
        self._records.move_to_end(ref)
        return found
