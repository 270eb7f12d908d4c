"""An analysis that remembers what each of its results was made from.

Results are named by keys. While one is computed, every other that is asked for is noted with it, as
in incremental computation: Acar, Blelloch, Harper, POPL 2002; Hammer and others, Adapton, PLDI
2014. `changed` stands on the notes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, TypeVar

from analyzer.dataflow.analysis import Analysis
from analyzer.dataflow.effects import Contract, Effect
from analyzer.dataflow.linked import NO_WORDS, Linked, Words
from analyzer.dataflow.models import Models
from analyzer.dataflow.occurrences import Observer
from analyzer.dataflow.simulate import Simulation
from analyzer.program import CallGraph, FunctionRef, Modified, Pointers, Program
from analyzer.program.edited import ReadProgram
from analyzer.program.modified import Fields
from analyzer.program.pointers import Places

Result = TypeVar("Result")

NOWHERE: Final = FunctionRef("", -1)


class Key(NamedTuple):
    """The name of a result: what it is, whose, of which function; `owner` tells the analyses, and
    those who ask callers, apart.
    """

    kind: str
    owner: int = -1
    ref: FunctionRef = NOWHERE
    name: str = ""
    position: int = -1


def body(ref: FunctionRef) -> Key:
    """The body of a function, which is no result but given."""
    return Key("body", -1, ref)


def head(ref: FunctionRef) -> Key:
    """What the comment and the annotations of a function state, which is given, too."""
    return Key("head", -1, ref)


ANYTHING: Final = Key("anything")
"""What is read where it is not noted what a result is made from: no result that read it stands."""


class Notes:
    """What was made from what. `order` are the keys as they were finished: what a result is made
    from comes before it.
    """

    def __init__(self) -> None:
        self.sources: dict[Key, dict[Key, None]] = {}
        self.users: dict[Key, list[Key]] = {}
        self.order: list[Key] = []
        self._open: list[dict[Key, None]] = []

    def read(self, key: Key) -> None:
        """Whatever is being made is made from `key`, too."""
        if self._open:
            self._open[-1][key] = None

    @contextmanager
    def making(self, key: Key) -> Iterator[None]:
        """While this lasts, what is read belongs to `key`."""
        self.read(key)
        mine: dict[Key, None] = {}
        self._open.append(mine)
        try:
            yield
        finally:
            self._open.pop()
            known = self.sources.setdefault(key, {})
            for source in mine:
                if source not in known:
                    known[source] = None
                    self.users.setdefault(source, []).append(key)
            self.order.append(key)

    def made(self, key: Key, make: Callable[[], Result]) -> Result:
        """What `make` gives, which keeps it: what it reads the first time belongs to `key`."""
        if key in self.sources:
            self.read(key)
            return make()
        with self.making(key):
            return make()


class _Reader:
    """Notes what is read of a program."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def body(self, ref: FunctionRef) -> None:
        """The body of a definition, or what is in it."""
        self._notes.read(body(ref))

    def named(self, kind: str, name: str) -> None:
        """Who has to do with a name: `kind` is what they have."""
        self._notes.read(Key(kind, name=name))


