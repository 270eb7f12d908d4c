"""Sensitive proofs: what a proof stands on is deleted, and what depends on that is analysed again.

A proof is a conjunction over the paths to its site and over the callers, so that one piece of
evidence may be enough to make it fall. Where something else proves the place as well, what the new
proof names is deleted, too, and so on: a proof survives if no more evidence is named and the
obligation is proved still.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from analyzer.core import FATES, Fate, Location, Obligation, Step, Trial, Verdict
from analyzer.dataflow.changed import Edit
from analyzer.inspect.recorded import RecordedRun
from analyzer.ir import Function
from analyzer.ir.without import blanked, late, places, renamed, turned, without
from analyzer.program import FunctionRef, Program

_MOST_ROUNDS: Final = 6
_MOST_PIECES: Final = 8
"""Of more pieces of evidence, the rest is deleted with all of them only."""

_HEAD: Final = -1
_RANK: Final = (Fate.VIOLATED, Fate.OPEN, Fate.GONE)


class Spot(NamedTuple):
    """Something that can be deleted: what starts at a byte of a function; its name; or, at no byte,
    what its comment and annotations state. `how` it is to go, if not as a whole; `behind` which
    byte, if it is to move.
    """

    ref: FunctionRef
    offset: int
    how: str = ""
    behind: int = -1


Change: TypeAlias = Callable[[Function, int], Function]

_MOST_ARGUMENTS: Final = 8
_MILDER: Final[dict[str, Change]] = {
    "turned round": turned,
    **{
        f"argument {index + 1} unknown": partial(blanked, index=index)
        for index in range(_MOST_ARGUMENTS)
    },
}
"""Where a place is no site any more without a piece of evidence, it is falsified instead."""


class After(NamedTuple):
    """What became of an obligation, and how it stands now if it is proved."""

    fate: Fate
    proof: Obligation | None = None


class _Round(NamedTuple):
    """One round of a trial: the proof, of task `number`, what is deleted already, and what more can
    be.
    """

    number: int
    obligation: Obligation
    removed: dict[Spot, Step]
    found: dict[Spot, Step]

    @property
    def pieces(self) -> list[tuple[Spot, Step]]:
        """What is deleted one at a time."""
        return list(self.found.items())[:_MOST_PIECES]


def edit_of(program: Program, spots: Iterable[Spot]) -> Edit:
    """The edit that deletes what stands at some spots."""
    bodies: dict[FunctionRef, Function] = {}
    silent = set()
    for ref, offset, how, behind in spots:
        if offset == _HEAD:
            silent.add(ref)
            continue
        function = bodies.get(ref) or program.function(ref)
        if offset == program.head(ref).name_start:
            bodies[ref] = renamed(function)
        elif behind >= 0:
            bodies[ref] = late(function, offset, behind)
        else:
            bodies[ref] = _MILDER.get(how, without)(function, offset)
    return Edit(bodies, frozenset(silent))


class Trials:
    """Tries the proofs of a run."""

    def __init__(self, run: RecordedRun) -> None:
        self._run = run
        self._program = run.program

    def trial(self, number: int, obligation: Obligation) -> Trial:
        """Deletes the evidence of what task `number` proved, until it falls or none is left."""
        if obligation.reason:
            return Trial(obligation, Fate.STATED)
        removed: dict[Spot, Step] = {}
        proof = obligation
        for _ in range(_MOST_ROUNDS):
            found = self._spots(proof, removed)
            if not found:
                break
            fallen = self._one_by_one(_Round(number, obligation, removed, found))
            if fallen is not None:
                return fallen
            removed |= found
            after = self._after(number, obligation, removed)
            if after.proof is None or after.fate is Fate.STATED:
                return Trial(obligation, after.fate, tuple(removed.values()))
            proof = after.proof
        fate = Fate.SURVIVED if removed else Fate.UNNAMED
        return Trial(obligation, fate, tuple(removed.values()))

    def _one_by_one(self, at: _Round) -> Trial | None:
        """The worst that comes of deleting one piece more; None if the proof withstands each."""
        best: Trial | None = None
        for spot, step in at.pieces:
            without_it = {**at.removed, spot: step}
            after = self._after(at.number, at.obligation, without_it)
            if after.proof is not None:
                continue
            if best is None or _RANK.index(after.fate) < _RANK.index(best.fate):
                best = Trial(at.obligation, after.fate, tuple(without_it.values()))
            if after.fate is Fate.VIOLATED:
                break
        if best is not None and best.fate is Fate.GONE:
            return self._milder(at) or best
        return best

    def _milder(self, at: _Round) -> Trial | None:
        """What comes of a piece of evidence that says the contrary, or nothing, where the place
        itself depends on that it is there.
        """
        for spot, step in at.pieces:
            for wrong in self._wrong(at.obligation, spot):
                said = replace(step, text=f"{wrong.how}: {step.text}")
                deleted = {**at.removed, wrong: said}
                after = self._after(at.number, at.obligation, deleted)
                if after.proof is None and after.fate is not Fate.GONE:
                    return Trial(at.obligation, after.fate, tuple(deleted.values()))
        return None

    def _wrong(self, obligation: Obligation, spot: Spot) -> Iterator[Spot]:
        """The milder changes of what stands at a spot. Arguments count for the place itself alone,
        behind which other calls may move.
        """
        function = self._program.function(spot.ref)
        where = obligation.location
        itself = self._is_at(where, spot.ref.path, spot.offset)
        for how, change in _MILDER.items():
            if (itself or change is turned) and change(function, spot.offset) is not function:
                yield spot._replace(how=how)
        for at in () if itself else places(function):
            late_enough = spot.offset >= 0 and self._is_at(where, spot.ref.path, at)
            if late_enough and late(function, spot.offset, at) is not function:
                yield spot._replace(how="moved behind the place", behind=at)

    def _after(self, number: int, obligation: Obligation, spots: Iterable[Spot]) -> After:
        """How an obligation stands without what is at some spots."""
        task = self._run.tasks[number]
        world = self._run.changed(edit_of(self._program, spots))
        clauses = tuple(
            index
            for index in task.clauses
            if task.checker.clauses[index].rule == obligation.rule
            and task.checker.clauses[index].number == obligation.clause
        )
        found = task.checker.inside(world).check(task.ref, clauses)
        return after(obligation, self._run.judged[number], found)

    def _spots(self, proof: Obligation, removed: dict[Spot, Step]) -> dict[Spot, Step]:
        """What a proof stands on, as far as it is not deleted yet."""
        found: dict[Spot, Step] = {}
        for step in proof.evidence:
            for spot in self._of_step(step) if step.proof else ():
                if spot not in removed:
                    found.setdefault(spot, step)
        return found

    def _of_step(self, step: Step) -> list[Spot]:
        """What stands at the place of a step."""
        found = []
        for ref in self._program.named(step.function):
            if ref.path != step.location.path:
                continue
            head = self._program.head(ref)
            if self._is_at(step.location, ref.path, head.start):
                found.append(Spot(ref, _HEAD))
                continue
            offsets = (head.name_start, *places(self._program.function(ref)))
            found += [Spot(ref, at) for at in offsets if self._is_at(step.location, ref.path, at)]
        return found

    def _is_at(self, location: Location, path: str, offset: int) -> bool:
        here = self._program.location(path, offset, offset + 1)
        return (here.line, here.column) == (location.line, location.column)


def after(
    obligation: Obligation, before: tuple[Obligation, ...], found: tuple[Obligation, ...]
) -> After:
    """What became of an obligation, among those of its function before and after an edit."""
    place = obligation.location
    mine = [
        each for each in found if each.location == place and each.function == obligation.function
    ] or [each for each in found if each.location == place]
    same = [each for each in mine if each.subject == obligation.subject] or mine
    # A call that breaks what a function below demands is blamed where it stands.
    blamed = any(each.verdict is Verdict.VIOLATED and each not in before for each in found)
    for verdict, fate in FATES.items():
        if any(each.verdict is verdict for each in same):
            return After(fate)
    if same:
        return After(Fate.STATED if same[0].reason else Fate.SURVIVED, same[0])
    return After(Fate.VIOLATED if blamed else Fate.GONE)
