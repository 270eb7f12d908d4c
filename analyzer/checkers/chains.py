"""How a lock comes to be taken inside a function while one of its caller's is still held: chains of
calls, each with what must be so on entry for it to be followed.

Functions are simulated where `Takers` finds that the lock may be taken inside, from the callee up.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from analyzer.checkers.callsites import CallSites, CallState
from analyzer.checkers.question import exclusive
from analyzer.core import Step
from analyzer.dataflow import Analysis, LockTable, Simulation, State, Value
from analyzer.dataflow.apply import translate
from analyzer.dataflow.effects import Guards, nameable
from analyzer.dataflow.takers import Takers
from analyzer.dataflow.values import ANY, POSITIVE
from analyzer.ir import Call, callee_name, calls
from analyzer.program import FunctionRef

MAX_CALLS: Final = 4
"""How many calls lie between the two locks of an edge at most. A longer chain follows too many
tests that nobody can decide. Limit: what is taken deeper inside is not seen.
"""

_MAX_CHAINS: Final = 8


@dataclass(frozen=True, slots=True)
class Chain:
    """One way to the lock: the calls, outermost first, and facts on entry that it depends on.
    `doubt` names what else it depends on, that nobody above can tell; `object` is whose lock it is,
    None if the function itself has found it.
    """

    steps: tuple[Step, ...]
    guards: Guards
    doubt: str = ""
    object: Value | None = None


class Edge(NamedTuple):
    """A lock `inner` is wanted while one of the class `outer` is held."""

    outer: str
    inner: str


class Chains:
    """The chains to the inner lock of an edge, on demand. `world` follows the outer lock, with the
    states at calls in it; `whole` follows all.
    """

    def __init__(
        self, world: tuple[Analysis, CallSites], whole: Analysis, takers: Takers, edge: Edge
    ) -> None:
        analysis, self.sites = world
        self._whole = whole
        self._analysis = analysis
        self._program = analysis.program
        self._takers = takers
        self._edge = edge
        self._known: dict[FunctionRef, tuple[Chain, ...]] = {}

    def inside(self, ref: FunctionRef) -> tuple[Chain, ...]:
        """The chains from the entry of a function, the shortest first."""
        found = self._known.get(ref)
        if found is None:
            made: dict[Chain, None] = {}
            record = self.sites.of(ref)
            if record.run.precise:
                for call in self._wanted(ref):
                    name = callee_name(call)
                    for (start, _), state in record.calls.get(name, {}).items():
                        if start == call.start and not self._is_free(state.state):
                            made.update(dict.fromkeys(self._own(ref, call, record.run, state)))
            ranked = sorted(made, key=lambda each: (len(each.steps), len(each.guards)))
            found = self._known[ref] = tuple(ranked[:_MAX_CHAINS])
        return found

    def at(self, ref: FunctionRef, call: Call, run: Simulation, at: CallState) -> tuple[Chain, ...]:
        """The chains through one call, in a state of the function that makes it: those that the
        state does not rule out, with what is left open in its own terms.
        """
        step = self._step(ref, call)
        if self._edge.inner in self._takers.own(call):
            return self._modelled(call, run, at, step(f"takes {self._edge.inner}"))
        name = callee_name(call)
        target = self._program.resolve(name, ref.path)
        if target is None or (ref, target) in self._analysis.graph.cut:
            return ()
        found = []
        for chain in self.inside(target):
            left = self._left(run, at, chain.guards)
            whose = chain.object and translate(run, at.state, at.args, chain.object)
            if left is not None and not self._apart(whose):
                guards, doubt = left
                steps = (step(f"calls {name}()"), *chain.steps)
                found.append(Chain(steps, guards, chain.doubt or doubt, whose))
        return tuple(found)

    def _apart(self, whose: Value | None) -> bool:
        """Whether the inner lock is that of a static object: of a class of its own."""
        return whose is not None and self._takers.static(self._edge.inner, whose)

    def _modelled(
        self, call: Call, run: Simulation, at: CallState, step: Step
    ) -> tuple[Chain, ...]:
        """The ways in which the model of the function called takes the lock in this state."""
        first = at.args[0] if at.args else None
        if first is not None and (exclusive(run, first) or self._apart(first)):
            return ()
        effect = self._whole.effect(callee_name(call), run.function.path)
        found: dict[Chain, None] = {}
        for outcome in effect.outcomes if effect else ():
            if outcome.taken:
                left = self._left(run, at, outcome.guards)
                if left is not None:
                    found[Chain((step,), *left, first)] = None
        return tuple(found)

    def _wanted(self, ref: FunctionRef) -> list[Call]:
        """The calls in which the lock may be taken, near enough."""
        return [
            call
            for call in calls(self._program.function(ref))
            if 0 < self.distance(call, ref.path) <= MAX_CALLS
        ]

    def distance(self, call: Call, path: str) -> int:
        """How many calls away a call takes the lock, itself included; 0 if it does not."""
        return distance(self._takers, call, path, self._edge.inner)

    def _is_free(self, state: State) -> bool:
        """Whether the outer lock, if the caller held it, was given back by now."""
        return given_back(state, self._analysis.locks, self._edge.outer)

    def _own(self, ref: FunctionRef, call: Call, run: Simulation, at: CallState) -> list[Chain]:
        """The chains through a call, as far as the callers can tell what they depend on."""
        facts = tuple(
            (value, fact & ANY)
            for value, fact in at.state.facts.items()
            if fact & ANY not in (ANY, POSITIVE) and nameable(value) and not _asks(value)
        )
        return [
            replace(
                chain,
                guards=tuple(dict.fromkeys((*facts, *chain.guards))),
                object=chain.object if chain.object and nameable(chain.object) else None,
            )
            for chain in self.at(ref, call, run, at)
        ]

    def _left(self, run: Simulation, at: CallState, guards: Guards) -> tuple[Guards, str] | None:
        """What a state leaves undecided of the guards of a callee, and what of them callers cannot
        name; None if it contradicts one.
        """
        probe = at.state.copy()
        left = []
        doubt = ""
        for value, mask in guards:
            here = translate(run, probe, at.args, value)
            if here is None:
                continue
            known = probe.mask(here)
            if not known & mask:
                return None
            if known & ~mask and mask != POSITIVE:
                if nameable(here):
                    left.append((here, mask))
                else:
                    doubt = doubt or repr(here)
            if not probe.restrict(here, mask, 0):
                return None
        return tuple(left), doubt

    def _step(self, ref: FunctionRef, call: Call) -> "_Stepper":
        return _Stepper(self._analysis, ref, call)


class _Stepper(NamedTuple):
    """Makes the step of a call."""

    analysis: Analysis
    ref: FunctionRef
    call: Call

    def __call__(self, text: str) -> Step:
        program = self.analysis.program
        location = program.location(self.ref.path, self.call.start, self.call.end)
        return Step(location, program.head(self.ref).name, text)


def distance(takers: Takers, call: Call, path: str, lock: str) -> int:
    """How many calls away a call takes a lock, itself included; 0 if it does not."""
    if lock in takers.own(call):
        return 1
    name = callee_name(call)
    below = takers.taken(name, path, lock) if name else 0
    return below + 1 if below else 0


def given_back(state: State, table: LockTable, lock: str) -> bool:
    """Whether a lock that was not taken here was given back that may be of a class."""
    return any(name in (lock, table.kind(lock)) for name, _ in state.given)


def _asks(value: Value) -> bool:
    return value.kind == "app" and str(value.args[0]).startswith("held:")
