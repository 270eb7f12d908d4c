"""Checks clauses: runs each function once with all clauses that may apply there, and turns sites
into obligations.
"""

from collections import defaultdict
from typing import NamedTuple

from analyzer.checkers.applied import Applied
from analyzer.checkers.balance import HANDED, BalanceWatch
from analyzer.checkers.callers import Callers, Reply, worst
from analyzer.checkers.callsites import CallSites
from analyzer.checkers.closings import handed, paired_by_table, taken_above
from analyzer.checkers.conditions import Tri
from analyzer.checkers.contract import ContractJudge, ContractWatch
from analyzer.checkers.describe import Describer
from analyzer.checkers.due import is_under
from analyzer.checkers.families import Balance
from analyzer.checkers.fear import Feared
from analyzer.checkers.follow import FollowWatch
from analyzer.checkers.handover import HandOver
from analyzer.checkers.nested import NestedWatch, nested_by_caller
from analyzer.checkers.order import OrderJudge
from analyzer.checkers.pair import PairWatch
from analyzer.checkers.property import (
    Contracts,
    Follow,
    Forbid,
    Order,
    Pair,
    Require,
)
from analyzer.checkers.question import Asked
from analyzer.checkers.require import ForbidWatch, RequireWatch
from analyzer.checkers.scope import exemption_of
from analyzer.checkers.select import Selection
from analyzer.checkers.verdicts import verdict_of
from analyzer.checkers.watch import Site, Watch, Watchers, hindrance
from analyzer.core import Obligation, Step, Verdict
from analyzer.dataflow import Analysis, Simulation
from analyzer.program import FunctionRef

KINDS: dict[type, type[Watch]] = {
    Require: RequireWatch,
    Forbid: ForbidWatch,
    Follow: FollowWatch,
    Pair: PairWatch,
    Order: NestedWatch,
    Balance: BalanceWatch,
}


_GRAVITY = {Verdict.PROVED: 0, Verdict.OPEN: 1, Verdict.VIOLATED: 2}


class Judged(NamedTuple):
    """What became of some clauses in one function."""

    ref: FunctionRef
    obligations: tuple[Obligation, ...]


class Task(NamedTuple):
    """One function to check for some clauses."""

    checker: "Checker"
    ref: FunctionRef
    clauses: tuple[int, ...]


