"""The whole of a run, from a tree to a report: the only module that knows every layer."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer.checkers.applied import Applied, asks_callers, grouped
from analyzer.checkers.check import Checker, Task
from analyzer.checkers.makers import PLAIN, Makers
from analyzer.checkers.property import Contracts
from analyzer.checkers.scope import within
from analyzer.checkers.vocabulary import named_locks, tracked_locks, words_of
from analyzer.core import Change, Obligation, Problem, Release, Report
from analyzer.dataflow import Analysis, Linked, Outside
from analyzer.dataflow.classtable import NO_CLASSES
from analyzer.outcome import report_of
from analyzer.program import Program
from analyzer.rounds import (
    EVERYTHING,
    About,
    NextRound,
    Plan,
    Round,
    asked,
    done,
    further,
    in_order,
    uncalled,
)
from analyzer.rulebook import (
    Resolution,
    Rulebook,
    by_place,
    chosen,
    declared_names,
    everywhere,
    function_names,
    load_rules,
    resolve,
    site_locks,
)
from analyzer.rulebook import words as site_words
from analyzer.rulebook.folder import rules_folder
from analyzer.rulebook.models import ModelSource, load_models
from analyzer.source import NOTHING_OVER, Mentions, Overlay, Tree, open_tree
from analyzer.summary import NOTHING_READ, Reading, put_in, read_further

Progress = Callable[[str, int, int], None]

_RECURSION = 20_000
"""Effects of callees nest as deep as the call graph."""


def allow_depth() -> None:
    """Lets this process nest as deep as effects do."""
    sys.setrecursionlimit(max(_RECURSION, sys.getrecursionlimit()))


def silent(_what: str, _done: int, _total: int) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks of a run. Empty tuples ask for everything; `files` limits the findings to
    some files; `overlay` are texts that are other than on disk.
    """

    root: Path
    scopes: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    release: Release | None = None
    jobs: int = 1
    files: tuple[str, ...] = ()
    progress: Progress = field(default=silent)
    overlay: Overlay = NOTHING_OVER


@dataclass(frozen=True, slots=True)
class Book:
    """Rules and models, as loaded."""

    rulebook: Rulebook
    models: ModelSource


@dataclass(frozen=True, slots=True)
class World:
    """A tree that was read and linked; `before` are the functions of the files that were read
    first, if others were read on demand.
    """

    tree: Tree
    reading: Reading
    program: Program
    scope: tuple[str, ...]
    whole: bool
    mentions: Mentions
    before: frozenset[str] = frozenset()

    def read(self, path: str) -> bytes:
        """A file of the tree, as it was read if it was. Raises OSError."""
        text = self.reading.texts.get(path)
        return self.tree.read(path) if text is None else text


def load_book(folders: tuple[Path, ...] = ()) -> Book:
    """The rules that come with zaplint and those of `folders`. Raises UserError for any slip in
    them.
    """
    own = rules_folder()
    models = load_models(own / "models")
    return Book(load_rules((own, *folders), models.lock_names), models)


def read_world(request: Request, book: Book, everything: bool = False) -> World:
    """Reads the files that matter: those that mention a word of the rules, and headers that do or
    that wrap a lock.

    With `everything` all .c files under the scopes are read.
    """
    tree = open_tree(request.root, request.release, request.overlay)
    files = tree.c_files(request.scopes)
    if everything:
        return read_files(request, book, tree, files)
    wide = everywhere(book.rulebook)
    kept = {path for path in files if wide and within(path, wide)}
    files = tuple(sorted({*kept, *_mentioning(tree, files, book)}))
    return _linked(request, tree, (files, kept), vocabulary(book) | _wrapped(book))


def enlarged(request: Request, book: Book, world: World, files: tuple[str, ...]) -> World:
    """A world in which these files are read, too."""
    more = tuple(sorted({*world.scope, *files}))
    wide = everywhere(book.rulebook)
    kept = {path for path in more if wide and within(path, wide)}
    wanted = vocabulary(book) | _wrapped(book)
    return _linked(request, world.tree, (more, kept), wanted, world)


def _mentioning(tree: Tree, files: tuple[str, ...], book: Book) -> set[str]:
    """The files that hold a word of a rule, where the rule looks."""
    found: set[str] = set()
    for globs, rules in by_place(book.rulebook):
        places = tuple(path for path in files if within(path, globs))
        found.update(tree.mentioning(places, vocabulary(Book(rules, book.models))))
    return found


def _concerned(tree: Tree, files: tuple[str, ...], book: Book) -> bool:
    """Whether a run may look at one of some files."""
    wide = everywhere(book.rulebook)
    beside = {_folder(glob) for glob in wide}
    if any(within(path, wide) or _folder(path) in beside for path in files):
        return True
    headers = tuple(path for path in files if not path.endswith(".c"))
    others = tuple(path for path in files if path.endswith(".c"))
    wanted = vocabulary(book) | _wrapped(book)
    return bool(_mentioning(tree, others, book) or tree.mentioning(headers, wanted))


