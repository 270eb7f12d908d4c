"""What becomes in a caller of what a function left pending: see `due`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from analyzer.checkers.callsites import through_parameter
from analyzer.checkers.conditions import Answer, Proof, Tri
from analyzer.checkers.due import (
    Content,
    Due,
    Stores,
    due_at,
    holes_of,
    is_outside,
    let_go,
    locks_of,
    with_locks,
)
from analyzer.checkers.instances import rename_binding
from analyzer.checkers.matching import Binding
from analyzer.checkers.property import CallEvent, EventPattern, Follow
from analyzer.checkers.question import on_the_way
from analyzer.checkers.watch import Rename, Watch, Watchers, is_replayed
from analyzer.dataflow import Analysis, Simulation, State, Value
from analyzer.dataflow.apply import translate
from analyzer.dataflow.effects import Guards
from analyzer.dataflow.occurrences import Branched, Called, Left, Locked, Looped, Occurrence, Stored
from analyzer.dataflow.state import LockKey
from analyzer.dataflow.values import ANY
from analyzer.program import FunctionRef

_EVERY_CALL: Final = CallEvent("*", (), True)


@dataclass(frozen=True, slots=True)
class _Calling:
    """A call that has begun: the holes in the caller's values, the addresses that the callee stores
    to with what lies there before, also what is `odd`, the locks that are held; None if it goes
    another way.
    """

    site: int
    stores: tuple[Content, ...]
    before: tuple[Value, ...]
    odd: tuple[Value, ...]
    binding: Binding | None
    locks: frozenset[LockKey]


@dataclass(frozen=True, slots=True)
class _Passed:
    """What a call left pending. `told` and `stored` are facts on the paths on which it did, of its
    result and of what it stored; what is `odd`, with its address, may say more; `locks` are those
    that must not go. `past`: a round of a loop has ended since; `loose`: what is odd was tested.
    """

    place: tuple[int, int]
    binding: Binding
    told: Guards
    stored: tuple[tuple[Value, Content], ...]
    odd: tuple[tuple[Value, Value | None], ...]
    locks: frozenset[LockKey]
    past: bool = False
    loose: bool = False

    @property
    def facts(self) -> Guards:
        """All that holds on the paths on which it is pending."""
        return (*self.told, *((value, content.mask) for value, content in self.stored))

    def renamed(self, rename: Rename) -> "_Passed":
        """The same, of the round before."""
        return replace(
            self,
            binding=rename_binding(self.binding, rename),
            told=tuple((rename(value), mask) for value, mask in self.told),
            stored=tuple(
                (rename(value), content._replace(address=rename(content.address)))
                for value, content in self.stored
            ),
            odd=tuple((rename(value), to and rename(to)) for value, to in self.odd),
            locks=frozenset((name, rename(of)) for name, of in self.locks),
        )


class DueWatch(Watch):
    """Follows what calls of a function leave pending to its end, a deadline or the return."""

    clause: Follow

    kinds = frozenset((Branched, Looped, Left, Locked, Stored))

    def __init__(
        self, asked: tuple[Due, frozenset[str]], run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        self._due, self._names = asked
        super().__init__(0, self._due.clause, run, flags)
        self._locks = let_go(self.clause)
        parts = (self.clause.then, *self.clause.before, self.clause.common.unless)
        self._holes = frozenset(name for part in parts for name in holes_of(part))
        self._left_over: dict[tuple[int, int], dict[Due, None]] = {}
        self._stores = Stores()

    def events(self) -> tuple[EventPattern, ...]:
        return (_EVERY_CALL, self.clause.then, *self.clause.before)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        mine = self.monitor(state)
        if isinstance(occurrence, Stored):
            self._note(state, occurrence, [each for each in mine if isinstance(each, _Calling)])
        new = mine
        for each in _sorted(mine):
            new = new - {each} | self._after(state, occurrence, each)
        if isinstance(occurrence, Called) and self._is_asked(occurrence):
            new = self._called(state, occurrence, new)
        if new != mine:
            self.keep(state, new)
        self.record(state, occurrence)

    def _note(self, state: State, stored: Stored, calling: list[_Calling]) -> None:
        contents = (to for each in calling for to in each.stores)
        if not calling:
            self._stores.note(state, stored)
        elif not any(to.address is stored.address and to.kept for to in contents):
            self._stores.note_signs(state, stored)

    def _is_asked(self, call: Called) -> bool:
        name = call.name
        if not name and call.callee is not None and call.callee.kind == "param":
            name = through_parameter(call.callee.args[0])
        return name in self._names and not call.replayed

    def _called(self, state: State, call: Called, mine: frozenset[object]) -> frozenset[object]:
        """A call leaves something pending if it goes the way on which the callee does."""
        if call.result is None:
            self.settle((call.start, call.end), state, (), Answer(Tri.TRUE))
            lies = partial(self.run.evaluator.load, state)
            return frozenset(_lost(each, lies) for each in mine) | {self._begun(state, call)}
        for begun in mine:
            if isinstance(begun, _Calling) and begun.site == call.site:
                now = self._lying(state, begun)
                new = frozenset(_again(each, now) for each in mine - {begun})
                return new | self._passed(state, call, begun)
        return mine

    def _begun(self, state: State, call: Called) -> _Calling:
        def move(value: Value) -> Value | None:
            return translate(self.run, state, call.args, value)

        stores = tuple(
            each._replace(address=to)
            for each in self._due.stores
            if (to := move(each.address)) is not None
        )
        before = tuple(self.run.evaluator.load(state, to.address) for to in stores)
        odd = tuple(to for each in self._due.odd if (to := move(each)) is not None)
        when = tuple((moved, m) for v, m in self._due.when if (moved := move(v)) is not None)
        if on_the_way(state, when) is None:
            return _Calling(call.site, stores, before, odd, None, frozenset())
        opaque = self.run.universe.make("opaque", f"a value of {self._due.callee}()")
        binding = tuple((name, move(value) or opaque) for name, value in self._due.binding)
        return _Calling(call.site, stores, before, odd, binding, self._held(state))

    def _held(self, state: State) -> frozenset[LockKey]:
        found = locks_of(self.run.world.locks, state, self._locks)
        return frozenset((each.name, each.object) for each in found)

    def _lying(self, state: State, begun: _Calling) -> tuple[tuple[Value, Content], ...]:
        """What lies behind a call where the callee has stored. Where no store was seen, it is not
        known.
        """
        now = ((self.run.evaluator.load(state, to.address), to) for to in begun.stores)
        return tuple(
            (value, to)
            for (value, to), old in zip(now, begun.before, strict=True)
            if value is not old or state.mask(value) & to.mask
        )

    def _passed(self, state: State, call: Called, begun: _Calling) -> frozenset[object]:
        if begun.binding is None or call.result is None:
            return frozenset()
        due, result, place = self._due, call.result, (call.start, call.end)
        binding = tuple(
            (name, result if name in due.returned else value) for name, value in begun.binding
        )
        locks = self._held(state) if due.own else begun.locks
        told = () if due.result == ANY else ((result, due.result),)
        lies = self._lying(state, begun)
        odd: tuple[tuple[Value, Value | None], ...] = ((result, None),) if due.figured else ()
        odd += tuple((self.run.evaluator.load(state, to), to) for to in begun.odd)
        each = _Passed(place, binding, told, lies, odd, locks, loose=due.loose)
        if on_the_way(state, each.facts) is None:
            return frozenset()
        state.step(*place, "site")
        return frozenset((each,))

    def _after(self, state: State, occurrence: Occurrence, each: _Passed) -> frozenset[object]:
        """What is pending still."""
        match occurrence:
            case Looped():
                return frozenset((replace(each, past=True),))
            case Branched(condition):
                if each.facts and on_the_way(state, each.facts) is None:
                    return frozenset()
                loose = each.loose or _tells_more(condition, each)
                return frozenset((replace(each, loose=loose),))
            case Left():
                self._left(state, occurrence, each)
                return frozenset()
        if self.sites.matches(self.clause.then, occurrence, state, each.binding):
            self.settle(each.place, state, (), Answer(Tri.TRUE, (Proof(occurrence.start, ""),)))
            return frozenset()
        if not is_replayed(occurrence) and self._is_deadline(state, occurrence, each):
            self._deadline(state, occurrence, each)
            return frozenset()
        return frozenset((each,))

    def _is_deadline(self, state: State, occurrence: Occurrence, each: _Passed) -> bool:
        if not any(
            self.sites.matches(event, occurrence, state, each.binding)
            for event in self.clause.before
        ):
            return False
        if not isinstance(occurrence, Locked):
            return True
        # What nobody has taken here may be the lock; what was taken since is another.
        return (occurrence.name, occurrence.object) in each.locks or occurrence.odd

    def _still(self, state: State, each: _Passed) -> State | None:
        """The state where something is pending still; None if it is not, or is excused."""
        probe = on_the_way(state, each.facts)
        excuse = self.excused(probe, each.binding) if probe is not None else None
        if excuse is None:
            return probe
        self.settle(each.place, state, (), excuse)
        return None

    def _deadline(self, state: State, occurrence: Occurrence, each: _Passed) -> None:
        if self._still(state, each) is None:
            return
        reason = self._doubt(occurrence, each)
        if reason:
            self.settle(each.place, state, (), Answer(Tri.UNSURE, (), reason))
            return
        state.step(occurrence.start, occurrence.end, "deadline")
        self.settle(each.place, state, (), Answer(Tri.FALSE))

    def _doubt(self, occurrence: Occurrence, each: _Passed) -> str:
        """Why a deadline does not say for certain that it came too early."""
        here, callee = self.run.function.name, self._due.callee
        if (
            isinstance(occurrence, Locked)
            and (occurrence.name, occurrence.object) not in each.locks
        ):
            return f"not known whether the lock that {here}() gives back is that of {callee}()"
        if any(name in self._holes and value.kind == "opaque" for name, value in each.binding):
            return f"{here}() does not know what {callee}() leaves to it"
        if each.past and (each.told or not all(content.kept for _, content in each.stored)):
            return f"{here}() calls {callee}() in a loop, and one round may undo what another told"
        if each.loose:
            return f"{callee}() may leave nothing on the way that a test of its result chose"
        return ""

    def _left(self, state: State, left: Left, each: _Passed) -> None:
        probe = self._still(state, each)
        if probe is None:
            return
        held = [
            lock
            for lock in locks_of(self.run.world.locks, state, self._locks)
            if (lock.name, lock.object) in each.locks
        ]
        lies = tuple(content for _, content in each.stored if is_outside(content.address))
        odd = tuple(to for _, to in each.odd if to is not None and is_outside(to))
        name = self.run.function.name
        below = replace(self._due, callee=name, stores=lies, odd=odd, loose=each.loose)
        due = with_locks(due_at(below, probe, each.binding, left.value), held)
        self._left_over.setdefault(each.place, {})[due] = None
        self.settle(each.place, state, (), Answer(Tri.ABSENT))

    def dues(self, place: tuple[int, int]) -> tuple[Due, ...]:
        """What is due above of what a call left pending."""
        return tuple(map(self._stores.told, self._left_over.get(place, ())))


def _lost(each: object, lies: Callable[[Value], Value]) -> object:
    """What is pending when the callee is called again: what somebody else has overwritten it does
    not keep.
    """
    if not isinstance(each, _Passed):
        return each
    stored = tuple(
        (value, to._replace(kept=to.kept and lies(to.address) is value))
        for value, to in each.stored
    )
    return replace(each, stored=stored)


def _again(each: object, lies: tuple[tuple[Value, Content], ...]) -> object:
    """What is pending still, when the callee is called again and keeps what it has told."""
    if not isinstance(each, _Passed):
        return each
    now = {content.address: value for value, content in lies}
    stored = tuple(
        (now.get(content.address, value) if content.kept else value, content)
        for value, content in each.stored
    )
    return replace(each, stored=stored)


def _tells_more(condition: Value, each: _Passed) -> bool:
    """Whether a test asks what came of the call, other than whether the facts hold."""
    known = {value for value, _ in each.facts}
    while condition.kind == "not" and isinstance(condition.args[0], Value):
        condition = condition.args[0]
    sides = [arg for arg in condition.args if isinstance(arg, Value) and arg.kind != "const"]
    if condition in known or (condition.kind == "op" and len(sides) == 1 and sides[0] in known):
        return False
    odd = {value for value, _ in each.odd}
    return any(part in odd for part in _asked(condition))


_COUNTS: Final = frozenset(("+", "-", "*", "/", "%", "<<", ">>"))


def _asked(condition: Value) -> Iterator[Value]:
    """The values that a test asks of; what is counted with them says little of where they come
    from.
    """
    yield condition
    if condition.kind == "op" and condition.args[0] in _COUNTS:
        return
    for arg in condition.args:
        if isinstance(arg, Value):
            yield from _asked(arg)


def _sorted(mine: frozenset[object]) -> Iterator[_Passed]:
    found = (each for each in mine if isinstance(each, _Passed))
    yield from sorted(found, key=lambda each: (each.place, each.past))


def watched(
    analysis: Analysis,
    caller: FunctionRef,
    asked: tuple[Due, frozenset[str]],
    flags: dict[str, tuple[str, ...]],
) -> DueWatch:
    """What a caller does of what calls of some names leave pending."""

    def attach(run: Simulation) -> Watchers:
        return Watchers((DueWatch(asked, run, flags),))

    (watch,) = analysis.watched(caller, attach).watches
    assert isinstance(watch, DueWatch)
    return watch
