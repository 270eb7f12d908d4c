"""Symbols of all files: who defines a name, who sees the definition, who mentions it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from fnmatch import translate
from os.path import normpath
from typing import Protocol

from analyzer.core import Location
from analyzer.ir import FileHead, Function, FunctionHead
from analyzer.program.assignments import Assignments, assignments
from analyzer.program.symbols import Difference, FunctionRef, Symbols, differences


class Unit(Protocol):
    """A read file: its head, and its bodies on demand."""

    @property
    def head(self) -> FileHead: ...

    def lower(self, index: int) -> Function:
        """The body of `head.functions[index]`."""


class Program:
    """All files that were read. Bodies are lowered when they are first asked for; those that are
    `known` from a program of some of the files are not lowered again.
    """

    def __init__(
        self, units: Mapping[str, Unit], texts: dict[str, bytes], known: "Program | None" = None
    ) -> None:
        self._units = {path: units[path] for path in sorted(units)}
        self._texts = texts
        self._lowered: dict[FunctionRef, Function] = dict(known._lowered) if known else {}
        heads = {path: unit.head.functions for path, unit in self._units.items()}
        self._symbols: Symbols = Symbols(heads, known._symbols if known else None)
        self._resolved: dict[str, dict[str, FunctionRef | None]] = {}
        self.tables: dict[tuple[str, str], tuple[str, ...]] = {}
        self._objects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._declared: frozenset[str] = frozenset()
        self.asked: set[str] = known.asked if known else set()
        self._included = _included(texts, known)
        self._assignments: Assignments = Assignments(texts, known._assignments if known else None)
        self.refs = self._index()
        """Every definition, by file and place. `asked` are the names that `declares` was asked
        for.
        """
        if known is not None and known._included == self._included:
            others = self._symbols.redefined
            self._resolved = {
                name: dict(found) for name, found in known._resolved.items() if name not in others
            }

    def with_file(self, path: str, units: dict[str, Unit], texts: dict[str, bytes]) -> "Program":
        """The program in which the file at `path` is another one; the others are not lowered
        again.
        """
        own = frozenset(ref for ref in self._lowered if ref.path == path)
        return self.revised(units, texts, own)

    def revised(
        self, units: Mapping[str, Unit], texts: dict[str, bytes], others: frozenset[FunctionRef]
    ) -> "Program":
        """The program with other files, in which the definitions `others` are not what they
        were.
        """
        found = Program(units, texts, self)
        found._lowered = {ref: body for ref, body in self._lowered.items() if ref not in others}
        return found

    def differences(self, before: "Program") -> tuple[Difference, ...]:
        """The definitions that are not what they were in another program."""
        return tuple(differences(before._symbols.heads, self._symbols.heads))

    def source(self, ref: FunctionRef) -> bytes:
        """The text of a definition."""
        head = self.head(ref)
        return self._texts[ref.path][head.start : head.end]

    def assigned(self, text: bytes) -> dict[bytes, frozenset[bytes]]:
        """For each field that a text assigns the names it is assigned of; b'' for any other."""
        return assignments(text)

    def _index(self) -> tuple[FunctionRef, ...]:
        refs: list[FunctionRef] = []
        tables: dict[tuple[str, str], set[str]] = defaultdict(set)
        for path, unit in self._units.items():
            refs += [FunctionRef(path, number) for number in range(len(unit.head.functions))]
            for entry in unit.head.tables:
                tables[entry.record, entry.field].add(entry.function)
                self._objects[entry.object, entry.field].add(entry.function)
        self.tables = {key: tuple(sorted(tables[key])) for key in sorted(tables)}
        return tuple(refs)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files, sorted."""
        return tuple(self._units)

    def file(self, path: str) -> FileHead:
        """The head of a file."""
        return self._units[path].head

    def head(self, ref: FunctionRef) -> FunctionHead:
        """The head of a definition."""
        return self._units[ref.path].head.functions[ref.number]

    def function(self, ref: FunctionRef) -> Function:
        """The lowered body of a definition."""
        found = self._lowered.get(ref)
        if found is None:
            found = self._units[ref.path].lower(ref.number)
            self._lowered[ref] = found
        return found

    def named(self, name: str) -> tuple[FunctionRef, ...]:
        """Every definition of `name`, in the order of paths."""
        return self._symbols.named(name)

    def resolve(self, name: str, path: str) -> FunctionRef | None:
        """The definition that `name` means in file `path`.

        A definition in the file itself comes first, then one that is not static, then an inline one
        of a header. Of the variants under different conditions the largest body is taken, for the
        others are mostly stubs; what a header defines for kernels without a feature is never meant.
        """
        refs = self._symbols.named(name)
        if not refs:
            return None
        found = self._resolved.setdefault(name, {})
        if path not in found:
            alone = len(refs) == 1 and (refs[0].path == path or self._is_everywhere(refs[0]))
            alone = alone and not self._is_stub(refs[0])
            found[path] = refs[0] if alone else self._meant(refs, path)
        return found[path]

    def _is_everywhere(self, ref: FunctionRef) -> bool:
        """Whether every file may mean the definition."""
        head = self.head(ref)
        if ref.path.endswith(".h"):
            return not head.condition.startswith("!")
        return not head.static

    def _meant(self, known: tuple[FunctionRef, ...], path: str) -> FunctionRef | None:
        refs = [ref for ref in known if not self._is_stub(ref)]
        own = [ref for ref in refs if ref.path == path]
        seen = own or [
            ref for ref in refs if not self.head(ref).static and not ref.path.endswith(".h")
        ]
        seen = seen or [ref for ref in refs if ref.path in self._included.get(path, ())]
        seen = seen or [
            ref
            for ref in refs
            if ref.path.endswith(".h") and not self.head(ref).condition.startswith("!")
        ]
        return max(seen, key=self._weight, default=None)

    def _is_stub(self, ref: FunctionRef) -> bool:
        """Whether a header defines it for kernels that are built without what it is about: the
        function itself is somewhere else, whether it was read or not.
        """
        head = self.head(ref)
        return ref.path.endswith(".h") and head.static and head.condition.startswith("!CONFIG_")

    def _weight(self, ref: FunctionRef) -> tuple[int, bool, str, int]:
        head = self.head(ref)
        return (head.end - head.start, not head.condition, ref.path, -ref.number)

    def mentions(self, name: str) -> tuple[FunctionRef, ...]:
        """The functions in whose body the identifier `name` occurs."""
        return self._symbols.mentions(name)

    def typed(self, word: str) -> tuple[FunctionRef, ...]:
        """The functions with a parameter in whose type the word occurs."""
        return self._symbols.typed(word)

    def calling(self, glob: str) -> tuple[FunctionRef, ...]:
        """The functions in whose body something is called that matches `glob`."""
        fits = re.compile(translate(glob)).match
        known: dict[str, bool] = {}
        found = []
        for ref in self.refs:
            for name in self.head(ref).calls:
                if name not in known:
                    known[name] = bool(fits(name))
                if known[name]:
                    found.append(ref)
                    break
        return tuple(found)

    def location(self, path: str, start: int, end: int) -> Location:
        """The place of bytes `start` to `end` of a file."""
        head = self._units[path].head
        return head.lines.location(path, self._texts[path], start, end)

    def stored(self, object: str, field: str) -> str:
        """The function in a field of a file-scope object, '' if there is none or more than one."""
        found = self._objects.get((object, field), set())
        return min(found) if len(found) == 1 else ""

    def text(self, path: str, start: int, end: int) -> str:
        """The source between two byte offsets, white space folded."""
        return " ".join(self._texts[path][start:end].decode("utf-8", "replace").split())

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether no text assigns `field` of something called `parent`; of anything, for no
        parent.
        """
        owners = self._assignments.of(field.encode())
        return parent.encode() not in owners if parent else not owners

    def declares(self, name: str) -> bool:
        """Whether the tree declares, defines or calls a name, or has the field `record.field`."""
        self.asked.add(name)
        if not self._declared:
            self._declared = self._all_declared()
        return name in self._declared

    def _all_declared(self) -> frozenset[str]:
        found = set(self._symbols.words)
        for unit in self._units.values():
            head = unit.head
            found.update(head.declared)
            found.update(macro.name for macro in head.macros)
            for record in head.records:
                found.add(record.tag)
                found.update(f"{record.tag}.{field}" for field, _ in record.fields)
        return frozenset(found)


_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+\.c)"', re.MULTILINE)


def _included(texts: dict[str, bytes], known: Program | None) -> dict[str, frozenset[str]]:
    """For each file the .c files that it includes as if their text were its own."""
    found = {}
    for path, text in texts.items():
        if known is not None and known._texts.get(path) is text:
            if path in known._included:
                found[path] = known._included[path]
            continue
        names = [name.decode("utf-8", "replace") for name in _INCLUDE.findall(text)]
        if names:
            folder = path.rpartition("/")[0]
            found[path] = frozenset(normpath(f"{folder}/{name}") for name in names)
    return found
