"""Conditions of a clause in a state: true, false or not known, with what says so."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from analyzer.checkers.evidence import of_class, of_fact, of_flag, of_stores
from analyzer.checkers.instances import recorded
from analyzer.checkers.matching import Binding, Matcher, bound
from analyzer.checkers.patterns import Hole, Number, Pattern
from analyzer.checkers.property import (
    Always,
    Both,
    Compare,
    Condition,
    Done,
    Either,
    EventPattern,
    Has,
    Held,
    InClass,
    InFunctions,
    Known,
    Not,
    Tested,
    Truth,
    Under,
)
from analyzer.checkers.reread import tested, told_by, younger
from analyzer.dataflow import Simulation, State, Value, held
from analyzer.dataflow.classes import left
from analyzer.dataflow.state import Lock
from analyzer.dataflow.values import ZERO, root


class Tri(Enum):
    """An answer. `ABSENT`: nothing here establishes it, and nothing decides against it (the callers
    may).
    """

    TRUE = "true"
    FALSE = "false"
    ABSENT = "absent"
    UNSURE = "unsure"


NAME: Final = -1
"""The offset of a proof that stands on the name of the function."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A place that establishes a condition: byte offset and words. `entry`: it is a contract with
    the callers.
    """

    offset: int
    text: str
    entry: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a condition is in a state, the places that say so, and in words why it is not known."""

    tri: Tri
    proofs: tuple[Proof, ...] = ()
    reason: str = ""


TRUE = Answer(Tri.TRUE)
FALSE = Answer(Tri.FALSE)
ABSENT = Answer(Tri.ABSENT)


