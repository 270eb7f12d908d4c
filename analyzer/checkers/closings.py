"""Hand-over must be earned: what a function leaves open for others is closed by one of them."""

from typing import Final

from analyzer.checkers.callers import Reply
from analyzer.checkers.callsites import CallSites
from analyzer.checkers.conditions import Tri
from analyzer.checkers.property import LockEvent, Pair
from analyzer.core import Step
from analyzer.dataflow import Analysis, Simulation, State
from analyzer.dataflow.occurrences import Locked, Occurrence
from analyzer.ir import TableEntry
from analyzer.program import FunctionRef

_MOST_LEVELS: Final = 3
"""So far up the callers are looked at; a wrapper of a wrapper is rare."""


class _Closings:
    """An observer that notes where a lock of a class is given back."""

    wants_uses = False

    def __init__(self, run: Simulation, lock: str) -> None:
        self.places: dict[tuple[int, int], None] = {}
        self._kind = run.world.locks.kind
        self._lock = lock

    def observe(self, state: State, occurrence: Occurrence) -> None:
        """Notes a release."""
        if not isinstance(occurrence, Locked) or occurrence.acquired:
            return
        if self._lock in (occurrence.name, self._kind(occurrence.name)):
            self.places[occurrence.start, occurrence.end] = None


def handed(analysis: Analysis, ref: FunctionRef, clause: Pair) -> Reply:
    """An object that leaves the function open must come to somebody who closes it."""
    name = analysis.program.head(ref).name
    lock = clause.open.lock if isinstance(clause.open, LockEvent) else ""
    found = paired_by_table(analysis, ref, clause, lock)
    if found is not None:
        return found
    if not analysis.graph.callers(ref):
        return _reply((), f"handed to the callers of {name}(), of which none was read")
    steps = _closed_by_callers(analysis, ref, lock)
    return _reply(steps, f"handed to the callers of {name}(), none of which is seen to close it")


def paired_by_table(analysis: Analysis, ref: FunctionRef, clause: Pair, lock: str) -> Reply | None:
    """What is said of a function that a table pairs with another; None if none does."""
    where = analysis.table_functions.get(analysis.program.head(ref).name, "")
    for opening, closing in clause.hand_over:
        if where == opening:
            steps = _closed_by_table(analysis, ref, lock, (opening, closing))
            return _reply(steps, f"{closing} of the same table is not seen to close it")
    return None


def taken_above(sites: CallSites, ref: FunctionRef, lock: str) -> Reply:
    """A lock that is given back for the caller must be held by one: the nearest that are seen to
    hold one of the class.
    """
    analysis = sites.analysis
    program = analysis.program
    name = program.head(ref).name
    if not analysis.graph.callers(ref):
        return Reply(Tri.UNSURE, (), f"taken by the callers of {name}(), of which none was read")
    level = {ref}
    seen = set(level)
    for _ in range(_MOST_LEVELS):
        found: dict[Step, None] = {}
        above: set[FunctionRef] = set()
        for callee in sorted(level):
            for caller in analysis.graph.callers(callee):
                above.add(caller)
                calls = sites.of(caller).calls.get(program.head(callee).name, {})
                for held in (each for at in calls.values() for each in at.state.taken.values()):
                    if lock in (held.name, analysis.locks.kind(held.name)):
                        place = program.location(caller.path, held.offset, held.offset + 1)
                        words = f"{held.name} is taken by {held.source}()"
                        words = f"{held.name} is held: {held.source}" if held.entry else words
                        found[Step(place, program.head(caller).name, words, True)] = None
        if found:
            return Reply(Tri.TRUE, tuple(found))
        level = above - seen
        seen |= level
    return Reply(Tri.UNSURE, (), f"no caller of {name}() is seen to hold it")


def _reply(steps: tuple[Step, ...], reason: str) -> Reply:
    return Reply(Tri.TRUE, steps) if steps else Reply(Tri.UNSURE, (), reason)


def _closed_by_callers(analysis: Analysis, ref: FunctionRef, lock: str) -> tuple[Step, ...]:
    """The places where callers of a function, the nearest that do, give back a lock."""
    level = {ref}
    seen = set(level)
    for _ in range(_MOST_LEVELS):
        level = {caller for each in level for caller in analysis.graph.callers(each)} - seen
        found = [step for caller in sorted(level) for step in _closings(analysis, caller, lock)]
        if found:
            return tuple(found)
        seen |= level
    return ()


def _closed_by_table(
    analysis: Analysis, ref: FunctionRef, lock: str, pair: tuple[str, str]
) -> tuple[Step, ...]:
    """The places where the function in the closing field of a table gives back a lock, for one
    that stands in its opening field.
    """
    program = analysis.program
    opening, closing = pair
    name = program.head(ref).name
    tables = [entry for path in program.paths for entry in program.file(path).tables]
    objects = {each.object for each in tables if each.function == name and _is_in(each, opening)}
    steps: list[Step] = []
    for entry in tables:
        if entry.object in objects and _is_in(entry, closing):
            for other in program.named(entry.function):
                steps += _closings(analysis, other, lock)
    return tuple(dict.fromkeys(steps))


def _is_in(entry: TableEntry, name: str) -> bool:
    return f"{entry.record}.{entry.field}" == name


def _closings(analysis: Analysis, ref: FunctionRef, lock: str) -> list[Step]:
    seen = analysis.watched(ref, lambda run: _Closings(run, lock))
    program = analysis.program
    name = program.head(ref).name
    return [
        Step(program.location(ref.path, *place), name, "closed here", True) for place in seen.places
    ]
