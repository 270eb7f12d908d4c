"""A run that remembers what its answers were made from, so that an edit of it is judged by what the
edit touches.
"""

from collections.abc import Iterator
from typing import NamedTuple

from analyzer.checkers.applied import Applied
from analyzer.checkers.check import Checker, Judged, Task
from analyzer.checkers.makers import recording
from analyzer.checkers.recorded import ChangedChecker, RecordedChecker
from analyzer.core import Obligation
from analyzer.dataflow.changed import ChangedWorld, Edit, Revision
from analyzer.dataflow.recorded import RecordedAnalysis, Recorder
from analyzer.pipeline import (
    Book,
    Request,
    World,
    allow_depth,
    applied_clauses,
    asked_book,
    checkers_of,
    declares_of,
    load_book,
    read_world,
    vocabulary,
)
from analyzer.program import FunctionRef, Program
from analyzer.rounds import EVERYTHING, About, Clauses, in_order
from analyzer.rulebook import resolve


class Asked(NamedTuple):
    """A function and the clauses to check there."""

    checker: RecordedChecker
    ref: FunctionRef
    clauses: tuple[int, ...]


class RecordedRun:
    """A tree, read and planned. `judged` are the obligations of those tasks that were done, by
    index; `words` are those that bring a file into it.
    """

    def __init__(
        self,
        read: tuple[Book, World],
        recorder: Recorder,
        checkers: list[RecordedChecker],
    ) -> None:
        self.book, self.world = read
        self.words: frozenset[str] = frozenset()
        self.tasks: tuple[Asked, ...] = ()
        self.judged: dict[int, tuple[Obligation, ...]] = {}
        self._again: dict[tuple[int, FunctionRef, tuple[int, ...]], tuple[Obligation, ...]] = {}
        self._planned: frozenset[str] = frozenset()
        self._recorder = recorder
        self._checkers = tuple(checkers)

    @staticmethod
    def of(request: Request) -> tuple["RecordedRun", tuple[str, ...]]:
        """The run of a request, planned, and the rules that apply. Raises UserError for what the
        user can mend.
        """
        run, rules = RecordedRun.read(request)
        run.plan()
        return run, rules

    @staticmethod
    def read(request: Request) -> tuple["RecordedRun", tuple[str, ...]]:
        """The same, in which nothing is planned."""
        allow_depth()
        book = asked_book(request, load_book(request.rules))
        world = read_world(request, book)
        resolution = resolve(book.rulebook, world.tree.release, declares_of(world, book))
        rules = tuple(sorted(each.rule.id for each in resolution.rules))
        run = RecordedRun.linked(book, world, applied_clauses(resolution))
        run.words = vocabulary(book)
        return run, rules

    @staticmethod
    def linked(
        book: Book, world: World, applied: tuple[Applied, ...], about: About | None = EVERYTHING
    ) -> "RecordedRun":
        """The run of some clauses over a tree that was read, in which nothing is planned; `about`
        as `checkers_of` has it.
        """
        recorder = Recorder()
        checkers: list[RecordedChecker] = []
        checkers_of(book, world, applied, about, recording(recorder, checkers.append))
        return RecordedRun((book, world), recorder, checkers)

    def plan(self, files: frozenset[str] = frozenset()) -> None:
        """Finds what there is to do in `files`, or everywhere if there are none, unless it was
        found before.
        """
        new = files - self._planned
        if new or not files:
            found = (_asked(task) for each in self._checkers for task in each.plan(new))
            self.tasks = (*self.tasks, *found)
            self._planned |= new

    @property
    def program(self) -> Program:
        """The program as it stands."""
        return self.world.program

    @property
    def checkers(self) -> tuple[RecordedChecker, ...]:
        """What the clauses are checked by."""
        return self._checkers

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """All obligations, in canonical order."""
        return in_order(self.found())

    def found(self, files: frozenset[str] = frozenset()) -> list[Judged]:
        """What became of those tasks in `files` that were done; of all, if there are none."""
        return [
            Judged(self.tasks[number].ref, obligations)
            for number, obligations in self.judged.items()
            if not files or self.tasks[number].ref.path in files
        ]

    def judge(self, request: Request, files: frozenset[str] = frozenset()) -> None:
        """Does the tasks in `files`, all if there are none, in this process, where what they were
        made from is kept.
        """
        wanted = [
            number
            for number, task in enumerate(self.tasks)
            if number not in self.judged and (not files or task.ref.path in files)
        ]
        for done, number in enumerate(wanted, 1):
            task = self.tasks[number]
            self.judged[number] = task.checker.check(task.ref, task.clauses)
            request.progress("checking", done, len(wanted))

    def changed(self, edit: Edit) -> ChangedWorld:
        """The world of an edit."""
        return ChangedWorld(self._recorder, edit.of(self.program))

    def after(self, edit: Edit) -> tuple[Obligation, ...]:
        """The obligations after an edit, in canonical order: what it touches is done again."""
        return in_order(self._after(self.changed(edit)))

    def revised(
        self, revision: Revision, files: frozenset[str] = frozenset()
    ) -> tuple[Obligation, ...]:
        """The obligations of another program, in canonical order; only those in `files`, unless
        there are none. Places are those of the revision's laid out files.
        """
        return in_order(self.inside(self.revision(revision), files))

    def again(self, wanted: dict[FunctionRef, Clauses], world: ChangedWorld | None) -> list[Judged]:
        """What becomes of some clauses in some functions, in a changed world if there is one."""
        found = []
        known = {ref: wanted[ref] for ref in wanted if world is None or not world.is_new(ref)}
        for base in self._checkers:
            tasks, checker = base.again(known), base if world is None else base.inside(world)
            for task in tasks if world is None else checker.again(wanted):
                found.append(Judged(task.ref, self._known(base, checker, task, world)))
        return found

    def _known(
        self, base: RecordedChecker, checker: Checker, task: Task, world: ChangedWorld | None
    ) -> tuple[Obligation, ...]:
        """What a task gives, done unless it was and stands."""
        key = (base.base.number, task.ref, task.clauses)
        if key not in self._again and (world is None or not world.is_new(task.ref)):
            self._again[key] = base.check(task.ref, task.clauses)
        if world is None or (key in self._again and world.stands(base.key(task.ref))):
            return self._again[key]
        return checker.check(task.ref, task.clauses)

    def revision(self, revision: Revision) -> ChangedWorld:
        """The world of another program."""
        return ChangedWorld(self._recorder, revision)

    def inside(self, world: ChangedWorld, files: frozenset[str] = frozenset()) -> list[Judged]:
        """What becomes of all in such a world, as `revised` takes it."""
        return self._after(world, anew=True, files=files)

    def analysis(self) -> RecordedAnalysis:
        """An analysis that follows all locks."""
        models = self.book.models.select(self.world.tree.release, self.program.declares)
        linked = self._recorder.link(self.program, self.world.whole)
        return self._recorder.analysis(linked, models, None)

    def _after(
        self, world: ChangedWorld, anew: bool = False, files: frozenset[str] = frozenset()
    ) -> list[Judged]:
        """What there is to do in a changed world, done; `anew` it is planned."""
        judged = {
            (id(task.checker), task.ref): (task.clauses, self.judged[number])
            for number, task in enumerate(self.tasks)
            if number in self.judged
        }
        found = []
        for base, checker, work in self._plans(world, anew, files):
            for ref, clauses in work:
                before, known = judged.get((id(base), ref), ((), ()))
                if before != clauses or not world.stands(base.key(ref)):
                    known = checker.check(ref, clauses)
                found.append(Judged(ref, known))
        return found

    def _plans(
        self, world: ChangedWorld, anew: bool, files: frozenset[str]
    ) -> Iterator[
        tuple[RecordedChecker, ChangedChecker, tuple[tuple[FunctionRef, tuple[int, ...]], ...]]
    ]:
        """What there is to do after an edit, by checker; in `files` alone, if it is planned
        `anew`.
        """
        for base in self._checkers:
            checker = base.inside(world)
            if not anew and world.stands(base.plan_key):
                yield (
                    base,
                    checker,
                    tuple((t.ref, t.clauses) for t in self.tasks if t.checker is base),
                )
            else:
                yield base, checker, tuple((t.ref, t.clauses) for t in checker.plan(files))


def _asked(task: Task) -> Asked:
    assert isinstance(task.checker, RecordedChecker)
    return Asked(task.checker, task.ref, task.clauses)