class Conditions:
    """Evaluates conditions in the states of one function.

    `dones` are the events that the clause asks about by `done`; its monitor, of number `monitor`,
    knows them by their place in there. `tests` are the places where the class of a value was asked.
    """

    def __init__(self, matcher: Matcher, function: str) -> None:
        self._matcher = matcher
        self._function = function
        self.dones: tuple[tuple[EventPattern, EventPattern | None], ...] = ()
        self.monitor = 0
        self.tests: dict[Value, dict[int, None]] = {}

    @property
    def run(self) -> Simulation:
        """The simulation whose states are asked."""
        return self._matcher.run

    def evaluate(self, condition: Condition, state: State, binding: Binding) -> Answer:
        """What `condition` is in `state`, with the holes as bound."""
        match condition:
            case Both(parts):
                return self._both([self.evaluate(part, state, binding) for part in parts])
            case Either(parts):
                return self._either([self.evaluate(part, state, binding) for part in parts])
            case Not(part):
                return self._not(part, state, binding)
            case Known(part):
                answer = self.evaluate(part, state, binding)
                return answer if answer.tri is Tri.TRUE else FALSE
            case Truth(value):
                return self._truth(value, state, binding, True)
            case Compare():
                return self._compare(condition, state, binding)
            case Has(value, flag):
                return self._has(value, flag, state, binding)
            case Held():
                return self._held(condition, state, binding)
            case Done(event, then):
                return self._done((event, then), state, binding)
            case InFunctions(_, functions):
                if self._function in functions:
                    words = f"{self._function}() is one of {condition.role}"
                    return Answer(Tri.TRUE, (Proof(NAME, words),))
                return ABSENT
            case InClass():
                return self._in_class(condition, state, binding)
            case Under():
                return self._under(condition, state, binding)
            case Always(value):
                return TRUE if value else FALSE
            case _:
                raise AssertionError(f"unresolved condition {condition}")

    def _both(self, answers: list[Answer]) -> Answer:
        for tri in (Tri.FALSE, Tri.UNSURE, Tri.ABSENT):
            for answer in answers:
                if answer.tri is tri:
                    return answer
        return Answer(Tri.TRUE, tuple(proof for answer in answers for proof in answer.proofs))

    def _either(self, answers: list[Answer]) -> Answer:
        for tri in (Tri.TRUE, Tri.UNSURE, Tri.ABSENT):
            for answer in answers:
                if answer.tri is tri:
                    return answer
        return answers[0] if answers else FALSE

    def _not(self, part: Condition, state: State, binding: Binding) -> Answer:
        match part:
            case Truth(value):
                return self._truth(value, state, binding, False)
            case Both(parts):
                return self._either([self._not(each, state, binding) for each in parts])
            case Either(parts):
                return self._both([self._not(each, state, binding) for each in parts])
        answer = self.evaluate(part, state, binding)
        if answer.tri is Tri.TRUE:
            return Answer(Tri.FALSE, answer.proofs)
        if answer.tri is Tri.FALSE:
            return Answer(Tri.TRUE, answer.proofs)
        return answer

    # Values. --------------------------------------------------------------------------------------

    def _truth(self, pattern: Pattern, state: State, binding: Binding, wanted: bool) -> Answer:
        value = self._matcher.build(pattern, state, binding)
        if value is None:
            return self._search(pattern, state, binding, wanted)
        return self._known(state, value, wanted, ((pattern,), binding))

    def _known(
        self, state: State, value: Value, wanted: bool, of: tuple[tuple[Pattern, ...], Binding]
    ) -> Answer:
        truth = state.truth(value)
        if truth is None:
            return ABSENT
        places = of_fact(state, value) or of_stores(self._matcher, of[0], state, of[1])
        return Answer(Tri.TRUE if truth is wanted else Tri.FALSE, _at(places))

    def _search(self, pattern: Pattern, state: State, binding: Binding, wanted: bool) -> Answer:
        """A pattern with `_` or an unbound hole: any fact that matches it answers."""
        against = False
        for fact in list(state.facts):
            if fact.kind not in ("app", "load"):
                continue
            if self._matcher.match(pattern, fact, state, binding) is None:
                continue
            truth = state.truth(fact)
            if truth is wanted:
                return Answer(Tri.TRUE, (Proof(state.learned(fact), ""),))
            against = against or truth is not None
        return FALSE if against else ABSENT

    def _compare(self, condition: Compare, state: State, binding: Binding) -> Answer:
        match condition:
            case Compare("==", left, Number(0)):
                return self._truth(left, state, binding, False)
            case Compare("!=", left, Number(0)):
                return self._truth(left, state, binding, True)
            case Compare(("==" | "!=") as operator, left, Number(1)):
                return self._truth(left, state, binding, operator == "==")
        one = self._matcher.build(condition.left, state, binding)
        two = self._matcher.build(condition.right, state, binding)
        if one is None or two is None:
            return ABSENT
        value = self._matcher.run.evaluator.binary(condition.operator, one, two)
        return self._known(state, value, True, ((condition.left, condition.right), binding))

    def _in_class(self, condition: InClass, state: State, binding: Binding) -> Answer:
        """The classes that the tests have left decide, if they are all of one answer."""
        value = self._matcher.build(condition.value, state, binding)
        kinds = frozenset() if value is None else left(state, self.run.universe, value)
        asked, sort = frozenset(condition.classes), condition.table.sort(condition.classes)
        inside, outside = kinds & sort <= asked, not kinds & asked
        if inside is outside:  # Both: a path that cannot be. Neither: some are, some are not.
            return ABSENT
        assert value is not None
        tri = Tri.TRUE if outside is condition.disjoint else Tri.FALSE
        places = of_class(self.run, state, value) or tuple(self.tests.get(value, ()))
        return Answer(tri, _at(places))

    def _has(self, pattern: Pattern, flag: str, state: State, binding: Binding) -> Answer:
        value = self._matcher.build(pattern, state, binding)
        if value is None:
            return self._has_any(flag, state)
        found = self._matcher.has(state, value, flag)
        if found is None:
            return ABSENT
        places = of_flag(self._matcher, value, flag, state)
        places = places or of_stores(self._matcher, (pattern,), state, binding)
        return Answer(Tri.TRUE if found else Tri.FALSE, _at(places))

    def _has_any(self, flag: str, state: State) -> Answer:
        """`_ has FLAG`: a test of the flag on any value."""
        names = self._matcher.names(flag)
        for fact in state.facts:
            if fact.kind != "op" or fact.args[0] != "&":
                continue
            tested = [part.args[0] for part in fact.args[1:] if isinstance(part, Value)]
            truth = state.truth(fact)
            if truth is not None and any(name in tested for name in names):
                return Answer(Tri.TRUE if truth else Tri.FALSE, _at(of_fact(state, fact)))
        return ABSENT

    # Locks. ---------------------------------------------------------------------------------------

    def _held(self, condition: Held, state: State, binding: Binding) -> Answer:
        target = None
        if condition.object is not None:
            target = self._matcher.build(condition.object, state, binding)
            if target is None and not isinstance(condition.object, Hole):
                return ABSENT
            if target is not None and state.mask(target) == ZERO:
                return Answer(Tri.FALSE, (), f"{target!r} is NULL, no lock of it can be held")
        return self.lock(state, condition.lock, condition.mode, target)

    def lock(self, state: State, lock: str, mode: str, target: Value | None) -> Answer:
        """Whether a lock of a class is held in a mode, on `target` or, for None, on anything."""
        found, others = held(self._matcher.run, state, lock, target)
        if found is not None and _mode_allows(found, mode):
            return Answer(Tri.TRUE, (_lock_proof(found),))
        if found is not None:
            tri = Tri.FALSE if self.run.world.primitive(found.source) else Tri.UNSURE
            return Answer(tri, (_lock_proof(found),), f"{lock} is held for read only")
        if target is not None:
            given = [each for each in others if each.object.calls & target.calls]
            if given:  # The call that gave the object took its lock.
                return Answer(Tri.TRUE, (_lock_proof(given[0]),))
            kind = self.run.world.locks.classes.get(lock)
            only = kind is not None and kind.single and len(others) == 1
            if only and _may_alias(others[0].object, target) and _mode_allows(others[0], mode):
                return Answer(Tri.TRUE, (_lock_proof(others[0]),))
            maybe = [each for each in others if _may_alias(each.object, target)]
            if maybe:
                reason = f"not known whether {maybe[0].object!r} is {target!r}"
                return Answer(Tri.UNSURE, (_lock_proof(maybe[0]),), reason)
        return ABSENT

    # Events. --------------------------------------------------------------------------------------

    def _done(
        self, events: tuple[EventPattern, EventPattern | None], state: State, binding: Binding
    ) -> Answer:
        best = ABSENT
        number = self.dones.index(events)
        for instance in recorded(state, self.monitor):
            if instance.event != number or not instance.complete:
                continue
            if instance.awaits and self._matcher.outcome(*instance.awaits, state) is False:
                continue
            answer = _agree(instance.binding, binding)
            if answer is Tri.TRUE:
                return Answer(Tri.TRUE, (Proof(instance.offset, ""),))
            if answer is Tri.UNSURE:
                best = Answer(
                    Tri.UNSURE,
                    (Proof(instance.offset, ""),),
                    "not known whether both are one object",
                )
        return best

    def _under(self, condition: Under, state: State, binding: Binding) -> Answer:
        """The fact must be younger on the trail than the lock that is held, and so must every call
        that it is made of.
        """
        held_answer = self._held(Held(condition.lock, "", condition.object), state, binding)
        if isinstance(condition.part, Tested):
            return self._retested(condition.part.value, held_answer, state, binding)
        answer = self.evaluate(condition.part, state, binding)
        if held_answer.tri is not Tri.TRUE:
            return held_answer
        if answer.tri is not Tri.TRUE:
            return answer
        values = self._facts_of(condition.part, state, binding)
        locked = held_answer.proofs[0]
        for value in values:
            if locked.entry or younger(state, value, locked.offset):
                return Answer(Tri.TRUE, (*answer.proofs, locked))
        return FALSE

    def _retested(self, pattern: Pattern, locked: Answer, state: State, binding: Binding) -> Answer:
        """What is known of a place was read under the lock: see `reread`."""
        if locked.tri is not Tri.TRUE:
            return locked
        inner = getattr(pattern, "object", None) or getattr(pattern, "pointer", None)
        wanted = None if inner is None else self._matcher.build(inner, state, binding)
        fact = tested(state, pattern, wanted)
        if fact is None:
            callee = "" if wanted is None else told_by(self.run, state, wanted)
            if callee:
                return Answer(Tri.UNSURE, (), f"not known what {callee}() tests")
            return FALSE
        return Answer(Tri.TRUE, (Proof(state.learned(fact), ""), *locked.proofs))

    def _facts_of(self, part: Condition, state: State, binding: Binding) -> list[Value]:
        if not isinstance(part, Truth):
            return []
        return [
            fact
            for fact in list(state.facts)
            if state.truth(fact)
            and self._matcher.match(part.value, fact, state, binding) is not None
        ]


def _at(places: tuple[int, ...]) -> tuple[Proof, ...]:
    return tuple(Proof(offset, "") for offset in places)


def _agree(one: Binding, two: Binding) -> Tri:
    answer = Tri.TRUE
    for name, value in one:
        other = bound(two, name)
        if other is None or other is value:
            continue
        if not _may_alias(value, other):
            return Tri.FALSE
        answer = Tri.UNSURE
    return answer


def _may_alias(one: Value, two: Value) -> bool:
    """Whether two values can be the same object: not if both are constants, or one is a local
    object.
    """
    if one is two:
        return True
    kinds = {one.kind, two.kind}
    if kinds <= {"const", "symbol"}:
        return False
    first, second = root(one), root(two)
    locals_ = [each for each in (first, second) if each.kind == "local"]
    if len(locals_) == 2:
        return first is second and one.kind == two.kind
    return not (one.kind == "local" or two.kind == "local")


def _mode_allows(lock: Lock, mode: str) -> bool:
    return mode != "write" or lock.mode == "write"


def _lock_proof(lock: Lock) -> Proof:
    if lock.entry:
        return Proof(lock.offset, f"{lock.name} is held: {lock.source}", True)
    return Proof(lock.offset, f"{lock.name} is taken by {lock.source}()")
