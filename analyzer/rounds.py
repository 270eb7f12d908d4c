"""Rounds: tasks are done, and done again where all that a verdict waits for is callers in files
that were not read; these are read then.

Reading on demand, as a demand-driven analysis computes what a query needs: Duesterwald, Gupta,
Soffa, POPL 1995. A file is worth reading when an open obligation would be decided by it.
"""

from collections.abc import Callable, Iterable
from typing import Final, Generic, NamedTuple, TypeVar

from analyzer.checkers.applied import Applied
from analyzer.checkers.check import Checker, Judged, Task
from analyzer.core import Obligation, Problem, ProblemKind, Verdict, once_in_order
from analyzer.dataflow import Analysis, Outside
from analyzer.program import CallGraph, FunctionRef, Program
from analyzer.summary import LostWorker, run_tasks

_FEW: Final = 4
"""Callers are read of functions that so many unread files mention at most. In Linux 6.1 and 6.12
nothing more is decided with 6, at half as many files again: what many call is an interface of
drivers, where one caller in doubt leaves all open.
"""

_MOST: Final = 120
"""So many files are read on demand in a run, at most: less than a first round reads of a kernel."""

_ROUNDS: Final = 6
"""Callers of callers: ways from a system call into memory management lead through two or three
files that were not read, and to ask who mentions a function that came to light is a round, too.
"""

_DEPTH: Final = 12
"""Chains of callers that are longer end in functions that everybody calls."""

World = TypeVar("World")

Clauses = frozenset[tuple[str, int]]
"""Clauses as (rule, number)."""


class Plan(NamedTuple):
    """Clauses, and the work that they make: tasks, and checkers that plan by themselves."""

    applied: tuple[Applied, ...]
    tasks: list[Task]
    slow: tuple[Checker, ...] = ()

    @property
    def outside(self) -> Outside:
        """The functions that unread files mention, with those files."""
        checkers = (*self.slow, *(task.checker for task in self.tasks))
        return checkers[0].analysis.outside if checkers else Outside()


class NextRound(NamedTuple):
    """What a round asks for: files to read, names to look for in the others, and the clauses to
    judge again, by function.
    """

    files: tuple[str, ...]
    names: frozenset[str]
    wanted: dict[FunctionRef, Clauses]


class Round(NamedTuple, Generic[World]):
    """What is known after a round; `outside` are the functions that unread files mention."""

    world: World
    judged: list[Judged]
    problems: list[Problem]
    outside: Outside

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """All obligations in canonical order."""
        return in_order(self.judged)


class About(NamedTuple):
    """What a run is about: the contracts of some functions, or what is found in some files; all of
    them, if neither is said.
    """

    functions: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


EVERYTHING: Final = About()
"""A run of everything."""


def asked(contracts: Analysis, about: About) -> frozenset[str]:
    """The functions whose callers may be asked for a lock, as far as other files may call them."""
    return above(contracts, demanding(contracts, about))


def demanding(contracts: Analysis, about: About) -> frozenset[str]:
    """The functions that may demand a lock of their callers."""
    program = contracts.program
    if about.files:
        own = (program.head(ref) for ref in program.refs if ref.path in about.files)
        return about.functions.union(*((head.name, *head.calls) for head in own))
    if about.functions:
        return about.functions
    found = {program.head(ref).name for ref in program.refs if contracts.contracts(ref)}
    modelled = (function.name for function in contracts.models.functions)
    found.update(name for name in modelled if contracts.demanded(name, ""))
    return frozenset(found)


def uncalled(program: Program, graph: CallGraph, about: About) -> frozenset[str]:
    """The functions that nothing calls which was read, as far as other files may call them: that
    nothing does is not said before it was asked who mentions them.
    """
    refs: Iterable[FunctionRef] = program.refs
    if about.files:
        own = {ref for ref in program.refs if ref.path in about.files}
        names = frozenset(program.head(ref).name for ref in own)
        refs = own | graph.reaching(names, _DEPTH)
    return frozenset(
        head.name
        for ref in refs
        if not ref.path.endswith(".h")
        and not ((head := program.head(ref)).static or head.exported or head.entry)
        and not graph.callers(ref)
    )


