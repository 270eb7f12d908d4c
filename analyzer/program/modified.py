"""What a function may write through a pointer parameter: the fields, over all that it calls.

Flow-insensitive mod sets. Banning: An efficient way to find the side effects of procedure calls and
the aliases of variables, POPL 1979.
"""

from collections.abc import Callable
from typing import Final

from analyzer.ir import (
    Address,
    Binary,
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

_MAX_DEPTH: Final = 5

Fields = frozenset[str] | None
"""The first fields behind the pointer; None for anything."""


class Modified:
    """Answers for one program; `harmless` tells the calls that write nothing."""

    def __init__(self, program: Program, harmless: Callable[[str], bool]) -> None:
        self._program = program
        self._harmless = harmless
        self._found: dict[tuple[FunctionRef, int], Fields] = {}

    def fields(self, name: str, path: str, index: int, depth: int = 0) -> Fields:
        """What a call of `name` from file `path` may write behind its argument `index`."""
        if self._harmless(name):
            return frozenset()
        ref = self._program.resolve(name, path)
        if ref is None or depth > _MAX_DEPTH:
            return None
        key = (ref, index)
        if key not in self._found:
            self._found[key] = None  # A recursion may write anything.
            self._found[key] = self._of(self._program.function(ref), index, depth)
        return self._found[key]

    def _of(self, function: Function, index: int, depth: int) -> Fields:
        if function.gaps or index >= len(function.parameters):
            return None
        name = function.parameters[index].name
        found: set[str] = set()
        for block in function.blocks:
            for event in block.events:
                more: Fields = frozenset()
                match event:
                    case Write(place, value):
                        more = _written(place, name)
                        if _gives(value, name):
                            more = None
                    case Call():
                        more = self._called(function, event, name, depth)
                if more is None:
                    return None
                found |= more
        return frozenset(found)

    def _called(self, function: Function, call: Call, name: str, depth: int) -> Fields:
        found: set[str] = set()
        for index, arg in enumerate(call.args):
            more: Fields = frozenset()
            if isinstance(arg, Variable) and arg.name == name:
                callee = getattr(call.callee, "name", "")
                direct = isinstance(call.callee, Variable)
                more = self.fields(callee, function.path, index, depth + 1) if direct else None
            elif isinstance(arg, Address):
                more = _written(arg.place, name)
            elif _gives(arg, name):
                more = None
            if more is None:
                return None
            found |= more
        return frozenset(found)


def _written(place: Expr, name: str) -> Fields:
    """The field of what `name` points to in which a place lies; nothing if it lies elsewhere."""
    while True:
        match place:
            case Field(Deref(Variable(owner, VariableKind.PARAMETER)), field) if owner == name:
                return frozenset((field,))
            case Deref(Variable(owner, VariableKind.PARAMETER)) if owner == name:
                return None
            case Field(inner, _) | Index(inner, _):
                place = inner
            case _:
                return frozenset()


def _gives(value: Expr, name: str) -> bool:
    """Whether a value is the pointer itself, or holds it."""
    match value:
        case Variable(owner, _):
            return owner == name
        case Initializer(entries):
            return any(_gives(entry, name) for _, entry in entries)
        case Address(place):
            return _written(place, name) != frozenset()
        case Binary("+" | "-", left, right):
            return _gives(left, name) or _gives(right, name)
        case _:
            return False
