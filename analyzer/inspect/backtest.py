"""Bugs of the past, put back into a tree one at a time, and whether their rules report them.

A checker is worth what it would have found. To put the real faults of a project back, one by one,
is how Defects4J judges tests (Just, Jalali, Ernst, ISSTA 2014).
"""

import gc
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Final, TypeAlias

from analyzer.checkers.check import Applied
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
from analyzer.pipeline import (
    Book,
    Request,
    World,
    applied_clauses,
    checkers_of,
    declares_of,
    judge,
    load_book,
    problems_of,
    read_world,
    with_change,
)
from analyzer.rulebook import Rulebook, chosen, load_history, resolve
from analyzer.rulebook.folder import rules_folder
from analyzer.summary import LostWorker, Unfit, run_tasks

_FILE: Final = "history.toml"
_RECURSION: Final = 20_000

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


def backtest_of(request: Request) -> Backtest:
    """What becomes of the bugs in a tree. Raises UserError for what the user can mend."""
    sys.setrecursionlimit(max(_RECURSION, sys.getrecursionlimit()))
    bugs, book = bugs_of(request)
    replayer = _Replayer(request, book)
    rules = sorted({bug.rule for bug in bugs})
    items: list[str | Bug] = []
    for rule in rules:
        items += [rule, *(bug for bug in bugs if bug.rule == rule)]
    gc.freeze()  # What was read stays; worlds of edits alone make garbage.

    def work(at: int) -> _Tried:
        gc.collect()
        item = items[at]
        return replayer.tried(item) if isinstance(item, Bug) else replayer.shipped(item)

    lost: list[Problem] = []
    try:
        progress = request.progress
        done = run_tasks(
            work, len(items), request.jobs, lambda n: progress("putting back", n, len(items))
        )
        tried = dict(enumerate(done))
    except LostWorker as error:
        tried = {at: each for at, each in error.done.items() if isinstance(each, _Tried)}
        text = f"a worker was lost; {len(error.missing)} bugs were not put back"
        lost.append(Problem.of(ProblemKind.LOST_WORKER, request.root.name, 0, text))
    gc.unfreeze()
    before = {item: tried[at] for at, item in enumerate(items) if at in tried and item in rules}
    replays = [
        _replay(item, tried[at], before[item.rule].found)
        for at, item in enumerate(items)
        if isinstance(item, Bug) and at in tried and item.rule in before
    ]
    release = replayer.world.tree.release
    return Backtest(release, tuple(replays), tuple((*problems_of(replayer.world), *lost)))


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a rule says of a tree, as shipped or with a change in it; without one, why none fits."""

    found: Standing = ()
    change: Change | None = None
    reason: str = ""


class _Replayer:
    """A tree that was read once, for the rules of all bugs."""

    def __init__(self, request: Request, book: Book) -> None:
        self._request = request
        self._book = book
        self.world = read_world(request, book)
        resolution = resolve(book.rulebook, self.world.tree.release, declares_of(self.world, book))
        self._applied = applied_clauses(resolution)
        self._skipped = dict(resolution.skipped)

    def shipped(self, rule: str) -> _Tried:
        """What a rule says of the tree as it is."""
        return _Tried(self._standing(self.world, rule))

    def tried(self, bug: Bug) -> _Tried:
        """What its rule says of the tree with a bug."""
        reason = self._skipped.get(bug.rule, "")
        for change in bug.changes if not reason else ():
            if self.world.tree.release not in change.releases:
                reason = reason or f"{change.function}() was otherwise in this release"
                continue
            try:
                world = with_change(self.world, change)
            except Unfit as error:
                reason = str(error)
                continue
            return _Tried(self._standing(world, bug.rule), change)
        return _Tried(reason=reason)

    def _standing(self, world: World, rule: str) -> Standing:
        applied: tuple[Applied, ...] = tuple(e for e in self._applied if e.rule == rule)
        checkers = checkers_of(self._book, world, applied) if applied else []
        tasks = [task for checker in checkers for task in checker.plan()]
        found, _ = judge(Request(self._request.root), world, tasks)
        return tuple(each for each in found if each.verdict is not Verdict.PROVED)


def _replay(bug: Bug, tried: _Tried, shipped: Standing) -> Replay:
    """What came of a bug: what is there with it and not without."""
    change = tried.change
    if change is None:
        names = {name for each in bug.changes for name in each.reported_in}
        live = tuple(e for e in shipped if _is_violated(e) and e.function in names)
        outcome = Outcome.PRESENT if live else Outcome.UNFIT
        return Replay(bug, outcome, None, live, tried.reason)
    known = Counter(map(_key, shipped))
    found = []
    for each in tried.found:
        key = _key(each)
        if known[key]:
            known[key] -= 1
        else:
            found.append(each)
    broken = [each for each in found if _is_violated(each)]
    if any(each.function in change.reported_in for each in broken):
        outcome = Outcome.CAUGHT
        found = [each for each in broken if each.function in change.reported_in]
    elif broken:
        outcome, found = Outcome.ELSEWHERE, broken
    else:
        outcome = Outcome.OPEN if found else Outcome.MISSED
    return Replay(bug, outcome, change, tuple(found))


def _is_violated(each: Obligation) -> bool:
    return each.verdict is Verdict.VIOLATED


def _key(each: Obligation) -> tuple[str, int, str, str, str, str]:
    """What tells an obligation from others in another edition of its file."""
    place = each.location.path
    return (each.rule, each.clause, place, each.function, each.subject, each.verdict.value)
