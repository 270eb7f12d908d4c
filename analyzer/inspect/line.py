"""The locks at a line: the states in which it is reached, joined to what is held on every path and
on some.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from analyzer.core import HeldLock, Step
from analyzer.dataflow import Analysis, Lock, Simulation, State
from analyzer.dataflow.occurrences import Branched, Called, Left, Locked, Occurrence, Stored
from analyzer.dataflow.state import PropertyKey
from analyzer.inspect.entry import mode_of, since
from analyzer.inspect.words import Names, telling
from analyzer.ir import Block, Declare, Function, Jump, LineTable, Stop, Switch
from analyzer.program import FunctionRef

_MAX_PLACES: Final = 4


class Point(NamedTuple):
    """A place in a function where something happens, in bytes; `after` asks for what is so behind
    it.
    """

    start: int
    end: int
    after: bool = False


class Where(NamedTuple):
    """The points of a line, and the line that they are in."""

    line: int
    points: tuple[Point, ...]


def points_of(function: Function, lines: LineTable, line: int, jumps: bool) -> Where | None:
    """The points that tell what is held at a line.

    They are where the line is entered: its first event, and that of a loop's head. A line on which
    nothing happens is told by the next one that does something, one that only `jumps` by the one
    before.
    """
    found = [
        (number, start, end)
        for number, block in enumerate(function.blocks)
        for start, end in _spans(block)
    ]
    here = _entering(function, [each for each in found if lines.line(each[1]) == line])
    if not here:
        here = [
            each for each in found if lines.line(each[1]) < line <= lines.line(max(each[2] - 1, 0))
        ]
        here = here[-1:]
    if here:
        return Where(line, tuple(Point(start, end) for _, start, end in here))
    if jumps:
        before = [each for each in found if lines.line(each[1]) < line]
        if before:
            _, start, end = max(before, key=lambda each: (each[1], -each[2]))
            return Where(lines.line(start), (Point(start, end, True),))
    behind = [each for each in found if lines.line(each[1]) > line]
    if not behind:
        return None
    next_line = lines.line(min(behind, key=lambda each: each[1])[1])
    here = _entering(function, [each for each in behind if lines.line(each[1]) == next_line])
    return Where(next_line, tuple(Point(start, end) for _, start, end in here))


def _entering(function: Function, found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Of the points of one line the first, and the first of a loop's head."""
    kept = found[:1]
    heads = [each for each in found if function.blocks[each[0]].loop]
    return list(dict.fromkeys((*kept, *heads[:1])))


def _spans(block: Block) -> Iterator[tuple[int, int]]:
    for event in block.events:
        if not isinstance(event, Declare):
            yield event.start, event.end
    end = block.terminator
    if not isinstance(end, Jump | Stop | Switch):
        yield end.start, end.end


class LineProbe:
    """An observer that keeps the states at some points, and what is locked between two offsets."""

    wants_uses = False

    def __init__(self, points: tuple[Point, ...], span: tuple[int, int]) -> None:
        self._points = frozenset(points)
        self._span = span
        self.states: dict[PropertyKey, State] = {}
        self.changes: dict[Locked, State] = {}
        self._classes: set[str] = set()

    @property
    def classes(self) -> frozenset[str]:
        """The lock classes that were met in the function."""
        return frozenset(self._classes)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        """Keeps the state before what happens, or behind it."""
        if isinstance(occurrence, Locked):
            self._classes.add(occurrence.name)
            if self._span[0] <= occurrence.start < self._span[1]:
                self.changes[occurrence] = state.copy()
            return
        if not isinstance(occurrence, Called | Stored | Branched | Left):
            return
        if isinstance(occurrence, Called) and occurrence.replayed:
            return
        start, end = occurrence.start, occurrence.end
        behind = isinstance(occurrence, Called) and occurrence.result is not None
        before = Point(start, end) in self._points and not behind
        self._classes.update(name for name, _ in state.taken)
        if before or (Point(start, end, True) in self._points and self._is_last(occurrence)):
            self.states[state.property_key()] = state.copy()

    def _is_last(self, occurrence: Occurrence) -> bool:
        return not isinstance(occurrence, Called) or occurrence.result is not None


class _Seen(NamedTuple):
    """A lock in one of the states."""

    lock: Lock
    state: int


class LineTeller:
    """Tells what the states of a probe come to."""

    def __init__(self, analysis: Analysis, ref: FunctionRef, run: Simulation) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._ref = ref
        self._run = run
        self._names = Names(analysis.program, ref)

    def held(self, probe: LineProbe) -> tuple[HeldLock, ...]:
        """The locks that are held in some of the states."""
        states = list(probe.states.values())
        found: dict[tuple[str, str, str], list[_Seen]] = {}
        for number, state in enumerate(states):
            for lock in state.taken.values():
                key = (lock.name, mode_of(self._run, lock), self._object(state, lock))
                seen = found.setdefault(key, [])
                if not any(each.state == number for each in seen):
                    seen.append(_Seen(lock, number))
        return tuple(self._row(key, seen, states) for key, seen in found.items())

    def returned(self, probe: LineProbe) -> tuple[HeldLock, ...]:
        """The locks of the caller that were given back on the way."""
        states = list(probe.states.values())
        found: dict[tuple[str, str, str], list[_Seen]] = {}
        for number, state in enumerate(states):
            for (name, target), offset in state.given.items():
                lock = Lock(name, target, "", True, offset, "")
                key = (name, "", self._object(state, lock))
                found.setdefault(key, []).append(_Seen(lock, number))
        return tuple(self._row(key, seen, states) for key, seen in found.items())

    def changes(self, probe: LineProbe) -> tuple[Step, ...]:
        """What is taken and given back in the span of the probe."""
        steps: dict[Step, None] = {}
        for each, state in probe.changes.items():
            words = self._names.name(state, each.object)
            what = f"{each.name} of {words}" if words else each.name
            verb = "takes" if each.acquired else "gives back"
            place = self._program.location(self._ref.path, each.start, each.end)
            steps[Step(place, self._run.function.name, f"{verb} {what}")] = None
        return tuple(steps)

    def _object(self, state: State, lock: Lock) -> str:
        words = self._names.name(state, lock.object)
        if words or not lock.entry:
            return words
        for contract in self._analysis.stated(self._ref):
            if contract.lock == lock.name and contract.object is not None:
                return repr(contract.object)
        return ""

    def _row(self, key: tuple[str, str, str], seen: list[_Seen], states: list[State]) -> HeldLock:
        name, mode, words = key
        numbers = {each.state for each in seen}
        having = [state for number, state in enumerate(states) if number in numbers]
        lacking = [state for number, state in enumerate(states) if number not in numbers]
        steps: dict[Step, None] = {}
        for each in seen:
            place = self._program.location(self._ref.path, each.lock.offset, each.lock.offset + 1)
            text = since(each.lock, words) if each.lock.source else f"gives back {name}"
            steps[Step(place, self._run.function.name, text)] = None
        ordered = sorted(steps, key=lambda step: step.location)
        return HeldLock(
            lock=name,
            kind=self._analysis.locks.kind(name),
            mode=mode,
            object=words,
            n_states=len(numbers),
            of_states=len(states),
            when=telling(self._names, having, lacking) if lacking else "",
            since=tuple(ordered[:_MAX_PLACES]),
            borrowed=all(each.lock.entry for each in seen),
        )
