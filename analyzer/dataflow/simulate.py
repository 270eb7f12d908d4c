"""Property simulation of one function (Das, Lerner, Seigle: ESP, PLDI 2002).

Blocks are visited in reverse post-order until nothing changes. States that agree on the property
(locks held, monitors of rules) are merged at joins and keep the facts they share; states that
differ in it stay apart, so that `if (locked) unlock()` and trylocks are exact at polynomial cost. A
cap on states per block bounds it; past it the function is imprecise and none of its verdicts may be
a violation.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final, NamedTuple

from analyzer.dataflow.balance import Exit, Told, changed, disputed, told
from analyzer.dataflow.effects import MAX_OUTCOMES, Contract, Effect, nameable, outcome
from analyzer.dataflow.evaluate import flag_set
from analyzer.dataflow.join import join, keep_phis, merge, same, stands
from analyzer.dataflow.lockset import few_left
from analyzer.dataflow.occurrences import Branched, Left, Looped, Observer
from analyzer.dataflow.state import Facts, Lock, LockKey, PropertyKey, State
from analyzer.dataflow.transfer import Transfer
from analyzer.dataflow.values import ANY, ZERO, Value, epoch, parts
from analyzer.dataflow.world import World
from analyzer.ir import Branch, Function, Jump, Range, Return, Stop, Switch

MAX_STATES: Final = 32
MAX_VISITS: Final = 40
CALM_VISITS: Final = 8
"""From so many visits of a block on a phi that stood there stays, so that visits come to an end."""

_NOTHING: Final[tuple[int, frozenset[Value]]] = (0, frozenset())
"""What tells no outcomes apart, see `Simulation._says`."""


class _Origin(NamedTuple):
    """Where a state at a block's head comes from: the block before, its property there, and which
    of its results.
    """

    block: int
    key: PropertyKey
    number: int


class Simulation(Transfer):
    """The fixed point over one function. `finals` are the states at its returns, by the block and
    the property that it was entered with; `precise` says whether no cap was met; `entry` are the
    contracts that its head states; `apart` keeps paths apart on which different things happened.
    """

    def __init__(
        self,
        function: Function,
        world: World,
        observer: Observer | None,
        entry: tuple[Contract, ...] = (),
    ) -> None:
        super().__init__(function, world)
        self.finals: dict[tuple[int, PropertyKey], list[tuple[State, Value | None]]] = {}
        self.precise = True
        self.entry = entry
        self.apart = False
        self._states: list[dict[PropertyKey, State]] = [{} for _ in function.blocks]
        self._incoming: list[dict[PropertyKey, dict[_Origin, State]]] = [
            {} for _ in function.blocks
        ]
        self._dirty: list[dict[PropertyKey, None]] = [{} for _ in function.blocks]
        self._visits: dict[tuple[int, PropertyKey], int] = {}
        shape = world.shape(function)
        self._order = shape.order
        self._dying = self._addresses(shape.dying)
        if observer is not None:
            self.attach(observer)

    def _addresses(self, dying: tuple[tuple[str | int, ...], ...]) -> tuple[tuple[Value, ...], ...]:
        make = self.universe.make
        known: dict[str | int, Value] = {}
        for names in dying:
            for name in names:
                if name not in known:
                    known[name] = make("slot" if isinstance(name, int) else "local", name)
        return tuple(tuple([known[name] for name in names]) for names in dying)

    # The fixed point. -----------------------------------------------------------------------------

    def run(self) -> "Simulation":
        """Computes the fixed point; the observer has then seen every path at least once."""
        if not self.function.blocks:
            return self
        heap = [(self._order[0], 0)]
        entry = self._entry_state()
        key = entry.property_key()
        self._incoming[0][key] = {_Origin(-1, key, 0): entry}
        self._dirty[0][key] = None
        while heap:
            _, number = heappop(heap)
            dirty, self._dirty[number] = self._dirty[number], {}
            for key in dirty:
                state = self._head(number, key)
                if state is None:
                    continue
                self.finals[number, key] = []  # What an earlier visit returned, from less.
                for index, (target, result) in enumerate(self._block((number, key), state.copy())):
                    if not self._dirty[target]:
                        heappush(heap, (self._order[target], target))
                    self._arrive(_Origin(number, key, index), target, result)
        return self

    def _entry_state(self) -> State:
        state = State()
        make = self.universe.make
        star = make("opaque", "*")
        for contract in self.entry:
            if self.world.tracked(contract.lock):
                mode = contract.mode or "write"
                state.taken[contract.lock, star] = Lock(
                    contract.lock, star, mode, True, contract.offset, contract.source
                )
        for index, parameter in enumerate(self.function.parameters):
            if parameter.name:
                state.env[make("local", parameter.name)] = make("param", index, parameter.name)
        return state

    def _arrive(self, origin: _Origin, target: int, state: State) -> None:
        """Brings `state` to the head of block `target`.

        What an origin brought before is replaced: it was computed from less.
        """
        if self.function.blocks[target].loop and self._order[origin.block] >= self._order[target]:
            if self.observer is not None:
                self.observer.observe(state, Looped(*self.span))
            self._next_round(state, target)
        env = state.env
        for address in self._dying[target]:
            if address in env:
                del env[address]
            if state.marks:
                state.marks = frozenset(each for each in state.marks if each[0] is not address)
        if self.apart:
            state.keep_apart()
        key = state.property_key()
        self._incoming[target].setdefault(key, {})[origin] = state
        self._dirty[target][key] = None

    def _head(self, number: int, key: PropertyKey) -> State | None:
        """The state at the head of a block, None if it is what was there before, or too much.

        It is the join of what all origins bring, so that a phi stands only where paths really meet;
        it is made when the block's turn comes, not at each arrival.
        """
        known = self._states[number].get(key)
        if known is None and len(self._states[number]) >= MAX_STATES:
            self.precise = False
            return None
        joined = join(list(self._incoming[number][key].values()), self.universe, number)
        if known is not None and self._visits.get((number, key), 0) >= CALM_VISITS:
            joined = keep_phis(known, joined, self.universe, number)
        if known is not None and same(known, joined):
            return None
        visits = self._visits.get((number, key), 0) + 1
        self._visits[number, key] = visits
        if visits > MAX_VISITS:
            self.precise = False
            return None
        self._states[number][key] = joined
        return joined

    def _next_round(self, state: State, block: int) -> None:
        """On a back edge the phis of the loop's head become those of the round before, where this
        round changed them.
        """
        age = epoch(block)
        if age in self.universe.calls:
            self._age_phis(state, block, age)
        if state.given:
            # Each round gives back another, so that paths that differ in them never meet.
            state.given = {key: at for key, at in state.given.items() if not _in_round(key[1])}
        state.taken = few_left(state.taken)

    def _age_phis(self, state: State, block: int, age: int) -> None:
        phi = self.universe.make
        kept = {
            a
            for a, v in state.env.items()
            if v.kind in ("phi", "op") and stands(v, phi("phi", block, a))
        }
        if any(age in v.calls and a not in kept for a, v in state.env.items()) or any(
            age in v.calls for v in state.facts
        ):
            whole = {a: state.env[a] for a in kept}
            facts = {v: fact for v, fact in state.facts.items() if v in whole.values()}
            facts |= self._counted(state, age)
            self.age(state, age)
            state.env.update(whole)
            state.facts.update(facts)

    def _counted(self, state: State, age: int) -> Facts:
        """The signs of what was counted up from a phi, as facts on what it is called from now on.

        A value of two rounds ago may go by the same name, so that both must have the sign.
        """
        facts: Facts = {}
        for value in state.env.values():
            if value.kind == "op" and value.args[0] == "+":
                name = self.universe.rename(value, age, {})
                facts[name] = facts.get(name, 0) | state.mask(value)
        return {name: mask for name, mask in facts.items() if mask != ANY}

    # One block. -----------------------------------------------------------------------------------

    def _block(self, visit: tuple[int, PropertyKey], state: State) -> list[tuple[int, State]]:
        block = self.function.blocks[visit[0]]
        states = [state]
        for event in block.events:
            after: list[State] = []
            for each in states:
                after.extend(self.event(each, event))
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
                case Return():
                    if self.apart:
                        each.keep_apart()
                    self.finals[visit].append((each, self._return(each, terminator)))
                case Stop():
                    pass
        return edges

    # Calls. ---------------------------------------------------------------------------------------

    # Edges. ---------------------------------------------------------------------------------------

    def _branch(self, state: State, branch: Branch) -> list[tuple[int, State]]:
        self.span = (branch.start, branch.end)
        value = self.evaluator.value(state, branch.condition)
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

    def _switch(self, state: State, switch: Switch) -> list[tuple[int, State]]:
        self.span = (switch.start, switch.end)
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

    def _return(self, state: State, left: Return) -> Value | None:
        self.span = (left.start, left.end)
        value = None if left.value is None else self.evaluator.value(state, left.value)
        if self.observer is not None:
            self.observer.observe(state, Left(value, left.start, left.end))
        return value

    # What the function does as a whole. -----------------------------------------------------------

    def effect(self, guarded: bool = False) -> Effect:
        """The effect on callers: final states with equal locks are one outcome.

        What is known of entry values where an outcome returns is part of it if it tells outcomes
        apart, or if `guarded`.
        """
        exits = tuple(Exit.of(final) for final in self.last_finals())
        lacking = self._lacking(exits) if len(exits) > 1 and not guarded else {}
        unclear = frozenset[LockKey]()
        if not guarded and any(each.state.taken or each.state.given for each in exits):
            unclear = disputed(exits, self.told)
            unclear |= {key for key in changed(exits) if self.doubts.of(key[1])}
        groups: dict[tuple[PropertyKey, int, frozenset[Value]], tuple[State, Value | None]] = {}
        marker = self.universe.make("local", "%result")
        differ = len({exit.state.property_key() for exit in exits}) > 1
        signs = guarded and differ and len(exits) <= MAX_OUTCOMES
        for exit in exits:
            state, value = exit.state, exit.value
            if value is not None:
                state.env[marker] = value
            group = (state.property_key(), *(self._says(exit) if signs else _NOTHING))
            known = groups.get(group)
            if known is None:
                groups[group] = (state, value)
            else:
                merge(known[0], state, self.universe, -1)
        for key, flags in lacking.items():
            state, value = groups[key, *_NOTHING]
            if value is not None:
                for flag in flags:
                    state.facts[self.universe.pair("&", state.env[marker], flag)] = ZERO
        if len(groups) > MAX_OUTCOMES:
            return Effect((), self.demands.contracts(), False)
        passed = tuple(value for value in self.doubts.passed if nameable(value))
        outcomes = tuple(
            outcome(
                state,
                state.env.get(marker) if value is not None else None,
                guarded or len(groups) > 1,
            )
            for state, value in groups.values()
        )
        return Effect(
            outcomes, self.demands.contracts(), self.precise, unclear=unclear, passed=passed
        )

    def _says(self, exit: Exit) -> tuple[int, frozenset[Value]]:
        """What tells the outcomes of a model apart: the sign of what it returns, and its bits."""
        if exit.value is None:
            return _NOTHING
        flags = (each for each in flag_set(exit.value)[0] if self.world.bit(str(each.args[0])))
        return exit.state.mask(exit.value), frozenset(flags)

    def _lacking(self, exits: tuple[Exit, ...]) -> dict[PropertyKey, list[Value]]:
        """For each property the flags that some exit returns, and none that has this property."""
        sets: dict[PropertyKey, list[tuple[frozenset[Value], bool]]] = {}
        for exit in exits:
            if exit.value is None:
                return {}
            found = sets.setdefault(exit.state.property_key(), [])
            found += [flag_set(value) for _, value in self.flown(exit)]
        every = {flag for found in sets.values() for flags, _ in found for flag in flags}
        bits = sorted(
            (each for each in every if self.world.bit(str(each.args[0]))), key=lambda v: v.number
        )
        return {
            key: [flag for flag in bits if all(flag not in flags for flags, _ in found)]
            for key, found in sets.items()
            if not any(more for _, more in found)
        }

    def last_finals(self) -> Iterator[tuple[State, Value | None, int]]:
        """The final states of the fixed point, what each returns, and where."""
        for (number, _), finals in self.finals.items():
            terminator = self.function.blocks[number].terminator
            if isinstance(terminator, Return):
                yield from ((state, value, terminator.start) for state, value in finals)

    def told(self, one: Exit, two: Exit) -> Told:
        """How callers can tell two exits apart."""
        return told(one, two, self.universe, self.flown)

    def flown(self, exit: Exit) -> Iterator[tuple[State, Value]]:
        """What may be returned at an exit, with what was known there: a phi is taken apart."""
        assert exit.value is not None
        key = exit.state.property_key()
        rest = [(exit.state, exit.value)]
        seen: set[Value] = set()
        while rest:
            state, value = rest.pop()
            if value.kind != "phi" or value in seen:
                yield state, value
                continue
            seen.add(value)
            block, address = value.args
            assert isinstance(block, int) and isinstance(address, Value)
            flown = self._incoming[block].get(key, {}) if block >= 0 else {}
            rest += [(each, each.env.get(address, value)) for each in flown.values()]
            if not flown:
                yield state, value


def _in_round(value: Value) -> bool:
    """Whether a value is of a round that is over, or counted on from one."""
    return value.kind == "op" or any(part.kind == "prev" for part in parts(value))
