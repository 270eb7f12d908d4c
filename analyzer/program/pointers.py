"""Functions in pointers: which fields hold a function, and where a field is called."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from analyzer.ir import (
    Address,
    Call,
    Deref,
    Expr,
    Field,
    Function,
    Index,
    Initializer,
    Variable,
    VariableKind,
    Write,
)
from analyzer.program.program import Program
from analyzer.program.symbols import FunctionRef
from analyzer.program.types import Types

_MAX_PLACES: Final = 300
"""Fields that more functions name than this are too common to tell who calls them."""


@dataclass(slots=True)
class Places:
    """Where a function is stored: `fields` as 'record.field', `locals` are the functions that keep
    it in a local, `passed` are (function, index of the argument, file of the call) that it is given
    to. `escapes` says that it goes somewhere else, too.
    """

    fields: set[str] = field(default_factory=set)
    locals: set[FunctionRef] = field(default_factory=set)
    passed: set[tuple[str, int, str]] = field(default_factory=set)
    escapes: bool = False


class Pointers:
    """Answers for one program, and keeps the answers."""

    def __init__(self, program: Program, types: Types) -> None:
        self._program = program
        self._types = types
        self._held: dict[str, Places] = {}
        self._calls: dict[str, tuple[FunctionRef, ...] | None] = {}
        self._tables: dict[str, set[str]] = {}
        for (record, name), functions in program.tables.items():
            for function in functions:
                self._tables.setdefault(function, set()).add(f"{record}.{name}")

    def held(self, name: str) -> Places:
        """Where the function `name` is stored, in file-scope tables and in code."""
        found = self._held.get(name)
        if found is None:
            found = Places(set(self._tables.get(name, ())))
            for ref in self._program.mentions(name):
                self._in_code(ref, name, found)
            self._held[name] = found
        return found

    def _in_code(self, ref: FunctionRef, name: str, found: Places) -> None:
        function = self._program.function(ref)
        if any(local == name for local, _ in function.types) or any(
            parameter.name == name for parameter in function.parameters
        ):
            return
        for block in function.blocks:
            for event in block.events:
                match event:
                    case Call(_, callee, args):
                        for index, arg in enumerate(args):
                            if _is(arg, name):
                                target = getattr(callee, "name", "")
                                found.passed.add((target, index, ref.path))
                    case Write(place, Initializer(entries)):
                        self._initialised(function, place, entries, (name, found))
                    case Write(Field(owner, of), value) if _is(value, name):
                        found.fields.add(f"{self._types.record(function, owner)}.{of}")
                    case Write(Variable(), value) if _is(value, name):
                        found.locals.add(ref)
                    case Write(_, value) if _is(value, name):
                        found.escapes = True

    def _initialised(
        self,
        function: Function,
        place: Expr,
        entries: tuple[tuple[tuple[str, ...], Expr], ...],
        wanted: tuple[str, Places],
    ) -> None:
        name, found = wanted
        for path, value in entries:
            if not _is(value, name):
                continue
            if not path or "[]" in path:
                found.escapes = True
                continue
            owner = place
            for step in path[:-1]:
                owner = Field(owner, step)
            found.fields.add(f"{self._types.record(function, owner)}.{path[-1]}")

    def runs(self, name: str, path: str, index: int) -> tuple[tuple[FunctionRef, int], ...] | None:
        """The functions that call what `name`, called from `path`, is given as argument `index`,
        with the index of their parameter; None if it may go anywhere.
        """
        found: dict[tuple[FunctionRef, int], None] = {}
        work = [(name, path, index)]
        seen = set(work)
        while work:
            callee, where, position = work.pop()
            ref = self._program.resolve(callee, where) if callee else None
            if ref is None:
                return None
            function = self._program.function(ref)
            if position >= len(function.parameters):
                return None
            given = function.parameters[position].name
            for block in function.blocks:
                for event in block.events:
                    match event:
                        case Call(_, called, args):
                            while isinstance(called, Deref):
                                called = called.pointer
                            if isinstance(called, Variable) and called.name == given:
                                found[ref, position] = None
                            for at, arg in enumerate(args):
                                step = (getattr(event.callee, "name", ""), ref.path, at)
                                passes = isinstance(arg, Variable) and arg.name == given
                                if passes and step not in seen:
                                    seen.add(step)
                                    work.append(step)
                        case Write(_, value) if _mentions(value, given):
                            return None
        return tuple(found)

    def calls(self, field_name: str) -> tuple[FunctionRef, ...] | None:
        """The functions that call through a field `record.field`; None if too many might."""
        if field_name not in self._calls:
            record, _, name = field_name.partition(".")
            places = self._program.mentions(name)
            self._calls[field_name] = (
                None
                if len(places) > _MAX_PLACES
                else tuple(ref for ref in places if self._calls_field(ref, record, name))
            )
        return self._calls[field_name]

    def _calls_field(self, ref: FunctionRef, record: str, name: str) -> bool:
        function = self._program.function(ref)
        return any(
            called.name == name and self._types.record(function, called.object) in (record, "")
            for called in _fields_called(function)
        )


def _fields_called(function: Function) -> Iterator[Field]:
    for block in function.blocks:
        for event in block.events:
            if isinstance(event, Call):
                callee = event.callee
                while isinstance(callee, Deref | Index):
                    callee = callee.pointer if isinstance(callee, Deref) else callee.array
                if isinstance(callee, Field):
                    yield callee


def _mentions(value: Expr, name: str) -> bool:
    """Whether a parameter is stored, as itself or in an initialiser."""
    if isinstance(value, Initializer):
        return any(_mentions(entry, name) for _, entry in value.entries)
    return isinstance(value, Variable) and value.name == name


def _is(value: Expr, name: str) -> bool:
    """Whether a value is the function `name`, or its address."""
    if isinstance(value, Address):
        value = value.place
    return isinstance(value, Variable) and value.kind is VariableKind.GLOBAL and value.name == name
