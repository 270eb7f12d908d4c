"""Bugs of the past, put back into a tree one at a time, and whether their rules report them.

A checker is worth what it would have found. To put the real faults of a project back, one by one,
is how Defects4J judges tests (Just, Jalali, Ernst, ISSTA 2014).
"""

import gc
from collections import Counter
from typing import Final, TypeAlias

from analyzer.checkers.applied import Applied
from analyzer.core import (
    Backtest,
    Bug,
    Change,
    Obligation,
    Outcome,
    Problem,
    ProblemKind,
    Replay,
    Verdict,
)
from analyzer.outcome import problems_of
from analyzer.pipeline import (
    Book,
    Request,
    World,
    allow_depth,
    applied_clauses,
    checkers_of,
    declares_of,
    judge,
    load_book,
    read_world,
    with_change,
)
from analyzer.rulebook import Rulebook, chosen, load_history, resolve
from analyzer.rulebook.folder import rules_folder
from analyzer.summary import LostWorker, Unfit, run_tasks

_FILE: Final = "history.toml"

Standing: TypeAlias = tuple[Obligation, ...]
"""What is violated or open."""


def bugs_of(request: Request) -> tuple[tuple[Bug, ...], Book]:
    """The bugs that come with zaplint, and with the further folders of rules, about the rules of a
    request; and these rules. Raises UserError.
    """
    loaded = load_book(request.rules)
    ids = frozenset(rule.info.id for rule in loaded.rulebook.rules)
    files = [folder / _FILE for folder in request.rules if (folder / _FILE).is_file()]
    known = [bug for file in (rules_folder() / _FILE, *files) for bug in load_history(file, ids)]
    asked = chosen(loaded.rulebook, request.select or tuple(sorted(ids)), request.ignore)
    names = {rule.info.id for rule in asked.rules}
    bugs = tuple(sorted((bug for bug in known if bug.rule in names), key=lambda bug: bug.rule))
    rules = tuple(rule for rule in asked.rules if rule.info.id in {bug.rule for bug in bugs})
    return bugs, Book(Rulebook(rules, asked.vocabulary), loaded.models)


def backtest_of(request: Request, names: frozenset[str] = frozenset()) -> Backtest:
    """What becomes of the bugs in a tree, of those with one of `names` unless it is empty. Raises
    UserError for what the user can mend.
    """
    allow_depth()
    bugs, book = bugs_of(request)
    bugs = tuple(bug for bug in bugs if not names or bug.name in names)
    replayer = _Replayer(request, book)
    gc.freeze()  # What was read stays; worlds of edits alone make garbage.

    def work(at: int) -> Replay:
        gc.collect()
        return replayer.replay(bugs[at])

    def progress(done: int) -> None:
        request.progress("putting back", done, len(bugs))

    lost: list[Problem] = []
    try:
        replays = run_tasks(work, len(bugs), request.jobs, progress)
    except LostWorker as error:
        replays = [each for _, each in sorted(error.done.items()) if isinstance(each, Replay)]
        text = f"a worker was lost; {len(error.missing)} bugs were not put back"
        lost.append(Problem.of(ProblemKind.LOST_WORKER, request.root.name, 0, text))
    gc.unfreeze()
    problems = (*problems_of(replayer.world), *lost)
    return Backtest(replayer.world.tree.release, tuple(replays), problems)


class _Replayer:
    """A tree that was read once, for the rules of all bugs."""

    def __init__(self, request: Request, book: Book) -> None:
        self._request = request
        self._book = book
        self.world = read_world(request, book)
        resolution = resolve(book.rulebook, self.world.tree.release, declares_of(self.world, book))
        self._applied = applied_clauses(resolution)
        self._skipped = dict(resolution.skipped)

    def replay(self, bug: Bug) -> Replay:
        """What comes of a bug: where it must be reported is looked at first, and all that its rule
        looks at only if it is not.
        """
        world, change, reason = self._put_back(bug)
        if change is None:
            names = frozenset(name for each in bug.changes for name in each.reported_in)
            live = _violated(self._standing(self.world, bug.rule, names))
            outcome = Outcome.PRESENT if live else Outcome.UNFIT
            return Replay(bug, outcome, None, live, reason)
        names = frozenset(change.reported_in)
        new = _violated(self._new(world, bug.rule, names))
        if new:
            return Replay(bug, Outcome.CAUGHT, change, new)
        new = self._new(world, bug.rule, frozenset())
        if violated := _violated(new):
            return Replay(bug, Outcome.ELSEWHERE, change, violated)
        return Replay(bug, Outcome.OPEN if new else Outcome.MISSED, change, new)

    def _put_back(self, bug: Bug) -> tuple[World, Change | None, str]:
        """The tree with the first change that fits; without one, why none does."""
        reason = self._skipped.get(bug.rule, "")
        for change in bug.changes if not reason else ():
            if self.world.tree.release not in change.releases:
                reason = reason or f"{change.function}() was otherwise in this release"
                continue
            try:
                return with_change(self.world, change), change, ""
            except Unfit as error:
                reason = str(error)
        return self.world, None, reason

    def _new(self, world: World, rule: str, names: frozenset[str]) -> Standing:
        """What is violated or open in a changed tree and not in the tree as it is."""
        known = Counter(map(_key, self._standing(self.world, rule, names)))
        found = []
        for each in self._standing(world, rule, names):
            key = _key(each)
            if known[key]:
                known[key] -= 1
            else:
                found.append(each)
        return tuple(found)

    def _standing(self, world: World, rule: str, names: frozenset[str]) -> Standing:
        """What a rule says of the functions of these names, of all without names."""
        applied: tuple[Applied, ...] = tuple(e for e in self._applied if e.rule == rule)
        checkers = checkers_of(self._book, world, applied) if applied else []
        tasks = [
            task
            for checker in checkers
            for task in checker.plan()
            if not names or world.program.head(task.ref).name in names
        ]
        found, _ = judge(Request(self._request.root), world, tasks)
        return tuple(each for each in found if each.verdict is not Verdict.PROVED)


def _violated(found: Standing) -> Standing:
    return tuple(each for each in found if each.verdict is Verdict.VIOLATED)


def _key(each: Obligation) -> tuple[str, int, str, str, str, str]:
    """What tells an obligation from others in another edition of its file."""
    place = each.location.path
    return (each.rule, each.clause, place, each.function, each.subject, each.verdict.value)
