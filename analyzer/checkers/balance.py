"""`pair` with `families`: a lock is given back on every exit, or handed over in a way that a caller
can tell.
"""

from itertools import islice
from typing import Final

from analyzer.checkers.conditions import Answer, Proof, Tri
from analyzer.checkers.families import Balance
from analyzer.checkers.matching import EMPTY, Binding
from analyzer.checkers.pair import BetweenWatch
from analyzer.checkers.patterns import Hole
from analyzer.checkers.property import AnyOf, Clause, LockEvent
from analyzer.dataflow import Lock, Simulation, State, Value
from analyzer.dataflow.balance import LEAVES, Exit, Told, changed
from analyzer.dataflow.effects import Effect
from analyzer.dataflow.occurrences import Locked, Occurrence
from analyzer.dataflow.state import LockKey
from analyzer.dataflow.values import ZERO, parts, root

HANDED: Final = "handed to the caller"
UNTOLD: Final = "what the exits return is not known"

_PASSING: Final = frozenset(("load", "phi", "prev"))
"""Kinds of values that may be another object when they are met again."""


class BalanceWatch(BetweenWatch):
    """Gathers where locks are taken and given back; `finish` judges the exits.

    `handed` tells of each site whose lock is still held at an exit what took it: if it is a
    function that leaves the lock to its caller, that must be meant. `classes` tells of each site of
    which class its lock is. `untold` are sites whose lock is left held at an exit that nobody can
    tell for certain from one where it is not.
    """

    clause: Balance

    def __init__(
        self, number: int, clause: Clause, run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        super().__init__(number, clause, run, flags)
        opening = self.clause.open
        events = opening.events if isinstance(opening, AnyOf) else (opening,)
        locks = [each for each in events if isinstance(each, LockEvent)]
        self._locks = frozenset(each.lock for each in locks)
        self._hole = next((e.object.name for e in locks if isinstance(e.object, Hole)), "")
        self._released: dict[LockKey, tuple[int, int]] = {}
        self.handed: dict[tuple[int, int], str] = {}
        self.classes: dict[tuple[int, int], str] = {}
        self.untold: set[tuple[int, int]] = set()
        self._taken: set[str] = set()

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if isinstance(occurrence, Locked) and self._mine(occurrence.name):
            self._locked(state, occurrence)

    def _mine(self, name: str) -> bool:
        table = self.run.world.locks
        return name in self._locks or any(table.kind(lock) == name for lock in self._locks)

    def _locked(self, state: State, lock: Locked) -> None:
        place = (lock.start, lock.end)
        binding = self._binding(lock.object)
        self.classes[place] = lock.name
        if lock.acquired:
            self._taken.add(lock.name)
            answer = self._again(state, lock) if lock.odd else Answer(Tri.TRUE)
            self.settle(place, state, binding, answer)
            self.opened(lock.object, place)
            self._taken_again(lock, place)
            return
        self.closed(lock.object, lock.start)
        if lock.odd:
            self._released[lock.name, lock.object] = place
            self.settle(place, state, binding, Answer(Tri.TRUE))

    def _taken_again(self, lock: Locked, place: tuple[int, int]) -> None:
        """A lock of the caller's that is dropped and taken again: each proves the other."""
        dropped = self._released.get((lock.name, lock.object))
        if dropped is not None:
            self.found[dropped].proofs[Proof(lock.start, "taken again here")] = None
            self.found[place].proofs[Proof(dropped[0], "given back here before")] = None

    def _again(self, state: State, lock: Locked) -> Answer:
        doubt = self.run.doubts.of(lock.object)
        if doubt:
            return Answer(Tri.UNSURE, (), doubt)
        if any(part.kind in _PASSING for part in parts(lock.object)):
            return Answer(Tri.UNSURE, (), "it may be another object than the one held")
        return Answer(Tri.FALSE, (), "taken twice")

    def _binding(self, value: Value) -> Binding:
        return ((self._hole, value),) if self._hole else EMPTY

    def answers_for(self, model: Effect) -> bool:
        """Whether the body of a function that has a model speaks of the same locks as the model: a
        walk, say, is a lock of its own for the model, and a lock of its entry for the body.
        """
        taken = {each.name for outcome in model.outcomes for each in outcome.taken}
        given = {name for outcome in model.outcomes for name, _ in outcome.given}
        return any(map(self._mine, taken | given)) and taken <= self._taken

    # Exits. ---------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Judges the exits of the function."""
        exits = tuple(Exit.of(final) for final in self.run.last_finals())
        keys = tuple(key for key in changed(exits) if self._mine(key[0]))
        for key in keys:
            for one in exits:
                if one.change(key):
                    self._judge(key, one, exits, keys)

    def _judge(
        self, key: LockKey, one: Exit, exits: tuple[Exit, ...], keys: tuple[LockKey, ...]
    ) -> None:
        lock = one.state.taken.get(key)
        offset = one.state.given.get(key, 0)
        place = (lock.offset, lock.offset + 1) if lock else (offset, offset + 1)
        place = self._place(place if lock else self._released.get(key, place))
        answer = self._inside(key, one) or self._outside(key, one, exits, keys)
        doubt = self.run.doubts.of(key[1], self.clause.near)
        if answer.tri is Tri.FALSE and doubt:
            answer = Answer(Tri.UNSURE, (), doubt)
        if lock is not None and (answer.reason == UNTOLD or self._unclear(one, lock, answer)):
            self.untold.add(place)
        if lock is not None and answer.tri is not Tri.UNSURE:
            self.handed.setdefault(place, lock.source)
        self.classes[place] = key[0]
        state = one.state.copy()
        state.step(one.start, one.start + 1, "return")
        self.settle(place, state, self._binding(key[1]), answer)

    def _unclear(self, one: Exit, lock: Lock, answer: Answer) -> bool:
        """Whether a lock of the callers' own that was taken here is in doubt because of a callee
        alone.
        """
        clear = self.run.doubts.is_clear(lock.object) or answer.tri is not Tri.UNSURE
        own = self.run.world.primitive(lock.source) and one.naming.named(lock.object)
        return own and not clear

    def _inside(self, key: LockKey, one: Exit) -> Answer | None:
        """The answer for a lock that no caller can name, None for one that they can."""
        target = key[1]
        if one.state.taken.get(key) is None:
            if root(target).kind == "local":
                return Answer(Tri.FALSE, (), "given back without being taken")
            if one.state.mask(target) == ZERO:
                return Answer(Tri.UNSURE, (), "what is given back is NULL")
            if one.naming.named(target) and target.kind != "app":
                return None
            return Answer(Tri.UNSURE, (), "it was found here and taken elsewhere")
        if one.naming.reachable(target):
            return None
        if any(part.kind == "elem" for part in parts(target)):
            return Answer(Tri.UNSURE, (), "the object is an element of an array")
        others = [value for name, value in one.state.given if self._mine(name)]
        if root(target).kind != "local" and any(root(each).kind != "local" for each in others):
            return Answer(Tri.UNSURE, (), "it may be given back under another name")
        if self._is_another(one.state, target):
            return Answer(Tri.UNSURE, (), "it may go by two names")
        if self._may_return(one, target):
            return Answer(Tri.UNSURE, (), "it may be what is returned")
        return Answer(Tri.FALSE, (), "left held")

    def _is_another(self, state: State, target: Value) -> bool:
        """Whether a path has found the object to be one that goes by another name, too."""
        return any(
            value.kind == "op"
            and value.args[0] == "=="
            and target in value.args[1:]
            and state.truth(value)
            and all(each.kind not in ("const", "symbol") for each in _operands(value))
            for value in state.facts
        )

    def _may_return(self, one: Exit, target: Value) -> bool:
        """Whether the object may be what is returned, under a name that is not known here."""
        result = self.run.function.result
        if one.value is None or one.value.kind != "phi" or "*" not in result:
            return False
        leaves = tuple(islice(self.run.flown(one), LEAVES))
        return len(leaves) == LEAVES or any(
            value.kind not in ("const", "symbol", "param", "text", "function")
            for _, value in leaves
        )

    def _outside(
        self, key: LockKey, one: Exit, exits: tuple[Exit, ...], keys: tuple[LockKey, ...]
    ) -> Answer:
        """The answer for a lock that the callers can name: they must be able to tell how it is."""
        change = one.change(key)
        answer = Answer(Tri.ABSENT, (), HANDED if change > 0 else "given back for the caller")
        for other in exits:
            if other.change(key) == change:
                continue
            how = self.run.told(one, other)
            if how in (Told.BY_RESULT, Told.BY_ENTRY):
                continue
            if how is Told.UNKNOWN:
                answer = Answer(Tri.UNSURE, (), UNTOLD)
            elif any(other.change(each) == change != one.change(each) for each in keys):
                answer = Answer(Tri.UNSURE, (), "it may go by two names")
            else:
                return Answer(
                    Tri.FALSE, (), "held at one exit, not at another with the same result"
                )
        return answer

    def _place(self, place: tuple[int, int]) -> tuple[int, int]:
        return next((known for known in self.found if known[0] == place[0]), place)


def _operands(value: Value) -> tuple[Value, ...]:
    return tuple(each for each in value.args if isinstance(each, Value))
