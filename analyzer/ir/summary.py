"""What is known of a file before any body is lowered, and the values that describe it."""

from bisect import bisect_right
from typing import NamedTuple

from analyzer.core import Location, Problem
from analyzer.ir.flow import Parameter


class FunctionHead(NamedTuple):
    """A function definition as seen from outside.

    `start`, `end` are the byte offsets of the whole definition, `name_start` of its name. `calls`
    are the names that are called in the body, `names` all identifiers in it; both sorted. `comment`
    is the comment block that ends right above the definition, without its decoration. `annotations`
    are sparse annotations of the head, as ('__must_hold', '&hugetlb_lock'). `condition` is the
    presence condition, `exported` says that the file exports it, `entry` what makes it an entry
    point ('syscall', '') by its definition. `macro` says that a macro stands there, which wraps
    calls as a function would.
    """

    name: str
    path: str
    start: int
    end: int
    name_start: int
    static: bool
    inline: bool
    result: str
    parameters: tuple[Parameter, ...]
    calls: tuple[str, ...]
    names: tuple[str, ...]
    comment: str
    annotations: tuple[tuple[str, str], ...]
    condition: str
    exported: bool
    entry: str
    gaps: tuple[tuple[int, str], ...]
    macro: bool = False


class Macro(NamedTuple):
    """A macro definition:

    `parameters` is None for an object-like macro. `body` has its line splices removed.
    """

    name: str
    parameters: tuple[str, ...] | None
    body: str
    start: int


class Record(NamedTuple):
    """A struct or union definition: its tag and the type of each field, as written with white space
    folded.
    """

    tag: str
    fields: tuple[tuple[str, str], ...]


class Guard(NamedTuple):
    """A scope-released lock class of include/linux/cleanup.h:

    DEFINE_GUARD, DEFINE_LOCK_GUARD_1, DEFINE_CLASS, DEFINE_FREE.

    `acquire` and `release` are the macro's expressions in C, over `_T`. `parameters` are those of a
    DEFINE_CLASS's constructor, as declared. `acquire` is empty for DEFINE_FREE; for a guard that
    can fail it is the condition, in the form `condition ? _T : NULL`. `start`, `end` are the byte
    offsets of the macro's use.
    """

    name: str
    type: str
    acquire: str
    release: str
    parameters: str = ""
    start: int = 0
    end: int = 0


class TableEntry(NamedTuple):
    """A function stored in a field of a file-scope object:

    `record` is the struct's tag, as vm_operations_struct.
    """

    record: str
    field: str
    function: str
    object: str
    start: int


class LineTable(NamedTuple):
    """Turns byte offsets of a file into lines and columns."""

    starts: tuple[int, ...]

    def location(self, path: str, data: bytes, start: int, end: int) -> Location:
        """The 1-based place of bytes `start` up to `end` of `data`; columns count UTF-16 units."""
        line, column = self._point(data, start)
        end_line, end_column = self._point(data, max(end, start + 1))
        return Location(path, line, column, end_line, end_column)

    def line(self, offset: int) -> int:
        """The 1-based line that holds byte `offset`."""
        return bisect_right(self.starts, offset)

    def _point(self, data: bytes, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        text = data[self.starts[line - 1] : offset].decode("utf-8", "replace")
        return line, len(text.encode("utf-16-le")) // 2 + 1


class FileHead(NamedTuple):
    """Everything about a file but the bodies of its functions.

    `functions` are in the order of their definitions, one per variant; `tables` are the pointers of
    file-scope initialisers; `declared` are the other names that the file declares at file level
    (prototypes, macros, enumerators, fields are not among them), sorted; `problems` say what was
    not understood outside functions; `named` are the functions of the file that it names as values
    outside of functions, as tables do and arguments of macros, sorted.
    """

    path: str
    size: int
    lines: LineTable
    functions: tuple[FunctionHead, ...]
    macros: tuple[Macro, ...]
    records: tuple[Record, ...]
    guards: tuple[Guard, ...]
    tables: tuple[TableEntry, ...]
    declared: tuple[str, ...]
    problems: tuple[Problem, ...]
    named: tuple[str, ...] = ()
