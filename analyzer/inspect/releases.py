"""Calls that give a lock back, deleted one at a time, and who notices the leak.

A lock that stays held is a violation in the function, or of a caller to which it is handed over.
What no rule notices says how far a rule of pairing may be believed: Engler and others, *Bugs as
deviant behavior*, SOSP 2001, measure a checker by the errors that it is known to miss.
"""

from collections.abc import Iterator
from functools import partial

from analyzer.checkers.recorded import RecordedChecker
from analyzer.checkers.vocabulary import tracked_locks
from analyzer.core import FATES, Deletion, Fate, Obligation, Step, Verdict
from analyzer.dataflow import Analysis, Simulation, State
from analyzer.dataflow.changed import ChangedWorld
from analyzer.dataflow.occurrences import Locked, Occurrence
from analyzer.inspect.mutate import Spot, edit_of
from analyzer.inspect.recorded import Asked, RecordedRun
from analyzer.ir import Call, callee_name, calls
from analyzer.program import FunctionRef


class _Released:
    """Sees at which bytes of a function a followed lock is given back."""

    wants_uses = False

    def __init__(self, _run: Simulation, followed: frozenset[str]) -> None:
        self.places: set[int] = set()
        self._followed = followed

    def observe(self, state: State, occurrence: Occurrence) -> None:
        match occurrence:
            case Locked(False, _, name, start=start) if name in self._followed:
                self.places.add(start)


class Releases:
    """The releases of a run. `spots` are the calls that give back a lock which a clause follows,
    however they end, take none and return nothing, in the order of the source.
    """

    def __init__(self, run: RecordedRun) -> None:
        self._run = run
        self._program = run.program
        self._numbers: dict[FunctionRef, list[int]] = {}
        for number, task in enumerate(run.tasks):
            self._numbers.setdefault(task.ref, []).append(number)
        found: set[Spot] = set()
        for checker in {id(task.checker): task.checker for task in run.tasks}.values():
            found.update(self._find(checker))
        self.spots = tuple(sorted(found))

    def _find(self, checker: RecordedChecker) -> Iterator[Spot]:
        analysis = checker.base
        followed = tracked_locks(tuple(each.clause for each in checker.clauses))
        scope = frozenset(self._run.world.scope)
        for ref in self._program.refs:
            if ref.path not in scope or not analysis.touches(ref):
                continue
            givers = [
                call for call in calls(self._program.function(ref)) if _gives(analysis, call, ref)
            ]
            if givers:
                make = partial(_Released, followed=followed)
                places = analysis.watched(ref, make).places
                yield from (Spot(ref, call.start) for call in givers if call.start in places)

    def deletion(self, spot: Spot) -> Deletion:
        """The worst that the clauses say of a release that is gone, in its function or above."""
        world = self._run.changed(edit_of(self._program, (spot,)))
        found: dict[Obligation, None] = {}
        for task, before in self._affected(world, spot.ref):
            checker = task.checker.inside(world)
            for each in checker.check(task.ref, task.clauses):
                if each.verdict is not Verdict.PROVED and not _is_among(each, before):
                    found[each] = None
        worst = Fate.SURVIVED
        for verdict, fate in reversed(FATES.items()):
            if any(each.verdict is verdict for each in found):
                worst = fate
        return Deletion(self._step(spot), worst, tuple(sorted(found, key=lambda each: each.order)))

    def _affected(
        self, world: ChangedWorld, ref: FunctionRef
    ) -> list[tuple[Asked, tuple[Obligation, ...]]]:
        """The tasks whose results do not stand, with what they found before; and the callers, for
        clauses that had no business there, since they may be handed a lock now.
        """
        run = self._run
        affected = {
            number
            for number, task in enumerate(run.tasks)
            if not world.stands(task.checker.key(task.ref))
        }
        found = [(run.tasks[number], run.judged[number]) for number in sorted(affected)]
        known = {(id(task.checker), task.ref) for task, _ in found}
        for number in self._numbers.get(ref, ()):
            task = run.tasks[number]
            for caller in task.checker.base.graph.callers(ref):
                if (id(task.checker), caller) not in known:
                    found.append((task._replace(ref=caller), self._before(task, caller)))
        return found

    def _before(self, task: Asked, ref: FunctionRef) -> tuple[Obligation, ...]:
        """What the clauses of a task found in a function as it stands."""
        return tuple(
            each
            for number in self._numbers.get(ref, ())
            if self._run.tasks[number].checker is task.checker
            for each in self._run.judged[number]
        )

    def _step(self, spot: Spot) -> Step:
        head = self._program.head(spot.ref)
        function = self._program.function(spot.ref)
        call = next(each for each in calls(function) if each.start == spot.offset)
        location = self._program.location(spot.ref.path, call.start, call.end)
        return Step(location, head.name, f"{callee_name(call)}()")


def _is_among(each: Obligation, before: tuple[Obligation, ...]) -> bool:
    """Whether it stood like that before."""
    return any(
        (each.rule, each.clause, each.location, each.subject, each.verdict)
        == (old.rule, old.clause, old.location, old.subject, old.verdict)
        for old in before
    )


def _gives(analysis: Analysis, call: Call, ref: FunctionRef) -> bool:
    """Whether all that a call does to locks is to give back."""
    effect = analysis.effect(callee_name(call), ref.path)
    return (
        effect is not None
        and bool(effect.outcomes)
        and all(each.given and not each.taken and not each.result for each in effect.outcomes)
    )
