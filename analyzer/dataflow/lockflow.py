"""Which lock classes may be held before each call of a function: a forward analysis over its blocks
that knows classes and spellings, and no values.

It errs on the side of holding. What it finds out of order is looked at again by simulation.
"""

from typing import NamedTuple, TypeAlias

from analyzer.dataflow.primitives import Touch
from analyzer.dataflow.takers import Takers
from analyzer.ir import Address, Call, Expr, Function, Result, Return, Write, callee_name, calls
from analyzer.ir.liveness import successors
from analyzer.program import CallGraph, FunctionRef, Program


class Held(NamedTuple):
    """A lock that may be held: its class, the spelling of what leads to it, where it was taken, in
    bytes. On entry it is at the head of the function.
    """

    lock: str
    key: str
    offset: int


Locks: TypeAlias = frozenset[Held]


class Handed(NamedTuple):
    """What a function may hand to its caller, what it gives back on every way out, and what it
    gives back on some.
    """

    taken: frozenset[str]
    given: frozenset[str]
    dropped: frozenset[str]


_NOTHING = Handed(frozenset(), frozenset(), frozenset())


class LockFlow:
    """The analysis of all functions, on demand, callees first; `near` are the functions that may
    hand over a lock.
    """

    def __init__(
        self, program: Program, graph: CallGraph, takers: Takers, near: frozenset[FunctionRef]
    ) -> None:
        self._program = program
        self._graph = graph
        self._takers = takers
        self._near = near
        self._handed: dict[FunctionRef, Handed] = {}
        self._path: list[FunctionRef] = []

    def handed(self, ref: FunctionRef) -> Handed | None:
        """What a function hands over; None for one that is not near."""
        if ref not in self._near:
            return None
        found = self._handed.get(ref)
        if found is None:
            self._path.append(ref)
            found = self._handed[ref] = self._hand(self._program.function(ref))
            self._path.pop()
        return found

    def take_over(self, known: "LockFlow", others: frozenset[FunctionRef]) -> None:
        """Takes over what another analysis found of all functions but `others`."""
        found = {ref: handed for ref, handed in known._handed.items() if ref not in others}
        self._handed = {**found, **self._handed}

    def before(self, ref: FunctionRef, entry: Locks) -> list[tuple[Call, Locks]]:
        """Every call of a function with the locks that may be held right before it."""
        function = self._program.function(ref)
        heads = self._fixed_point(function, entry)
        found = []
        for block, held in zip(function.blocks, heads, strict=True):
            if held is None:
                continue
            now = held
            for event in block.events:
                if isinstance(event, Call):
                    found.append((event, now))
                now = self._event(function, event, now)
        return found

    def _fixed_point(self, function: Function, entry: Locks) -> list[Locks | None]:
        heads: list[Locks | None] = [None] * len(function.blocks)
        if heads:
            heads[0] = entry
        work = [0] if heads else []
        while work:
            number = work.pop()
            held = heads[number]
            assert held is not None
            for event in function.blocks[number].events:
                held = self._event(function, event, held)
            for target in successors(function, number):
                known = heads[target]
                joined = held if known is None else known | held
                if joined != known:
                    heads[target] = joined
                    work.append(target)
        return heads

    def _event(self, function: Function, event: object, held: Locks) -> Locks:
        match event:
            case Call():
                return self._call(function, event, held)
            case Write(place, Result(number)):
                key = f"result {number}"
                if any(each.key == key for each in held):
                    return frozenset(
                        each._replace(key=repr(place)) if each.key == key else each for each in held
                    )
        return held

    def _call(self, function: Function, call: Call, held: Locks) -> Locks:
        primitive = self._takers.waits.primitives.get(callee_name(call))
        if primitive is None:
            handed = self._called(callee_name(call), function.path)
            held = frozenset(each for each in held if each.lock not in handed.given)
            return held | {Held(lock, "", call.start) for lock in handed.taken}
        for touch in primitive.gives:
            held = self._without(held, touch, call)
        for touch in (*primitive.takes, *primitive.asserts):
            lock = self._takers.class_of(touch, call.args)
            held |= {Held(lock, _key(touch, call), call.start)}
        return held

    def _without(self, held: Locks, touch: Touch, call: Call) -> Locks:
        """The locks without the one that is given back; which it is the spelling tells, or else
        that no other can be meant.
        """
        lock, key = self._takers.class_of(touch, call.args), _key(touch, call)
        kind = self._takers.table.kind
        fits = [each for each in held if each.lock == lock or kind(each.lock) == lock]
        same = [each for each in fits if each.key == key]
        return held - frozenset(same or fits)

    def _called(self, name: str, path: str) -> Handed:
        ref = self._program.resolve(name, path)
        if ref is None or (self._path and (self._path[-1], ref) in self._graph.cut):
            return _NOTHING
        return self.handed(ref) or _NOTHING

    def _hand(self, function: Function) -> Handed:
        """A lock that is there at every end from nothing is handed over, and so is one that is
        there at some end and that nothing in the function gives back. One that was there on entry
        and at no end is given back.
        """
        locks = frozenset(self._takers.table.classes)
        kept = self._left(function, frozenset(Held(lock, "", -1) for lock in locks))
        if not kept:
            return _NOTHING
        ends = self._left(function, frozenset())
        dropped = frozenset().union(*(self._dropped(call, function) for call in calls(function)))
        asserted = frozenset().union(*(self._asserted(call) for call in calls(function)))
        some = frozenset(
            lock
            for lock in frozenset().union(*ends)
            if lock not in dropped and self._takers.table.kind(lock) not in dropped
        )
        taken = (frozenset.intersection(*ends) | some) - asserted
        return Handed(taken, locks - frozenset().union(*kept), dropped)

    def _asserted(self, call: Call) -> frozenset[str]:
        primitive = self._takers.waits.primitives.get(callee_name(call))
        touches = () if primitive is None else primitive.asserts
        return frozenset(self._takers.named(touches, call.args))

    def _dropped(self, call: Call, function: Function) -> frozenset[str]:
        """The classes that a call may give back."""
        primitive = self._takers.waits.primitives.get(callee_name(call))
        if primitive is not None:
            return frozenset(self._takers.named(primitive.gives, call.args))
        return self._called(callee_name(call), function.path).dropped

    def _left(self, function: Function, entry: Locks) -> list[frozenset[str]]:
        """The classes that may be held at each return."""
        heads = self._fixed_point(function, entry)
        ends = []
        for block, held in zip(function.blocks, heads, strict=True):
            if held is None or not isinstance(block.terminator, Return):
                continue
            now = held
            for event in block.events:
                now = self._event(function, event, now)
            ends.append(frozenset(each.lock for each in now))
        return ends


def _key(touch: Touch, call: Call) -> str:
    if not 0 <= touch.argument < len(call.args):
        return f"result {call.id}"
    expr: Expr = call.args[touch.argument]
    if isinstance(expr, Address):
        expr = expr.place
    return repr(expr)
