"""A file after an edit, laid out so that whatever is as it was stays where it was.

What was found out of a function names byte offsets. So that it stands when a line is added above,
functions that did not change keep their index and their offsets; those that did, and new ones, are
taken to stand in a copy of the edited file behind the file as it was.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from analyzer.cfront.guards import GuardUnit
from analyzer.cfront.lexical import spaces
from analyzer.cfront.moved import moved
from analyzer.cfront.unit import Unit as ReadUnit
from analyzer.ir import Block, FileHead, Function, FunctionHead, LineTable, Return
from analyzer.summary.read import Reading

_INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include\b[^\n]*", re.MULTILINE)


class Unit(Protocol):
    """A read file."""

    @property
    def head(self) -> FileHead: ...

    def lower(self, index: int) -> Function:
        """The body of `head.functions[index]`."""


class Lines(NamedTuple):
    """Where the lines of the laid out file are in the edited one.

    `spans` are the first lines of what did not change, ascending, each with what its lines lack.
    """

    n_before: int
    spans: tuple[tuple[int, int], ...]

    def line(self, line: int) -> int:
        """The line of the edited file that a line of the laid out one is."""
        if line > self.n_before:
            return line - self.n_before
        at = bisect_right(self.spans, (line, self.n_before)) - 1
        return max(1, line + (self.spans[at][1] if at >= 0 else 0))


@dataclass(frozen=True, slots=True)
class Revised:
    """A file after an edit. `changed` are the functions with another body, `silent` those whose
    comment or annotations alone are others, `gone` those that are no more; all by their index.
    Those from `n_before` on are new.
    """

    unit: "RevisedUnit"
    text: bytes
    lines: Lines
    changed: frozenset[int]
    silent: frozenset[int]
    gone: frozenset[int]
    n_before: int

    @property
    def new(self) -> range:
        """The functions that were not there, by their index."""
        return range(self.n_before, len(self.unit.head.functions))


class RevisedUnit:
    """The unit of a laid out file: some functions are of the file before the edit, some of the one
    behind it, `shift` bytes further on.
    """

    def __init__(
        self, head: FileHead, units: tuple[Unit, Unit], origins: tuple[int, ...], shift: int
    ) -> None:
        self.head = head
        self._before, self._after = units
        self._origins = origins
        self._shift = shift

    @property
    def edited(self) -> ReadUnit | GuardUnit:
        """The unit of the edited file, as it is."""
        assert isinstance(self._after, ReadUnit | GuardUnit)
        return self._after

    def lower(self, index: int) -> Function:
        """The body of `head.functions[index]`; nothing happens in one that is gone."""
        head = self.head.functions[index]
        if not head.name:
            return _empty(head)
        origin = self._origins[index]
        if origin < 0:
            return self._before.lower(index)
        shift = self._shift
        function = moved(self._after.lower(origin), lambda start, end: (start + shift, end + shift))
        gaps = tuple((offset + shift, text) for offset, text in function.gaps)
        return function._replace(start=head.start, end=head.end, gaps=gaps)


def revised(reading: Reading, path: str, text: bytes) -> Revised | None:
    """The file at `path` with another text; None where that is more than an edit of its
    functions, or the file was not read.
    """
    unit = reading.units.get(path)
    if unit is None:
        return None
    after = GuardUnit.around(unit.again(text))
    return revise((unit, reading.texts[path]), (after, text))


class _Match(NamedTuple):
    """Which function of the file before is which of the one behind. `same` are unchanged, with the
    index that they have there; `other` have another body.
    """

    same: dict[int, int]
    other: dict[int, int]
    gone: tuple[int, ...]
    fresh: tuple[int, ...]


def revise(before: tuple[Unit, bytes], after: tuple[Unit, bytes]) -> Revised | None:
    """The edit from one file to another as one of its functions; None where something else of
    the file is another: a macro, a record, a table, what it includes.
    """
    old, new = before[0].head, after[0].head
    if _outside(old, before[1]) != _outside(new, after[1]):
        return None
    match = _matched((old, before[1]), (new, after[1]))
    padding = b"" if before[1].endswith(b"\n") else b"\n"
    shift = len(before[1]) + len(padding)
    functions = list(old.functions)
    silent = set()
    for index, other in match.same.items():
        said = new.functions[other]
        if (said.comment, said.annotations) != (
            functions[index].comment,
            functions[index].annotations,
        ):
            silent.add(index)
            functions[index] = functions[index]._replace(
                comment=said.comment, annotations=said.annotations
            )
    for index, other in match.other.items():
        functions[index] = _shifted(new.functions[other], shift)
    for index in match.gone:
        functions[index] = _nobody(functions[index])
    functions += [_shifted(new.functions[index], shift) for index in match.fresh]
    head = old._replace(
        functions=tuple(functions),
        size=shift + len(after[1]),
        lines=LineTable((*old.lines.starts, *(start + shift for start in new.lines.starts))),
        declared=tuple(sorted({*old.declared, *new.declared})),
        problems=new.problems,
    )
    dropped = [old.functions[index] for index in (*match.other, *match.gone)]
    added = [new.functions[index] for index in (*match.other.values(), *match.fresh)]
    text = _without(before[1], dropped) + padding + _alone(after[1], added)
    origins = (*(match.other.get(index, -1) for index in range(len(old.functions))), *match.fresh)
    return Revised(
        RevisedUnit(head, (before[0], after[0]), origins, shift),
        text,
        _lines(old, new, match.same),
        frozenset(match.other),
        frozenset(silent),
        frozenset(match.gone),
        len(old.functions),
    )


def _outside(head: FileHead, data: bytes) -> object:
    """What a file has beside functions."""
    return (
        [(macro.name, macro.parameters, macro.body) for macro in head.macros],
        head.records,
        [guard._replace(start=0, end=0) for guard in head.guards],
        [entry._replace(start=0) for entry in head.tables],
        head.named,
        _INCLUDE.findall(data),
    )


def _signature(head: FunctionHead) -> FunctionHead:
    """What callers can see of a function."""
    return head._replace(
        start=0, end=0, name_start=0, calls=(), names=(), comment="", annotations=(), gaps=()
    )


def _matched(before: tuple[FileHead, bytes], after: tuple[FileHead, bytes]) -> _Match:
    """Pairs the functions of equal signature, in their order."""
    waiting: dict[FunctionHead, list[int]] = defaultdict(list)
    for index, head in enumerate(before[0].functions):
        waiting[_signature(head)].append(index)
    match = _Match({}, {}, (), ())
    fresh = []
    for index, head in enumerate(after[0].functions):
        known = waiting.get(_signature(head))
        if not known:
            fresh.append(index)
            continue
        mine = known.pop(0)
        was = before[0].functions[mine]
        equal = before[1][was.start : was.end] == after[1][head.start : head.end]
        equal = equal and len(was.gaps) == len(head.gaps)
        (match.same if equal else match.other)[mine] = index
    gone = sorted(index for left in waiting.values() for index in left)
    return match._replace(gone=tuple(gone), fresh=tuple(fresh))


def _shifted(head: FunctionHead, by: int) -> FunctionHead:
    return head._replace(
        start=head.start + by,
        end=head.end + by,
        name_start=head.name_start + by,
        gaps=tuple((offset + by, text) for offset, text in head.gaps),
    )


def _nobody(head: FunctionHead) -> FunctionHead:
    """The place of a function that is gone."""
    return head._replace(
        name="",
        parameters=(),
        calls=(),
        names=(),
        comment="",
        annotations=(),
        exported=False,
        entry="",
        gaps=(),
    )


def _empty(head: FunctionHead) -> Function:
    end = Return(None, head.end - 1, head.end)
    return Function(
        "", head.path, head.start, head.end, (), "", (Block((), end, False),), (), "", ()
    )


def _without(data: bytes, functions: list[FunctionHead]) -> bytes:
    """A file without some functions, as long as it was."""
    text = bytearray(data)
    for head in functions:
        text[head.start : head.end] = spaces(data[head.start : head.end])
    return bytes(text)


def _alone(data: bytes, functions: list[FunctionHead]) -> bytes:
    """Some functions of a file alone, where they stand in it."""
    text = bytearray(spaces(data))
    for head in functions:
        text[head.start : head.end] = data[head.start : head.end]
    return bytes(text)


def _lines(old: FileHead, new: FileHead, same: dict[int, int]) -> Lines:
    spans = []
    for index, other in same.items():
        line = old.lines.line(old.functions[index].start)
        spans.append((line, new.lines.line(new.functions[other].start) - line))
    return Lines(len(old.lines.starts), tuple(sorted(spans)))
