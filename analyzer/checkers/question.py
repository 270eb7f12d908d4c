"""Questions: what a function leaves undecided, put to its callers in their terms."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final, Protocol

from analyzer.checkers.conditions import Answer, Conditions, Proof, Tri
from analyzer.checkers.matching import Binding
from analyzer.checkers.property import Condition
from analyzer.dataflow import Contract, LockTable, Simulation, State, Value
from analyzer.dataflow.apply import translate
from analyzer.dataflow.effects import Guards, nameable
from analyzer.dataflow.values import ANY, NONZERO, POSITIVE, ZERO, parts, root
from analyzer.ir import callee_name, calls


class Question(Protocol):
    """A condition over the parameters of a function, which its callers may answer."""

    @property
    def cautious(self) -> bool:
        """Whether a way in that nobody was seen to take leaves it open."""

    @property
    def vague(self) -> bool:
        """Whether one caller that answers leaves it open for all."""

    @property
    def at_root(self) -> Tri:
        """What a way in from outside answers, where nothing is held: TRUE or ABSENT."""

    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of the rule in it, whose events must be watched."""

    def translated(
        self, run: Simulation, state: State, args: tuple[Value, ...], callee: str
    ) -> "Question":
        """The question at a call with these arguments, in the caller's values."""

    def through(self, pointer: Value, function: Value, run: Simulation) -> "Question":
        """The same where the call goes through `pointer`, which must hold `function`."""

    def answer(self, conditions: Conditions, state: State) -> tuple[Answer, "Question"]:
        """The answer in a state of the caller, and what is left to ask of its own callers."""

    def doubt(self) -> str:
        """Why a root that holds nothing is no violation yet; '' if it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition of a clause, with its holes as bound. `when` are facts of the way to the site: a
    caller that contradicts one of them does not come this way.
    """

    condition: Condition
    binding: Binding
    when: Guards = ()

    @property
    def cautious(self) -> bool:
        """No: a table of operations is entered with nothing done."""
        return False

    @property
    def vague(self) -> bool:
        """No: each caller answers for itself."""
        return False

    @property
    def at_root(self) -> Tri:
        """ABSENT: nothing has established it."""
        return Tri.ABSENT

    def conditions(self) -> tuple[Condition, ...]:
        """The condition itself."""
        return (self.condition,)

    def translated(
        self, run: Simulation, state: State, args: tuple[Value, ...], callee: str
    ) -> "Asked":
        """The same of the caller's values; what the callee alone knows is bound to nothing
        known.
        """
        opaque = run.universe.make("opaque", f"a value of {callee}()")
        binding = tuple(
            (name, translate(run, state, args, value) or opaque) for name, value in self.binding
        )
        when = tuple(
            (moved, mask)
            for value, mask in self.when
            if (moved := translate(run, state, args, value)) is not None
        )
        return replace(self, binding=binding, when=when)

    def through(self, pointer: Value, function: Value, run: Simulation) -> "Asked":
        """The same: a condition is asked of all that call through the field."""
        return self

    def answer(self, conditions: Conditions, state: State) -> tuple[Answer, "Asked"]:
        """What the condition is in the state, if the state is on the way."""
        probe = on_the_way(state, self.when)
        if probe is None:
            return Answer(Tri.TRUE), self
        return conditions.evaluate(self.condition, probe, self.binding), self

    def doubt(self) -> str:
        """None: the condition is all there is."""
        return ""


