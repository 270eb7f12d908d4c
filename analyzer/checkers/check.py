"""Checks clauses: runs each function once with all clauses that may apply there, and turns sites
into obligations.
"""

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase

from analyzer.checkers.callers import Callers, Reply
from analyzer.checkers.conditions import Answer, Tri
from analyzer.checkers.describe import Describer
from analyzer.checkers.follow import FollowWatch
from analyzer.checkers.pair import PairWatch
from analyzer.checkers.property import (
    Clause,
    Exemption,
    Follow,
    Forbid,
    Pair,
    Require,
)
from analyzer.checkers.require import ForbidWatch, RequireWatch
from analyzer.checkers.select import Selection
from analyzer.checkers.watch import Site, Watch, Watchers
from analyzer.core import Obligation, Step, Verdict
from analyzer.dataflow import Analysis, Simulation
from analyzer.program import FunctionRef


@dataclass(frozen=True, slots=True)
class Applied:
    """A clause of a rule in this tree: the rule's id and the clause's number in its file."""

    rule: str
    number: int
    clause: Clause


KINDS: dict[type, type[Watch]] = {
    Require: RequireWatch,
    Forbid: ForbidWatch,
    Follow: FollowWatch,
    Pair: PairWatch,
}


_GRAVITY = {Verdict.PROVED: 0, Verdict.OPEN: 1, Verdict.VIOLATED: 2}


class Checker:
    """Checks clauses over a program."""

    def __init__(
        self, analysis: Analysis, clauses: tuple[Applied, ...], flags: dict[str, tuple[str, ...]]
    ) -> None:
        self._analysis = analysis
        self._clauses = clauses
        self._flags = flags
        self._callers = Callers(analysis, flags)
        self._selection = Selection(analysis, flags)

    def plan(self) -> tuple[tuple[FunctionRef, tuple[int, ...]], ...]:
        """What there is to do: functions with the indices of the clauses to check in each, in the
        order of files.
        """
        work: dict[FunctionRef, list[int]] = defaultdict(list)
        for index, applied in enumerate(self._clauses):
            for ref in self._selection.functions(applied.clause):
                work[ref].append(index)
        return tuple((ref, tuple(work[ref])) for ref in sorted(work))

    def check(self, ref: FunctionRef, indices: tuple[int, ...]) -> tuple[Obligation, ...]:
        """The obligations of these clauses in one function."""
        watches: list[Watch] = []

        def attach(run: Simulation) -> Watchers:
            for index in indices:
                clause = self._clauses[index].clause
                watches.append(KINDS[type(clause)](index, clause, run, self._flags))
            return Watchers(tuple(watches))

        run = self._analysis.simulate(ref, attach)
        found: list[Obligation] = []
        for watch in watches:
            made = [
                self._obligation(ref, run, watch, site)
                for _, site in sorted(watch.found.items(), key=lambda item: item[0])
            ]
            found.extend(_one_a_line(made) if watch.of_test else made)
        return tuple(found)

    def _obligation(
        self, ref: FunctionRef, run: Simulation, watch: Watch, site: Site
    ) -> Obligation:
        applied = self._clauses[watch.number]
        describer = Describer(self._analysis.program, ref, run, watch.names)
        answer, reply = site.answer, Reply(Tri.TRUE)
        if answer.tri is Tri.ABSENT:
            reply = self._discharge(ref, applied.clause, site)
        verdict, reason = _verdict(answer, reply)
        if verdict is Verdict.VIOLATED and not run.precise:
            verdict, reason = Verdict.OPEN, f"{run.function.name}() has too many states to follow"
        if verdict is Verdict.VIOLATED and run.function.gaps:
            verdict, reason = Verdict.OPEN, f"{run.function.name}() was not read whole"
        exemption = _exemption(applied.clause, run.function.name)
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

    def _discharge(self, ref: FunctionRef, clause: Clause, site: Site) -> Reply:
        """What the callers say of a condition that nothing in the function decides."""
        match clause:
            case Require(callers=True, needs=needs):
                worst = Reply(Tri.TRUE)
                for binding in site.questions:
                    reply = self._callers.ask(ref, needs, binding)
                    if reply.tri is Tri.ABSENT:
                        return reply
                    if reply.tri is not Tri.TRUE or not worst.steps:
                        worst = reply
                return worst
            case Pair(hand_over=fields):
                return self._handed(ref, fields)
            case _:
                return Reply(Tri.ABSENT)

    def _handed(self, ref: FunctionRef, fields: tuple[tuple[str, str], ...]) -> Reply:
        """An object that leaves the function open must come to somebody who can close it."""
        name = self._analysis.program.head(ref).name
        field = self._analysis.table_functions.get(name, "")
        if any(field == opening for opening, _ in fields):
            return Reply(Tri.TRUE, (), f"closed by the callback that pairs with {field}")
        if self._analysis.graph.callers(ref):
            return Reply(Tri.TRUE)
        return Reply(Tri.UNSURE, (), f"handed to the callers of {name}(), of which none was read")


def _one_a_line(obligations: list[Obligation]) -> tuple[Obligation, ...]:
    """Of the halves of one condition, which say the same of one line, the gravest."""
    kept: dict[tuple[int, str], Obligation] = {}
    for each in obligations:
        key = (each.location.line, each.message)
        known = kept.get(key)
        if known is None or _GRAVITY[each.verdict] > _GRAVITY[known.verdict]:
            kept[key] = each
    return tuple(kept.values())


def _verdict(answer: Answer, reply: Reply) -> tuple[Verdict, str]:
    match answer.tri:
        case Tri.TRUE:
            return Verdict.PROVED, ""
        case Tri.FALSE:
            return Verdict.VIOLATED, answer.reason
        case Tri.UNSURE:
            return Verdict.OPEN, answer.reason
        case Tri.ABSENT:
            match reply.tri:
                case Tri.TRUE:
                    return Verdict.PROVED, ""
                case Tri.UNSURE:
                    return Verdict.OPEN, reply.reason
                case _:
                    return Verdict.VIOLATED, reply.reason


def _exemption(clause: Clause, function: str) -> Exemption | None:
    for exemption in clause.common.exemptions:
        if fnmatchcase(function, exemption.function):
            return exemption
    return None
