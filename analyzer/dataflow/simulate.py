"""Property simulation of one function (Das, Lerner, Seigle: ESP, PLDI 2002).

Blocks are visited in reverse post-order until nothing changes. States that agree on the property
(locks held, monitors of rules) are merged at joins and keep the facts they share; states that
differ in it stay apart, so that `if (locked) unlock()` and trylocks are exact at polynomial cost. A
cap on states per block bounds it; past it the function is imprecise and none of its verdicts may be
a violation.
"""

from heapq import heappop, heappush
from typing import Final, NamedTuple, Protocol

from analyzer.dataflow.apply import apply_call
from analyzer.dataflow.effects import MAX_OUTCOMES, Contract, Effect, outcome
from analyzer.dataflow.evaluate import Evaluator, flag_set
from analyzer.dataflow.join import join, merge, same
from analyzer.dataflow.locks import LockTable
from analyzer.dataflow.lockset import held
from analyzer.dataflow.occurrences import Branched, Called, Left, Looped, Observer, Stored, Used
from analyzer.dataflow.state import EventKey, Lock, PropertyKey, State
from analyzer.dataflow.values import Universe, Value, epoch
from analyzer.ir import (
    Branch,
    Call,
    Declare,
    Event,
    Expr,
    Function,
    Initializer,
    Jump,
    Range,
    Return,
    Stop,
    Switch,
    Write,
)
from analyzer.ir.liveness import dying, successors

MAX_STATES: Final = 32
MAX_VISITS: Final = 40