_FOUND: Final = frozenset(("result", "fresh"))
"""Kinds of objects that a function does not have from its caller."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A lock that a function demands: one of `locks` as (class, mode, object), where one of the
    cases in `guards` holds.

    `certain` says that nothing but the guards decides it. `when` are facts of the way up to here: a
    caller that contradicts one of them does not come this way. `lost` says that the object was
    found on the way: any lock of the class may be the one; `unnamed` says that nobody tells the
    object, or that `callee` has found it itself. `far` says that the lock is taken far above.
    `callee` is the function that demands it; `exclusive` are globs of functions in which no lock is
    needed. `variant` is a function on the way up of which callers mean another definition, under
    another condition: they may keep the demand and cannot break it.
    """

    callee: str
    locks: tuple[tuple[str, str, Value | None], ...]
    guards: tuple[Guards, ...]
    certain: bool
    exclusive: tuple[str, ...] = ()
    when: Guards = ()
    lost: bool = False
    unnamed: bool = False
    far: bool = False
    variant: str = ""

    @staticmethod
    def of(
        callee: str, contract: Contract, exclusive: tuple[str, ...], locks: LockTable
    ) -> "Demand":
        """What `callee` demands by a contract, in its own terms."""
        wanted = ((contract.lock, contract.mode, contract.object), *contract.others)
        far = locks.classes[contract.lock].single
        unnamed = contract.object is None and not locks.classes[contract.lock].globals
        if contract.object is not None and not far:
            unnamed = any(part.kind in _FOUND for part in parts(contract.object))
        found = Demand(callee, wanted, contract.guards, contract.certain, exclusive)
        return replace(found.nameable(None), unnamed=unnamed, far=far)

    @property
    def cautious(self) -> bool:
        """Yes: who calls through a pointer may hold any lock. Of an object that was lost on the way
        callers know nothing.
        """
        return not self.lost or self.far

    @property
    def vague(self) -> bool:
        """Where the object was lost, a caller that holds some lock may hold it for all."""
        return self.lost

    @property
    def at_root(self) -> Tri:
        """ABSENT: nothing is held there."""
        return Tri.ABSENT

    def conditions(self) -> tuple[Condition, ...]:
        """None: a demand is about locks alone."""
        return ()

    def nameable(self, state: State | None) -> "Demand":
        """What of it callers can be asked, with what is known in `state`."""
        locks = tuple(
            (name, mode, value if value is None or nameable(value) else None)
            for name, mode, value in self.locks
        )
        guards = tuple(
            tuple((value, mask) for value, mask in case if nameable(value)) for case in self.guards
        )
        return replace(
            self,
            locks=tuple(dict.fromkeys(locks)),
            guards=tuple(dict.fromkeys(guards)),
            certain=self.certain and guards == self.guards,
            when=() if state is None else way(state, self.when),
            lost=self.lost or locks != self.locks,
        )

    def through(self, pointer: Value, function: Value, run: Simulation) -> "Demand":
        """The same where the call goes through a pointer, that must hold the function."""
        same = run.evaluator.binary("==", pointer, function)
        return replace(self, when=((same, NONZERO), *self.when))

    def translated(
        self, run: Simulation, state: State, args: tuple[Value, ...], callee: str
    ) -> "Demand":
        """The same of the caller's values."""

        def moved(value: Value) -> Value:
            found = translate(run, state, args, value)
            return found or run.universe.make("opaque", f"a value of {callee}()")

        locks = tuple(
            (name, mode, value if value is None else moved(value))
            for name, mode, value in self.locks
        )
        guards = tuple(tuple((moved(v), mask) for v, mask in case) for case in self.guards)
        when = tuple((moved(value), mask) for value, mask in self.when)
        return replace(self, locks=locks, guards=guards, when=when)

    def answer(self, conditions: Conditions, state: State) -> tuple[Answer, "Demand"]:
        """Held, or not demanded here; what is left undecided of the guards goes up."""
        probe = on_the_way(state, self.when)
        left = self if probe is None else self._narrowed(conditions.run, probe)
        if probe is None or not left.guards:
            return Answer(Tri.TRUE, (Proof(0, "not demanded in this case"),)), left
        function = conditions.run.function.name
        if any(fnmatchcase(function, glob) for glob in self.exclusive):
            return Answer(Tri.TRUE, (Proof(0, f"nothing else runs in {function}()"),)), left
        worst = Answer(Tri.ABSENT)
        for lock, mode, target in left.locks:
            if target is not None and any(probe.mask(each) == ZERO for each in _bases(target)):
                return Answer(Tri.TRUE, (Proof(0, "there is no such object here"),)), left
            answer = self._lock(conditions, probe, (lock, mode, target))
            if answer.tri is Tri.TRUE:
                return answer, left
            if answer.tri is not Tri.ABSENT:
                worst = answer
        if worst.tri is Tri.FALSE and left.doubt():
            return Answer(Tri.UNSURE, worst.proofs, left.doubt()), left
        upward = left.nameable(state)
        if worst.tri is Tri.ABSENT and upward.lost and not self.lost:
            for lock, _, _ in left.locks:
                if _takes(conditions.run, lock):
                    reason = f"{function}() takes a {lock}, and it is not known of what"
                    return Answer(Tri.UNSURE, (), reason), upward
        return worst, upward

    def _lock(
        self, conditions: Conditions, state: State, lock: tuple[str, str, Value | None]
    ) -> Answer:
        name, mode, target = lock
        own = None if target is None else exclusive(conditions.run, target)
        if own:
            return Answer(Tri.TRUE, (Proof(0, own),))
        answer = conditions.lock(state, name, mode, target)
        single = (kind := conditions.run.world.locks.classes.get(name)) is not None and kind.single
        if answer.tri is Tri.TRUE and self.lost and not single:
            reason = f"not known whether the {name} that is held is the one that is meant"
            return Answer(Tri.UNSURE, answer.proofs, reason)
        return answer

    def _narrowed(self, run: Simulation, state: State) -> "Demand":
        """The cases that are still possible, without what is known of them."""

        def possible(case: Guards) -> bool:
            return all(_signs(run, state, value) & mask for value, mask in case)

        if not possible(self.when):
            return replace(self, guards=())
        cases = [
            tuple((v, mask) for v, mask in case if _signs(run, state, v) & ~mask)
            for case in self.guards
            if possible(case)
        ]
        if () in cases:
            cases = [()]
        return replace(self, guards=tuple(dict.fromkeys(cases)))

    def doubt(self) -> str:
        """What is not known of the case in which it is demanded, or of the object."""
        if self.variant:
            return f"callers mean another variant of {self.variant}()"
        if not self.certain:
            return f"{self.callee}() demands it under a condition of its own"
        if self.unnamed:
            return f"{self.callee}() does not tell whose {self.locks[0][0]} it demands"
        if () not in self.guards:
            names = sorted({repr(value) for case in self.guards for value, _ in case})
            return f"{self.callee}() demands it depending on {', '.join(names)}"
        return ""


