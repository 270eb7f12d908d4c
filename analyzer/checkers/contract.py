"""`contract`: what a function demands of its callers, by an assertion, an annotation or its
comment, each call of it keeps.
"""

from dataclasses import dataclass, replace

from analyzer.checkers.callers import Callers, Reply, worst
from analyzer.checkers.conditions import Tri
from analyzer.checkers.describe import Describer, filled
from analyzer.checkers.matching import EMPTY
from analyzer.checkers.property import CallEvent, Contracts, EventPattern
from analyzer.checkers.question import Demand, Question
from analyzer.checkers.scope import Exemption, exemption_of
from analyzer.checkers.verdicts import verdict_of
from analyzer.checkers.watch import Site, Watch, hindrance
from analyzer.core import Obligation, Step, Verdict
from analyzer.dataflow import Contract, Simulation, State, Value
from analyzer.dataflow.occurrences import Called, Occurrence
from analyzer.ir import callee_name, calls
from analyzer.program import FunctionRef, Program


@dataclass(frozen=True, slots=True)
class Kept:
    """What a site is about: the function called, its contract, the object in the caller's
    values.
    """

    callee: str
    contract: Contract
    object: Value | None


class ContractWatch(Watch):
    """Every call of a function in `names`, once for each of its contracts.

    A site's key is its call and the number of the contract. `asked` is what is left to ask of the
    callers, `kept` the contract of a site.
    """

    clause: Contracts

    def __init__(
        self,
        number: int,
        clause: Contracts,
        run: Simulation,
        flags: dict[str, tuple[str, ...]],
        names: tuple[str, ...],
    ) -> None:
        self._names = frozenset(names)
        called = {callee_name(call) for call in calls(run.function)}
        self._events = tuple(CallEvent(name, (), True) for name in names if name in called)
        self.asked: dict[tuple[int, int], dict[Question, None]] = {}
        self.kept: dict[tuple[int, int], Kept] = {}
        super().__init__(number, clause, run, flags)

    def events(self) -> tuple[EventPattern, ...]:
        return self._events

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if (
            not isinstance(occurrence, Called)
            or occurrence.result is not None
            or occurrence.replayed
            or occurrence.name not in self._names
        ):
            return
        name = occurrence.name
        contracts = self.run.world.demanded(name, self.run.function.path)
        for number, contract in enumerate(contracts):
            if self._concerned(contract):
                self._settle(state, occurrence, (number, contract))

    def _settle(self, state: State, call: Called, kept: tuple[int, Contract]) -> None:
        number, contract = kept
        key = (call.start, number)
        demand = Demand.of(call.name, contract, self.clause.exclusive, self.run.world.locks)
        here = demand.translated(self.run, state, call.args, call.name)
        self.kept[key] = Kept(call.name, contract, here.locks[0][2])
        self.remember_names(state, (("object", here.locks[0][2]),) if here.locks[0][2] else EMPTY)
        answer, left = here.answer(self.conditions, state)
        self.settle(key, state, EMPTY, answer)
        site = self.found[key]
        site.start, site.end = call.start, call.end
        if answer.tri is Tri.ABSENT:
            self.asked.setdefault(key, {})[left] = None

    def _concerned(self, contract: Contract) -> bool:
        return contract.lock in self.clause.locks


