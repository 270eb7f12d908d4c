"""Checkers that remember what their answers were made from, and those of a changed world that take
over what stands. See `dataflow.recorded`, `dataflow.changed`.
"""

from analyzer.checkers.applied import Applied
from analyzer.checkers.callers import Callers, Reply
from analyzer.checkers.callsites import CallRecord, CallSites
from analyzer.checkers.check import Checker, Task
from analyzer.checkers.handover import HandOver
from analyzer.checkers.histories import Histories, History
from analyzer.checkers.order import OrderJudge
from analyzer.checkers.property import Condition, Order
from analyzer.checkers.question import Question
from analyzer.checkers.ways import Way, Ways
from analyzer.core import Obligation
from analyzer.dataflow import Analysis
from analyzer.dataflow.changed import ChangedAnalysis, ChangedWorld
from analyzer.dataflow.recorded import ANYTHING, Key, Notes, RecordedAnalysis
from analyzer.program import FunctionRef

Flags = dict[str, tuple[str, ...]]


class RecordedChecker(Checker):
    """A checker of a recorded analysis."""

    def __init__(self, analysis: Analysis, clauses: tuple[Applied, ...], flags: Flags) -> None:
        super().__init__(analysis, clauses, flags)
        assert isinstance(analysis, RecordedAnalysis)
        self._base = analysis
        self._callers = RecordedCallers(analysis, flags)
        self._hand_over = RecordedHandOver(analysis)

    @property
    def base(self) -> RecordedAnalysis:
        """The analysis that the clauses are checked in."""
        return self._base

    @property
    def clauses(self) -> tuple[Applied, ...]:
        """The clauses, by index."""
        return self._clauses

    def plan(self, files: frozenset[str] = frozenset()) -> tuple[Task, ...]:
        """What there is to do: functions with the indices of the clauses to check in each. What was
        planned before stays possible.
        """
        before = dict(self._demanding)
        with self._base.notes.making(self.plan_key):
            self._of_orders()
            tasks = super().plan(files)
        for index, names in before.items():
            self._demanding[index] = tuple(sorted({*names, *self._demanding[index]}))
        return tasks

    def check(self, ref: FunctionRef, indices: tuple[int, ...]) -> tuple[Obligation, ...]:
        """The obligations of these clauses in one function."""
        with self._base.notes.making(self.key(ref)):
            if not self._orders.keys().isdisjoint(indices):
                self._of_orders()
            return super().check(ref, indices)

    def _of_orders(self) -> None:
        """Judges of orders keep what they find to themselves."""
        if any(isinstance(each.clause, Order) and each.clause.levels for each in self._clauses):
            self._base.notes.read(ANYTHING)

    def _narrowed(self, _index: int, locks: frozenset[str]) -> tuple[Analysis, CallSites]:
        """An analysis that follows some locks alone, and the states at calls in it, remembered."""
        narrowed = self._base.narrowed(locks)
        return narrowed, RecordedSites(narrowed, {})

    def judge(self, index: int) -> OrderJudge | None:
        """The judge of an order of locks; None before it was planned."""
        return self._orders.get(index)

    def nested(self, index: int, locks: frozenset[str]) -> CallSites | None:
        """The states at calls that the judge of an order has seen; None before it was planned."""
        judge = self.judge(index)
        return judge.world(locks)[1] if judge is not None else None

    @property
    def plan_key(self) -> Key:
        """The name of what there is to do."""
        return Key("plan", self._base.number)

    def key(self, ref: FunctionRef) -> Key:
        """The name of what is found in a function, by any of the clauses."""
        return Key("task", self._base.number, ref)

    def inside(self, world: ChangedWorld) -> "ChangedChecker":
        """The checker of a changed world."""
        return ChangedChecker(self, world)


class RecordedHandOver(HandOver):
    """Who gives back what functions leave held, remembered."""

    def __init__(self, analysis: RecordedAnalysis) -> None:
        super().__init__(analysis)
        self._notes = analysis.notes
        self._owner = analysis.number

    def earned(self, ref: FunctionRef, near: bool, depth: int = 0) -> Reply:
        """Whether a caller gives back."""
        key = Key("earned", self._owner, ref, "near" if near else "", depth)
        return self._notes.made(key, lambda: super(RecordedHandOver, self).earned(ref, near, depth))


class RecordedCallers(Callers):
    """Asks callers, and remembers who was asked."""

    def __init__(self, analysis: RecordedAnalysis, flags: Flags) -> None:
        self.ways = RecordedWays(analysis, flags)
        self._ways = self.ways


