"""`order`: locks nest in one order. An edge is a lock that is wanted while another is held, here or
anywhere inside a call.

Two passes. A cheap one knows classes of locks and no values, and finds every edge that the order
speaks of. What it finds against the order is simulated, with no other lock followed: a violation
needs a state in which the outer lock is held, and a chain of calls to the inner one that nothing
known in that state rules out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from analyzer.checkers.callsites import CallRecord, CallSites
from analyzer.checkers.chains import MAX_CALLS, Chain, Chains, Edge, distance, given_back
from analyzer.checkers.conditions import Tri
from analyzer.checkers.describe import Describer, filled
from analyzer.checkers.matching import EMPTY
from analyzer.checkers.property import Either, Order
from analyzer.checkers.question import exclusive
from analyzer.checkers.scope import exemption_of, matches, within
from analyzer.checkers.watch import hindrance
from analyzer.core import Obligation, Step, Verdict
from analyzer.dataflow import Analysis, Simulation, State
from analyzer.dataflow.lockflow import Held, LockFlow
from analyzer.dataflow.primitives import primitives
from analyzer.dataflow.state import Lock
from analyzer.dataflow.takers import Takers, Waits
from analyzer.ir import Call, callee_name
from analyzer.program import FunctionRef

_NEAR = 2
"""How many calls from a primitive a function may hand a lock to its caller."""


class Tables(NamedTuple):
    """The place of each class in the two orders; the second is empty without a switch."""

    usual: dict[str, int]
    switched: dict[str, int]

    def agree(self, edge: Edge, switched: bool) -> bool | None:
        """Whether an edge agrees with an order; None if it does not speak of it."""
        table = self.switched if switched else self.usual
        outer, inner = table.get(edge.outer), table.get(edge.inner)
        return None if outer is None or inner is None or outer == inner else outer < inner

    def possible(self, edge: Edge) -> set[bool]:
        """What the orders that speak of an edge say of it."""
        both = (self.agree(edge, False), self.agree(edge, True))
        return {each for each in both if each is not None}


@dataclass(frozen=True, slots=True)
class Met:
    """An edge as the cheap pass meets it: the call, and where the outer lock may be taken."""

    edge: Edge
    call: Call
    offset: int


class OrderJudge:
    """Judges one clause over a program. `sites` makes, for some locks, the analysis that follows
    them alone, and what keeps the states at calls in it.
    """

    def __init__(
        self,
        analysis: Analysis,
        applied: tuple[str, int],
        clause: Order,
        sites: Callable[[frozenset[str]], tuple[Analysis, CallSites]],
    ) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._rule, self._number = applied
        self._clause = clause
        self._tables = _tables(clause)
        waits = Waits(
            primitives(analysis.models),
            analysis.only_tries,
            lambda name: matches(name, clause.closed),
        )
        self._takers = Takers(analysis.program, analysis.graph, analysis.locks, waits)
        touching = frozenset(waits.primitives)
        wrappers = analysis.graph.reaching(touching, _NEAR)
        self._flow = LockFlow(analysis.program, analysis.graph, self._takers, wrappers)
        self._near = analysis.graph.reaching(touching, _NEAR + 1)
        self._locks = frozenset((*self._tables.usual, *self._tables.switched))
        self._chains: dict[Edge, Chains] = {}
        self._sites = sites
        self._edges: dict[FunctionRef, list[Met]] = {}
        self._worlds: dict[frozenset[str], tuple[Analysis, CallSites]] = {}

    def take_over(self, before: "OrderJudge", others: frozenset[FunctionRef]) -> None:
        """Takes over what was found in a program with the same calls, in which only the bodies of
        `others` are not what they are in this one.
        """
        takers, flow = before._takers, before._flow
        if all(
            takers.seeds(ref) == self._takers.seeds(ref)
            and flow.handed(ref) == self._flow.handed(ref)
            for ref in others
        ):
            self._takers = takers
            self._flow.take_over(flow, others)
            self._edges = {ref: met for ref, met in before._edges.items() if ref not in others}

    def functions(self, refs: tuple[FunctionRef, ...]) -> tuple[FunctionRef, ...]:
        """Those of some definitions where an edge is met, in the order given."""
        scope = self._clause.common.scope
        return tuple(
            ref
            for ref in refs
            if within(ref.path, scope.files)
            and within(self._program.head(ref).name, scope.functions)
            and self._may_nest(ref)
        )

    def _may_nest(self, ref: FunctionRef) -> bool:
        name = self._program.head(ref).name
        if name in self._takers.waits.primitives or self._takers.waits.closed(name):
            return False
        return (ref in self._near or bool(self._entry(ref))) and bool(self._met(ref))

    def _entry(self, ref: FunctionRef) -> frozenset[Held]:
        contracts = self._analysis.stated(ref)
        return frozenset(Held(each.lock, "", -1) for each in contracts)

    def _met(self, ref: FunctionRef) -> list[Met]:
        """The edges of a function, each place once, in the order of the source."""
        known = self._edges.get(ref)
        if known is None:
            known = self._edges[ref] = self._meets(ref)
        return known

    def _meets(self, ref: FunctionRef) -> list[Met]:
        found: dict[tuple[Edge, int], Met] = {}
        for call, held in self._flow.before(ref, self._entry(ref)):
            outer = {
                each.lock: each.offset
                for each in sorted(held, key=lambda each: -each.offset)  # The first taken stays.
                if each.lock in self._locks and each.lock not in self._clause.leaves
            }
            for lock in sorted(self._locks) if outer else ():
                if not 0 < distance(self._takers, call, ref.path, lock) <= MAX_CALLS:
                    continue
                for each, offset in sorted(outer.items()):
                    edge = Edge(each, lock)
                    if self._tables.possible(edge):
                        found.setdefault((edge, call.start), Met(edge, call, offset))
        return [found[key] for key in sorted(found, key=lambda key: (key[1], key[0]))]

    def obligations(self, ref: FunctionRef) -> tuple[Obligation, ...]:
        """One obligation an edge, and one for each place where it is against the order."""
        found: dict[Edge, Obligation] = {}
        wrong: list[Obligation] = []
        for met in self._met(ref):
            if self._tables.possible(met.edge) == {True}:
                if met.edge not in found:
                    found[met.edge] = self._proved(ref, met, "the order of both kinds of mapping")
                continue
            judged = self._judge(ref, met)
            if judged is None:
                continue
            if judged.verdict is Verdict.VIOLATED:
                wrong.append(judged)
            known = found.get(met.edge)
            if known is None or known.verdict is Verdict.PROVED:
                found[met.edge] = judged
        kept = [each for each in found.values() if each.verdict is not Verdict.VIOLATED]
        return (*kept, *wrong)

    def _judge(self, ref: FunctionRef, met: Met) -> Obligation | None:
        """What the simulation says of an edge; None if it is never met."""
        chains = self._chains_of(met.edge)
        record = chains.sites.of(ref)
        name = callee_name(met.call)
        doubt: Obligation | None = None
        for (start, _), at in record.calls.get(name, {}).items():
            held = (
                self._holding(record.run, at.state, met.edge) if start == met.call.start else None
            )
            for chain in chains.at(ref, met.call, record.run, at) if held else ():
                assert held is not None
                answer = self._decide(ref, met, (record, at.state, held), chain)
                if answer.verdict is Verdict.VIOLATED:
                    return answer
                if doubt is None or answer.verdict is Verdict.OPEN:
                    doubt = answer
        return doubt

    def _decide(
        self, ref: FunctionRef, met: Met, at: tuple[CallRecord, State, Lock], chain: Chain
    ) -> Obligation:
        """The verdict on one chain in one state."""
        record, state, held = at
        switched = self._switched(ref, record, state, met.edge)
        agrees = self._tables.possible(met.edge)
        if switched is not None:
            told = self._tables.agree(met.edge, switched)
            agrees = agrees if told is None else {told}
        if agrees == {True}:
            kind = "this kind of mapping" if self._clause.switch else "locks"
            return self._proved(ref, met, f"the order of {kind}")
        made = self._made(ref, met, Verdict.VIOLATED)
        if agrees == {True, False}:
            reason = f"not known which order holds here: {self._clause_switch()}"
            return replace(made, verdict=Verdict.OPEN, reason=reason)
        if chain.guards or chain.doubt:
            names = ", ".join(sorted({repr(value) for value, _ in chain.guards}) or [chain.doubt])
            reason = f"{met.edge.inner} is taken inside depending on {names}"
            return replace(made, verdict=Verdict.OPEN, reason=reason)
        reason = self._unsure(ref, record)
        if reason:
            return replace(made, verdict=Verdict.OPEN, reason=reason)
        describer = Describer(self._program, ref, record.run, {})
        path = (*self._taken(ref, held), *describer.path(state.trail, None), *chain.steps)
        return replace(made, path=tuple(dict.fromkeys(path)))

    def _holding(self, run: Simulation, state: State, edge: Edge) -> Lock | None:
        """The outer lock of an edge that is held. One of an object that nobody else knows does not
        count, nor that of a static object, and neither does any where a lock that may be it was
        given back under another name.
        """
        if given_back(state, run.world.locks, edge.outer):
            return None
        for lock in state.taken.values():
            own = exclusive(run, lock.object) or self._takers.static(lock.name, lock.object)
            if lock.name == edge.outer and not own:
                return lock
        return None

    def _unsure(self, ref: FunctionRef, record: CallRecord) -> str:
        """Why a function must not be accused; an exemption gives its reason."""
        exemption = exemption_of(
            self._clause.common.exemptions, ref.path, self._program.head(ref).name
        )
        return hindrance(record.run) if exemption is None else exemption.reason

    def _clause_switch(self) -> str:
        """What would tell which order holds, in words."""
        switch = self._clause.switch
        return "" if switch is None else f"neither a test nor a lock of {', '.join(switch.locks)}"

    def _switched(
        self, ref: FunctionRef, record: CallRecord, state: State, edge: Edge
    ) -> bool | None:
        """Which order holds in a state; None if nothing tells."""
        switch = self._clause.switch
        if switch is None:
            return False
        held = {lock.name for lock in state.taken.values()}
        if not held.isdisjoint(switch.locks) or not {*edge}.isdisjoint(switch.locks):
            return True
        parts = switch.when.parts if isinstance(switch.when, Either) else (switch.when,)
        told = {record.conditions.evaluate(part, state, EMPTY).tri for part in parts}
        if Tri.TRUE in told or Tri.FALSE in told:
            return Tri.TRUE in told
        return True if matches(ref.path, switch.files) else None

    def _chains_of(self, edge: Edge) -> Chains:
        found = self._chains.get(edge)
        if found is None:
            locks = frozenset((edge.outer,))
            if self._clause.switch is not None and len(self._tables.possible(edge)) > 1:
                locks |= frozenset(self._clause.switch.locks)
            found = Chains(self.world(locks), self._analysis, self._takers, edge)
            self._chains[edge] = found
        return found

    def world(self, locks: frozenset[str]) -> tuple[Analysis, CallSites]:
        """The analysis that follows some locks alone, and the states at calls in it."""
        if locks not in self._worlds:
            self._worlds[locks] = self._sites(locks)
        return self._worlds[locks]

    # Words. ---------------------------------------------------------------------------------------

    def _taken(self, ref: FunctionRef, held: Lock) -> tuple[Step, ...]:
        """Where the outer lock comes from."""
        head = self._program.head(ref)
        start = held.offset if head.start <= held.offset < head.end else head.name_start
        words = f"{held.name} is held: {held.source}" if held.entry else f"takes {held.name}"
        location = self._program.location(ref.path, start, start + 1)
        return (Step(location, head.name, words),)

    def _proved(self, ref: FunctionRef, met: Met, what: str) -> Obligation:
        head = self._program.head(ref)
        start = met.offset if met.offset >= 0 else head.start
        where = self._program.location(ref.path, start, start + 1)
        evidence = (Step(where, head.name, f"{met.edge.outer} comes first in {what}", True),)
        return replace(self._made(ref, met, Verdict.PROVED), evidence=evidence)

    def _made(self, ref: FunctionRef, met: Met, verdict: Verdict) -> Obligation:
        head = self._program.head(ref)
        common = self._clause.common
        names = {
            "function": head.name,
            "callee": callee_name(met.call),
            "outer": met.edge.outer,
            "inner": met.edge.inner,
        }
        return Obligation(
            rule=self._rule,
            clause=self._number,
            location=self._program.location(ref.path, met.call.start, met.call.end),
            function=head.name,
            subject=f"{met.edge.outer} -> {met.edge.inner}",
            verdict=verdict,
            level=common.level,
            message=filled(common.says, names),
            condition=head.condition,
        )


def _tables(clause: Order) -> Tables:
    switch = clause.switch
    return Tables(_places(clause.levels), {} if switch is None else _places(switch.levels))


def _places(levels: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {lock: number for number, level in enumerate(levels) for lock in level}