def brings_in(book: Book, path: str, text: Overlay) -> bool:
    """Whether a .c file that `text` holds is one that a run of the whole tree reads."""
    wide = everywhere(book.rulebook)
    return bool(wide and within(path, wide)) or any(
        within(path, globs) and text.mentioning((path,), vocabulary(Book(rules, book.models)))
        for globs, rules in by_place(book.rulebook)
    )


def read_files(request: Request, book: Book, tree: Tree, files: tuple[str, ...]) -> World:
    """Reads these files of a tree, and the headers that they include which touch any lock."""
    return _linked(request, tree, (files, set()), vocabulary(book) | book.models.functions)


def _linked(
    request: Request,
    tree: Tree,
    read: tuple[tuple[str, ...], set[str]],
    wanted: frozenset[str],
    known: World | None = None,
) -> World:
    """The program of some files. Headers count that mention a word, or lie in a folder of those
    files that are read whatever they mention. What is `known` is not read again.
    """
    files, kept = read
    headers = tree.headers_of(files)
    parsed = set(tree.mentioning(headers, wanted))
    beside = {_folder(path) for path in kept}
    parsed.update(path for path in headers if _folder(path) in beside)
    words = rules_folder() / "models" / "macros.toml"
    places = (files, headers, frozenset(parsed))
    reading = known.reading if known else NOTHING_READ
    reading = read_further(reading, tree, places, words, (request.progress, request.jobs))
    program = Program(dict(reading.units), reading.texts, known.program if known else None)
    if known is None:
        return World(tree, reading, program, files, not request.scopes, Mentions(tree))
    names = (known.program.head(ref).name for ref in known.program.refs)
    before = known.before or frozenset(names)
    return World(tree, reading, program, files, known.whole, known.mentions, before)


def with_change(world: World, change: Change) -> World:
    """The world in which a function is changed; what it mentions since brings no further file.
    Raises Unfit.
    """
    words = rules_folder() / "models" / "macros.toml"
    reading = put_in(world.reading, change, words)
    program = world.program.with_file(change.file, dict(reading.units), reading.texts)
    return replace(world, reading=reading, program=program)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def vocabulary(book: Book) -> frozenset[str]:
    """The words that bring a file into the default scope."""
    locks = book.models.lock_words(site_locks(book.rulebook))
    return frozenset(word for word in site_words(book.rulebook) if "." not in word) | locks


def _wrapped(book: Book) -> frozenset[str]:
    """The primitives of the locks that the rules follow, which inline functions of headers may
    wrap.
    """
    clauses = tuple(clause for rule in book.rulebook.rules for clause in rule.clauses)
    tracked = tracked_locks(clauses)
    kinds = frozenset(lock.kind for lock in book.models.locks if lock.name in tracked)
    names = _takers(book, tracked | kinds) | declared_names(book.rulebook)
    if any(isinstance(clause, Contracts) for clause in clauses):
        names |= book.models.asking
    return names


def _takers(book: Book, locks: frozenset[str]) -> frozenset[str]:
    """The modelled functions that touch one of the locks."""
    return frozenset(
        function.name for function, _, _ in book.models.bodies if locks & named_locks(function)
    )


def audit(request: Request, book: Book | None = None) -> Report:
    """Audits a tree. Raises UserError for what the user can mend. `book` saves loading the rules
    again.
    """
    return audited(request, book)[0]


def audited(request: Request, book: Book | None = None) -> tuple[Report, World]:
    """What `audit` gives, with all that was read for it: nothing for files without a word of a
    rule.
    """
    allow_depth()
    book = book or load_book(request.rules)
    book = asked_book(request, book)
    found = idle(request, book)
    if found is not None:
        return found
    world = read_world(request, book)
    resolution = resolve(book.rulebook, world.tree.release, declares_of(world, book))
    last = _check(request, book, world, resolution)
    everything = not request.files and not request.scopes
    report = report_of(last.world, resolution, last.obligations, last.problems, everything)
    return report, last.world


def idle(request: Request, book: Book) -> tuple[Report, World] | None:
    """What `audited` gives for files in which none of the rules looks that are asked for, None for
    others.
    """
    tree = open_tree(request.root, request.release, request.overlay)
    if not request.files or _concerned(tree, request.files, book):
        return None
    world = World(tree, NOTHING_READ, Program({}, {}), (), True, Mentions(tree))
    resolution = resolve(book.rulebook, tree.release, lambda _: True)
    return report_of(world, resolution, (), [], everything=False), world


