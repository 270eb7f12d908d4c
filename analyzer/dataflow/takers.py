"""Which lock classes may be taken inside a call, and by the shortest chain of which calls.

One breadth-first walk up the call graph for each class, from the functions that take it themselves.
Nothing is simulated: that a chain exists does not say that it can be followed. A lock that is only
tried for is not taken here, for nobody waits.
"""

from collections.abc import Callable
from typing import NamedTuple

from analyzer.dataflow.locks import LockTable
from analyzer.dataflow.primitives import Primitive, Touch, place_of
from analyzer.dataflow.values import Value
from analyzer.ir import (
    Address,
    Call,
    Expr,
    Field,
    Variable,
    VariableKind,
    callee_name,
    calls,
)
from analyzer.program import CallGraph, FunctionRef, Program


class Link(NamedTuple):
    """How a function comes to take a lock: through a call of `name`, which is `callee`, None where
    the model of `name` takes it. `distance` counts the calls down to the lock, from 1.
    """

    name: str
    callee: FunctionRef | None
    distance: int


class Waits(NamedTuple):
    """What is known of the API: the models by name, which of them only try, and which functions
    nobody looks into.
    """

    primitives: dict[str, Primitive]
    tries: Callable[[str], bool]
    closed: Callable[[str], bool]


class Takers:
    """Answers for `locks`, over one program."""

    def __init__(self, program: Program, graph: CallGraph, table: LockTable, waits: Waits) -> None:
        self.table = table
        self.waits = waits
        self._program = program
        self._callers: dict[FunctionRef, list[FunctionRef]] = {}
        for ref, callees in graph.callees.items():
            for callee in callees:
                self._callers.setdefault(callee, []).append(ref)
        self._links: dict[str, dict[FunctionRef, Link]] = {}
        self._seeds: dict[str, dict[FunctionRef, Link]] | None = None

    def links(self, lock: str) -> dict[FunctionRef, Link]:
        """Every function in which a lock of the class may be taken, with the next step of the
        shortest chain to it.
        """
        found = self._links.get(lock)
        if found is None:
            found = self._links[lock] = self._climb(dict(self._direct().get(lock, {})))
        return found

    def taken(self, name: str, path: str, lock: str) -> int:
        """How many calls below a call of `name` in file `path` a lock may be taken; 0: none is."""
        if self.waits.closed(name):
            return 0
        ref = None if name in self.waits.primitives else self._program.resolve(name, path)
        link = None if ref is None else self.links(lock).get(ref)
        return 0 if link is None else link.distance

    def own(self, call: Call) -> tuple[str, ...]:
        """The classes that the model of the function called waits for."""
        primitive = self.waits.primitives.get(callee_name(call))
        if primitive is None or self.waits.tries(callee_name(call)):
            return ()
        return self.named(primitive.takes, call.args)

    def named(self, touches: tuple[Touch, ...], args: tuple[Expr, ...]) -> tuple[str, ...]:
        """The classes of what a model touches, in a call with these arguments."""
        found = (self.class_of(touch, args) for touch in touches)
        return tuple(dict.fromkeys(each for each in found if each))

    def class_of(self, touch: Touch, args: tuple[Expr, ...]) -> str:
        """The class of one lock that a model touches; the primitive's own where no place tells. The
        lock of a static object is a class of its own, as it is for lockdep.
        """
        if not 0 <= touch.argument < len(args):
            return touch.lock
        place = args[touch.argument]
        found = place_of(self.table, touch.lock, place)
        holder = "" if self.table.has_globals(found) else _static(place)
        return f"{found or touch.lock} of {holder}" if holder else found or touch.lock

    def static(self, lock: str, target: Value) -> bool:
        """Whether a lock of an object, or at an address in it, is that of a static object, and so
        not of its class.
        """
        _, whose = self.table.refine(self.table.kind(lock), target)
        return whose.kind == "global" and not self.table.has_globals(lock)

    def _direct(self) -> dict[str, dict[FunctionRef, Link]]:
        """By class, the functions that call a model which takes it."""
        if self._seeds is None:
            self._seeds = {}
            for ref in self._program.refs:
                for lock, link in self.seeds(ref).items():
                    self._seeds.setdefault(lock, {})[ref] = link
        return self._seeds

    def seeds(self, ref: FunctionRef) -> dict[str, Link]:
        """The classes that a function takes itself, by calls of models, each with the first."""
        head = self._program.head(ref)
        if head.name in self.waits.primitives or self.waits.closed(head.name):
            return {}
        found: dict[str, Link] = {}
        if any(self._waiting(name) for name in head.calls):
            for call in calls(self._program.function(ref)):
                for lock in self.own(call):
                    found.setdefault(lock, Link(callee_name(call), None, 1))
        return found

    def _waiting(self, name: str) -> bool:
        primitive = self.waits.primitives.get(name)
        return primitive is not None and bool(primitive.takes) and not self.waits.tries(name)

    def _climb(self, found: dict[FunctionRef, Link]) -> dict[FunctionRef, Link]:
        level = sorted(found)
        distance = 1
        while level:
            distance += 1
            above: list[FunctionRef] = []
            for ref in level:
                name = self._program.head(ref).name
                for caller in self._callers.get(ref, ()):
                    head = self._program.head(caller)
                    if caller in found or head.name in self.waits.primitives:
                        continue
                    if not self.waits.closed(head.name):
                        found[caller] = Link(name, ref, distance)
                        above.append(caller)
            level = sorted(above)
        return found


def _static(place: Expr) -> str:
    """The static object that `&object` or `&object.field` is of, '' for any other expression."""
    if not isinstance(place, Address):
        return ""
    inner = place.place
    while isinstance(inner, Field):
        inner = inner.object
    if isinstance(inner, Variable) and inner.kind is VariableKind.GLOBAL:
        return inner.name
    return ""
