"""Expressions to values: what a place's address is and what an expression holds in a state."""

from collections.abc import Callable
from functools import reduce
from typing import Final, Protocol

from analyzer.dataflow.state import State
from analyzer.dataflow.values import POSITIVE, ZERO, Universe, Value
from analyzer.ir import (
    Address,
    Binary,
    Constant,
    Deref,
    Expr,
    Field,
    Function,
    Index,
    Initializer,
    Opaque,
    Result,
    Text,
    Unary,
    Variable,
    VariableKind,
)

Use = Callable[[State, Value], None]

_COMMUTES: Final = frozenset("+*&|^") | {"==", "!="}
_SWAPPED: Final = {">": "<", ">=": "<="}


class Names(Protocol):
    """What the tree says of names."""

    def same(self, function: Function, object: Expr, field: str) -> bool:
        """Whether the address of this field of `object` is the object itself."""

    def defines(self, name: str) -> bool:
        """Whether `name` is a function."""

    def bit(self, name: str) -> bool:
        """Whether a constant is one of those that are single bits, no two of them the same."""

    def union(self, name: str) -> tuple[str, ...]:
        """The flags that a constant stands for; none if it is no union."""

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether nothing in the tree assigns a field `field` of an object or field called
        `parent`.
        """


class Evaluator:
    """Evaluates the expressions of one function.

    `use` is told of every pointer that is dereferenced, while it is set.
    """

    def __init__(self, function: Function, universe: Universe, names: Names) -> None:
        self._universe = universe
        self._function = function
        self._same = names.same
        self._defines = names.defines
        self._bit = names.bit
        self._union = names.union
        self._unassigned = names.unassigned
        self._arrays = frozenset(name for name, kind in function.types if kind.endswith("]"))
        self._values = {name: kind for name, kind in function.types}
        self.use: Use | None = None

    def address(self, state: State, place: Expr) -> Value:
        """The address of a place. A value that is no place gets an address of its own."""
        if isinstance(place, Variable):
            if place.kind == VariableKind.GLOBAL:
                return self._universe.make("global", place.name)
            return self._universe.local(place.name)
        if isinstance(place, Field):
            whole = self.address(state, place.object)
            if self._same(self._function, place.object, place.name):
                return whole
            return self.sub(whole, place.name)
        if isinstance(place, Deref):
            return self._used(state, self.value(state, place.pointer))
        if isinstance(place, Index):
            base = self._used(state, self.value(state, place.array))
            return self.element(base, self.value(state, place.position))
        return self._universe.make("temporary", self.value(state, place))

    def sub(self, base: Value, field: str) -> Value:
        """The address of a field of the object at `base`."""
        return self._universe.make("sub", base, field)

    def element(self, base: Value, position: Value) -> Value:
        """The address of an element; element 0 is the array itself."""
        if position.kind == "const" and position.args[0] == 0:
            return base
        return self._universe.make("elem", base, position)

    def load(self, state: State, address: Value) -> Value:
        """What the place at `address` holds."""
        found = state.env.get(address)
        if found is not None:
            return found
        if address.kind == "temporary":
            inner = address.args[0]
            assert isinstance(inner, Value)
            return inner
        if address.kind in ("sub", "elem"):
            whole = self._from_whole(state, address)
            if whole is not None:
                return whole
        if address.kind == "global":
            return self.name(str(address.args[0]))
        return self._universe.load(address)

    def _from_whole(self, state: State, address: Value) -> Value | None:
        """A field of an object that was written as a whole: by an initialiser, or by copying
        another object.
        """
        base = address.args[0]
        assert isinstance(base, Value)
        whole = state.env.get(base)
        if whole is None:
            return None
        if whole.kind == "init":
            return self._universe.null
        if whole.kind in ("fresh", "phi", "prev") and self._steady(address):
            return self._universe.load(address)
        if whole.kind == "load":
            source = whole.args[0]
            assert isinstance(source, Value)
            # As it was at entry: what is there now may be a copy of this very object (a swap).
            return self._universe.load(self._universe.make(address.kind, source, address.args[1]))
        return self._universe.make("member", whole, address.args[1])

    def _steady(self, address: Value) -> bool:
        """Whether the place is a field that nothing in the tree assigns: then a callee that is
        given the object keeps it.

        Limit: a copy of the whole object, as by memcpy(), is not seen; it is taken for the
        initialisation.
        """
        base = address.args[0]
        if address.kind != "sub" or not isinstance(base, Value):
            return False
        parent = str(base.args[1]) if base.kind == "sub" else ""
        return self._unassigned(parent, str(address.args[1]))

    def name(self, name: str) -> Value:
        """What a global name holds: a constant of that name, a function, or a variable's value at
        entry.
        """
        if name in ("true", "false", "NULL"):
            return self._universe.one if name == "true" else self._universe.null
        if name.isupper() or (name[:1].isupper() and "_" in name):
            parts = [self._universe.make("symbol", each) for each in self._union(name) or (name,)]
            return reduce(lambda one, two: self._universe.pair("|", one, two), parts)
        if self._defines(name):
            return self._universe.make("function", name)
        return self._universe.load(self._universe.make("global", name))

    def value(self, state: State, expr: Expr) -> Value:
        """What `expr` evaluates to."""
        if isinstance(expr, Variable):
            if expr.name in self._arrays and expr.kind == VariableKind.LOCAL:
                return self._universe.local(expr.name)
            return self.load(state, self.address(state, expr))
        if isinstance(expr, (Field, Deref, Index)):  # A union of types is made anew each time.
            return self.load(state, self.address(state, expr))
        make = self._universe.make
        if isinstance(expr, Result):
            found = state.env.get(self._universe.slot(expr.call))
            return found or make("result", expr.call)
        match expr:
            case Constant(number):
                return make("const", number)
            case Address(place):
                return self.address(state, place)
            case Unary(operator, operand):
                return self._unary(operator, self.value(state, operand))
            case Binary(operator, left, right):
                return self.binary(operator, self.value(state, left), self.value(state, right))
            case Text(text):
                return make("text", text)
            case Initializer():
                return make("init", "")
            case Opaque(spelling):
                return make("opaque", spelling)
        raise AssertionError(expr)

    def _unary(self, operator: str, operand: Value) -> Value:
        make = self._universe.make
        if operator == "!":
            return self.negate(operand)
        if operand.kind == "const":
            number = operand.args[0]
            assert isinstance(number, int)
            return make("const", -number if operator == "-" else ~number)
        if operator == "-":
            return make("op", "neg", operand, self._universe.null)
        return make("op", "~", operand, self._universe.null)

    def negate(self, value: Value) -> Value:
        """`!value`."""
        if value.kind == "const":
            return self._universe.null if value.args[0] else self._universe.one
        if value.kind == "not":
            inner = value.args[0]
            assert isinstance(inner, Value)
            if inner.kind in ("not", "op"):
                return inner
        return self._universe.make("not", value)

    def binary(self, operator: str, left: Value, right: Value) -> Value:
        """`left operator right`, folded and in one form: only '==', '<' and '<=' compare."""
        make = self._universe.make
        if operator == "!=":
            return self.negate(self.binary("==", left, right))
        if operator in _SWAPPED:
            return self.binary(_SWAPPED[operator], right, left)
        if left.kind == "const" and right.kind == "const":
            folded = _fold(operator, left.args[0], right.args[0])
            if folded is not None:
                return make("const", folded)
        if operator == "<" and "const" not in (left.kind, right.kind):
            return self.negate(make("op", "<=", right, left))  # One form for a < b and !(b <= a).
        if operator == "==" and left is right:
            return self._universe.one
        if operator == "&":
            found = self._masked(left, right)
            if found is not None:
                return found
        if operator in ("|", "+", "-", "^") and right.kind == "const" and right.args[0] == 0:
            return left
        if operator in ("|", "+", "^") and left.kind == "const" and left.args[0] == 0:
            return right
        if operator in ("+", "-") and left.kind in ("local", "global", "sub", "elem"):
            return self.element(left, right if operator == "+" else self._unary("-", right))
        if operator in _COMMUTES:
            return self._universe.pair(operator, left, right)
        return make("op", operator, left, right)

    def _masked(self, left: Value, right: Value) -> Value | None:
        """`(A | x) & A` is A; single bits that are not in common give 0."""
        one, more = flag_set(left)
        two, others = flag_set(right)
        common = sorted(one & two, key=lambda each: each.number)
        if common and not (left.kind == "symbol" and left is right):
            return self._universe.make("op", "&", common[0], common[0])
        whole = one and two and not (common or more or others)
        if whole and all(self._bit(str(flag.args[0])) for flag in one | two):
            return self._universe.null
        for union, flag in ((left, right), (right, left)):
            if flag.kind == "symbol":
                flags, _ = flag_set(union)
                if flag in flags:  # A flag that is there is a bit that is set.
                    return self._universe.make("op", "&", flag, flag)
            if union.kind == "const" and union.args[0] == 0:
                return union
        return None

    def _used(self, state: State, pointer: Value) -> Value:
        if self.use is not None:
            self.use(state, pointer)
        mask = state.mask(pointer)
        if mask != POSITIVE and mask & POSITIVE:
            # That it is not NULL may have been tested: that stays the place where it was learned.
            tested = 0 if mask & ZERO else state.learned(pointer)
            state.facts[pointer] = POSITIVE | tested << 3
        return pointer


def flag_set(value: Value) -> tuple[frozenset[Value], bool]:
    """The flags that a union of flags is known to hold, and whether there is more in it that is not
    known.
    """
    if value.kind == "symbol":
        return frozenset((value,)), False
    if value.kind == "const":
        return frozenset(), value.args[0] != 0
    if value.kind == "op" and value.args[0] == "&" and value.args[1] is value.args[2]:
        return flag_set(value.args[1]) if isinstance(value.args[1], Value) else (frozenset(), True)
    if value.kind == "op" and value.args[0] == "|":
        left, right = value.args[1], value.args[2]
        assert isinstance(left, Value) and isinstance(right, Value)
        one, two = flag_set(left), flag_set(right)
        return one[0] | two[0], one[1] or two[1]
    return frozenset(), True


def _fold(operator: str, left: object, right: object) -> int | None:
    if not isinstance(left, int) or not isinstance(right, int):
        return None
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "&":
            return left & right
        case "|":
            return left | right
        case "==":
            return int(left == right)
        case "<":
            return int(left < right)
        case "<=":
            return int(left <= right)
        case "<<" if 0 <= right < 64:
            return left << right
        case ">>" if 0 <= right < 64:
            return left >> right
        case "&&":
            return int(bool(left and right))
        case "||":
            return int(bool(left or right))
        case _:
            return None
