"""Expressions without side effects: calls, assignments and control flow inside an expression become
events and edges.

`Variable`, `Field`, `Deref` and `Index` are places; every other class is a value only.
"""

from enum import IntEnum
from typing import NamedTuple, TypeAlias


class VariableKind(IntEnum):
    """Where a name comes from. GLOBAL also covers functions, enumerators and macro constants."""

    LOCAL = 0
    PARAMETER = 1
    GLOBAL = 2
    TEMPORARY = 3


class Constant(NamedTuple):
    """An integer or character constant."""

    value: int


class Text(NamedTuple):
    """A string literal, without its quotes."""

    text: str


class Variable(NamedTuple):
    """A name.

    A local that hides another of its function has a suffix: 'i', then 'i#2'; temporaries are '%1',
    '%2'.
    """

    name: str
    kind: VariableKind


class Field(NamedTuple):
    """`object.name`; `pointer->name` is Field(Deref(pointer), name)."""

    object: "Expr"
    name: str


class Deref(NamedTuple):
    """`*pointer`."""

    pointer: "Expr"


class Index(NamedTuple):
    """`array[position]`, of an array or through a pointer."""

    array: "Expr"
    position: "Expr"


class Address(NamedTuple):
    """`&place`."""

    place: "Expr"


class Unary(NamedTuple):
    """An operator of one operand: '!', '-', '~'. Unary plus and casts leave no trace."""

    operator: str
    operand: "Expr"


class Binary(NamedTuple):
    """An operator of two operands, as written in C without '='; '&&' and '||' only where no operand
    has an effect.
    """

    operator: str
    left: "Expr"
    right: "Expr"


class Result(NamedTuple):
    """The value that the call event with this `id` returned."""

    call: int


class Initializer(NamedTuple):
    """A brace initialiser or compound literal.

    Each entry is (designator path, value); the path is empty for an entry by position, ('a', 'b')
    for `.a.b =`, and array designators appear as '[]'. What is not named is zero. `spans` gives the
    byte offsets (start, end) of each entry in the file, where the front end knows them.
    """

    entries: tuple[tuple[tuple[str, ...], "Expr"], ...]
    spans: tuple[tuple[int, int], ...] = ()


class Opaque(NamedTuple):
    """A value that the front end does not follow, with its spelling: sizeof, offsetof, a macro of
    unknown meaning.
    """

    spelling: str


Expr: TypeAlias = (
    Constant
    | Text
    | Variable
    | Field
    | Deref
    | Index
    | Address
    | Unary
    | Binary
    | Result
    | Initializer
    | Opaque
)
