"""Calls that give a lock back, deleted one at a time, and who notices the leak.

A lock that stays held is a violation in the function, or of a caller to which it is handed over.
What no rule notices says how far a rule of pairing may be believed: Engler and others, *Bugs as
deviant behavior*, SOSP 2001, measure a checker by the errors that it is known to miss.
"""

from analyzer.checkers.vocabulary import tracked_locks
from analyzer.core import FATES, Deletion, Fate, Obligation, Step, Verdict
from analyzer.dataflow.changed import ChangedWorld
from analyzer.dataflow.primitives import Primitive, place_of, primitives
from analyzer.inspect.mutate import Spot, edit_of
from analyzer.inspect.recorded import Asked, RecordedRun
from analyzer.ir import Call, callee_name, calls
from analyzer.program import FunctionRef


class Releases:
    """The releases of a run. `spots` are the calls whose model gives back a lock that a clause
    follows, however it ends, and takes none, in the order of the source.
    """

    def __init__(self, run: RecordedRun) -> None:
        self._run = run
        self._program = run.program
        self._numbers: dict[FunctionRef, list[int]] = {}
        for number, task in enumerate(run.tasks):
            self._numbers.setdefault(task.ref, []).append(number)
        self._givers: dict[str, Primitive] = {}
        self._followed: frozenset[str] = frozenset()
        if run.tasks:
            analysis = run.tasks[0].checker.base
            self._table = analysis.locks
            found = primitives(analysis.models)
            checkers = {id(task.checker): task.checker for task in run.tasks}
            clauses = tuple(a.clause for c in checkers.values() for a in c.clauses)
            self._followed = tracked_locks(clauses)
            following = analysis.narrowed(self._followed)
            for name, each in found.items():
                effect = following.effect(name, "") if each.gives and not each.takes else None
                if effect is not None and all(one.given for one in effect.outcomes):
                    self._givers[name] = each
        self.spots = tuple(self._find())

    def _find(self) -> list[Spot]:
        found: dict[Spot, None] = {}
        scope = frozenset(self._run.world.scope)
        for ref in self._program.refs:
            head = self._program.head(ref)
            if ref.path not in scope or head.name in self._givers:
                continue
            if self._givers.keys().isdisjoint(head.calls):
                continue
            for call in calls(self._program.function(ref)):
                if self._gives(call):
                    found[Spot(ref, call.start)] = None
        return sorted(found)

    def _gives(self, call: Call) -> bool:
        """Whether a call gives back a lock that a clause follows."""
        giver = self._givers.get(callee_name(call))
        for touch in giver.gives if giver else ():
            lock = touch.lock
            if 0 <= touch.argument < len(call.args):
                lock = place_of(self._table, lock, call.args[touch.argument]) or lock
            if lock in self._followed:
                return True
        return False

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
