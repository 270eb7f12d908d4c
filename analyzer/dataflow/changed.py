"""A changed world: the analyses of a program in which some bodies are others, made of the results
of the unchanged one wherever nothing that they were made from has changed.

Red and green, as in the incremental engine of rustc and in Salsa: a result stands if all that it
was made from stands or comes to the same again. So a change ends where it makes no difference: a
body whose effect is what it was touches no caller.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from analyzer.dataflow.analysis import Analysis
from analyzer.dataflow.effects import Contract, Effect
from analyzer.dataflow.recorded import (
    ANYTHING,
    NOWHERE,
    Key,
    RecordedAnalysis,
    Recorder,
    Result,
    body,
    head,
)
from analyzer.dataflow.same import same
from analyzer.ir import Function
from analyzer.program import CallGraph, FunctionRef, Modified, Pointers, Program
from analyzer.program.edited import EditedProgram
from analyzer.program.modified import Fields
from analyzer.program.pointers import Places


class Revision(NamedTuple):
    """Another program in place of a recorded one. `keys` are the given things that are others in
    it, `new` the definitions that were not there; `edges` says whether calls may be others.
    """

    program: Program
    keys: frozenset[Key]
    new: frozenset[FunctionRef] = frozenset()
    edges: bool = False


class Edit:
    """What is other in a changed world: bodies, and heads whose comment and annotations are
    gone.
    """

    def __init__(
        self, bodies: dict[FunctionRef, Function], silent: frozenset[FunctionRef] = frozenset()
    ) -> None:
        self.bodies = bodies
        self.silent = silent

    def of(self, program: Program) -> Revision:
        """The edit of a program. It takes things away, so that the graph of calls may stay."""
        found = frozenset((*map(body, self.bodies), *map(head, self.silent)))
        edited = EditedProgram(program, self.bodies, self.silent)
        return Revision(edited, found | {ANYTHING} if found else found)


class ChangedWorld:
    """A revision of a recorded world. `graph` is its graph of calls, None for the one it had;
    `others` are the functions that had another body or stated something else, or are no more.
    """

    def __init__(self, recorder: Recorder, revision: Revision) -> None:
        self.program = revision.program
        known = recorder.analyses[0].graph if recorder.analyses else None
        self.graph = CallGraph(revision.program, known) if revision.edges else None
        self._new = revision.new
        self.others = frozenset(key.ref for key in revision.keys if key.kind in ("body", "head"))
        self._recorder = recorder
        self._notes = recorder.notes
        self._given = set(revision.keys)
        self._touched: set[Key] = set()
        self._seen = len(self._notes.order)
        self._stands: dict[Key, bool] = {}
        self._same: dict[Key, bool] = {}
        self._analyses: dict[int, ChangedAnalysis] = {}
        self._reach: dict[int, tuple[frozenset[FunctionRef], frozenset[FunctionRef]]] = {}
        if self.graph is not None and recorder.analyses:
            cut = self.graph.cut ^ recorder.analyses[0].graph.cut
            self._given.update(body(ref) for ref, _ in cut)
        for analysis in tuple(recorder.analyses):
            self._reached(analysis)
        self._touch(self._given)

    def _touch(self, keys: Iterable[Key]) -> None:
        """Marks what was made, at whatever distance, from what is another."""
        self._touched.update(keys)
        work = list(keys)
        while work:
            for user in self._notes.users.get(work.pop(), ()):
                if user not in self._touched:
                    self._touched.add(user)
                    work.append(user)

    def _reached(self, base: RecordedAnalysis) -> frozenset[Key]:
        """Finds the functions that come to the locks of an analysis; the results of those that did
        not before, or do not any more, are others.
        """
        if self.graph is None:
            return frozenset()
        now = self._reach[base.number] = base.reach(self.graph)
        moved = (base._relevant ^ now[0]) | (base._touching ^ now[1])
        kinds = ("effect", "contracts", "run")
        found = frozenset(Key(kind, base.number, ref) for ref in moved for kind in kinds)
        self._given |= found
        return found

    def reach(
        self, base: RecordedAnalysis
    ) -> tuple[frozenset[FunctionRef], frozenset[FunctionRef]] | None:
        """The functions near and at whatever distance that come to the locks of an analysis; None
        for those that did.
        """
        if self.graph is not None and base.number not in self._reach:
            self._touch(self._reached(base))  # It was made since.
        return self._reach.get(base.number)

    def is_new(self, ref: FunctionRef) -> bool:
        """Whether a definition was not there."""
        return ref in self._new

    def analysis(self, base: RecordedAnalysis) -> "ChangedAnalysis":
        """The analysis of this world that follows what `base` follows."""
        found = self._analyses.get(base.number)
        if found is None:
            found = self._analyses[base.number] = ChangedAnalysis(base, self)
        return found

    def is_known(self, key: Key) -> bool:
        """Whether a result of the unchanged world was made."""
        return key in self._notes.sources

    def keeps(self, key: Key) -> bool:
        """Whether a result was made before, and is the same in this world."""
        return self.is_known(key) and self.stands(key)

    def stands(self, key: Key) -> bool:
        """Whether a result that was made is the same in this world."""
        self._extend()
        if key not in self._touched:
            return True
        found = self._stands.get(key)
        if found is None:
            self._stands[key] = False  # Whoever comes back here while it is looked into.
            found = key not in self._given and all(
                self._is_same(source)
                for source in tuple(self._notes.sources[key])
                if source in self._touched
            )
            self._stands[key] = found
        return found

    def _extend(self) -> None:
        """What was made since is touched if what it was made from is."""
        order = self._notes.order
        for key in order[self._seen :] if self._seen < len(order) else ():
            if not self._touched.isdisjoint(self._notes.sources[key]):
                self._touched.add(key)
        self._seen = len(order)

    def _is_same(self, key: Key) -> bool:
        """Whether a result stands, or comes to the same in this world."""
        found = self._same.get(key)
        if found is None:
            found = self.stands(key) or self._comes_to_the_same(key)
            self._same[key] = found
        return found

    def _comes_to_the_same(self, key: Key) -> bool:
        if key.owner < 0 or key.kind not in ("effect", "contracts", "model"):
            return False
        base = self._recorder.analyses[key.owner]
        return same(value_of(base, key), self.analysis(base).afresh(key))


def value_of(analysis: Analysis, key: Key) -> object:
    """The result of a key in one analysis."""
    match key.kind:
        case "effect":
            return analysis.effect_of(key.ref)
        case "contracts":
            return analysis.contracts(key.ref)
        case _:
            return analysis.effect(key.name, "")


class ChangedAnalysis(Analysis):
    """An analysis in a changed world."""

    def __init__(self, base: RecordedAnalysis, world: ChangedWorld) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._world = world
        self.number = base.number
        self.program = world.program
        self.pointers = ChangedPointers(base.pointers, world)
        self._linked = self._linked._replace(program=self.program, pointers=self.pointers)
        self._modified = ChangedModified((base, base._modified), self._pure, world)
        self._effects: dict[FunctionRef, Effect | None] = {}
        self._model_effects: dict[str, Effect] = {}
        self._contracts: dict[FunctionRef, tuple[Contract, ...]] = {}
        self._stated: dict[FunctionRef, tuple[Contract, ...]] = {}
        self._path: list[FunctionRef] = []
        self._once = None
        for name in ("_recursive", "_closing"):  # They are those of another graph.
            self.__dict__.pop(name, None)
        twice = base._twice
        self._twice = world.analysis(twice) if isinstance(twice, RecordedAnalysis) else None
        reach = world.reach(base)
        if world.graph is not None and reach is not None:
            self.graph = world.graph
            self._linked = self._linked._replace(graph=world.graph)
            self._relevant, self._touching = reach
        neutral = base._neutral
        self._neutral = world.analysis(neutral) if isinstance(neutral, RecordedAnalysis) else None

    @property
    def world(self) -> ChangedWorld:
        """The world that this is an analysis of."""
        return self._world

    def runs_alike(self, ref: FunctionRef) -> bool:
        """Whether a function was simulated, and would see the same here."""
        return self._world.keeps(Key("run", self.number, ref))

    def narrowed(self, locks: frozenset[str]) -> "ChangedAnalysis":
        """An analysis of the same program that follows these locks alone."""
        return self._world.analysis(self._base.narrowed(locks))

    def afresh(self, key: Key) -> object:
        """The result of a key here, whoever is asking for it."""
        with self._at():
            return value_of(self, key)

    def _copy(self) -> Analysis:
        """Another analysis of the same: that which the unchanged one has."""
        if self._base._once is None:
            self._base._once = self._base._copy()
            self._base._once._twice = self._base
        assert isinstance(self._base._once, RecordedAnalysis)
        return self._world.analysis(self._base._once)

    def _model(self, name: str) -> Effect:
        return self._made(
            Key("model", self.number, NOWHERE, name),
            lambda: self._base._model(name),
            lambda: super(ChangedAnalysis, self)._model(name),
        )

    def effect_of(self, ref: FunctionRef) -> Effect | None:
        """The effect of a definition; None where it is not looked into."""
        if self._closes(ref):
            return self._around(ref)
        if self._world.is_new(ref):
            return super().effect_of(ref)
        return self._made(
            Key("effect", self.number, ref),
            lambda: self._base.effect_of(ref),
            lambda: super(ChangedAnalysis, self).effect_of(ref),
        )

    def contracts(self, ref: FunctionRef) -> tuple[Contract, ...]:
        """What a function demands of its callers: by its head, and by assertions in its body."""
        if self._world.is_new(ref):
            return super().contracts(ref)
        return self._made(
            Key("contracts", self.number, ref),
            lambda: self._base.contracts(ref),
            lambda: super(ChangedAnalysis, self).contracts(ref),
        )

    def _made(self, key: Key, before: Callable[[], Result], now: Callable[[], Result]) -> Result:
        """What the unchanged world found, if it stands; else what is found here."""
        if not self._world.is_known(key):
            before()  # Kept for other changes, and it tells what it is made from.
        return before() if self._world.stands(key) else now()


class ChangedModified(Modified):
    """What functions write behind pointers, in a changed world."""

    def __init__(
        self,
        base: tuple[RecordedAnalysis, Modified],
        harmless: Callable[[str], bool],
        world: ChangedWorld,
    ) -> None:
        super().__init__(world.program, harmless)
        analysis, self._base = base
        self._owner = analysis.number
        self._world = world

    def fields(self, name: str, path: str, index: int, depth: int = 0) -> Fields:
        """What a call of `name` from file `path` may write behind its argument `index`."""
        ref = None if self._harmless(name) else self._program.resolve(name, path)
        if ref is not None and not self._world.is_new(ref):
            key = Key("modified", self._owner, ref, "", index)
            if not self._world.is_known(key):
                self._base.fields(name, path, index, depth)
            if self._world.stands(key):
                return self._base.fields(name, path, index, depth)
        return super().fields(name, path, index, depth)


class ChangedPointers(Pointers):
    """Where functions are stored, in a changed world."""

    def __init__(self, base: Pointers, world: ChangedWorld) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._world = world
        self._program = world.program
        self._held: dict[str, Places] = {}
        self._calls: dict[str, tuple[FunctionRef, ...] | None] = {}

    def held(self, name: str) -> Places:
        """Where the function `name` is stored, in file-scope tables and in code."""
        found = self._base.held(name)
        return found if self._world.stands(Key("held", name=name)) else super().held(name)

    def runs(self, name: str, path: str, index: int) -> tuple[tuple[FunctionRef, int], ...] | None:
        """The functions that call what `name`, called from `path`, is given."""
        found = self._base.runs(name, path, index)
        key = Key("runs", -1, FunctionRef(path, -1), name, index)
        return found if self._world.stands(key) else super().runs(name, path, index)

    def calls(self, field_name: str) -> tuple[FunctionRef, ...] | None:
        """The functions that call through a field `record.field`; None if too many might."""
        found = self._base.calls(field_name)
        key = Key("calls", name=field_name)
        return found if self._world.stands(key) else super().calls(field_name)