class RecordedGraph(CallGraph):
    """A call graph that notes who asks for callers."""

    def __init__(self, graph: CallGraph, notes: Notes) -> None:
        self.__dict__.update(graph.__dict__)
        self._notes = notes

    def callers(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The definitions that call `ref` by name."""
        self._notes.read(Key("mentions", name=self._program.head(ref).name))
        return super().callers(ref)


class Recorder:
    """Makes the parts of a run that remember. `analyses` are by the number in their keys."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.analyses: list[RecordedAnalysis] = []

    def link(self, program: Program, whole: bool) -> Linked:
        """Links a program whose readers are remembered."""
        noted = ReadProgram(program, _Reader(self.notes))
        linked = Linked.of(noted, whole)
        pointers = RecordedPointers(linked.pointers, self.notes)
        return linked._replace(pointers=pointers, graph=RecordedGraph(linked.graph, self.notes))

    def analysis(
        self,
        linked: Linked,
        models: Models,
        tracked: frozenset[str] | None,
        words: Words = NO_WORDS,
        neutral: Analysis | None = None,
    ) -> "RecordedAnalysis":
        """An analysis of such a program."""
        made = RecordedAnalysis(linked, models, tracked, words, neutral)
        made.join(self)
        return made


class RecordedAnalysis(Analysis):
    """The analysis whose results others are held against."""

    recorder: Recorder
    number: int
    notes: Notes

    def join(self, recorder: Recorder) -> None:
        """Becomes one of the analyses of a recorder."""
        self.recorder = recorder
        self.number = len(recorder.analyses)
        recorder.analyses.append(self)
        self.notes = recorder.notes
        self._narrow: dict[frozenset[str], RecordedAnalysis] = {}
        self._modified = RecordedModified(self.program, self._pure, (self.notes, self.number))

    def may_call(self, name: str, path: str, wanted: frozenset[str]) -> bool:
        """Whether the body of `name`, called from file `path`, calls one of `wanted`."""
        ref = self.program.resolve(name, path)
        if ref is not None:
            self.notes.read(body(ref))
        return super().may_call(name, path, wanted)

    def narrowed(self, locks: frozenset[str]) -> "RecordedAnalysis":
        """An analysis of the same program that follows these locks alone."""
        found = self._narrow.get(locks)
        if found is None:
            found = self.recorder.analysis(
                self._linked, self.models, locks, self._words, self._neutral
            )
            self._narrow[locks] = found
        return found

    def _copy(self) -> "RecordedAnalysis":
        """Another analysis of the same."""
        return self.recorder.analysis(
            self._linked, self.models, self._tracked, self._words, self._neutral
        )

    def _model(self, name: str) -> Effect:
        key = Key("model", self.number, NOWHERE, name)
        return self.notes.made(key, lambda: super(RecordedAnalysis, self)._model(name))

    def effect_of(self, ref: FunctionRef) -> Effect | None:
        """The effect of a definition; None where it is not looked into."""
        if self._closes(ref):
            return self._around(ref)

        def made() -> Effect | None:
            self.notes.read(body(ref))  # Also where what it calls says that it is not looked into.
            return super(RecordedAnalysis, self).effect_of(ref)

        return self.notes.made(Key("effect", self.number, ref), made)

    def contracts(self, ref: FunctionRef) -> tuple[Contract, ...]:
        """What a function demands of its callers: by its head, and by assertions in its body."""

        def made() -> tuple[Contract, ...]:
            self.notes.read(body(ref))  # Also where what it calls says that it asks for nothing.
            return super(RecordedAnalysis, self).contracts(ref)

        return self.notes.made(Key("contracts", self.number, ref), made)

    def stated(self, ref: FunctionRef) -> tuple[Contract, ...]:
        """The contracts that a function's comment or annotation states."""
        self.notes.read(head(ref))
        return super().stated(ref)

    def simulate(self, ref: FunctionRef, attach: Callable[[Simulation], Observer]) -> Simulation:
        """Runs one function for an observer, which `attach` makes for the simulation."""
        with self.notes.making(Key("run", self.number, ref)):
            return super().simulate(ref, attach)


class RecordedModified(Modified):
    """What functions write behind pointers, remembered."""

    def __init__(
        self, program: Program, harmless: Callable[[str], bool], notes: tuple[Notes, int]
    ) -> None:
        super().__init__(program, harmless)
        self._notes, self._owner = notes

    def fields(self, name: str, path: str, index: int, depth: int = 0) -> Fields:
        """What a call of `name` from file `path` may write behind its argument `index`."""
        ref = None if self._harmless(name) else self._program.resolve(name, path)
        if ref is None:
            return super().fields(name, path, index, depth)
        key = Key("modified", self._owner, ref, "", index)
        return self._notes.made(
            key, lambda: super(RecordedModified, self).fields(name, path, index, depth)
        )


class RecordedPointers(Pointers):
    """Where functions are stored, remembered."""

    def __init__(self, pointers: Pointers, notes: Notes) -> None:
        self.__dict__.update(pointers.__dict__)
        self._notes = notes

    def held(self, name: str) -> Places:
        """Where the function `name` is stored, in file-scope tables and in code."""
        return self._notes.made(
            Key("held", name=name), lambda: super(RecordedPointers, self).held(name)
        )

    def runs(self, name: str, path: str, index: int) -> tuple[tuple[FunctionRef, int], ...] | None:
        """The functions that call what `name`, called from `path`, is given."""
        key = Key("runs", -1, FunctionRef(path, -1), name, index)
        return self._notes.made(key, lambda: super(RecordedPointers, self).runs(name, path, index))

    def calls(self, field_name: str) -> tuple[FunctionRef, ...] | None:
        """The functions that call through a field `record.field`; None if too many might."""
        key = Key("calls", name=field_name)
        return self._notes.made(key, lambda: super(RecordedPointers, self).calls(field_name))
