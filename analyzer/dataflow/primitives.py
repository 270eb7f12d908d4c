"""What the modelled functions do to locks, read off their bodies without a simulation: which
classes they take, give back or assert, and of which argument.
"""

from typing import NamedTuple

from analyzer.dataflow.locks import LockTable
from analyzer.dataflow.models import Models
from analyzer.ir import Address, Call, Deref, Expr, Field, Function, Index, Result, Variable, Write

_TAKES = frozenset(("zl_acquire", "zl_acquire_read", "zl_acquire_write"))
_ASSERTS = frozenset(("zl_assert_held", "zl_assert_held_read", "zl_assert_held_write"))


class Touch(NamedTuple):
    """A lock of a model: its class, or the primitive that it is made of, and the argument that
    leads to it, by index; -1 where the model makes the object itself.
    """

    lock: str
    argument: int


class Primitive(NamedTuple):
    """What a modelled function takes, gives back and asserts."""

    takes: tuple[Touch, ...]
    gives: tuple[Touch, ...]
    asserts: tuple[Touch, ...]


def primitives(models: Models) -> dict[str, Primitive]:
    """The models that touch a lock, by name; `record.field` for the contract of a pointer."""
    found = {}
    for function in models.functions:
        primitive = _primitive(function)
        if any(primitive):
            found[function.name.replace("__", ".", 1) if _is_field(function) else function.name] = (
                primitive
            )
    return found


def _is_field(function: Function) -> bool:
    return "__" in function.name[1:] and not function.name.startswith("__")


def _primitive(function: Function) -> Primitive:
    touched: dict[str, list[Touch]] = {"takes": [], "gives": [], "asserts": []}
    for block in function.blocks:
        for event in block.events:
            kind = _kind(event) if isinstance(event, Call) else ""
            if kind:
                assert isinstance(event, Call)
                lock = getattr(event.args[0], "name", "")
                touch = Touch(lock, _argument(function, event.args[1]))
                if touch not in touched[kind]:
                    touched[kind].append(touch)
    return Primitive(tuple(touched["takes"]), tuple(touched["gives"]), tuple(touched["asserts"]))


def _kind(call: Call) -> str:
    name = getattr(call.callee, "name", "")
    if name in _TAKES:
        return "takes"
    if name == "zl_release":
        return "gives"
    return "asserts" if name in _ASSERTS else ""


def _argument(function: Function, expr: Expr) -> int:
    """The parameter that an expression of a model starts from, -1 if there is none."""
    name = getattr(_base(expr), "name", "")
    for index, parameter in enumerate(function.parameters):
        if parameter.name == name:
            return index
    for block in function.blocks:
        for event in block.events:
            if isinstance(event, Write) and event.place == expr and event.value != expr:
                value = event.value
                if not isinstance(value, Result) and value != expr:
                    return _argument(function, value)
    return -1


def _base(expr: Expr) -> Expr:
    while isinstance(expr, Field | Deref | Index | Address):
        match expr:
            case Field(inner) | Deref(inner) | Index(inner) | Address(inner):
                expr = inner
    return expr


def place_of(table: LockTable, kind: str, expr: Expr) -> str:
    """The class of a lock of primitive `kind` at an expression of the source, '' if its place does
    not tell: `&mapping->i_mmap_rwsem` is i_mmap.
    """
    while isinstance(expr, Address | Index):
        expr = expr.place if isinstance(expr, Address) else expr.array
    for each in table.classes.values():
        if each.kind != kind:
            continue
        match expr:
            case Field(_, name) if any(name == field for _, field in each.fields):
                return each.name
            case Variable(name) if name in each.globals:
                return each.name
    return ""
