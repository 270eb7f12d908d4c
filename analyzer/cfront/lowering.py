"""What C constructs mean in the intermediate representation, whichever parser found them.

`Lowering` knows order of evaluation, short circuits, loops, labels and scopes, and nothing of a syntax tree: a subclass
for each parser says what a node is and calls the method that says what it means.
"""

from abc import ABC, abstractmethod
from typing import Generic, NamedTuple, TypeAlias, TypeVar

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
    Initializer,
    Opaque,
    Range,
    Result,
    Return,
    Stop,
    Switch,
    SwitchCase,
    Unary,
    Variable,
    VariableKind,
    Write,
)

Node = TypeVar("Node")
Span: TypeAlias = tuple[int, int]
"""Byte offsets: first, and one past the last."""
_CONDITIONAL = ("_try", "_intr", "_kill", "_killable", "_interruptible", "_timeout")
_ZERO = Constant(0)
_ONE = Constant(1)
_PLACES = (Variable, Field, Deref, Index)


class _Target(NamedTuple):
    """Where break and continue lead; `depth` is the number of scopes around the statement. -1 for none."""

    exit: int
    next: int
    depth: int
    next_depth: int


class _Cases:
    """The cases of a switch under construction."""

    __slots__ = ("cases", "default")

    def __init__(self) -> None:
        self.cases: list[SwitchCase] = []
        self.default = -1


class _Goto(NamedTuple):
    """A goto that may leave scopes: the block that it ends, the scopes around it."""

    block: int
    label: str
    scopes: tuple[tuple[Scope, int], ...]
    start: int
    end: int


