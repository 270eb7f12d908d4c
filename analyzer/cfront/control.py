"""What C statements mean in the intermediate representation, whichever parser found them."""

from abc import abstractmethod
from typing import NamedTuple

from analyzer.cfront.lowering import Node, Span, ValueLowering
from analyzer.cfront.scopes import Scope
from analyzer.ir import (
    Branch,
    Call,
    Constant,
    Expr,
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

_CONDITIONAL = ("_try", "_intr", "_kill", "_killable", "_interruptible", "_timeout")


class _Target(NamedTuple):
    """Where break and continue lead, -1 for nowhere, and the number of scopes around each."""

    exit: int
    next: int
    depth: int
    next_depth: int


class _Cases:
    """The cases of a switch under construction."""

    __slots__ = ("default", "targets", "values")

    def __init__(self) -> None:
        self.values: list[list[Expr | Range]] = []
        self.targets: list[int] = []
        self.default = -1


class _Goto(NamedTuple):
    """A goto that may leave scopes: the block that it ends, the scopes around it."""

    block: int
    label: str
    scopes: tuple[tuple[Scope, int], ...]
    start: int
    end: int


class Lowering(ValueLowering[Node]):
    """Lowers one function body."""

    def __init__(self) -> None:
        super().__init__()
        self._targets: list[_Target] = []
        self._switches: list[_Cases] = []
        self._labels: dict[str, tuple[int, tuple[Scope, ...]]] = {}
        self._pending: dict[str, int] = {}
        self._gotos: list[_Goto] = []

    @abstractmethod
    def statement(self, node: Node) -> None:
        """Lowers a statement."""

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

        In the body a cursor that is a pointer holds the call's result; any other, and all of them
        after the loop, hold a value that is not followed.
        """
        graph = self.graph
        head, inside, over, exit_ = graph.new(), graph.new(), graph.new(), graph.new()
        self.open()
        graph.enter(head)
        values = tuple(
            self._cursor(self.value(arg), at) if position in cursors else self.value(arg)
            for position, arg in enumerate(args)
        )
        result = self.call(Variable(name, VariableKind.GLOBAL), values, at[0], at[1], True)
        graph.end(Branch(result, inside, over, at[0], at[1]))
        graph.enter(inside)
        assigned = [values[position] for position in cursors if position < len(values)]
        element = next((place for place in assigned if self._is_pointer(place)), None)
        for place in assigned:
            value = result if place is element else Opaque(f"{name} element")
            self.assign(place, value, at[0], at[1])
        self._loop_body(body, exit_, head)
        graph.jump(head)
        graph.enter(over)
        for place in assigned:
            self.assign(place, Opaque(f"{name} end"), at[0], at[1])
        graph.enter(exit_)
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
        arms = tuple(
            SwitchCase(tuple(values), target)
            for values, target in zip(cases.values, cases.targets, strict=True)
        )
        graph.settle(top, Switch(value, arms, default, at[0], at[1]))

    def case(self, values: tuple[Expr | Range, ...], is_default: bool) -> None:
        """A label of the innermost switch; falls through from what stands before it."""
        if not self._switches:
            return
        cases = self._switches[-1]
        graph = self.graph
        block = graph.current
        again = bool(cases.targets) and cases.targets[-1] == block
        if not (graph.is_fresh(block) and (again or block == cases.default)):
            block = graph.new()
            graph.enter(block)
            again = False
        if is_default:
            cases.default = block
        elif again:
            cases.values[-1].extend(values)
        else:
            cases.values.append(list(values))
            cases.targets.append(block)

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
            if value is not None and not _is_lasting(value):
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


def _is_lasting(value: Expr) -> bool:
    """True for a value that no call can change."""
    if type(value) is Unary:
        value = value.operand
    if type(value) is Variable:
        return value.kind in (VariableKind.GLOBAL, VariableKind.TEMPORARY)
    return type(value) is Constant or type(value) is Result
