"""Reads files into units: macros of all of them first, then each file by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analyzer.cfront.guards import GuardUnit
from analyzer.cfront.macros import MacroTable, scan_macros
from analyzer.cfront.unit import PackedUnit, Unit
from analyzer.cfront.words import MacroWords
from analyzer.core import Problem, ProblemKind
from analyzer.source import Tree
from analyzer.summary.workers import LostWorker, run_tasks

Progress = Callable[[str, int, int], None]

_FEW: Final = 16
"""So many files are read faster by one process."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The files that were read, by path, and the problems of those that were not."""

    units: dict[str, Unit | GuardUnit]
    texts: dict[str, bytes]
    problems: tuple[Problem, ...]


NOTHING_READ: Final = Reading({}, {}, ())


def read_units(
    tree: Tree,
    files: tuple[Iterable[str], Iterable[str], frozenset[str]],
    words: Path,
    progress: Progress,
    jobs: int = 1,
) -> Reading:
    """Reads .c files and headers, given as (.c files, headers for their macros, headers to parse as
    well), in at most `jobs` processes.

    A file that cannot be read is a problem that makes the run incomplete.
    """
    return read_further(NOTHING_READ, tree, files, words, (progress, jobs))


def read_further(
    known: Reading,
    tree: Tree,
    files: tuple[Iterable[str], Iterable[str], frozenset[str]],
    words: Path,
    how: tuple[Progress, int],
) -> Reading:
    """Reads what of some files, given as for `read_units`, is not known: with the macros of all of
    them. `how` are who is told of the progress and the number of processes.
    """
    paths, headers, parsed = files
    texts: dict[str, bytes] = dict(known.texts)
    problems: list[Problem] = []
    lost_before = {problem.path for problem in known.problems}
    for path in [*sorted(headers), *sorted(paths)]:
        if path in texts or path in lost_before:
            continue
        try:
            texts[path] = tree.read(path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            text = f"cannot be read: {reason}; nothing in it is checked"
            problems.append(Problem.of(ProblemKind.UNREADABLE, path, 0, text))
    definitions = [
        macro for path in sorted(headers) if path in texts for macro in scan_macros(texts[path])
    ]
    table = MacroTable.build(
        definitions, MacroWords.parse(words.read_text(encoding="utf-8"), str(words))
    )
    new = texts.keys() - known.texts.keys()
    wanted = {path: texts[path] for path in texts if path in parsed or not path.endswith(".h")}
    wanted = {path: text for path, text in wanted.items() if path in new}
    read, lost = _parsed(wanted, table, *how)
    problems += lost
    units: dict[str, Unit | GuardUnit] = dict(known.units)
    units.update((path, GuardUnit.around(unit)) for path, unit in read.items())
    for path in sorted(new - wanted.keys()):
        guards = GuardUnit.of(path, texts[path])
        if guards is not None:
            units[path] = guards
    return Reading(units, texts, (*known.problems, *problems))


def _parsed(
    texts: dict[str, bytes], table: MacroTable, progress: Progress, jobs: int
) -> tuple[dict[str, Unit], list[Problem]]:
    """The units of these texts, and what became of those that were not parsed.

    What comes from another process has no syntax trees: bodies are parsed again when they are asked
    for, each by itself.
    """
    paths = list(texts)
    if jobs <= 1 or len(paths) < _FEW:
        units = {}
        for number, path in enumerate(paths):
            progress("reading", number, len(paths))
            units[path] = Unit.parse(path, texts[path], table)
        return units, []

    def work(number: int) -> PackedUnit:
        return Unit.parse(paths[number], texts[paths[number]], table).packed()

    problems = []
    packed: list[PackedUnit]
    try:
        packed = run_tasks(work, len(paths), jobs, lambda n: progress("reading", n, len(paths)))
    except LostWorker as lost:
        packed = [each for _, each in sorted(lost.done.items()) if isinstance(each, PackedUnit)]
        for number in lost.missing:
            text = "a worker was lost; nothing in it is checked"
            problems.append(Problem.of(ProblemKind.LOST_WORKER, paths[number], 0, text))
    return {each.head.path: Unit(texts[each.head.path], each, table) for each in packed}, problems