class World(Protocol):
    """What a simulation must know of everything outside its function."""

    locks: LockTable
    same: frozenset[str]

    def effect(self, name: str, path: str) -> Effect | None:
        """What calling `name` from file `path` does; None if nothing is known of it."""

    def pure(self, name: str) -> bool:
        """Whether the result depends on the arguments alone and nothing is changed."""

    def never_null(self, name: str) -> bool:
        """Whether the result is a pointer for certain."""

    def tracked(self, lock: str) -> bool:
        """Whether locks of this class are followed."""

    def may_become(self, kind: str) -> bool:
        """Whether a lock of this primitive kind may be of a class that is followed."""

    def notable(self, name: str) -> bool:
        """Whether rules speak of calls of `name`."""

    def flag(self, name: str) -> bool:
        """Whether rules speak of the flag `name`."""

    def defines(self, name: str) -> bool:
        """Whether `name` is a function of the tree or the models."""

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether nothing in the tree assigns a field `field` of an object or field called
        `parent`.
        """

    def pointer_name(self, function: Function, callee: Expr) -> str:
        """`record.field` for a call through a field, the field alone if its record is unknown, else
        ''.
        """


class _Origin(NamedTuple):
    """Where a state at a block's head comes from: the block before, its property there, and which
    of its results.
    """

    block: int
    key: PropertyKey
    number: int


class Simulation:
    """The fixed point over one function. `finals` are the states at its returns, `precise` says
    whether no cap was met.
    """

    def __init__(
        self,
        function: Function,
        world: World,
        observer: Observer | None,
        entry: tuple[Contract, ...] = (),
    ) -> None:
        self.function = function
        self.world = world
        self.observer: Observer | None = None
        self.universe = Universe()
        self.evaluator = Evaluator(function, self.universe, world)
        self.finals: list[tuple[State, Value | None, int]] = []
        self.contracts: dict[tuple[str, str, Value | None], Contract] = {}
        self.precise = True
        self._entry = entry
        self._states: list[dict[PropertyKey, State]] = [{} for _ in function.blocks]
        self._incoming: list[dict[PropertyKey, dict[_Origin, State]]] = [
            {} for _ in function.blocks
        ]
        self._visits: dict[tuple[int, PropertyKey], int] = {}
        self._order = _reverse_post_order(function)
        self._dying = tuple(self._addresses(names) for names in dying(function))
        self._span = (0, 0)
        self._uses = False
        if observer is not None:
            self.attach(observer)

    def attach(self, observer: Observer) -> None:
        """Lets `observer` see the run."""
        self.observer = observer
        self._uses = observer.wants_uses
        if self._uses:
            self.evaluator.use = self._used

    def _addresses(self, names: frozenset[str | int]) -> tuple[Value, ...]:
        make = self.universe.make
        return tuple(
            make("slot", name) if isinstance(name, int) else make("local", name)
            for name in sorted(names, key=str)
        )

    # The fixed point. -----------------------------------------------------------------------------

    def run(self) -> "Simulation":
        """Computes the fixed point; the observer has then seen every path at least once."""
        if not self.function.blocks:
            return self
        heap: list[tuple[int, int]] = []
        queued: set[int] = set()
        pending: list[dict[PropertyKey, State]] = [{} for _ in self.function.blocks]
        entry = self._entry_state()
        self._states[0][entry.property_key()] = entry
        pending[0][entry.property_key()] = entry
        heappush(heap, (self._order[0], 0))
        queued.add(0)
        while heap:
            _, number = heappop(heap)
            queued.discard(number)
            work, pending[number] = pending[number], {}
            for key, state in work.items():
                for index, (target, result) in enumerate(self._block(number, state.copy())):
                    origin = _Origin(number, key, index)
                    if self._arrive(origin, target, result, pending) and target not in queued:
                        queued.add(target)
                        heappush(heap, (self._order[target], target))
        return self

    def _entry_state(self) -> State:
        state = State()
        make = self.universe.make
        star = make("opaque", "*")
        for contract in self._entry:
            if self.world.tracked(contract.lock):
                key = (contract.lock, star)
                mode = contract.mode or "write"
                state.taken[key] = Lock(
                    contract.lock, star, mode, True, contract.offset, contract.source
                )
        for index, parameter in enumerate(self.function.parameters):
            if parameter.name:
                state.env[make("local", parameter.name)] = make("param", index, parameter.name)
        return state

    def _arrive(
        self,
        origin: _Origin,
        target: int,
        state: State,
        pending: list[dict[PropertyKey, State]],
    ) -> bool:
        """Brings `state` to the head of block `target`; True if there is something new to do there.

        What an origin brought before is replaced: it was computed from less. The state at the head
        is the join of what all origins bring, so that a phi stands only where paths really meet.
        """
        if self.function.blocks[target].loop and self._order[origin.block] >= self._order[target]:
            if self.observer is not None:
                self.observer.observe(state, Looped(*self._span))
            self._next_round(state, target)
        for address in self._dying[target]:
            state.env.pop(address, None)
            if state.marks:
                state.marks = frozenset(each for each in state.marks if each[0] is not address)
        key = state.property_key()
        incoming = self._incoming[target].setdefault(key, {})
        incoming[origin] = state
        known = self._states[target].get(key)
        if known is None and len(self._states[target]) >= MAX_STATES:
            self.precise = False
            return False
        joined = join(list(incoming.values()), self.universe, target)
        if known is not None and same(known, joined):
            return False
        visits = self._visits.get((target, key), 0) + 1
        self._visits[target, key] = visits
        if visits > MAX_VISITS:
            self.precise = False
            return False
        self._states[target][key] = joined
        pending[target][key] = joined
        return True

    def _next_round(self, state: State, block: int) -> None:
        """On a back edge the phis of the loop's head become those of the round before, where this
        round changed them.
        """
        age = epoch(block)
        phi = self.universe.make
        kept = {a for a, v in state.env.items() if v.kind == "phi" and v is phi("phi", block, a)}
        if any(age in v.calls and a not in kept for a, v in state.env.items()) or any(
            age in v.calls for v in state.facts
        ):
            whole = {a: state.env[a] for a in kept}
            facts = {v: fact for v, fact in state.facts.items() if v in whole.values()}
            self._age(state, age)
            state.env.update(whole)
            state.facts.update(facts)

    # One block. -----------------------------------------------------------------------------------

    def _block(self, number: int, state: State) -> list[tuple[int, State]]:
        block = self.function.blocks[number]
        states = [state]
        for event in block.events:
            after: list[State] = []
            for each in states:
                after.extend(self._event(each, event))
            states = after
            if len(states) > MAX_STATES:
                self.precise = False
                states = states[:MAX_STATES]
        edges: list[tuple[int, State]] = []
        terminator = block.terminator
        for each in states:
            match terminator:
                case Jump(target):
                    edges.append((target, each))
                case Branch():
                    edges.extend(self._branch(each, terminator))
                case Switch():
                    edges.extend(self._switch(each, terminator))
                case Return(value, start, end):
                    self._return(each, value, start, end)
                case Stop():
                    pass
        return edges

    def _event(self, state: State, event: Event) -> list[State]:
        match event:
            case Call():
                self._span = (event.start, event.end)
                return self._call(state, event)
            case Write(place, value, start, end, initial):
                self._span = (start, end)
                self._write(state, event)
            case Declare(name):
                self._declare(state, name)
        return [state]

    def _declare(self, state: State, name: str) -> None:
        address = self.universe.make("local", name)
        for each in [a for a in state.env if a is address or _within(a, address)]:
            del state.env[each]
        state.env[address] = self.universe.make("undef", name)

    def _write(self, state: State, event: Write) -> None:
        address = self.evaluator.address(state, event.place)
        value = self.evaluator.value(state, event.value)
        self.store(state, address, value, event.initial)
        if value.kind == "init":
            self._initialise(state, address, event)

    def store(self, state: State, address: Value, value: Value, initial: bool = False) -> None:
        """Writes `value` to the place at `address` and tells the observer."""
        for each in [a for a in state.env if a is not address and _within(a, address)]:
            del state.env[each]
        state.env[address] = value
        self._mark(state, address, value)
        if self.observer is not None:
            self.observer.observe(state, Stored(address, value, initial, *self._span))

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
            self._span = span
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
            self.observer.observe(state, Used(value, *self._span))

    # Calls. ---------------------------------------------------------------------------------------

    def _call(self, state: State, call: Call) -> list[State]:
        if call.id in state.ran:
            self._age(state, call.id)
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
                result = each.env.get(self.universe.make("slot", call.id))
                self._span = (call.start, call.end)
                self.observer.observe(
                    each, Called(name, args, result, callee, call.id, call.start, call.end)
                )
        return states

    def _target(self, state: State, call: Call) -> str:
        """The function that a pointer is known to hold.

        Effects do not look through pointers: such a call is no edge of the graph that puts callees first.
        """
        if self.observer is None:
            return ""
        value = self.evaluator.value(state, call.callee)
        return str(value.args[0]) if value.kind == "function" else ""

    def _age(self, state: State, call: int) -> None:
        """Renames what the last round of a loop got from this call, before the call happens again."""
        memo: dict[Value, Value] = {}
        rename = self.universe.rename
        if any(call in v.calls or call in a.calls for a, v in state.env.items()):
            state.env = {rename(a, call, memo): rename(v, call, memo) for a, v in state.env.items()}
        state.facts = {v: fact for v, fact in state.facts.items() if call not in v.calls}
        state.equal = {v: c for v, c in state.equal.items() if call not in v.calls}
        state.cases = {
            v: cases
            for v, cases in state.cases.items()
            if not any(call in f.calls for _, facts in cases for f, _ in facts)
        }
        if any(call in key[1].calls for key in state.taken):
            state.taken = {
                (name, rename(value, call, memo)): lock._replace(object=rename(value, call, memo))
                for (name, value), lock in state.taken.items()
            }
        if any(call in key[1].calls for key in state.given):
            state.given = {(n, rename(v, call, memo)): at for (n, v), at in state.given.items()}
        if self.observer is not None and state.monitors:
            renamer = getattr(self.observer, "rename", None)
            if renamer is not None:
                renamer(state, lambda value: rename(value, call, memo))

    def assert_held(
        self, state: State, lock: str, mode: str, target: Value | None, call: Call, source: str
    ) -> None:
        """An assertion is a fact from here on, and where nothing here took the lock, a contract
        with the caller.
        """
        name = lock
        if target is None:
            target = self.universe.make("opaque", "*")
        else:
            name, target = self.world.locks.refine(lock, target)
        if not self.world.tracked(name):
            return
        found, _ = held(self, state, name, target)
        if found is not None:
            return
        key = (name, target)
        if key not in state.given:
            state.taken[key] = Lock(name, target, mode or "write", True, call.start, source)
        self.contracts.setdefault(
            (name, mode, target), Contract(name, mode, target, call.start, source)
        )

    def learn_locks(self, state: State, value: Value, truth: bool, call: Call | None) -> None:
        """A test of a lock that came out true is a lock held; in an assertion (`call`) it is a
        contract.
        """
        while value.kind == "not" and isinstance(value.args[0], Value):
            value, truth = value.args[0], not truth
        if value.kind == "op" and value.args[0] in ("&&", "||"):
            if truth is (value.args[0] == "&&"):
                for part in value.args[1:]:
                    if isinstance(part, Value):
                        self.learn_locks(state, part, truth, call)
            return
        if not truth or value.kind != "app" or not str(value.args[0]).startswith("held:"):
            return
        lock, target = str(value.args[0])[5:], value.args[1]
        assert isinstance(target, Value)
        if call is not None:
            name = getattr(call.callee, "name", "")
            self.assert_held(state, lock, "", target, call, name)
            return
        key = self.world.locks.refine(lock, target)
        if self.world.tracked(key[0]) and key not in state.taken and key not in state.given:
            state.taken[key] = Lock(*key, "write", True, self._span[0], "tested here")

    def replay(self, state: State, events: tuple[EventKey, ...], call: Call) -> None:
        """What a callee did on all of its paths happened here, too."""
        for name, args in events:
            state.events[name, args] = call.start
            if self.observer is not None:
                occurrence = Called(name, args, None, None, call.id, call.start, call.end, True)
                self.observer.observe(state, occurrence)

    # Edges. ---------------------------------------------------------------------------------------

    def _branch(self, state: State, branch: Branch) -> list[tuple[int, State]]:
        self._span = (branch.start, branch.end)
        value = self._condition(state, branch.condition)
        known = state.truth(value)
        edges = []
        for truth, target in ((True, branch.true), (False, branch.false)):
            if known is not None and known is not truth:
                continue
            taken = state.copy() if known is None and truth else state
            if known is None and not taken.assume(value, truth, branch.start):
                continue
            taken.step(branch.start, branch.end, "true" if truth else "false")
            self.learn_locks(taken, value, truth, None)
            if self.observer is not None:
                self.observer.observe(taken, Branched(value, truth, branch.start, branch.end))
            edges.append((target, taken))
        return edges

    def _condition(self, state: State, condition: Expr) -> Value:
        """Evaluates a condition; a pointer compared with NULL is not used by that."""
        return self.evaluator.value(state, condition)

    def _switch(self, state: State, switch: Switch) -> list[tuple[int, State]]:
        self._span = (switch.start, switch.end)
        value = self.evaluator.value(state, switch.value)
        rest = state.copy()
        edges = []
        for case in switch.cases:
            for each in case.values:
                taken = rest.copy()
                if isinstance(each, Range):
                    edges.append((case.target, taken))
                    continue
                label = self.evaluator.value(state, each)
                equal = self.evaluator.binary("==", value, label)
                if taken.assume(equal, True, switch.start):
                    taken.step(switch.start, switch.end, "case")
                    edges.append((case.target, taken))
                if not rest.assume(equal, False, switch.start):
                    return edges
        rest.step(switch.start, switch.end, "default")
        edges.append((switch.default, rest))
        return edges

    def _return(self, state: State, expr: Expr | None, start: int, end: int) -> None:
        self._span = (start, end)
        value = None if expr is None else self.evaluator.value(state, expr)
        if self.observer is not None:
            self.observer.observe(state, Left(value, start, end))
        self.finals.append((state, value, start))

    # What the function does as a whole. -----------------------------------------------------------

    def effect(self, guarded: bool = False) -> Effect:
        """The effect on callers: final states with equal locks are one outcome.

        What is known of entry values where an outcome returns is part of it if it tells outcomes
        apart, or if `guarded`.
        """
        groups: dict[PropertyKey, tuple[State, Value | None]] = {}
        marker = self.universe.make("local", "%result")
        for state, value, _ in self._last_finals():
            if value is not None:
                state.env[marker] = value
            key = state.property_key()
            known = groups.get(key)
            if known is None:
                groups[key] = (state, value)
            else:
                merge(known[0], state, self.universe, -1)
        if len(groups) > MAX_OUTCOMES:
            return Effect((), tuple(self.contracts.values()), False)
        outcomes = tuple(
            outcome(
                state,
                state.env.get(marker) if value is not None else None,
                guarded or len(groups) > 1,
            )
            for state, value in groups.values()
        )
        return Effect(outcomes, tuple(self.contracts.values()), self.precise)

    def _last_finals(self) -> list[tuple[State, Value | None, int]]:
        """The final states of the fixed point: those of the last visit to each returning block and
        property.
        """
        last: dict[tuple[int, PropertyKey], tuple[State, Value | None, int]] = {}
        for state, value, start in self.finals:
            last[start, state.property_key()] = (state, value, start)
        return list(last.values())


def _direct(call: Call) -> bool:
    return getattr(call.callee, "kind", None) == 2 and hasattr(call.callee, "name")


def _within(address: Value, base: Value) -> bool:
    """Whether `address` is a part of the object at `base`."""
    while address.kind in ("sub", "elem"):
        inner = address.args[0]
        if inner is base:
            return True
        if not isinstance(inner, Value):
            return False
        address = inner
    return False


def _reverse_post_order(function: Function) -> list[int]:
    """For each block its place in reverse post-order."""
    order: list[int] = []
    seen = {0}
    stack = [(0, iter(successors(function, 0)))]
    while stack:
        number, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(successors(function, target))))
                break
        else:
            stack.pop()
            order.append(number)
    place = [len(function.blocks)] * len(function.blocks)
    for position, number in enumerate(reversed(order)):
        place[number] = position
    return place