def asked_book(request: Request, book: Book) -> Book:
    """The rules among those of a book that a request asks for. Raises UserError for one that the
    book has not.
    """
    return Book(chosen(book.rulebook, request.select, request.ignore), book.models)


def analysis_of(book: Book, world: World, tracked: frozenset[str] | None) -> Analysis:
    """The analysis of a tree that follows the `tracked` locks, all of them for None."""
    models = book.models.select(world.tree.release, world.program.declares)
    return Analysis(Linked.of(world.program, world.whole), models, tracked)


def checkers_of(
    book: Book,
    world: World,
    applied: tuple[Applied, ...],
    about: About | None = EVERYTHING,
    makers: Makers = PLAIN,
) -> list[Checker]:
    """A checker with an analysis for each group of clauses. `about` says whose callers may be
    asked; None if that is told later.
    """
    make = makers.analysis
    models = book.models.select(world.tree.release, world.program.declares)
    flags = _flags(book.rulebook)
    words = words_of(tuple(each.clause for each in applied), flags)
    linked = makers.link(world.program, world.whole)
    words = words._replace(classes=NO_CLASSES)
    neutral = make(linked, models, frozenset(), words)
    analyses = []
    for locks, classes, group in grouped(applied, flags):
        own = words._replace(classes=classes)
        analyses.append((make(linked, models, locks, own, neutral), group))
    if world.whole and about is not None:
        names: frozenset[str] = frozenset()
        if not world.before:  # What is read on demand tells by itself which names it needs.
            asking = (made for made, group in analyses if asks_callers(group))
            names = uncalled(linked.program, linked.graph, about)
            names = names.union(*(asked(each, about) for each in asking))
        look_outside(world, tuple(made for made, _ in analyses), names)
    return [makers.checker(made, group, flags) for made, group in analyses]


def look_outside(world: World, analyses: tuple[Analysis, ...], names: frozenset[str]) -> None:
    """Looks for names in the files that were not read, and tells analyses what was ever found."""
    files = world.mentions.outside(frozenset(world.program.paths), names)
    searched = world.mentions.searched | world.before if world.before else None
    for each in analyses:
        each.look_outside(Outside(files, searched), world.tree.is_whole)


def _check(request: Request, book: Book, world: World, resolution: Resolution) -> Round[World]:
    applied = applied_clauses(resolution)
    files = frozenset(request.files)
    checkers = checkers_of(book, world, applied, About(files=files))
    # A plan that takes long is made by a worker, beside the work on what is planned.
    apart = request.jobs > 1 and not request.files and not all(c.plans_long for c in checkers)
    slow = tuple(each for each in checkers if apart and each.plans_long)
    tasks = [task for each in checkers if each not in slow for task in each.plan(files)]
    return in_rounds(request, book, world, Plan(applied, tasks, slow))


def in_rounds(request: Request, book: Book, world: World, plan: Plan) -> Round[World]:
    """What becomes of a plan, in the files that were read and in those that are then asked for."""

    def again(before: World, demand: NextRound) -> Round[World]:
        more = enlarged(request, book, before, demand.files)
        more.mentions.outside(frozenset(more.program.paths), demand.names)
        checkers = checkers_of(book, more, plan.applied)
        tasks = [task for checker in checkers for task in checker.again(demand.wanted)]
        found = done(more.program, tasks, (), (request.jobs, request.progress))
        return Round(more, *found, checkers[0].analysis.outside)

    found = done(world.program, plan.tasks, plan.slow, (request.jobs, request.progress))
    return further(Round(world, *found, plan.outside), again)


def applied_clauses(resolution: Resolution) -> tuple[Applied, ...]:
    """The clauses that apply to a tree."""
    return tuple(
        Applied(rule.rule.id, number, clause)
        for rule in resolution.rules
        for number, clause in rule.clauses
    )


def judge(
    request: Request, world: World, tasks: list[Task], slow: tuple[Checker, ...] = ()
) -> tuple[tuple[Obligation, ...], list[Problem]]:
    """The obligations of these tasks, and of all that the checkers `slow` plan, in canonical order,
    and what was lost.
    """
    judged, problems = done(world.program, tasks, slow, (request.jobs, request.progress))
    return in_order(judged), problems


def _flags(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """For each flag all names it goes by."""
    names: dict[str, list[str]] = {}
    for other, flag in rulebook.vocabulary.flags:
        names.setdefault(flag, [flag]).append(other)
    return {flag: tuple(others) for flag, others in names.items()}


def declares_of(world: World, book: Book) -> Callable[[str], bool]:
    """Whether the tree has a name. Of a tree that was read in part, its definitions are asked, too:
    a narrow scope makes no name unknown.
    """
    if world.whole:
        return world.program.declares
    names = site_words(book.rulebook) | declared_names(book.rulebook)
    known = world.tree.known(names | function_names(book.rulebook))
    return lambda name: name in known or world.program.declares(name)
