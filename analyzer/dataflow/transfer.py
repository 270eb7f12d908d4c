"""Transfer functions: what one event does to a state."""

from analyzer.dataflow.apply import apply_call
from analyzer.dataflow.contracts import Demands, alternatives
from analyzer.dataflow.doubts import Doubts
from analyzer.dataflow.effects import Contract
from analyzer.dataflow.evaluate import Evaluator, flag_set
from analyzer.dataflow.lockset import held
from analyzer.dataflow.occurrences import Called, Observer, Stored, Used
from analyzer.dataflow.state import EventKey, Lock, State
from analyzer.dataflow.values import ANY, POSITIVE, Universe, Value
from analyzer.dataflow.world import World
from analyzer.ir import (
    Call,
    Declare,
    Event,
    Function,
    Initializer,
    Variable,
    VariableKind,
    Write,
)


class Transfer:
    """Applies the events of one function to states. `span` is the place of the event at hand.

    `demands` are the locks that the function was seen to demand of its callers, `meant` the
    conditions of its warnings. `doubts` are what nobody can be certain of.
    """

    def __init__(self, function: Function, world: World) -> None:
        self.function = function
        self.world = world
        self.observer: Observer | None = None
        self.universe = Universe(world.classes, world.nonzero)
        self.evaluator = Evaluator(function, self.universe, world)
        self.demands = Demands(function)
        self.meant: dict[Value, None] = {}
        self.doubts = Doubts()
        self.span = (0, 0)
        self._uses = False

    def event(self, state: State, event: Event) -> list[State]:
        """The states after one event; a call may end in several ways, or not return."""
        self.span = (event.start, event.end)
        match event:
            case Call():
                return self._call(state, event)
            case Write():
                self._write(state, event)
            case Declare(name):
                self._declare(state, name)
        return [state]

    def attach(self, observer: Observer) -> None:
        """Lets `observer` see the run."""
        self.observer = observer
        self._uses = observer.wants_uses
        if self._uses:
            self.evaluator.use = self._used

    def _declare(self, state: State, name: str) -> None:
        address = self.universe.local(name)
        self.forget_parts(state, address)
        state.env[address] = self.universe.make("undef", name)

    def _write(self, state: State, event: Write) -> None:
        address = self.evaluator.address(state, event.place)
        value = self.evaluator.value(state, event.value)
        self.store(state, address, value, event.initial)
        if value.kind == "init":
            self._initialise(state, address, event)

    def store(self, state: State, address: Value, value: Value, initial: bool = False) -> None:
        """Writes `value` to the place at `address` and tells the observer."""
        self.forget_parts(state, address)
        state.env[address] = value
        self._mark(state, address, value)
        if state.taken:
            self.doubts.stored(state, address, value)
        if self.observer is not None:
            self.observer.observe(state, Stored(address, value, initial, *self.span))

    def forget_parts(self, state: State, address: Value) -> None:
        """The object at `address` is written as a whole: nothing is known of its parts."""
        for part in self.universe.parts(address):
            state.env.pop(part, None)

    def _mark(self, state: State, address: Value, value: Value) -> None:
        """Keeps paths apart that differ in a flag of a rule."""
        marks = state.marks
        if marks:
            marks = frozenset(each for each in marks if each[0] is not address)
        if value.kind in ("symbol", "op"):
            names = {str(flag.args[0]) for flag in flag_set(value)[0]}
            marks |= {(address, name) for name in names if self.world.flag(name)}
        state.marks = marks

    def _initialise(self, state: State, address: Value, event: Write) -> None:
        if not isinstance(event.value, Initializer):
            return
        spans = event.value.spans or ((event.start, event.end),) * len(event.value.entries)
        for (path, expr), span in zip(event.value.entries, spans, strict=True):
            if not path or "[]" in path:
                continue
            self.span = span
            target = address
            for name in path:
                target = self.evaluator.sub(target, name)
            value = self.evaluator.value(state, expr)
            state.env[target] = value
            self._mark(state, target, value)
            if self.observer is not None:
                self.observer.observe(state, Stored(target, value, True, *span))

    def _used(self, state: State, value: Value) -> None:
        if self.observer is not None:
            self.observer.observe(state, Used(value, *self.span))

    def _call(self, state: State, call: Call) -> list[State]:
        if call.id in state.ran:
            self.age(state, call.id)
        state.ran |= {call.id}
        args = tuple(self.evaluator.value(state, arg) for arg in call.args)
        name = getattr(call.callee, "name", "") if _direct(call) else ""
        callee = None
        if not name:
            callee = self.evaluator.value(state, call.callee)
            name = self.world.pointer_name(self.function, call.callee) or self._target(state, call)
        if self.observer is not None:
            state.step(call.start, call.end, "call", str(call.id))
            if self._uses:
                for arg in args:
                    self._used(state, arg)
            self.observer.observe(
                state, Called(name, args, None, callee, call.id, call.start, call.end)
            )
        if self.world.notable(name):
            state.events[name, args] = call.start
        states = apply_call(self, state, call, name, args)
        if self.observer is not None:
            for each in states:
                result = each.env.get(self.universe.slot(call.id))
                self.span = (call.start, call.end)
                self.observer.observe(
                    each, Called(name, args, result, callee, call.id, call.start, call.end)
                )
        return states

    def _target(self, state: State, call: Call) -> str:
        """The function that a pointer is known to hold.

        Effects do not look through pointers: such a call is no edge of the graph that puts callees
        first.
        """
        if self.observer is None:
            return ""
        value = self.evaluator.value(state, call.callee)
        return str(value.args[0]) if value.kind == "function" else ""

    def age(self, state: State, call: int) -> None:
        """Renames what the last round of a loop got from this call, before the call happens
        again.
        """
        if call not in self.universe.calls:
            return
        memo: dict[Value, Value] = {}
        rename = self.universe.rename
        if _is_in(call, state.env):
            state.env = {rename(a, call, memo): rename(v, call, memo) for a, v in state.env.items()}
        state.facts = {v: fact for v, fact in state.facts.items() if call not in v.calls}
        state.equal = {v: c for v, c in state.equal.items() if call not in v.calls}
        state.cases = {
            v: cases
            for v, cases in state.cases.items()
            if not any(call in f.calls for _, facts in cases for f, _ in facts)
        }
        state.kinds = {v: kinds for v, kinds in state.kinds.items() if call not in v.calls}
        if any(call in key[1].calls for key in state.taken):
            state.taken = {
                (name, rename(value, call, memo)): lock._replace(object=rename(value, call, memo))
                for (name, value), lock in state.taken.items()
            }
            for _, target in state.taken:  # What is locked is there.
                if state.mask(target) == ANY:
                    state.facts[target] = POSITIVE
        if any(call in key[1].calls for key in state.given):
            state.given = {(n, rename(v, call, memo)): at for (n, v), at in state.given.items()}
        self.doubts.age(call, lambda value: rename(value, call, memo))
        if self.observer is not None and state.monitors:
            renamer = getattr(self.observer, "rename", None)
            if renamer is not None:
                renamer(state, lambda value: rename(value, call, memo))

    def assert_held(
        self, state: State, demand: tuple[str, str, Value | None], call: Call, source: str
    ) -> None:
        """An assertion of (lock, mode, object) is a fact from here on, and where nothing here took
        the lock, a contract with the caller.
        """
        lock, mode, target = demand
        name = lock
        if target is None:
            target = self.universe.make("opaque", "*")
        else:
            name, target = self.world.locks.refine(lock, target)
        contract = Contract(name, mode, target, call.start, source)
        if not self.world.tracked(name):
            if self.world.may_become(self.world.locks.kind(name)):
                self.demands.meet(state, contract)  # Of which class it is the caller may know.
            return
        found, _ = held(self, state, name, target)
        if found is not None:
            return
        self.demands.meet(state, contract)
        self.believe(state, (name, mode, target), call, source)

    def believe(self, state: State, lock: tuple[str, str, Value], call: Call, source: str) -> None:
        """From here on a lock is held that nothing here took: the caller's."""
        name, mode, target = lock
        if (name, target) not in state.given:
            state.taken[name, target] = Lock(
                name, target, mode or "write", True, call.start, source
            )

    def believe_demand(
        self, state: State, lock: tuple[str, str, Value], call: Call, callee: str
    ) -> None:
        """After a call of what demands a lock the lock is held: here, or by a caller."""
        name, target = self.world.locks.refine(lock[0], lock[2])
        if held(self, state, name, target)[0] is None:
            self.believe(state, (name, lock[1], target), call, f"{callee}() demands it")

    def learn_locks(self, state: State, value: Value, truth: bool, call: Call | None) -> None:
        """A test of a lock that came out true is a lock held; in an assertion (`call`) it is a
        contract.
        """
        while value.kind == "not" and isinstance(value.args[0], Value):
            value, truth = value.args[0], not truth
        if value.kind == "op" and value.args[0] in ("&&", "||"):
            parts = [part for part in value.args[1:] if isinstance(part, Value)]
            if truth is (value.args[0] == "&&"):
                for part in parts:
                    self.learn_locks(state, part, truth, call)
            elif call is not None:
                self._demand_one(state, parts, truth, call)
            return
        if not truth or value.kind != "app" or not str(value.args[0]).startswith("held:"):
            return
        lock, target = str(value.args[0])[5:], value.args[1]
        assert isinstance(target, Value)
        if call is not None:
            name = getattr(call.callee, "name", "")
            self.assert_held(state, (lock, "", target), call, name)
            return
        key = self.world.locks.refine(lock, target)
        if self.world.tracked(key[0]) and key not in state.taken and key not in state.given:
            state.taken[key] = Lock(*key, "write", True, self.span[0], "tested here")

    def _demand_one(self, state: State, parts: list[Value], truth: bool, call: Call) -> None:
        """An assertion that one of `parts` is `truth`: one of several locks, or a lock unless
        something else holds.
        """
        asked, rest = alternatives(parts, truth)
        locks = []
        for lock, whose in asked:
            name, target = self.world.locks.refine(lock, whose)
            if held(self, state, name, target)[0] is not None:
                return
            locks.append((name, "", target))
        if not locks or any(state.truth(part) is wanted for part, wanted in rest):
            return
        first, *others = locks
        if not self.world.tracked(first[0]):
            return
        certain = all(self.world.tracked(name) for name, _, _ in others)
        source = getattr(call.callee, "name", "")
        contract = Contract(*first, call.start, source, certain=certain, others=tuple(others))
        self.demands.meet(state, contract, tuple(rest))
        if not others and not rest:
            self.believe(state, first, call, source)

    def replay(self, state: State, events: tuple[EventKey, ...], call: Call) -> None:
        """What a callee did on all of its paths happened here, too."""
        for name, args in events:
            state.events[name, args] = call.start
            if self.observer is not None:
                occurrence = Called(name, args, None, None, call.id, call.start, call.end, True)
                self.observer.observe(state, occurrence)


def _is_in(call: int, env: dict[Value, Value]) -> bool:
    """Whether a place or what it holds is built of the result of a call. A loop, for speed."""
    for address, value in env.items():  # noqa: SIM110
        if call in value.calls or call in address.calls:
            return True
    return False


def _direct(call: Call) -> bool:
    return isinstance(call.callee, Variable) and call.callee.kind is VariableKind.GLOBAL
