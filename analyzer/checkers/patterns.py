"""Patterns of the rule language: what stands for a value in an event or a condition."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Hole:
    """`$x`: binds a value; the same name is the same value in the whole clause."""

    name: str


@dataclass(frozen=True, slots=True)
class Anything:
    """`_`."""


@dataclass(frozen=True, slots=True)
class Number:
    """An integer, `true`, `false` or `NULL`."""

    value: int


@dataclass(frozen=True, slots=True)
class Name:
    """A bare identifier: the macro constant, enumerator or global of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class FieldOf:
    """`object.name` or `object->name`, which are one; the name `_` is any field."""

    object: "Pattern"
    name: str


@dataclass(frozen=True, slots=True)
class AddressOf:
    """`&object`."""

    object: "Pattern"


@dataclass(frozen=True, slots=True)
class PointeeOf:
    """`*pointer`."""

    pointer: "Pattern"


@dataclass(frozen=True, slots=True)
class HasFlag:
    """`has FLAG`, as an argument or a stored value: the value is known to contain the bit."""

    flag: str


@dataclass(frozen=True, slots=True)
class CallOf:
    """`f(a, b)` in a condition or as an argument: a function applied to values."""

    callee: str
    args: tuple["Pattern", ...]
    rest: bool


@dataclass(frozen=True, slots=True)
class NotOf:
    """`!value` as an argument: `WARN_ON_ONCE(!f($x))`."""

    value: "Pattern"


Pattern: TypeAlias = (
    Hole | Anything | Number | Name | FieldOf | AddressOf | PointeeOf | HasFlag | CallOf | NotOf
)
