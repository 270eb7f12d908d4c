"""The locks at a line of a tree: which files are read for it, which function it is in, and what is
told of both.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from analyzer.core import HeldLock, LineLocks, Release, UserError, WayIn
from analyzer.dataflow import Analysis, Linked, Models, Outside, Simulation
from analyzer.inspect.demands import Demands
from analyzer.inspect.entry import WaysIn
from analyzer.inspect.line import LineProbe, LineTeller, Where, points_of
from analyzer.pipeline import (
    Book,
    Progress,
    Request,
    World,
    allow_depth,
    load_book,
    read_files,
    silent,
    vocabulary,
)
from analyzer.program import FunctionRef
from analyzer.source import Tree, open_tree

_WINDOWS: Final = frozenset(("window", "map"))
"""Kinds that keep nobody out: to follow them through all callers costs more than it tells."""

_JUMPS: Final = re.compile(r"(?:continue|break|goto\b.*)\s*;")
_NO_CODE: Final = re.compile(r"(?:/\*|\*|//|$)")
_MAX_COMMENT: Final = 30
_FAR: Final = 8
_UNASKED: Final = WayIn(0, (), (), ())
_MAX_CALLING: Final = 40
"""Files beside those of memory management that are read because they mention the function."""

Follow: TypeAlias = Callable[[frozenset[str] | None], Analysis]
"""Gives an analysis that follows some locks, all of them for None."""


@dataclass(frozen=True, slots=True)
class LineRequest:
    """A line of a file of a tree, and how many calls up its callers are asked, 0 for as many as it
    takes no long time to ask.
    """

    root: Path
    path: str
    line: int
    depth: int = 0
    release: Release | None = None
    progress: Progress = field(default=silent)


def locks_at(request: LineRequest) -> LineLocks:
    """The locks at a line. Raises UserError where there is nothing to tell, with the reason."""
    allow_depth()
    tree = open_tree(request.root, request.release)
    _check_path(tree, request)
    book = load_book()
    asked = Request(request.root, release=request.release, progress=request.progress)
    alone = read_files(Request(request.root, release=request.release), book, tree, (request.path,))
    ref = _function(alone, request)
    files = _files(tree, book, request.path, alone.program.head(ref).name)
    world = read_files(asked, book, tree, files)
    ref = _function(world, request)
    linked, models = _linked(request, book, world, ref)

    def follow(locks: frozenset[str] | None) -> Analysis:
        return Analysis(linked, models, locks)

    told = _told(request, (book, world), ref, follow)
    return replace(told, way_in=WaysIn(follow(_real(models)), request.depth).of(ref))


def locks_within(book: Book, world: World, request: LineRequest, follow: Follow) -> LineLocks:
    """The locks at a line of a world that was read; what its callers hold is not asked. Raises
    UserError where there is nothing to tell, with the reason.
    """
    return _told(request, (book, world), _function(world, request), follow)


def _check_path(tree: Tree, request: LineRequest) -> None:
    path = request.path
    if not (tree.root / path).is_file():
        raise UserError(f"{path}: no such file in {tree.root}", "name a file of the tree")
    if not path.endswith(".c"):
        raise UserError(f"{path}: not a C file", "name a .c file of the tree, as mm/memory.c:1642")


def _files(tree: Tree, book: Book, path: str, name: str) -> tuple[str, ...]:
    """What is read: the folder of the file, the files that the rules are about, and those that
    mention the function, unless they are very many.
    """
    near = tree.c_files((path.rpartition("/")[0] or path,))
    every = tree.c_files()
    known = {*near, path, *tree.mentioning(every, vocabulary(book))}
    calling = [each for each in tree.mentioning(every, frozenset((name,))) if each not in known]
    return tuple(sorted({*known, *calling[:_MAX_CALLING]}))


def _function(world: World, request: LineRequest) -> FunctionRef:
    """The definition that a line is in; of variants the one whose text has the line."""
    head = world.program.file(request.path)
    n_lines = len(head.lines.starts)
    if request.line > n_lines:
        raise UserError(
            f"{request.path}:{request.line}: the file has {n_lines} lines", "name one of them"
        )
    found = [
        FunctionRef(request.path, number)
        for number, each in enumerate(head.functions)
        if head.lines.line(each.start) <= request.line <= head.lines.line(max(each.end - 1, 0))
    ]
    if not found:
        raise UserError(
            f"{request.path}:{request.line}: this line is in no function", _nearest(world, request)
        )
    for ref in found:
        where = _where(world, ref, request)
        if where is not None and where.line == request.line:
            return ref
    return found[0]


def _nearest(world: World, request: LineRequest) -> str:
    head = world.program.file(request.path)
    spans = [
        (head.lines.line(each.start), head.lines.line(max(each.end - 1, 0)), each.name)
        for each in head.functions
    ]
    if not spans:
        return "there is no function in this file"
    first, last, name = min(
        spans, key=lambda each: min(abs(each[0] - request.line), abs(each[1] - request.line))
    )
    return f"the nearest is {name}(), lines {first} to {last}"


def _where(world: World, ref: FunctionRef, request: LineRequest) -> Where | None:
    lines = world.program.file(ref.path).lines
    function = world.program.function(ref)
    return points_of(function, lines, request.line, _is_jump(world, request))


def _is_jump(world: World, request: LineRequest) -> bool:
    """Whether a line, or what stands below it if it is a comment, only goes elsewhere."""
    lines = world.program.file(request.path).lines
    for line in range(request.line, min(request.line + _MAX_COMMENT, len(lines.starts)) + 1):
        text = _text(world, request.path, line)
        if not _NO_CODE.match(text):
            return bool(_JUMPS.match(text))
    return False


def _text(world: World, path: str, line: int) -> str:
    start, end = _span(world, path, line)
    return world.reading.texts[path][start:end].decode("utf-8", "replace").strip()


def _span(world: World, path: str, line: int) -> tuple[int, int]:
    starts = world.program.file(path).lines.starts
    text = world.reading.texts[path]
    return starts[line - 1], starts[line] if line < len(starts) else len(text)


def _told(
    request: LineRequest, read: tuple[Book, World], ref: FunctionRef, follow: Follow
) -> LineLocks:
    book, world = read
    head = world.program.head(ref)
    place = f"{ref.path}:{request.line}"
    _check_whole(world, ref, place)
    where = _where(world, ref, request)
    if where is None:
        raise UserError(f"{place}: nothing happens in this line", "name a statement")
    seen = _seen(follow, (ref, where, _span(world, ref.path, where.line)))
    if not seen.looks:
        raise UserError(
            f"{place}: {head.name}() has too many states to follow them all, so what is held"
            " there is not known",
            f"`zaplint dump locks {request.root / ref.path}:{head.name}` shows what was followed",
        )
    looks = [(LineTeller(look.analysis, ref, look.run), look.probe) for look in seen.looks]
    return LineLocks(
        path=ref.path,
        line=request.line,
        told=where.line,
        text=_text(world, ref.path, request.line),
        function=head.name,
        condition=head.condition,
        n_states=max(len(look.probe.states) for look in seen.looks),
        held=_sorted(row for teller, probe in looks for row in teller.held(probe)),
        unsure=seen.unsure,
        returned=_sorted(row for teller, probe in looks for row in teller.returned(probe)),
        changes=tuple(
            dict.fromkeys(
                step
                for teller, probe in looks
                for step in (teller.changes(probe) if where.line == request.line else ())
            )
        ),
        contracts=Demands(seen.looks[0].analysis, book, world).of(ref),
        way_in=_UNASKED,
    )


def _sorted(rows: Iterable[HeldLock]) -> tuple[HeldLock, ...]:
    """What is held on every path first."""
    return tuple(sorted(rows, key=lambda row: (row.n_states < row.of_states, row.lock, row.object)))


class _Look(NamedTuple):
    """One run over a function, which follows some locks."""

    analysis: Analysis
    run: Simulation
    probe: LineProbe


class _Looks(NamedTuple):
    """Runs that were precise and tell of all locks but those of the classes `unsure`."""

    looks: tuple[_Look, ...]
    unsure: tuple[str, ...]


_At: TypeAlias = tuple[FunctionRef, Where, tuple[int, int]]
"""A function, the points of a line in it, and the span of that line."""


def _seen(follow: Follow, at: _At) -> _Looks:
    """What is seen at a line. Where all locks together have too many states, those that keep
    somebody out are followed alone, and then each class by itself; those that can be, together
    again, for one lock tells of another.
    """
    whole = _look(follow(None), at)
    if whole.run.precise:
        return _Looks((whole,), ())
    keeping = _real(whole.analysis.models)
    real = _look(follow(keeping), at)
    classes = whole.probe.classes | real.probe.classes
    if real.run.precise:
        classes -= keeping
    looks = [real] if real.run.precise else []
    sure = set()
    for name in sorted(classes):
        look = _look(follow(frozenset((name,))), at)
        if look.run.precise:
            looks.append(look)
            sure.add(name)
    unsure = tuple(sorted(classes - sure))
    if not real.run.precise and sure:
        together = _look(follow(frozenset(sure)), at)
        looks = [together] if together.run.precise else looks
    return _Looks(tuple(looks), unsure)


def _look(analysis: Analysis, at: _At) -> _Look:
    ref, where, span = at
    probe = LineProbe(where.points, span)
    return _Look(analysis, analysis.simulate(ref, lambda _run: probe), probe)


def _real(models: Models) -> frozenset[str]:
    """The lock classes that keep somebody out."""
    return frozenset(each.name for each in models.locks if each.kind not in _WINDOWS)


def _check_whole(world: World, ref: FunctionRef, place: str) -> None:
    head = world.program.head(ref)
    if head.gaps:
        offset, construct = head.gaps[0]
        line = world.program.file(ref.path).lines.line(offset)
        raise UserError(
            f"{place}: {head.name}() was not read whole, so what is held there is not known",
            f"line {line} is not understood: {' '.join(construct.split())}",
        )


def _linked(
    request: LineRequest, book: Book, world: World, ref: FunctionRef
) -> tuple[Linked, Models]:
    """The program, which knows of the functions on the way in whether they are called elsewhere,
    and its models.
    """
    models = book.models.select(world.tree.release, world.program.declares)
    linked = Linked.of(world.program, True)
    name = world.program.head(ref).name
    above = linked.graph.reaching(frozenset((name,)), request.depth or _FAR)
    names = frozenset(
        head.name
        for each in {ref, *above}
        if not (head := world.program.head(each)).static or each.path.endswith(".h")
    )
    files = world.tree.outside(frozenset(world.program.paths), names)
    return linked._replace(outside=Outside(files), complete=world.tree.is_whole), models