class Checker:
    """Checks clauses over a program."""

    def __init__(
        self, analysis: Analysis, clauses: tuple[Applied, ...], flags: dict[str, tuple[str, ...]]
    ) -> None:
        self._analysis = analysis
        self._clauses = clauses
        self._flags = flags
        self._callers = Callers(analysis, flags)
        self._hand_over = HandOver(analysis)
        self._selection = Selection(analysis, flags)
        self._demanding: dict[int, tuple[str, ...]] = {}
        self._orders: dict[int, OrderJudge] = {}

    @property
    def analysis(self) -> Analysis:
        """The analysis that the clauses are checked in."""
        return self._analysis

    @property
    def plans_long(self) -> bool:
        """Whether it takes long to say what there is to do."""
        return any(self._selection.asks_effects(each.clause) for each in self._clauses)

    def everything(self) -> tuple[Judged, ...]:
        """What becomes of all clauses in all functions."""
        return tuple(Judged(task.ref, self.check(task.ref, task.clauses)) for task in self.plan())

    def again(self, wanted: dict[FunctionRef, frozenset[tuple[str, int]]]) -> tuple[Task, ...]:
        """The tasks for some contracts of each of some functions, as (rule, number), alone."""
        found = []
        for index, applied in enumerate(self._clauses):
            refs = [ref for ref in wanted if (applied.rule, applied.number) in wanted[ref]]
            if not refs or not isinstance(applied.clause, Contracts):
                continue
            program = self._analysis.program
            called = frozenset(name for ref in refs for name in program.head(ref).calls)
            self._demanding[index] = self._selection.demanding(applied.clause, called)
            found += [Task(self, ref, (index,)) for ref in refs]
        return tuple(sorted(found, key=lambda task: (task.ref, task.clauses)))

    def plan(self, files: frozenset[str] = frozenset()) -> tuple[Task, ...]:
        """What there is to do: functions with the indices of the clauses to check in each, in the
        order of files; only in `files`, unless there are none.
        """
        program = self._analysis.program
        refs = tuple(ref for ref in program.refs if not files or ref.path in files)
        called = frozenset(name for ref in refs for name in program.head(ref).calls)
        work: dict[FunctionRef, list[int]] = defaultdict(list)
        for index, applied in enumerate(self._clauses):
            if isinstance(applied.clause, Contracts):
                among = called if files else None
                self._demanding[index] = self._selection.demanding(applied.clause, among)
            self._begin_order(index)
            for ref in self._functions(index, refs, bool(files)):
                if not files or ref.path in files:
                    work[ref].append(index)
        return tuple(Task(self, ref, tuple(work[ref])) for ref in sorted(work))

    def _begin_order(self, index: int) -> None:
        """Makes the judge of a clause that is an order of locks, unless there is one."""
        clause = self._clauses[index].clause
        if index not in self._orders and isinstance(clause, Order) and clause.levels:
            self._orders[index] = self._order(index, clause)

    def _order(self, index: int, clause: Order) -> OrderJudge:
        """The judge of an order of locks."""
        applied = self._clauses[index]
        return OrderJudge(
            self._analysis,
            (applied.rule, applied.number),
            clause,
            lambda locks: self._narrowed(index, locks),
        )

    def _narrowed(self, _index: int, locks: frozenset[str]) -> tuple[Analysis, CallSites]:
        """An analysis that follows some locks alone, and the states at calls in it."""
        narrowed = self._analysis.narrowed(locks)
        return narrowed, CallSites(narrowed, {})

    def _functions(
        self, index: int, refs: tuple[FunctionRef, ...], some: bool
    ) -> tuple[FunctionRef, ...]:
        """Where a clause may have a site; where `refs` are only `some`, at least all of those."""
        clause = self._clauses[index].clause
        if index in self._orders:
            return self._orders[index].functions(refs)
        names = self._demanding.get(index)
        if names is None:
            return self._selection.functions(clause, frozenset(refs) if some else None)
        return self._selection.callers(names)

    def check(self, ref: FunctionRef, indices: tuple[int, ...]) -> tuple[Obligation, ...]:
        """The obligations of these clauses in one function."""
        found: list[Obligation] = []
        watched = [index for index in indices if index not in self._orders]
        for index in indices:
            if index in self._orders:
                found.extend(self._orders[index].obligations(ref))
        return (*found, *(self._watched(ref, watched) if watched else ()))

    def _watched(self, ref: FunctionRef, indices: list[int]) -> tuple[Obligation, ...]:
        """The obligations of the clauses that watch a simulation: together, or in halves where all
        that they remember makes too many states.
        """
        found, precise = self._together(ref, indices)
        if precise or len(indices) < 2:
            return found
        middle = len(indices) // 2
        return (*self._watched(ref, indices[:middle]), *self._watched(ref, indices[middle:]))

    def _together(
        self, ref: FunctionRef, indices: list[int]
    ) -> tuple[tuple[Obligation, ...], bool]:
        """The obligations of clauses that watch one simulation, and whether it saw everything."""
        watches: list[Watch] = []

        def attach(run: Simulation) -> Watchers:
            for index in indices:
                watches.append(self._watch(index, run))
            return Watchers(tuple(watches))

        run = self._analysis.simulate(ref, attach)
        found: list[Obligation] = []
        for watch in watches:
            if isinstance(watch, BalanceWatch):
                watch.finish()
                if not self._may_differ(ref, watch):
                    continue
            if isinstance(watch, ContractWatch):
                found.extend(self._judge(watch.number).obligations(ref, watch))
                continue
            judged = [
                self._obligation(ref, run, watch, site)
                for _, site in sorted(watch.found.items(), key=lambda item: item[0])
            ]
            made = [each for each in judged if each is not None]
            found.extend(_one_a_line(made) if watch.of_test else made)
        return tuple(found), run.precise

    def _may_differ(self, ref: FunctionRef, watch: BalanceWatch) -> bool:
        """Whether the balance of a function is a question: it has no model, or its body is to bear
        the model out.
        """
        name = self._analysis.program.head(ref).name
        model = self._analysis.effect(name, ref.path) if self._analysis.modelled(name) else None
        return model is None or watch.answers_for(model)

    def _watch(self, index: int, run: Simulation) -> Watch:
        clause = self._clauses[index].clause
        if isinstance(clause, Contracts):
            names = self._demanding[index]
            return ContractWatch(index, clause, run, self._flags, names)
        return KINDS[type(clause)](index, clause, run, self._flags)

    def _judge(self, index: int) -> ContractJudge:
        applied = self._clauses[index]
        return ContractJudge(self._analysis.program, self._callers, applied.rule, applied.number)

    def _is_under(self, ref: FunctionRef, watch: FollowWatch, site: Site) -> bool:
        """Whether what is pending behind a site is under a lock of a caller."""
        if any(due.own or due.stated for due in watch.dues(site)):
            return True
        return is_under(self._callers.sites, ref, watch.clause)

    def _obligation(
        self, ref: FunctionRef, run: Simulation, watch: Watch, site: Site
    ) -> Obligation | None:
        """What becomes of a site; None if it is none."""
        applied = self._clauses[watch.number]
        describer = Describer(self._analysis.program, ref, run, watch.names)
        answer, reply = site.answer, Reply(Tri.TRUE)
        if answer.tri is Tri.ABSENT:
            reply = self._discharge(ref, watch, site)
            if isinstance(watch, FollowWatch) and not site.proofs and _is_idle(reply):
                return None
        verdict, reason = verdict_of(answer, reply)
        if verdict is Verdict.OPEN and isinstance(watch, BalanceWatch):
            verdict, reason = self._untold(ref, watch, site, reason)
        if verdict is Verdict.VIOLATED and (why := hindrance(run)):
            verdict, reason = Verdict.OPEN, why
        if verdict is Verdict.VIOLATED and isinstance(watch, BalanceWatch):
            verdict, reason = self._at_its_source(ref, watch, site, reason)
        exemption = exemption_of(applied.clause.common.exemptions, ref.path, run.function.name)
        if exemption is not None and verdict is not Verdict.PROVED:
            verdict = Verdict.PROVED if exemption.verdict == "proved" else Verdict.OPEN
            reason = exemption.reason
        evidence = describer.proofs(tuple(site.proofs)) + reply.steps
        if verdict is Verdict.VIOLATED:
            evidence = describer.proofs(answer.proofs)
        path: tuple[Step, ...] = ()
        if verdict is Verdict.VIOLATED:
            end = None if watch.ends_elsewhere else (site.start, site.end)
            path = (*reply.steps, *describer.path(site.bad, end))
            if isinstance(watch, FollowWatch) and reply.steps:
                path = _in_time(path, len(reply.steps))
        return Obligation(
            rule=applied.rule,
            clause=applied.number,
            location=self._analysis.program.location(ref.path, site.start, site.end),
            function=run.function.name,
            subject=describer.subject(site),
            verdict=verdict,
            level=applied.clause.common.level,
            message=describer.message(applied.clause.common.says, site),
            reason=reason,
            evidence=evidence if verdict is not Verdict.OPEN else (),
            path=path,
            condition=run.function.condition,
        )

    def _discharge(self, ref: FunctionRef, watch: Watch, site: Site) -> Reply:
        """What the callers say of a condition that nothing in the function decides."""
        clause = watch.clause
        match clause:
            case Require(callers=True, needs=needs):
                return self._ask(ref, [Asked(needs, *key) for key in site.questions])
            case Forbid(callers=True, never=never):
                return self._ask(ref, [Feared(never, *key) for key in site.questions])
            case Balance():
                assert isinstance(watch, BalanceWatch)
                return self._balanced(ref, watch, site)
            case Follow():
                assert isinstance(watch, FollowWatch)
                if not self._is_under(ref, watch, site):
                    return Reply(Tri.TRUE)
                return worst([self._callers.ask(ref, due) for due in watch.dues(site)])
            case Pair():
                return handed(self._analysis, ref, clause)
            case Order(release_first=pairs):
                return nested_by_caller(self._callers.sites, ref, pairs)
            case _:
                return Reply(Tri.ABSENT)

    def _ask(self, ref: FunctionRef, questions: list[Asked]) -> Reply:
        """The worst of what the callers say to several questions."""
        worst = Reply(Tri.TRUE)
        for question in questions:
            reply = self._callers.ask(ref, question)
            if reply.tri is Tri.ABSENT:
                return reply
            if reply.tri is not Tri.TRUE or not worst.steps:
                worst = reply
        return worst

    def _at_its_source(
        self, ref: FunctionRef, watch: BalanceWatch, site: Site, reason: str
    ) -> tuple[Verdict, str]:
        """A lock that a callee leaves held though nobody ever gives it back is the callee's."""
        callee = watch.handed.get((site.start, site.end), "")
        source = self._analysis.program.resolve(callee, ref.path) if callee else None
        if source is not None and not self._analysis.modelled(callee):
            reply = self._hand_over.earned(source, watch.clause.near)
            if reply.tri is not Tri.TRUE:
                return Verdict.OPEN, f"{callee}() is what leaves it held"
        return Verdict.VIOLATED, reason

    def _untold(
        self, ref: FunctionRef, watch: BalanceWatch, site: Site, reason: str
    ) -> tuple[Verdict, str]:
        """A lock that is left held in a way that is hard to tell is lost if no caller gives back
        anything.
        """
        untold = (site.start, site.end) in watch.untold and site.answer.tri is Tri.UNSURE
        if untold and watch.clause.near:
            reply = self._hand_over.earned(ref, watch.clause.near)
            if reply.tri is Tri.ABSENT:
                return Verdict.VIOLATED, reply.reason
        return Verdict.OPEN, reason

    def _balanced(self, ref: FunctionRef, watch: BalanceWatch, site: Site) -> Reply:
        """A lock that is left to the callers is given back by one; one that is given back for them
        was held by one.
        """
        lock = watch.classes[site.start, site.end]
        found = paired_by_table(self._analysis, ref, watch.clause, lock)
        if found is not None:
            return found
        if site.answer.reason == HANDED:
            return self._hand_over.earned(ref, watch.clause.near)
        return taken_above(self._callers.sites, ref, lock)


def _is_idle(reply: Reply) -> bool:
    """Whether what is pending is under no lock that anybody lets go of."""
    return reply.tri is Tri.TRUE and not any(step.proof for step in reply.steps)


def _in_time(path: tuple[Step, ...], above: int) -> tuple[Step, ...]:
    """The path with what the callers do behind the call, the first `above` steps, in its place."""
    callers, own = path[:above], path[above:]
    late = tuple(each for each in callers if each.late)
    return (*(each for each in callers if each not in late), *own, *late)


def _one_a_line(obligations: list[Obligation]) -> tuple[Obligation, ...]:
    """Of the halves of one condition, which say the same of one line, the gravest."""
    kept: dict[tuple[int, str], Obligation] = {}
    for each in obligations:
        key = (each.location.line, each.message)
        known = kept.get(key)
        if known is None or _GRAVITY[each.verdict] > _GRAVITY[known.verdict]:
            kept[key] = each
    return tuple(kept.values())