class ContractJudge:
    """Turns the sites of one function into obligations."""

    def __init__(self, program: Program, callers: Callers, rule: str, number: int) -> None:
        self._program = program
        self._callers = callers
        self._rule = rule
        self._number = number

    def obligations(self, ref: FunctionRef, watch: ContractWatch) -> list[Obligation]:
        """One obligation a call and contract; where some callers fail to keep it, one for each of
        them.
        """
        found: list[Obligation] = []
        for key, site in sorted(watch.found.items(), key=lambda item: item[0]):
            found.extend(self._judge(ref, watch, (key, site)))
        return found

    def _judge(
        self, ref: FunctionRef, watch: ContractWatch, at: tuple[tuple[int, int], Site]
    ) -> list[Obligation]:
        key, site = at
        kept, run = watch.kept[key], watch.run
        describer = Describer(self._program, ref, run, watch.names)
        reply = Reply(Tri.TRUE)
        if site.answer.tri is Tri.ABSENT:
            reply = self._ask(ref, tuple(watch.asked.get(key, ())))
        verdict, reason = verdict_of(site.answer, reply)
        unread = reply.unread
        if verdict is Verdict.VIOLATED and (why := hindrance(run)):
            verdict, reason = Verdict.OPEN, why
        exemption = self._exemption(watch, ref)
        if exemption is not None and verdict is not Verdict.PROVED:
            verdict, reason, unread = Verdict(exemption.verdict), exemption.reason, ()
        demand = self._demanded(ref, kept, site.start)
        if verdict is Verdict.VIOLATED and not reply.whole and reply.failures:
            blamed = [each for each in reply.failures if not self._exemption(watch, each.ref)]
            if blamed:
                return [
                    self._made(
                        watch,
                        kept,
                        (each.ref, each.place, each.callee),
                        (*each.above, *each.below, demand),
                    )
                    for each in blamed
                ]
            exempt = self._exemption(watch, reply.failures[0].ref)
            assert exempt is not None
            verdict, reason = Verdict(exempt.verdict), exempt.reason
        path: tuple[Step, ...] = ()
        if verdict is Verdict.VIOLATED:
            path = (*reply.steps, *describer.path(site.bad, (site.start, site.end)), demand)
        made = self._made(watch, kept, (ref, (site.start, site.end), kept.callee), path)
        evidence = (*describer.proofs(tuple(site.proofs)), *reply.steps, demand)
        return [
            replace(
                made,
                verdict=verdict,
                reason=reason,
                subject=self._subject(describer, kept),
                evidence=evidence if verdict is Verdict.PROVED else (demand,),
                condition=run.function.condition,
                unread=unread,
            )
        ]

    def _exemption(self, watch: ContractWatch, ref: FunctionRef) -> Exemption | None:
        return exemption_of(watch.clause.common.exemptions, ref.path, self._program.head(ref).name)

    def _ask(self, ref: FunctionRef, questions: tuple[Question, ...]) -> Reply:
        return worst([self._callers.ask(ref, question) for question in questions])

    def _demanded(self, ref: FunctionRef, kept: Kept, call: int) -> Step:
        """Where the contract is stated; what a model declares stands at the function's name, or at
        the `call` where the function was not read.
        """
        target = self._program.resolve(kept.callee, ref.path)
        if target is None:
            path, start = ref.path, call
        elif kept.contract.source == "declared":
            path, start = target.path, self._program.head(target).name_start
        else:
            path, start = target.path, kept.contract.offset
        location = self._program.location(path, start, start + 1)
        return Step(location, kept.callee, f"demands {kept.contract.lock}: {kept.contract.source}")

    def _subject(self, describer: Describer, kept: Kept) -> str:
        whose = "" if kept.object is None else f" of {describer.name(kept.object)}"
        return f"{kept.callee}: {kept.contract.lock}{whose}"

    def _made(
        self,
        watch: ContractWatch,
        kept: Kept,
        at: tuple[FunctionRef, tuple[int, int], str],
        path: tuple[Step, ...],
    ) -> Obligation:
        """A violation at a call of the function named last in `at`."""
        ref, place, callee = at
        head = self._program.head(ref)
        names = {
            "function": head.name,
            "callee": callee,
            "lock": kept.contract.lock,
            "demander": kept.callee,
        }
        return Obligation(
            rule=self._rule,
            clause=self._number,
            location=self._program.location(ref.path, *place),
            function=head.name,
            subject=f"{callee}: {kept.contract.lock}",
            verdict=Verdict.VIOLATED,
            level=watch.clause.common.level,
            message=filled(watch.clause.common.says, names),
            path=path,
            condition=head.condition,
        )
