"""Reads files into units: macros of all of them first, then each file by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from analyzer.cfront.guards import GuardUnit
from analyzer.cfront.macros import MacroTable, scan_macros
from analyzer.cfront.unit import Unit
from analyzer.cfront.words import MacroWords
from analyzer.core import Problem, ProblemKind
from analyzer.source import Tree

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """The files that were read, by path, and the problems of those that were not."""

    units: dict[str, Unit | GuardUnit]
    texts: dict[str, bytes]
    problems: tuple[Problem, ...]


def read_units(
    tree: Tree,
    files: tuple[Iterable[str], Iterable[str], frozenset[str]],
    words: Path,
    progress: Progress,
) -> Reading:
    """Reads .c files and headers, given as (.c files, headers for their macros, headers to parse as
    well).

    A file that cannot be read is a problem that makes the run incomplete.
    """
    paths, headers, parsed = files
    texts: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in [*sorted(headers), *sorted(paths)]:
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
    units: dict[str, Unit | GuardUnit] = {}
    wanted = [path for path in texts if path in parsed or not path.endswith(".h")]
    for number, path in enumerate(wanted):
        progress("reading", number, len(wanted))
        units[path] = GuardUnit.around(Unit.parse(path, texts[path], table))
    for path in sorted(texts.keys() - units.keys()):
        guards = GuardUnit.of(path, texts[path])
        if guards is not None:
            units[path] = guards
    return Reading(units, texts, tuple(problems))