class Lowering(ABC, Generic[Node]):
    """Lowers one function body."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.scopes = Scopes()
        self.eager = 0
        self.gaps: list[tuple[int, str]] = []
        self._calls = 0
        self._targets: list[_Target] = []
        self._switches: list[_Cases] = []
        self._labels: dict[str, tuple[int, tuple[Scope, ...]]] = {}
        self._pending: dict[str, int] = {}
        self._gotos: list[_Goto] = []

    @abstractmethod
    def value(self, node: Node) -> Expr:
        """Lowers an expression whose value is used."""

    @abstractmethod
    def effect(self, node: Node) -> None:
        """Lowers an expression whose value is not used."""

    @abstractmethod
    def condition(self, node: Node, true: int, false: int) -> None:
        """Lowers an expression as a branch to block `true` or block `false`; ends the current block."""

    @abstractmethod
    def statement(self, node: Node) -> None:
        """Lowers a statement."""

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
        """`&&` and `||` as values: an expression where no operand has an effect, branches otherwise."""
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
        self.scopes.stack.append(Scope())

    def close(self, start: int, end: int) -> None:
        """Leaves the innermost scope at bytes `start` to `end`."""
        scope = self.scopes.stack[-1]
        if scope.cleanups:
            self._release(scope, len(scope.cleanups), start, end)
        self.scopes.stack.pop()

    def _release(self, scope: Scope, count: int, start: int, end: int) -> None:
        for cleanup in reversed(scope.cleanups[:count]):
            self.named_call(cleanup.callee, cleanup.args, start, end, "cleanup")

    def _release_down_to(self, depth: int, start: int, end: int) -> None:
        for scope in reversed(self.scopes.stack[depth:]):
            self._release(scope, len(scope.cleanups), start, end)

    # Statements.

    def conditional(self, test: Node, then: Node, other: Node | None) -> None:
        """`if (test) then else other`."""
        graph = self.graph
        true, join = graph.new(), graph.new()
        false = join if other is None else graph.new()
        self.condition(test, true, false)
        graph.enter(true)
        self.statement(then)
        if other is not None:
            graph.jump(join)
            graph.enter(false)
            self.statement(other)
        graph.enter(join)

    def while_loop(self, test: Node, body: Node) -> None:
        """`while (test) body`."""
        graph = self.graph
        head, inside, exit_ = graph.new(), graph.new(), graph.new()
        graph.enter(head)
        self.condition(test, inside, exit_)
        graph.enter(inside)
        self._loop_body(body, exit_, head)
        graph.jump(head)
        graph.enter(exit_)

    def do_loop(self, body: Node, test: Node) -> None:
        """`do body while (test)`."""
        graph = self.graph
        inside, check, exit_ = graph.new(), graph.new(), graph.new()
        graph.enter(inside)
        self._loop_body(body, exit_, check)
        graph.enter(check)
        self.condition(test, inside, exit_)
        graph.enter(exit_)

    def for_loop(self, test: Node | None, update: Node | None, body: Node) -> None:
        """`for (; test; update) body`; the caller lowers the initialiser and owns its scope."""
        graph = self.graph
        head, inside, after, exit_ = graph.new(), graph.new(), graph.new(), graph.new()
        graph.enter(head)
        if test is None:
            graph.jump(inside)
        else:
            self.condition(test, inside, exit_)
        graph.enter(inside)
        self._loop_body(body, exit_, after)
        graph.enter(after)
        if update is not None:
            self.effect(update)
        graph.jump(head)
        graph.enter(exit_)

    def macro_loop(
        self, name: str, args: tuple[Node, ...], cursors: tuple[int, ...], body: Node, at: Span
    ) -> None:
        """A loop macro: one iterator call a round, then the cursors that it assigns.

        In the body a cursor that is a pointer holds the call's result; any other, and all of them after the loop, hold
        a value that is not followed.
        """
        graph = self.graph
        head, inside, exit_ = graph.new(), graph.new(), graph.new()
        self.open()
        graph.enter(head)
        values = tuple(
            self._cursor(self.value(arg), at) if position in cursors else self.value(arg)
            for position, arg in enumerate(args)
        )
        result = self.call(Variable(name, VariableKind.GLOBAL), values, at[0], at[1], True)
        graph.end(Branch(result, inside, exit_, at[0], at[1]))
        graph.enter(inside)
        assigned = [values[position] for position in cursors if position < len(values)]
        element = next((place for place in assigned if self._is_pointer(place)), None)
        for place in assigned:
            value = result if place is element else Opaque(f"{name} element")
            self.assign(place, value, at[0], at[1])
        self._loop_body(body, exit_, head)
        graph.jump(head)
        graph.enter(exit_)
        for place in assigned:
            self.assign(place, Opaque(f"{name} end"), at[0], at[1])
        self.close(at[1], at[1])

    def _cursor(self, place: Expr, at: Span) -> Expr:
        """The cursor of a loop; a name that nothing declares is declared by the loop."""
        if type(place) is Variable and place.kind is VariableKind.GLOBAL:
            return self.declare(place.name, "", at)
        return place

    def _is_pointer(self, place: Expr) -> bool:
        return type(place) is Variable and "*" in self.type_of(place)

    def type_of(self, variable: Variable) -> str:
        """The declared type of a local or parameter; empty when it is not known."""
        return self.scopes.type_of(variable)

    def scoped(self, guard: str, args: tuple[Expr, ...], body: Node, at: Span, end: int) -> None:
        """`scoped_guard(guard, args) body`; a guard that can fail skips its body then."""
        graph = self.graph
        self.open()
        result = self.named_call(f"class_{guard}_constructor", args, at[0], at[1], "scoped_guard")
        exit_ = graph.new()
        if guard.endswith(_CONDITIONAL):
            inside = graph.new()
            self.branch(result, inside, exit_, at)
            graph.enter(inside)
        self.clean_up(f"class_{guard}_destructor", args)
        depth = len(self.scopes.stack) - 1
        outer = self._targets[-1] if self._targets else _Target(-1, -1, 0, 0)
        self._targets.append(_Target(exit_, outer.next, depth, outer.next_depth))
        self.statement(body)
        self._targets.pop()
        self.close(end - 1, end)
        graph.enter(exit_)

    def _loop_body(self, body: Node, exit_: int, next_: int) -> None:
        depth = len(self.scopes.stack)
        self._targets.append(_Target(exit_, next_, depth, depth))
        self.statement(body)
        self._targets.pop()

    def switch(self, subject: Node, body: Node, at: Span) -> None:
        """`switch (subject) body`."""
        graph = self.graph
        value = self.value(subject)
        top = graph.suspend()
        cases = _Cases()
        exit_ = graph.new()
        depth = len(self.scopes.stack)
        outer = self._targets[-1] if self._targets else _Target(-1, -1, 0, 0)
        self._switches.append(cases)
        self._targets.append(_Target(exit_, outer.next, depth, outer.next_depth))
        self.statement(body)
        self._targets.pop()
        self._switches.pop()
        graph.enter(exit_)
        default = cases.default if cases.default >= 0 else exit_
        graph.settle(top, Switch(value, tuple(cases.cases), default, at[0], at[1]))

    def case(self, values: tuple[Expr | Range, ...], is_default: bool) -> None:
        """A label of the innermost switch; falls through from what stands before it."""
        if not self._switches:
            return
        cases = self._switches[-1]
        graph = self.graph
        block = graph.current
        targets = [case.target for case in cases.cases]
        if not (graph.is_fresh(block) and (block in targets or block == cases.default)):
            block = graph.new()
            graph.enter(block)
        if is_default:
            cases.default = block
        elif block in targets:
            index = targets.index(block)
            cases.cases[index] = SwitchCase(cases.cases[index].values + values, block)
        else:
            cases.cases.append(SwitchCase(values, block))

    def break_(self, start: int, end: int) -> None:
        """`break`."""
        if self._targets and self._targets[-1].exit >= 0:
            target = self._targets[-1]
            self._release_down_to(target.depth, start, end)
            self.graph.jump(target.exit)
        else:
            self.graph.end(Stop())

    def continue_(self, start: int, end: int) -> None:
        """`continue`."""
        if self._targets and self._targets[-1].next >= 0:
            target = self._targets[-1]
            self._release_down_to(target.next_depth, start, end)
            self.graph.jump(target.next)
        else:
            self.graph.end(Stop())

    def return_(self, value: Expr | None, start: int, end: int) -> None:
        """`return value`, after what the scopes around it release."""
        if self.scopes.has_cleanups():
            if value is not None and not isinstance(value, (Constant, Result)):
                kept = self.scopes.temporary()
                self.graph.add(Write(kept, value, start, end))
                value = kept
            self._release_down_to(0, start, end)
        self.graph.end(Return(value, start, end))

    def label(self, name: str) -> None:
        """A label."""
        block = self._pending.setdefault(name, self.graph.new())
        self._labels[name] = (block, tuple(self.scopes.stack))
        self.graph.enter(block)

    def goto(self, name: str, start: int, end: int) -> None:
        """`goto name`; what its scopes release is added when the label's place is known."""
        block = self._pending.setdefault(name, self.graph.new())
        if self.scopes.has_cleanups():
            snapshot = self.scopes.snapshot()
            self._gotos.append(_Goto(self.graph.current, name, snapshot, start, end))
        self.graph.jump(block)

    def finish(self) -> None:
        """Settles the gotos; a label that stands nowhere ends the flow."""
        for goto in self._gotos:
            _, around = self._labels.get(goto.label, (0, ()))
            for scope, count in reversed(goto.scopes):
                if scope not in around:
                    for cleanup in reversed(scope.cleanups[:count]):
                        self._calls += 1
                        callee = Variable(cleanup.callee, VariableKind.GLOBAL)
                        event = Call(
                            self._calls,
                            callee,
                            cleanup.args,
                            goto.start,
                            goto.end,
                            False,
                            "cleanup",
                        )
                        self.graph.append(goto.block, event)