def above(contracts: Analysis, names: frozenset[str]) -> frozenset[str]:
    """The functions that come to call one of `names`, as far as other files may call them."""
    program = contracts.program
    heads = ((ref, program.head(ref)) for ref in contracts.graph.reaching(names, _DEPTH))
    return frozenset(head.name for ref, head in heads if not head.static or ref.path.endswith(".h"))


def in_order(judged: Iterable[Judged]) -> tuple[Obligation, ...]:
    """Obligations in canonical order, each once."""
    return once_in_order(obligation for each in judged for obligation in each.obligations)


def further(first: Round[World], again: Callable[[World, NextRound], Round[World]]) -> Round[World]:
    """The last round. `again` reads files and judges some clauses in what is known then."""
    last, n_read = first, 0
    for _ in range(_ROUNDS):
        demand = _demanded(last, _MOST - n_read)
        if not demand.wanted:
            break
        n_read += len(demand.files)
        found = again(last.world, demand)
        judged = _replaced(last.judged, demand.wanted, found.judged)
        last = Round(found.world, judged, [*last.problems, *found.problems], found.outside)
    return last


def _demanded(last: Round[World], most: int) -> NextRound:
    """The files that decide the most with the least, and what may be decided by them."""
    outside = last.outside.files
    waiting = [
        (each.ref, obligation)
        for each in last.judged
        for obligation in each.obligations
        if obligation.verdict is Verdict.OPEN and obligation.unread
    ]
    files: set[str] = set()
    hopeful = {
        frozenset(path for name in obligation.unread for path in outside.get(name, ()))
        for _, obligation in waiting
        if all(len(outside.get(name, ())) <= _FEW for name in obligation.unread)
    }
    for needed in sorted(hopeful, key=lambda each: (len(each), sorted(each))):
        if len(files | needed) <= most:
            files |= needed
    wanted: dict[FunctionRef, set[tuple[str, int]]] = {}
    names: set[str] = set()
    for ref, obligation in waiting:
        if any(files.issuperset(outside.get(name, ())) for name in obligation.unread):
            wanted.setdefault(ref, set()).add((obligation.rule, obligation.clause))
            names.update(name for name in obligation.unread if name not in outside)
    again = {ref: frozenset(wanted[ref]) for ref in sorted(wanted)}
    return NextRound(tuple(sorted(files)), frozenset(names), again)


def _replaced(
    before: list[Judged], wanted: dict[FunctionRef, Clauses], found: list[Judged]
) -> list[Judged]:
    """What was judged again takes the place of what was found before."""

    def kept(judged: Judged) -> Judged:
        old = wanted.get(judged.ref, frozenset())
        rest = (each for each in judged.obligations if (each.rule, each.clause) not in old)
        return Judged(judged.ref, tuple(rest))

    return [*map(kept, before), *found]


def done(
    program: Program,
    tasks: list[Task],
    slow: tuple[Checker, ...],
    how: tuple[int, Callable[[str, int, int], None]],
) -> tuple[list[Judged], list[Problem]]:
    """What becomes of these tasks, and of all that the checkers `slow` plan, and what was lost;
    `how` are the number of processes and who is told of the progress.
    """
    jobs, tell = how

    def work(number: int) -> tuple[Judged, ...]:
        if number < len(slow):
            return slow[number].everything()
        task = tasks[number - len(slow)]
        return (Judged(task.ref, task.checker.check(task.ref, task.clauses)),)

    n_tasks = len(slow) + len(tasks)
    problems: list[Problem] = []
    results: list[tuple[Judged, ...]]
    try:
        results = run_tasks(work, n_tasks, jobs, lambda n: tell("checking", n, n_tasks))
    except LostWorker as lost:
        results = [item for _, item in sorted(lost.done.items()) if isinstance(item, tuple)]
        for number in lost.missing:
            for task in slow[number].plan() if number < len(slow) else [tasks[number - len(slow)]]:
                name = program.head(task.ref).name
                text = f"a worker was lost; {name}() is not checked"
                problems.append(Problem.of(ProblemKind.LOST_WORKER, task.ref.path, 0, text, name))
    return [each for result in results for each in result], problems