class RecordedWays(Ways):
    """The ways into functions, remembered."""

    def __init__(self, analysis: RecordedAnalysis, flags: Flags) -> None:
        super().__init__(analysis, flags)
        self._notes = analysis.notes
        self._owner = analysis.number
        self.flags = flags
        self.records = RecordedSites(analysis, flags)
        self.sites = self.records
        self.histories = RecordedHistories(analysis, flags)
        self._histories = self.histories

    def key(self, ref: FunctionRef, question: Question) -> Key:
        """The name of the ways into a function with their answers."""
        return Key("ways", self._owner, ref, repr(question))

    def into(self, ref: FunctionRef, question: Question) -> tuple[Way, ...]:
        """Every way into `ref` with its answer to a question about the parameters of `ref`."""
        key = self.key(ref, question)
        return self._notes.made(key, lambda: super(RecordedWays, self).into(ref, question))


class RecordedHistories(Histories):
    """The states at the calls of functions for some conditions, remembered."""

    def __init__(self, analysis: RecordedAnalysis, flags: Flags) -> None:
        super().__init__(analysis, flags)
        self._notes = analysis.notes
        self._owner = analysis.number

    def of(self, ref: FunctionRef, conditions: tuple[Condition, ...]) -> History:
        """The states at all calls of one function, with the events of these conditions."""
        self._notes.read(Key("run", self._owner, ref))
        return super().of(ref, conditions)


class RecordedSites(CallSites):
    """The states at the calls of functions, remembered."""

    def __init__(self, analysis: RecordedAnalysis, flags: Flags) -> None:
        super().__init__(analysis, flags)
        self._notes: Notes = analysis.notes
        self._owner = analysis.number

    def of(self, ref: FunctionRef) -> CallRecord:
        """The states at all calls of one function."""
        self._notes.read(Key("run", self._owner, ref))
        return super().of(ref)


class ChangedChecker(Checker):
    """The clauses of a checker in a changed world."""

    def __init__(self, base: RecordedChecker, world: ChangedWorld) -> None:
        analysis = world.analysis(base.base)
        super().__init__(analysis, base.clauses, base._flags)
        self._callers = ChangedCallers(base._callers, analysis)
        self._demanding = dict(base._demanding)
        self._base = base
        self._changed = analysis

    def _narrowed(self, index: int, locks: frozenset[str]) -> tuple[Analysis, CallSites]:
        """An analysis that follows some locks alone, and the states at calls in it, where they are
        not what they were.
        """
        narrowed = self._changed.narrowed(locks)
        before = self._base.nested(index, locks)
        if not isinstance(before, RecordedSites):
            return super()._narrowed(index, locks)
        return narrowed, ChangedSites(before, narrowed, {})

    def _order(self, index: int, clause: Order) -> OrderJudge:
        """The judge of an order of locks; where calls are what they were, it knows what was found
        in the functions that are, too.
        """
        judge, before = super()._order(index, clause), self._base.judge(index)
        world = self._changed.world
        if before is not None and world.graph is None:
            judge.take_over(before, world.others)
        return judge

    def check(self, ref: FunctionRef, indices: tuple[int, ...]) -> tuple[Obligation, ...]:
        """The obligations of these clauses in one function."""
        for index in indices:
            self._begin_order(index)
        return super().check(ref, indices)


class ChangedCallers(Callers):
    """Asks callers in a changed world."""

    def __init__(self, base: Callers, analysis: ChangedAnalysis) -> None:
        assert isinstance(base, RecordedCallers)
        self._ways = ChangedWays(base.ways, analysis)


class ChangedWays(Ways):
    """The ways into functions in a changed world."""

    def __init__(self, base: RecordedWays, analysis: ChangedAnalysis) -> None:
        super().__init__(analysis, base.flags)
        self._base = base
        self._world = analysis.world
        self.sites = ChangedSites(base.records, analysis, base.flags)
        self._histories = ChangedHistories(base.histories, analysis, base.flags)

    def into(self, ref: FunctionRef, question: Question) -> tuple[Way, ...]:
        """Every way into `ref` with its answer to a question about the parameters of `ref`."""
        key = self._base.key(ref, question)
        if self._world.keeps(key):
            return self._base.into(ref, question)
        return super().into(ref, question)


class ChangedHistories(Histories):
    """The states at the calls of functions for some conditions in a changed world."""

    def __init__(self, base: Histories, analysis: ChangedAnalysis, flags: Flags) -> None:
        super().__init__(analysis, flags)
        self._base = base
        self._changed = analysis

    def of(self, ref: FunctionRef, conditions: tuple[Condition, ...]) -> History:
        """The states at all calls of one function, with the events of these conditions."""
        if self._changed.runs_alike(ref):
            return self._base.of(ref, conditions)
        return super().of(ref, conditions)


class ChangedSites(CallSites):
    """The states at the calls of functions in a changed world."""

    def __init__(self, base: RecordedSites, analysis: ChangedAnalysis, flags: Flags) -> None:
        super().__init__(analysis, flags)
        self._base = base
        self._changed = analysis

    def of(self, ref: FunctionRef) -> CallRecord:
        """The states at all calls of one function."""
        if self._changed.runs_alike(ref):
            return self._base.of(ref)
        return super().of(ref)
