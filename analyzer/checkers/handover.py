"""Hand-overs of locks: what a function leaves held must be given back by somebody who calls it."""

from functools import partial
from typing import Final

from analyzer.checkers.callers import Reply
from analyzer.checkers.callsites import through_pointers
from analyzer.checkers.conditions import Tri
from analyzer.core import Step
from analyzer.dataflow import Analysis, Simulation, State, Value
from analyzer.dataflow.balance import Exit
from analyzer.dataflow.occurrences import Called, Locked, Occurrence
from analyzer.dataflow.values import parts
from analyzer.ir import callee_name, calls
from analyzer.program import FunctionRef

_DEPTH: Final = 3
"""Callers that hand a lock on to their own callers are followed so far."""


class _Caller:
    """Sees what one caller does with the locks that calls of `callee`, a function under any of its
    names, leave held. `odd` says that it gives back a lock which it was not seen to hold.
    """

    wants_uses = False

    def __init__(self, run: Simulation, callee: tuple[str, ...]) -> None:
        self.run = run
        self.odd = False
        self.taken: set[tuple[str, Value]] = set()
        self.given_back = False
        self.closings: dict[tuple[int, int], None] = {}
        self._callee = callee
        self._places: set[int] = set()

    def observe(self, state: State, occurrence: Occurrence) -> None:
        match occurrence:
            case Called(name, _, None, start=start) if name in self._callee:
                self._places.add(start)
            case Locked(True, _, name, start=start) if start in self._places:
                self.taken.add((name, occurrence.object))
            case Locked(False, odd, name):
                known = (name, occurrence.object) in self.taken
                self.odd = self.odd or odd
                earlier = any(part.kind in ("prev", "phi") for part in parts(occurrence.object))
                self.given_back = self.given_back or (known and not odd) or earlier
                if known or earlier:
                    self.closings[occurrence.start, occurrence.end] = None

    def doubt(self, near: bool) -> str:
        """Why it is not certain what becomes of the locks; if who gives them back is `near`, a
        callee that leaves them in an unclear way is no reason.
        """
        if not self.run.precise and not (near and self._gives_nothing()):
            return f"{self.run.function.name}() has too many states to follow"
        doubts = self.run.doubts
        return next(
            (
                why
                for _, value in self.taken
                if (not near or doubts.is_clear(value)) and (why := doubts.of(value, near))
            ),
            "",
        )

    def _gives_nothing(self) -> bool:
        """Whether none of the calls gives back a lock that it did not take, whatever the path."""
        function = self.run.function
        effects = (
            self.run.world.effect(callee_name(call), function.path) for call in calls(function)
        )
        return not any(each.given for effect in effects if effect for each in effect.outcomes)

    def hands_on(self) -> bool:
        """Whether the caller returns with one of the locks, and its own callers can name it."""
        exits = [Exit.of(final) for final in self.run.last_finals()]
        return any(
            each.change(key) == 1 and each.naming.reachable(key[1])
            for each in exits
            for key in self.taken
        )


class HandOver:
    """Answers whether the locks that a function leaves held are given back by one of its callers.

    A caller that does not is a finding of its own, as long as another one does; where none does,
    the function is.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._known: dict[tuple[FunctionRef, bool, int], Reply] = {}

    def earned(self, ref: FunctionRef, near: bool, depth: int = 0) -> Reply:
        """TRUE if a caller gives back, ABSENT if all were read and none does, else UNSURE.

        If who does is `near`, then what is not seen further up is no doubt.
        """
        key = (ref, near, depth)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._ask(ref, near, depth)
        return found

    def _ask(self, ref: FunctionRef, near: bool, depth: int) -> Reply:
        head = self._analysis.program.head(ref)
        if head.entry:
            return Reply(Tri.ABSENT, (), f"{head.name}() is entered as {head.entry}")
        callers, doubt = self._callers(ref)
        certain = near and depth > 0
        if certain:
            doubt = ""
        elif not callers and not doubt:
            doubt = f"handed to the callers of {head.name}(), of which none was read"
        rest: list[FunctionRef] = []
        for caller, names in callers:
            seen = self._analysis.watched(caller, partial(_Caller, callee=names))
            if seen.given_back:
                return Reply(Tri.TRUE, self._steps(caller, seen))
            if not seen.taken and (seen.odd or not near):
                doubt = (
                    doubt or f"what {head.name}() leaves held is not seen in {self._name(caller)}()"
                )
            doubt = doubt or seen.doubt(near)
            if seen.hands_on() if seen.taken else near:
                rest.append(caller)
        for caller in rest:
            above = Reply(Tri.ABSENT) if near else Reply(Tri.UNSURE)
            if depth < _DEPTH:
                above = self.earned(caller, near, depth + 1)
            if above.tri is Tri.TRUE:
                return above
            if above.tri is Tri.UNSURE:
                doubt = doubt or above.reason or "handed on by many functions"
        if doubt:
            return Reply(Tri.UNSURE, (), doubt)
        return Reply(Tri.ABSENT, (), f"no caller of {head.name}() gives it back")

    def _callers(self, ref: FunctionRef) -> tuple[list[tuple[FunctionRef, tuple[str, ...]]], str]:
        """Who calls a function, and by which names; and why somebody who was not seen may call it,
        '' if nobody can.
        """
        head = self._analysis.program.head(ref)
        held = self._analysis.pointers.held(head.name)
        names: dict[FunctionRef, tuple[str, ...]] = dict.fromkeys(
            self._analysis.graph.callers(ref), (head.name,)
        )
        doubt = ""
        if held.escapes or held.locals:
            doubt = f"{head.name}() is called through a pointer"
        elif head.exported and not self._analysis.whole:
            doubt = f"{head.name}() is exported"
        for field in sorted(held.fields):
            if not self._analysis.pointers.calls(field):
                doubt = doubt or f"{head.name}() is called through {field}, by whom is not known"
        for target, index, path in sorted(held.passed):
            started = self._analysis.starts(target)
            if not started and not self._analysis.pointers.runs(target, path, index):
                doubt = doubt or f"{head.name}() is passed to {target}()"
        for caller, name in through_pointers(self._analysis, ref):
            of_any = "." + name.partition(".")[2]  # The record of the pointer may not be known.
            names[caller] = (*names.get(caller, ()), name, of_any)
        return list(names.items()), doubt

    def _steps(self, caller: FunctionRef, seen: _Caller) -> tuple[Step, ...]:
        """Where a caller gives back."""
        program = self._analysis.program
        places = (program.location(caller.path, *place) for place in seen.closings)
        name = self._name(caller)
        return tuple(Step(place, name, "given back here", True) for place in places)

    def _name(self, ref: FunctionRef) -> str:
        return self._analysis.program.head(ref).name
