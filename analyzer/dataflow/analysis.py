"""Effects of all functions on demand, and the simulation of one function in their light."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from analyzer.dataflow.asking import Asking
from analyzer.dataflow.contracts import vague
from analyzer.dataflow.effects import Contract, Effect, only_asserts
from analyzer.dataflow.known import Known
from analyzer.dataflow.linked import NO_WORDS, Linked, Words
from analyzer.dataflow.models import Models
from analyzer.dataflow.occurrences import Observer
from analyzer.dataflow.same import same
from analyzer.dataflow.simulate import Simulation
from analyzer.dataflow.stated import annotated_contracts, commented_contracts
from analyzer.ir import returns_value
from analyzer.program import CallGraph, FunctionRef, Modified

_DEPTH = 4
"""How many calls away from a primitive an effect on a lock is looked for. Hand-over functions are
wrappers: those of mm are at most three calls away. Limit: a function that hands over a lock taken
deeper is seen as neutral.
"""

_SMALL = 700
"""Functions of at most so many bytes are looked into even if they touch no lock: most are
predicates.
"""


Watching = TypeVar("Watching", bound=Observer)


class Analysis(Known):
    """The world that simulations run in (see `simulate.World`).

    `tracked` limits the lock classes that are followed, None for all. Effects are computed once,
    callees first, and depend on the program alone, not on who asks first: a recursion is closed
    where the graph of calls is cut, by what the callee does when it goes around once. Those of
    functions that come to no tracked lock are left to `neutral`, which has the same words and
    follows none.
    """

    def __init__(
        self,
        linked: Linked,
        models: Models,
        tracked: frozenset[str] | None,
        words: Words = NO_WORDS,
        neutral: "Analysis | None" = None,
    ) -> None:
        super().__init__(linked, models, tracked, words)
        self._effects: dict[FunctionRef, Effect | None] = {}
        self._model_effects: dict[str, Effect] = {}
        self._modified = Modified(linked.program, self._pure)
        self._neutral = neutral
        self._contracts: dict[FunctionRef, tuple[Contract, ...]] = {}
        self._asking = Asking(models, tracked)
        self._relevant, self._touching = self.reach(self.graph)
        self._stated: dict[FunctionRef, tuple[Contract, ...]] = neutral._stated if neutral else {}
        self._path: list[FunctionRef] = []
        self._once: Analysis | None = None
        self._twice: Analysis | None = None
        """Where recursions are closed `_once` says what is done; it knows of whom it is that."""

    def reach(self, graph: CallGraph) -> tuple[frozenset[FunctionRef], frozenset[FunctionRef]]:
        """The functions that come to a tracked lock: within a few calls, and within any number."""
        return graph.reaching(self._lockers, _DEPTH), graph.reaching(self._lockers)

    def narrowed(self, locks: frozenset[str]) -> "Analysis":
        """An analysis of the same program that follows these locks alone."""
        return Analysis(self._linked, self.models, locks, self._words, self._neutral)

    def effect(self, name: str, path: str) -> Effect | None:
        """What a call of `name` in file `path` does, None if nothing is known."""
        if self._noreturn(name):
            return Effect(())
        if name in self._bodies:
            return self._model(name)
        if "." in name:
            name = self._fields.get(name.partition(".")[2], "") if name[0] == "." else name
            name = name.replace(".", "__")
            return self._model(name) if name in self._bodies else None
        ref = self.program.resolve(name, path)
        if ref is None:
            return None
        return self.effect_of(ref)

    def _model(self, name: str) -> Effect:
        found = self._model_effects.get(name)
        if found is None:
            with self._at():
                run = Simulation(self._bodies[name], self, None).run()
            effect = run.effect(guarded=True)
            source = "model" if only_asserts(effect) else "declared"
            found = Effect(
                effect.outcomes,
                tuple(replace(contract, source=source) for contract in effect.contracts),
                effect.precise,
                tuple(run.meant),
            )
            self._model_effects[name] = found
        return found

    def effect_of(self, ref: FunctionRef) -> Effect | None:
        """The effect of a definition; None where it is not looked into."""
        if self._closes(ref):
            return self._around(ref)
        if ref in self._effects:
            return self._effects[ref]
        if self._twice is not None and ref not in self._twice._recursive:
            with self._twice._at():
                return self._twice.effect_of(ref)
        if ref not in self._relevant and not self._is_small(ref):
            self._effects[ref] = None
            return None
        if self._neutral is not None and ref not in self._touching:
            return self._neutral.effect_of(ref)
        if self._twice is None and ref in self._recursive:
            effect = self._going_twice(ref)
        else:
            with self._at(ref):
                effect = self._told(ref)
        self._effects[ref] = effect
        return effect

    def _closes(self, ref: FunctionRef) -> bool:
        """Whether a recursion is closed by the call of a function where the analysis is."""
        return bool(self._path) and (self._path[-1], ref) in self.graph.cut

    def _around(self, ref: FunctionRef) -> Effect | None:
        """The effect of a function where a recursion is closed: the one that it has if whoever goes
        around a second time does nothing. It is worth that if the result may tell what became of a
        tracked lock.
        """
        if self._twice is not None or not self._tells(ref):
            return None
        return self._going_once().effect_of(ref)

    def _going_once(self) -> "Analysis":
        """The analysis in which whoever closes a recursion does nothing."""
        if self._once is None:
            self._once = self._copy()
            self._once._twice = self
        return self._once

    def _going_twice(self, ref: FunctionRef) -> Effect | None:
        """The effect of a function that comes to where a recursion is closed. It is that of going
        once where this makes no difference to what it calls.
        """
        once = self._going_once()
        before = once.effect_of(ref)
        calls = (each for each in self.graph.callees[ref] if each in self._recursive)
        with self._at(ref):
            if ref not in self._closing and all(
                self._closes(each) or self.effect_of(each) is once.effect_of(each) for each in calls
            ):
                return before
            effect = self._told(ref)
        return before if same(before, effect) else effect

    def _copy(self) -> "Analysis":
        """Another analysis of the same."""
        return Analysis(self._linked, self.models, self._tracked, self._words, self._neutral)

    @cached_property
    def _recursive(self) -> frozenset[FunctionRef]:
        """The functions that may move a tracked lock and come to where a recursion is closed."""
        found = set(self._closing)
        work = list(found)
        while work:
            for caller in self.graph.above(work.pop()):
                if caller not in found and self._follows(caller):
                    found.add(caller)
                    work.append(caller)
        return frozenset(found)

    @cached_property
    def _closing(self) -> frozenset[FunctionRef]:
        """The functions that may move a tracked lock and close a recursion."""
        found = {ref for ref, target in self.graph.cut if self._tells(target)}
        return frozenset(filter(self._follows, found))

    def _tells(self, ref: FunctionRef) -> bool:
        """Whether the result of a function may tell what became of a tracked lock."""
        return ref in self._relevant and returns_value(self.program.function(ref))

    def _follows(self, ref: FunctionRef) -> bool:
        """Whether a function is looked into for what it does to tracked locks."""
        return ref in self._relevant or (ref in self._touching and self._is_small(ref))

    def _is_small(self, ref: FunctionRef) -> bool:
        head = self.program.head(ref)
        return head.end - head.start <= _SMALL

    @contextmanager
    def _at(self, *path: FunctionRef) -> Iterator[None]:
        """While this lasts, the analysis is in a function, wherever it was asked from."""
        before, self._path = self._path, [*path]
        try:
            yield
        finally:
            self._path = before

    def _told(self, ref: FunctionRef) -> Effect:
        """The effect of a definition; one outcome for each thing that a small one may do."""
        function, head = self.program.function(ref), self.program.head(ref)
        small = self._is_small(ref) and any(map(self._notable, head.calls))
        if small and not returns_value(function):
            simulation = Simulation(function, self, None, self.stated(ref))
            simulation.apart = True
            effect = simulation.run().effect()
            if effect.precise:
                return effect
        return Simulation(function, self, None, self.stated(ref)).run().effect()

    def touches(self, ref: FunctionRef) -> bool:
        """Whether a function, or what it calls, may call a primitive of a tracked lock."""
        return ref in self._touching

    def simulate(self, ref: FunctionRef, attach: Callable[[Simulation], Observer]) -> Simulation:
        """Runs one function for an observer, which `attach` makes for the simulation."""
        simulation = Simulation(self.program.function(ref), self, None, self.stated(ref))
        simulation.attach(attach(simulation))
        with self._at():
            return simulation.run()

    def watched(self, ref: FunctionRef, make: Callable[[Simulation], Watching]) -> Watching:
        """Runs one function for the observer that `make` makes for the simulation; it is the
        answer.
        """
        made: list[Watching] = []

        def attach(run: Simulation) -> Observer:
            made.append(make(run))
            return made[0]

        self.simulate(ref, attach)
        return made[0]

    def contracts(self, ref: FunctionRef) -> tuple[Contract, ...]:
        """What a function demands of its callers: by its head, and by assertions in its body."""
        found = self._contracts.get(ref)
        if found is None:
            asserted: tuple[Contract, ...] = ()
            if self._asking.may(self.program.head(ref)):
                asserted = self._asserted(ref)
            found = tuple(dict.fromkeys((*self.stated(ref), *asserted)))
            self._contracts[ref] = found
        return found

    def _asserted(self, ref: FunctionRef) -> tuple[Contract, ...]:
        """The contracts by assertions: those of the effect, if it is looked for in any case."""
        if ref in self._relevant and ref in self._touching:
            with self._at():
                effect = self.effect_of(ref)
            assert effect is not None
            return effect.contracts if effect.precise else vague(effect.contracts)
        with self._at(ref):
            run = Simulation(self.program.function(ref), self, None, self.stated(ref)).run()
        found = run.demands.contracts()
        return found if run.precise else vague(found)

    def demanded(self, name: str, path: str) -> tuple[Contract, ...]:
        """What `name`, called from file `path`, demands: by its model if that is more than an
        assertion, else by its head and body.
        """
        if name in self._bodies:
            contracts = self._model(name).contracts
            return tuple(each for each in contracts if each.source == "declared")
        ref = self.program.resolve(name, path)
        return () if ref is None else self.contracts(ref)

    def modified(self, name: str, path: str, index: int) -> frozenset[str] | None:
        """The fields that a call of `name` may write behind its argument `index`; None for
        anything.
        """
        return self._modified.fields(name, path, index)

    def stated(self, ref: FunctionRef) -> tuple[Contract, ...]:
        """The contracts that a function's comment or annotation states."""
        found = self._stated.get(ref)
        if found is None:
            head = self.program.head(ref)
            found = commented_contracts(head, self.locks, self.models.phrases)
            said = {contract.lock for contract in found}
            annotated = annotated_contracts(head, self.locks)
            found += tuple(each for each in annotated if each.lock not in said)
            self._stated[ref] = found
        return found
