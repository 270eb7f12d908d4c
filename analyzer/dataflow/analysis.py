"""Effects of all functions on demand, and the simulation of one function in their light."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeVar

from analyzer.dataflow.asking import Asking
from analyzer.dataflow.classtable import NO_CLASSES, Classes
from analyzer.dataflow.contracts import vague
from analyzer.dataflow.effects import Contract, Effect, only_asserts
from analyzer.dataflow.globs import Globs
from analyzer.dataflow.locks import LockTable
from analyzer.dataflow.models import Models
from analyzer.dataflow.occurrences import Observer
from analyzer.dataflow.outside import NOTHING, Outside
from analyzer.dataflow.shape import Shape, Shapes
from analyzer.dataflow.simulate import Simulation
from analyzer.dataflow.stated import annotated_contracts, commented_contracts
from analyzer.ir import Call, Deref, Expr, Field, Function, Index, Variable, calls, returns_value
from analyzer.program import CallGraph, FunctionRef, Modified, Pointers, Program, Types

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


class Words(NamedTuple):
    """The names that rules speak of: `predicates` stay symbolic when called, `events` are calls to
    remember, `flags` are flags that keep paths apart, `classes` those that values may be of.
    """

    predicates: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    classes: Classes = NO_CLASSES


NO_WORDS: Final = Words()


class Linked(NamedTuple):
    """A program with its call graph, types and pointers, which every analysis of it shares.

    `whole` says that every file of the tree which could matter is in it, `complete` that the tree
    is a whole kernel; `outside` are functions that files mention which are not in the program.
    """

    program: Program
    graph: CallGraph
    types: Types
    pointers: Pointers
    shapes: Shapes
    whole: bool
    outside: Outside = NOTHING
    complete: bool = False

    @staticmethod
    def of(program: Program, whole: bool) -> "Linked":
        """Links a program."""
        types = Types(tuple(program.file(path) for path in program.paths))
        pointers = Pointers(program, types)
        return Linked(program, CallGraph(program), types, pointers, Shapes(), whole)


class Analysis:
    """The world that simulations run in (see `simulate.World`).

    `tracked` limits the lock classes that are followed, None for all. Effects are computed once,
    callees first; at a cut edge of a recursion the callee is unknown. Those of functions that come
    to no tracked lock are left to `neutral`, which has the same words and follows none.
    """

    def __init__(
        self,
        linked: "Linked",
        models: Models,
        tracked: frozenset[str] | None,
        words: Words = NO_WORDS,
        neutral: "Analysis | None" = None,
    ) -> None:
        self._linked = linked
        self.program = linked.program
        self.graph = linked.graph
        self.types = linked.types
        self.pointers = linked.pointers
        self.whole = linked.whole
        self.outside = linked.outside
        self.complete = linked.complete
        self.locks = LockTable(models.locks)
        self._same = frozenset(models.same)
        self._same_fields = frozenset(each.partition(".")[2] for each in models.same)
        self.models = models
        self._tracked = tracked
        self._words = words
        self.classes = words.classes
        self._notable = Globs(tuple(words.events), frozenset())
        self._kinds = frozenset(
            each.kind for each in models.locks if tracked is None or each.name in tracked
        )
        self._bodies = {function.name: function for function in models.functions}
        self._fields = {name.partition("__")[2]: name for name in self._bodies if "__" in name[1:]}
        self._effects: dict[FunctionRef, Effect | None] = {}
        self._model_effects: dict[str, Effect] = {}
        self._pure = Globs(models.pure, words.predicates.difference(self._bodies))
        self._never_null = Globs(models.never_null, frozenset())
        self._noreturn = Globs(models.noreturn, frozenset())
        self.nonzero = Globs((*models.nonzero, *models.bits), frozenset())
        self.bit = Globs(models.bits, frozenset())
        self._unions = {name: parts for name, *parts in models.unions}
        self.container = Globs(models.containers, frozenset())
        self._starts = Globs(models.starts, frozenset())
        self._tries = Globs(models.tries, frozenset())
        self._fresh = Globs(models.fresh, frozenset())
        self._modified = Modified(linked.program, self._pure)
        self._neutral = neutral
        self._contracts: dict[FunctionRef, tuple[Contract, ...]] = {}
        self._asking = Asking(models, tracked)
        self._lockers = self._primitives()
        self._relevant, self._touching = self.reach(self.graph)
        self._stated: dict[FunctionRef, tuple[Contract, ...]] = neutral._stated if neutral else {}
        self._path: list[FunctionRef] = []
        self.table_functions: dict[str, str] = {}
        for (record, field), functions in linked.program.tables.items():
            for name in functions:
                self.table_functions.setdefault(name, f"{record}.{field}")

    def reach(self, graph: CallGraph) -> tuple[frozenset[FunctionRef], frozenset[FunctionRef]]:
        """The functions that come to a tracked lock: within a few calls, and within any number."""
        return graph.reaching(self._lockers, _DEPTH), graph.reaching(self._lockers)

    def look_outside(self, outside: Outside, complete: bool) -> None:
        """Is told what the rest of the tree mentions, and whether that is a whole kernel."""
        self._linked = self._linked._replace(outside=outside, complete=complete)
        self.outside = outside
        self.complete = complete

    def narrowed(self, locks: frozenset[str]) -> "Analysis":
        """An analysis of the same program that follows these locks alone."""
        return Analysis(self._linked, self.models, locks, self._words, self._neutral)

    def _primitives(self) -> frozenset[str]:
        """The modelled functions that touch a tracked lock."""
        return frozenset(
            function.name
            for function in self.models.functions
            if any(self._touches(call) for call in calls(function))
        )

    def _touches(self, call: Call) -> bool:
        name = getattr(call.callee, "name", "")
        if not name.startswith("zl_") or not call.args or not isinstance(call.args[0], Variable):
            return False
        lock = call.args[0].name
        if lock in self.locks.classes and self.tracked(lock):
            return True
        return any(
            each.kind == lock and self.tracked(each.name) for each in self.locks.classes.values()
        )

    # The world of a simulation. -------------------------------------------------------------------

    def shape(self, function: Function) -> Shape:
        """The order of a function's blocks, and what dies where."""
        return self._linked.shapes.of(function)

    def tracked(self, lock: str) -> bool:
        """Whether locks of this class are followed."""
        return self._tracked is None or lock in self._tracked

    def pure(self, name: str) -> bool:
        """Whether a call of `name` is a pure function of its arguments."""
        return name not in self._bodies and self._pure(name)

    def never_null(self, name: str) -> bool:
        """Whether `name` never returns NULL."""
        return self._never_null(name)

    def may_become(self, kind: str) -> bool:
        """Whether a lock of this primitive kind may be of a tracked class."""
        return kind in self._kinds or (kind == "any" and bool(self._kinds))

    def notable(self, name: str) -> bool:
        """Whether rules speak of calls of `name`."""
        return self._notable(name)

    def may_call(self, name: str, path: str, wanted: frozenset[str]) -> bool:
        """Whether the body of `name`, called from file `path`, calls one of `wanted`."""
        ref = None if self._pure(name) else self.program.resolve(name, path)
        return ref is not None and not wanted.isdisjoint(self.program.head(ref).calls)

    def flag(self, name: str) -> bool:
        """Whether rules speak of the flag `name`."""
        return name in self._words.flags

    def same(self, function: Function, object: Expr, field: str) -> bool:
        """Whether the address of this field of `object` is the object itself (`&folio->page`)."""
        if field not in self._same_fields:
            return False
        record = self.types.record(function, object)
        return not record or f"{record}.{field}" in self._same

    def union(self, name: str) -> tuple[str, ...]:
        """The flags that a constant stands for; none if it is no union."""
        return tuple(self._unions.get(name, ()))

    def defines(self, name: str) -> bool:
        """Whether `name` is a function."""
        return name in self._bodies or bool(self.program.named(name))

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether nothing in the tree assigns such a field."""
        return self.program.unassigned(parent, field)

    def pointer_name(self, function: Function, callee: Expr) -> str:
        """`record.field` of a call through a field."""
        while isinstance(callee, Deref | Index):
            callee = callee.pointer if isinstance(callee, Deref) else callee.array
        if not isinstance(callee, Field):
            return ""
        record = self.types.record(function, callee.object)
        return f"{record}.{callee.name}"

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
        if ref in self._effects:
            return self._effects[ref]
        if self._path and (self._path[-1], ref) in self.graph.cut:
            return None
        head = self.program.head(ref)
        if ref not in self._relevant and head.end - head.start > _SMALL:
            self._effects[ref] = None
            return None
        if self._neutral is not None and ref not in self._touching:
            return self._neutral.effect_of(ref)
        self._path.append(ref)
        effect = self._told(ref)
        self._path.pop()
        self._effects[ref] = effect
        return effect

    def _told(self, ref: FunctionRef) -> Effect:
        """The effect of a definition; one outcome for each thing that a small one may do."""
        function, head = self.program.function(ref), self.program.head(ref)
        small = head.end - head.start <= _SMALL and any(map(self._notable, head.calls))
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
            effect = self.effect_of(ref)
            assert effect is not None
            return effect.contracts if effect.precise else vague(effect.contracts)
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

    def starts(self, name: str) -> bool:
        """Whether `name` lets another task run a function that it is given."""
        return self._starts(name)

    def only_tries(self, name: str) -> bool:
        """Whether `name` takes a lock only if nobody holds it."""
        return self._tries(name)

    def modelled(self, name: str) -> bool:
        """Whether `name` has a model, which stands for its body."""
        return name in self._bodies

    def stored(self, object: str, field: str) -> str:
        """The function in a field of a file-scope object, '' if there is none or more than one."""
        return self.program.stored(object, field)

    def primitive(self, name: str) -> bool:
        """Whether `name` is modelled or an inline function: what it does is certain."""
        refs = self.program.named(name)
        return name in self._bodies or any(self.program.head(ref).inline for ref in refs)

    def moves(self, name: str) -> bool:
        """Whether `name` takes or gives back a tracked lock for certain: it is modelled, or an
        inline wrapper of what is.
        """
        heads = (self.program.head(ref) for ref in self.program.named(name))
        return name in self._lockers or any(
            head.inline and not self._lockers.isdisjoint(head.calls) for head in heads
        )

    def modified(self, name: str, path: str, index: int) -> frozenset[str] | None:
        """The fields that a call of `name` may write behind its argument `index`; None for
        anything.
        """
        return self._modified.fields(name, path, index)

    def fresh(self, name: str) -> bool:
        """Whether what a function returns is known to nobody else yet."""
        return self._fresh(name)

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
