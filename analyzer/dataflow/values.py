"""Symbolic values: what a place holds, as a term over the state at the function's entry.

A location is named by the value of its address, so that `x`, `*&x` and `*p` after `p = &x` are one
location, and `(&s)->f` is `s.f`. Values are interned in a `Universe` and compared by identity; a
universe lives as long as the analysis of one function.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from analyzer.dataflow.classtable import NO_CLASSES, Classes

NEGATIVE: Final = 1
ZERO: Final = 2
POSITIVE: Final = 4
ANY: Final = 7
NONZERO: Final = 5

Atom: TypeAlias = "str | int | Value"


class Value:
    """An interned term: `kind` and `args`. `calls` are the ids of the call sites (and epochs of the
    blocks) whose results (and phis) it is built of; `signs` are those that it can have at all.

    Kinds of addresses: `local` (name), `global` (name), `sub` (address, field), `elem` (address,
    position). Kinds of contents: `const` (number), `symbol` (name), `function` (name), `text`,
    `param` (index), `load` (address), `result` (call), `fresh` (call, index), `prev` (value of an
    earlier round of a loop), `phi` (block, address), `app` (function, values...), `op` (operator,
    values...), `not` (value), `init` (block initialiser), `undef` (name), `opaque` (spelling).
    """

    __slots__ = ("args", "calls", "kind", "number", "signs")

    kind: str
    args: tuple[Atom, ...]
    calls: frozenset[int]
    number: int
    signs: int
    """The signs that it may have whatever is known; 0 where its parts decide."""

    def __repr__(self) -> str:
        return show(self)


class Universe:
    """Makes values, each one once. `number` is the order of making, which is the same in every
    run. `classes` are those that values may be of; `nonzero` tells of the name of a constant that
    it is positive.
    """

    def __init__(
        self, classes: Classes = NO_CLASSES, nonzero: Callable[[str], bool] | None = None
    ) -> None:
        self.classes = classes
        self._nonzero = nonzero
        self._table: dict[tuple[str, tuple[Atom, ...]], Value] = {}
        self._parts: dict[Value, list[Value]] = {}
        self._locals: dict[str, Value] = {}
        self._slots: dict[int, Value] = {}
        self._loads: dict[Value, Value] = {}
        self._phis: dict[int, dict[Value, Value]] = {}
        self._keeps: dict[str, frozenset[str]] = {}
        self._applied: dict[Value, dict[str, Value]] = {}
        self.asked: dict[Value, tuple[Value, ...]] = {}
        """By test the values whose class it tells, see `classes`."""
        self.calls: set[int] = set()
        """The ids of calls and blocks that some value has in its `calls`."""
        self.null = self.make("const", 0)
        self.one = self.make("const", 1)

    def make(self, kind: str, *args: Atom) -> Value:
        """The value of this kind and these arguments."""
        key = (kind, args)
        value = self._table.get(key)
        if value is None:
            value = Value()
            value.kind = kind
            value.args = args
            value.number = len(self._table)
            value.calls = _calls(kind, args)
            value.signs = _signs(kind, args)
            if kind == "symbol" and self._nonzero is not None and self._nonzero(str(args[0])):
                value.signs = POSITIVE
            self._table[key] = value
            if value.calls:
                self.calls |= value.calls
            if kind in ("sub", "elem"):
                base = args[0]
                assert isinstance(base, Value)
                self._parts.setdefault(base, []).append(value)
            elif kind == "app" and self.classes.names and len(args) == 2:
                name, of = args
                assert isinstance(name, str)
                if isinstance(of, Value):
                    self._applied.setdefault(of, {})[name] = value
        return value

    def parts(self, address: Value) -> Iterator[Value]:
        """The addresses of all parts of the object at `address` that were ever named."""
        for part in self._parts.get(address, ()):
            yield part
            yield from self.parts(part)

    def applied(self, value: Value) -> Mapping[str, Value]:
        """The functions that were applied to `value` alone, with the results; told where classes
        of values are.
        """
        return self._applied.get(value, _NOBODY)

    def keeps(self, function: str) -> frozenset[str]:
        """The classes that a result of `function` has in common with its first argument."""
        found = self._keeps.get(function)
        if found is None:
            found = self._keeps[function] = self.classes.keeps(function)
        return found

    def const(self, number: int) -> Value:
        """The integer `number`."""
        return self.make("const", number)

    def pair(self, operator: str, left: Value, right: Value) -> Value:
        """`left operator right` of an operator that commutes, in the one form that it has here."""
        if (left.kind == "const" or left.number > right.number) and (
            right.kind != "const" or left.kind == "const"
        ):
            left, right = right, left
        return self.make("op", operator, left, right)

    def local(self, name: str) -> Value:
        """The address of a local."""
        found = self._locals.get(name)
        if found is None:
            found = self._locals[name] = self.make("local", name)
        return found

    def slot(self, call: int) -> Value:
        """The address of the result of a call."""
        found = self._slots.get(call)
        if found is None:
            found = self._slots[call] = self.make("slot", call)
        return found

    def phi(self, block: int, address: Value) -> Value:
        """What the place at `address` holds where paths meet at the head of a block."""
        here = self._phis.get(block)
        if here is None:
            here = self._phis[block] = {}
        found = here.get(address)
        if found is None:
            found = here[address] = self.make("phi", block, address)
        return found

    def load(self, address: Value) -> Value:
        """What `address` held at the entry of the function."""
        found = self._loads.get(address)
        if found is None:
            found = self._loads[address] = self.make("load", address)
        return found

    def rename(self, value: Value, old: int, memo: dict[Value, Value]) -> Value:
        """`value` with the results of call site `old` replaced by those of the round before."""
        if old not in value.calls:
            return value
        found = memo.get(value)
        if found is None:
            if value.kind in ("result", "fresh", "phi"):
                found = self.make("prev", value.kind, *value.args)
            else:
                args = tuple(
                    self.rename(arg, old, memo) if isinstance(arg, Value) else arg
                    for arg in value.args
                )
                found = self.make(value.kind, *args)
            memo[value] = found
        return found


_NONE: Final[frozenset[int]] = frozenset()
_NOBODY: Final[Mapping[str, Value]] = MappingProxyType({})


def epoch(block: int) -> int:
    """The id under which `Value.calls` lists the phis of a block, beside the ids of call sites."""
    return -1 - block


def _calls(kind: str, args: tuple[Atom, ...]) -> frozenset[int]:
    if kind in ("result", "fresh", "phi"):
        number = args[0]
        assert isinstance(number, int)
        return frozenset((epoch(number) if kind == "phi" else number,))
    found = _NONE
    for arg in args:
        if isinstance(arg, Value) and arg.calls:
            found = found | arg.calls if found else arg.calls
    return found


_ERRNO: Final = re.compile(r"E[A-Z0-9]{2,}$")
"""Error numbers are positive constants: include/uapi/asm-generic/errno-base.h."""

_PLACES: Final = frozenset(("local", "global", "sub", "elem", "function", "text", "init"))


def _signs(kind: str, args: tuple[Atom, ...]) -> int:
    if kind == "const":
        return sign(args[0])
    if kind in ("not", "op"):
        return 0
    if kind in _PLACES or (kind == "symbol" and _ERRNO.match(str(args[0]))):
        return POSITIVE
    return ANY


def sign(number: object) -> int:
    """The sign mask of an integer."""
    if not isinstance(number, int):
        return ANY
    return ZERO if number == 0 else POSITIVE if number > 0 else NEGATIVE


def parts(value: Value) -> Iterator[Value]:
    """The values that `value` is built of, itself first."""
    yield value
    for arg in value.args:
        if isinstance(arg, Value):
            yield from parts(arg)


def root(value: Value) -> Value:
    """The variable, parameter, result or constant that an address or a loaded value starts from."""
    while value.kind in ("sub", "elem", "load"):
        first = value.args[0]
        if not isinstance(first, Value):
            break
        value = first
    return value


def unmoved(value: Value) -> Value:
    """The pointer that pointer arithmetic started from; the value itself if it is none."""
    while True:
        first = value.args[0] if value.args else None
        if value.kind == "elem" and isinstance(first, Value):
            value = first
        elif value.kind == "op" and first in ("+", "-"):
            candidates = [
                arg
                for arg in value.args[1 : 2 if first == "-" else 3]
                if isinstance(arg, Value) and arg.kind not in ("const", "symbol")
            ]
            if not candidates:
                return value
            value = min(candidates, key=lambda each: each.number)
        else:
            return value


def show(value: Value) -> str:
    """The value in C-like words, for messages and dumps."""
    args = value.args
    match value.kind:
        case "const":
            return "NULL" if args[0] == 0 else str(args[0])
        case "symbol" | "function" | "local" | "global" | "opaque" | "undef":
            return str(args[0])
        case "param":
            return str(args[1])
        case "load":
            return _place(args[0])
        case "sub" | "elem":
            return f"&{_place(value)}"
        case "result":
            return f"result#{args[0]}"
        case "app":
            return f"{args[0]}({', '.join(map(str, args[1:]))})"
        case "op":
            return f"({args[1]} {args[0]} {args[2]})"
        case "not":
            return f"!{args[0]}"
        case _:
            return f"{value.kind}({', '.join(map(str, args))})"


def _place(address: Atom) -> str:
    if not isinstance(address, Value):
        return str(address)
    if address.kind == "sub":
        base = address.args[0]
        if isinstance(base, Value) and base.kind in ("local", "global", "sub", "elem"):
            return f"{_place(base)}.{address.args[1]}"
        return f"{base}->{address.args[1]}"
    if address.kind == "elem":
        base = address.args[0]
        held = isinstance(base, Value) and base.kind not in ("local", "global", "sub", "elem")
        return f"{base if held else _place(base)}[{address.args[1]}]"
    if address.kind in ("local", "global"):
        return str(address.args[0])
    return f"*{address}"
