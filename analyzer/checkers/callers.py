"""Discharge through callers: what a function cannot answer, each call of it must, up to the
roots.
"""

from dataclasses import dataclass, replace

from analyzer.checkers.conditions import Answer, Tri
from analyzer.checkers.matching import Binding
from analyzer.checkers.property import (
    Always,
    CallEvent,
    Common,
    Condition,
    EventPattern,
    Require,
    Scope,
)
from analyzer.checkers.watch import Watch, Watchers
from analyzer.core import Level, Step
from analyzer.dataflow import Analysis, Simulation, State, Value
from analyzer.dataflow.apply import translate
from analyzer.dataflow.occurrences import Called, Occurrence
from analyzer.program import FunctionRef

_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Reply:
    """What the callers say: TRUE with evidence, ABSENT with the chain from a root, or UNSURE with a
    reason.

    `partial` says that a recursion or the limit on depth was met on the way. Such an answer depends
    on who asks, so it is not kept for others.
    """

    tri: Tri
    steps: tuple[Step, ...] = ()
    reason: str = ""
    partial: bool = False


class QuestionWatch(Watch):
    """Evaluates a callee's open condition at every call of it, in the caller's terms."""

    def __init__(
        self,
        callee: str,
        question: tuple[Condition, Binding],
        run: Simulation,
        flags: dict[str, tuple[str, ...]],
    ) -> None:
        condition, self._asked = question
        self._condition = condition
        self._callee = callee
        common = Common("", Level.ERROR, Scope(), None, None, (), 0)
        at = CallEvent(callee, (), True)
        clause = Require(common, at, Always(True), None, False)
        self.clause: Require
        self._conditions_asked = (condition,)
        super().__init__(0, clause, run, flags)

    def all_conditions(self) -> tuple[Condition, ...]:
        return self._conditions_asked

    def events(self) -> tuple[EventPattern, ...]:
        return (self.clause.at,)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if (
            isinstance(occurrence, Called)
            and occurrence.result is None
            and occurrence.name == self._callee
        ):
            binding = tuple(
                (name, self._translate(state, occurrence.args, value))
                for name, value in self._asked
            )
            answer = self.conditions.evaluate(self._condition, state, binding)
            self.settle((occurrence.start, occurrence.end), state, binding, answer)
        self.record(state, occurrence)

    def _translate(self, state: State, args: tuple[Value, ...], value: Value) -> Value:
        found = translate(self.run, state, args, value)
        return found or self.run.universe.make("opaque", f"a value of {self._callee}()")


class Callers:
    """Asks the callers of a function, and theirs, with answers kept for the run."""

    def __init__(self, analysis: Analysis, flags: dict[str, tuple[str, ...]]) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._flags = flags
        self._memo: dict[tuple[FunctionRef, str, str], Reply] = {}
        self._busy: set[FunctionRef] = set()

    def ask(self, ref: FunctionRef, condition: Condition, binding: Binding) -> Reply:
        """Whether `condition` holds wherever `ref` is called."""
        key = (ref, repr(condition), repr(binding))
        found = self._memo.get(key)
        if found is None:
            if ref in self._busy:
                return Reply(Tri.TRUE, partial=True)
            if len(self._busy) >= _MAX_DEPTH:
                return Reply(Tri.UNSURE, (), "the chain of callers is too long to follow", True)
            self._busy.add(ref)
            found = self._ask(ref, condition, binding)
            self._busy.discard(ref)
            if not found.partial:
                self._memo[key] = found
        return found

    def _ask(self, ref: FunctionRef, condition: Condition, binding: Binding) -> Reply:
        callers = self._analysis.graph.callers(ref)
        replies = [self._root(ref)] if self._is_root(ref, bool(callers)) else []
        for caller in callers:
            replies.append(self._caller(caller, ref, (condition, binding)))
        partial = any(reply.partial for reply in replies)
        for reply in replies:
            if reply.tri is Tri.ABSENT:
                return replace(reply, partial=partial)
        for reply in replies:
            if reply.tri is not Tri.TRUE:
                return replace(reply, partial=partial)
        steps = next((reply.steps for reply in replies if reply.steps), ())
        return Reply(Tri.TRUE, steps, partial=partial)

    def _caller(
        self, caller: FunctionRef, ref: FunctionRef, question: tuple[Condition, Binding]
    ) -> Reply:
        name = self._program.head(ref).name
        watches: list[QuestionWatch] = []

        def attach(run: Simulation) -> Watchers:
            watch = QuestionWatch(name, question, run, self._flags)
            watches.append(watch)
            return Watchers((watch,))

        run = self._analysis.simulate(caller, attach)
        watch = watches[0]
        reply = Reply(Tri.TRUE)
        partial = False
        for place, site in sorted(watch.found.items()):
            answer = site.answer
            step = self._step(caller, place, f"calls {name}()")
            if answer.tri is Tri.TRUE:
                if reply.tri is Tri.TRUE and not reply.steps:
                    reply = Reply(Tri.TRUE, (step, *self._proofs(caller, answer)))
                continue
            if answer.tri is not Tri.ABSENT or not run.precise:
                if answer.tri is Tri.FALSE and run.precise:
                    return Reply(Tri.ABSENT, (step,), answer.reason)
                why = answer.reason or f"{run.function.name}() has too many states"
                return Reply(Tri.UNSURE, (step,), why)
            for binding in site.questions:
                above = self.ask(caller, question[0], binding)
                partial = partial or above.partial
                if above.tri is not Tri.TRUE:
                    return Reply(above.tri, (*above.steps, step), above.reason, above.partial)
        return replace(reply, partial=partial)

    def _proofs(self, ref: FunctionRef, answer: Answer) -> tuple[Step, ...]:
        return tuple(
            self._step(ref, (proof.offset, proof.offset + 1), proof.text or "established here")
            for proof in answer.proofs
            if proof.offset
        )

    def _is_root(self, ref: FunctionRef, called: bool) -> bool:
        head = self._program.head(ref)
        return bool(head.entry or head.name in self._tables or not called)

    def _pointed_at(self, ref: FunctionRef) -> bool:
        """Whether some function mentions it other than by a call."""
        name = self._program.head(ref).name
        return any(
            name not in self._program.head(other).calls for other in self._program.mentions(name)
        )

    @property
    def _tables(self) -> dict[str, str]:
        return self._analysis.table_functions

    def _root(self, ref: FunctionRef) -> Reply:
        """A function that is called from outside: nothing is held there, if it is known how it is
        entered.
        """
        head = self._program.head(ref)
        place = self._step(ref, (head.name_start, head.name_start + len(head.name)), "")
        if head.entry:
            words = f"{head.name}() is entered as {head.entry}"
        elif head.name in self._tables:
            words = f"{head.name}() is entered through {self._tables[head.name]}"
        elif head.exported:
            return Reply(Tri.UNSURE, (), f"{head.name}() is exported and no caller was read")
        elif self._pointed_at(ref):
            return Reply(Tri.UNSURE, (), f"{head.name}() is reached through a pointer")
        elif self._analysis.whole or head.static:
            words = f"nothing calls {head.name}()"
        else:
            return Reply(Tri.UNSURE, (), f"no caller of {head.name}() was read")
        return Reply(Tri.ABSENT, (Step(place.location, head.name, words),))

    def _step(self, ref: FunctionRef, place: tuple[int, int], text: str) -> Step:
        location = self._program.location(ref.path, *place)
        return Step(location, self._program.head(ref).name, text)
