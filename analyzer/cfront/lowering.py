"""What C constructs mean in the intermediate representation, whichever parser found them.

`Lowering` knows order of evaluation, short circuits, loops, labels and scopes, and nothing of a
syntax tree: a subclass for each parser says what a node is and calls the method that says what it
means.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeAlias, TypeVar

from analyzer.cfront.graph import Graph
from analyzer.cfront.scopes import Cleanup, Scope, Scopes
from analyzer.ir import (
    Address,
    Binary,
    Branch,
    Call,
    Constant,
    Declare,
    Deref,
    Expr,
    Field,
    Index,
    Result,
    Unary,
    Variable,
    VariableKind,
    Write,
)

Node = TypeVar("Node")
Span: TypeAlias = tuple[int, int]
"""Byte offsets: first, and one past the last."""
_ZERO = Constant(0)
_ONE = Constant(1)
_PLACES = (Variable, Field, Deref, Index)


class ValueLowering(ABC, Generic[Node]):
    """Lowers one function body."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.scopes = Scopes()
        self.eager = 0
        self.gaps: list[tuple[int, str]] = []
        self._calls = 0

    @abstractmethod
    def value(self, node: Node) -> Expr:
        """Lowers an expression whose value is used."""

    @abstractmethod
    def effect(self, node: Node) -> None:
        """Lowers an expression whose value is not used."""

    @abstractmethod
    def condition(self, node: Node, true: int, false: int) -> None:
        """Lowers an expression as a branch to block `true` or `false`, which ends the block."""

    @abstractmethod
    def is_pure(self, node: Node) -> bool:
        """True if the expression holds no call, assignment or branch."""

    # Expressions.

    def call(
        self, callee: Expr, args: tuple[Expr, ...], start: int, end: int, iterator: bool = False
    ) -> Result:
        """Adds a call event."""
        self._calls += 1
        self.graph.add(Call(self._calls, callee, args, start, end, iterator))
        return Result(self._calls)

    def named_call(
        self, name: str, args: tuple[Expr, ...], start: int, end: int, origin: str = ""
    ) -> Result:
        """Adds a call of a global function."""
        self._calls += 1
        callee = Variable(name, VariableKind.GLOBAL)
        self.graph.add(Call(self._calls, callee, args, start, end, False, origin))
        return Result(self._calls)

    def assign(self, place: Expr, value: Expr, start: int, end: int) -> None:
        """Adds a write; what is not a place takes no value."""
        if isinstance(place, _PLACES):
            self.graph.add(Write(place, value, start, end))

    def assignment(self, operator: str, left: Node, right: Node, at: Span) -> Expr:
        """`left = right`, or `left op= right`; its value is the place afterwards."""
        place = self.value(left)
        value = self.value(right)
        if operator:
            value = Binary(operator, place, value)
        self.assign(place, value, at[0], at[1])
        return place

    def step(self, operator: str, operand: Node, at: Span, old: bool) -> Expr:
        """`++` and `--`; `old` asks for the value before."""
        place = self.value(operand)
        result = place
        if old:
            result = self.scopes.temporary()
            self.graph.add(Write(result, place, at[0], at[1]))
        self.assign(place, Binary(operator, place, _ONE), at[0], at[1])
        return result

    def logical(self, node: Node, operator: str, operands: tuple[Node, Node], at: Span) -> Expr:
        """`&&` and `||` as values: branches where an operand has an effect."""
        left, right = operands
        if self.eager or (self.is_pure(left) and self.is_pure(right)):
            return Binary(operator, self.value(left), self.value(right))
        graph = self.graph
        true, false, join = graph.new(), graph.new(), graph.new()
        self.condition(node, true, false)
        result = self.scopes.temporary()
        graph.enter(true)
        graph.add(Write(result, _ONE, at[0], at[1]))
        graph.jump(join)
        graph.enter(false)
        graph.add(Write(result, _ZERO, at[0], at[1]))
        graph.enter(join)
        return result

    def logical_condition(
        self, operator: str, left: Node, right: Node, true: int, false: int
    ) -> None:
        """`&&` and `||` in a condition."""
        middle = self.graph.new()
        if operator == "&&":
            self.condition(left, middle, false)
        else:
            self.condition(left, true, middle)
        self.graph.enter(middle)
        self.condition(right, true, false)

    def branch(self, value: Expr, true: int, false: int, at: Span) -> None:
        """Ends the block by a test of `value`."""
        while type(value) is Unary and value.operator == "!":
            value, true, false = value.operand, false, true
        if type(value) is Constant:
            self.graph.jump(true if value.value else false)
        elif true == false:
            self.graph.jump(true)
        else:
            self.graph.end(Branch(value, true, false, at[0], at[1]))

    def choice(self, test: Node, then: Node | None, other: Node, at: Span) -> Expr:
        """`test ? then : other` as a value; without `then`, the value of the test."""
        graph = self.graph
        true, false, join = graph.new(), graph.new(), graph.new()
        result = self.scopes.temporary()
        if then is None:
            graph.add(Write(result, self.value(test), at[0], at[1]))
            self.branch(result, join, false, at)
        else:
            self.condition(test, true, false)
            graph.enter(true)
            graph.add(Write(result, self.value(then), at[0], at[1]))
            graph.jump(join)
        graph.enter(false)
        graph.add(Write(result, self.value(other), at[0], at[1]))
        graph.enter(join)
        return result

    def choice_effect(self, test: Node, then: Node | None, other: Node) -> None:
        """`test ? then : other` whose value is not used."""
        graph = self.graph
        true, false, join = graph.new(), graph.new(), graph.new()
        self.condition(test, true if then is not None else join, false)
        if then is not None:
            graph.enter(true)
            self.effect(then)
            graph.jump(join)
        graph.enter(false)
        self.effect(other)
        graph.enter(join)

    @staticmethod
    def deref(pointer: Expr) -> Expr:
        """`*pointer`; of an address, the place itself."""
        return pointer.place if type(pointer) is Address else Deref(pointer)

    @staticmethod
    def address(place: Expr) -> Expr:
        """`&place`; of a dereference, the pointer itself."""
        return place.pointer if type(place) is Deref else Address(place)

    # Declarations.

    def declare(self, name: str, kind: str, at: Span) -> Variable:
        """A local without a value."""
        variable = self.scopes.local(name, kind)
        self.graph.add(Declare(variable.name, at[0], at[1]))
        return variable

    def define(self, name: str, kind: str, value: Expr, at: Span) -> Variable:
        """A local with a value."""
        variable = self.scopes.local(name, kind)
        self.graph.add(Write(variable, value, at[0], at[1], True))
        return variable

    def initialise(self, variable: Variable, value: Expr, at: Span) -> None:
        """Gives a local that is in scope already its first value."""
        self.graph.add(Write(variable, value, at[0], at[1], True))

    def clean_up(self, callee: str, args: tuple[Expr, ...]) -> None:
        """Registers a call for every exit of the innermost scope."""
        self.scopes.stack[-1].cleanups.append(Cleanup(callee, args))

    def open(self) -> None:
        """Enters a scope."""
        self.scopes.open()

    def close(self, start: int, end: int) -> None:
        """Leaves the innermost scope at bytes `start` to `end`."""
        scope = self.scopes.stack[-1]
        if scope.cleanups:
            self._release(scope, len(scope.cleanups), start, end)
        self.scopes.close()

    def _release(self, scope: Scope, count: int, start: int, end: int) -> None:
        for cleanup in reversed(scope.cleanups[:count]):
            self.named_call(cleanup.callee, cleanup.args, start, end, "cleanup")

    def _release_down_to(self, depth: int, start: int, end: int) -> None:
        for scope in reversed(self.scopes.stack[depth:]):
            self._release(scope, len(scope.cleanups), start, end)