def on_the_way(state: State, when: Guards) -> State | None:
    """The state with what is known of the way to a site; None if that cannot be."""
    if not when:
        return state
    probe = state.copy()
    for value, mask in when:
        if probe.mask(value) & ~mask and not probe.restrict(value, mask, 0):
            return None
    return probe


def _takes(run: Simulation, lock: str) -> bool:
    """Whether a function takes locks of a class itself, of whatever object."""
    kind = run.world.locks.kind(lock)
    for call in calls(run.function):
        name = callee_name(call)
        effect = run.world.effect(name, run.function.path) if name else None
        for outcome in effect.outcomes if effect else ():
            if outcome.taken and (
                kind == "any"
                or any(
                    lock in (each.name, run.world.locks.kind(each.name)) for each in outcome.taken
                )
            ):
                return True
    return False


def _bases(target: Value) -> list[Value]:
    """An object and the pointers on the way to it; where one is NULL there is no object."""
    found = [target]
    while target.kind in ("load", "sub", "elem"):
        inner = target.args[0]
        if not isinstance(inner, Value):
            break
        if target.kind == "sub" and inner.kind not in ("sub", "elem"):
            found.append(inner)
        target = inner
    return found


def _signs(run: Simulation, state: State, value: Value) -> int:
    """The signs of a value; what a pointer in a file-scope table holds is known from the table."""
    mask = state.mask(value)
    if mask & ZERO and mask & NONZERO and value.kind == "op" and value.args[0] == "==":
        one, two = (arg for arg in value.args[1:] if isinstance(arg, Value))
        for pointer, function in ((one, two), (two, one)):
            held = _in_table(run, pointer)
            if held and function.kind == "function":
                return NONZERO if held == function.args[0] else ZERO
    return mask


def _in_table(run: Simulation, pointer: Value) -> str:
    """The function that a field of a file-scope object holds, '' if it is not known."""
    address = pointer.args[0] if pointer.kind == "load" else None
    if not isinstance(address, Value) or address.kind != "sub":
        return ""
    owner, name = address.args
    if not isinstance(owner, Value) or owner.kind != "global":
        return ""
    return run.world.stored(str(owner.args[0]), str(name))


_SIMPLE: Final = frozenset(
    ("param", "load", "const", "symbol", "function", "op", "sub", "not", "app")
)
_MAX_WAY: Final = 5


def way(state: State, when: Guards) -> Guards:
    """The facts of a way that callers may contradict: those of before and those on plain parameters
    and what they point to. That what a field points to exists is one only if it was tested.
    """
    found = {value: mask for value, mask in when if nameable(value)}
    tested = set()
    step = state.trail
    while step is not None:
        tested.add(step.start)
        step = step.before
    for value, fact in state.facts.items():
        if len(found) >= _MAX_WAY:
            break
        pointer = value.kind == "load" and fact & ANY == POSITIVE and fact >> 3 not in tested
        if fact & ANY != ANY and not pointer and value not in found and _is_simple(value, 3):
            found[value] = fact & ANY
    return tuple(found.items())


def _is_simple(value: Value, depth: int) -> bool:
    return (
        depth > 0
        and value.kind in _SIMPLE
        and all(_is_simple(arg, depth - 1) for arg in value.args if isinstance(arg, Value))
    )


def exclusive(run: Simulation, target: Value) -> str:
    """Why nobody else can know the object, '' if somebody may: a local, or just made here."""
    base = root(target)
    if base.kind == "local":
        return f"{base} is an object of {run.function.name}() itself"
    if base.kind not in ("fresh", "result"):
        return ""
    number = base.args[0]
    for call in calls(run.function):
        if call.id == number and (name := callee_name(call)):
            return f"made here by {name}()" if run.world.fresh(name) else ""
    return ""
