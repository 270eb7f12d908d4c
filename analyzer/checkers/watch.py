"""Watches: one clause over one function. A watch sees every occurrence on every path and gathers
what becomes of its sites.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from analyzer.checkers.conditions import Answer, Conditions, Proof, Tri
from analyzer.checkers.instances import Instance
from analyzer.checkers.interest import Interest
from analyzer.checkers.matching import EMPTY, Binding, Matcher
from analyzer.checkers.property import (
    Both,
    Clause,
    Condition,
    Done,
    Either,
    EventPattern,
    Known,
    Not,
    Under,
)
from analyzer.checkers.question import way
from analyzer.checkers.reread import outdate, tests_under
from analyzer.checkers.sites import Sites
from analyzer.dataflow import Simulation, State, Value
from analyzer.dataflow.effects import Guards
from analyzer.dataflow.occurrences import Called, Locked, Occurrence, Used
from analyzer.dataflow.state import Trail


@dataclass(slots=True)
class Site:
    """One place where a clause applies, with the worst answer of all paths.

    `bad` is the path on which the condition is missing or refuted; `binding` and `answer` are of
    that path; `proofs` are what proved it on the other paths. `questions` are what the callers must
    be asked: the holes and what is known on the way.
    """

    start: int
    end: int
    function: str
    binding: Binding
    answer: Answer
    bad: Trail | None = None
    proofs: dict[Proof, None] = field(default_factory=dict)
    questions: dict[tuple[Binding, Guards], None] = field(default_factory=dict)


_MAX_WAYS: Final = 6
"""Ways to a site that are told apart when its callers are asked."""

RANK = {Tri.TRUE: 0, Tri.UNSURE: 1, Tri.ABSENT: 2, Tri.FALSE: 3}
"""How bad an answer is: the worst of all paths stands."""


class Rename(Protocol):
    """Renames a value for the next round of a loop."""

    def __call__(self, value: Value) -> Value: ...


class Watch(ABC):
    """What all kinds share: the matcher, the instances of `done`, the sites found."""

    def __init__(
        self, number: int, clause: Clause, run: Simulation, flags: dict[str, tuple[str, ...]]
    ) -> None:
        self.number = number
        self.clause = clause
        self.run = run
        self.matcher = Matcher(run, flags)
        self.conditions = Conditions(self.matcher, run.function.name)
        self.sites = Sites(self.matcher, self.conditions)
        self.found: dict[tuple[int, int], Site] = {}
        self.names: dict[Value, str] = {}
        self.dones = tuple(dict.fromkeys(each for c in self.all_conditions() for each in dones(c)))
        self.rereads = tuple(each for c in self.all_conditions() for each in tests_under(c))
        if self.rereads:
            self.kinds |= {Locked}
        self.conditions.dones = self.dones
        self.conditions.monitor = number

    def all_conditions(self) -> tuple[Condition, ...]:
        """Every condition of the clause."""
        common = self.clause.common
        return tuple(each for each in (common.given, common.unless) if each is not None)

    kinds: frozenset[type] = frozenset()
    """Kinds of occurrences that the watch must be told of beside its events."""

    @property
    def of_test(self) -> bool:
        """Whether the sites are tested conditions, not things done."""
        return False

    @property
    def ends_elsewhere(self) -> bool:
        """Whether the path of a violation ends behind the site, not at it."""
        return False

    @abstractmethod
    def events(self) -> tuple[EventPattern, ...]:
        """The events that the clause itself names."""

    def all_events(self) -> tuple[EventPattern, ...]:
        """All events that the watch must be told of."""
        done = tuple(event for pair in self.dones for event in pair if event is not None)
        return (*self.events(), *done)

    @abstractmethod
    def observe(self, state: State, occurrence: Occurrence) -> None:
        """Takes note of one occurrence."""

    def rename(self, state: State, rename: Rename) -> None:
        """A loop goes round: what a monitor remembers of values of the last round is renamed."""
        mine = state.monitors.get(self.number)
        if isinstance(mine, frozenset):
            self.keep(state, frozenset(_renamed(each, rename) for each in mine))

    def keep(self, state: State, monitor: frozenset[object]) -> None:
        """Stores the monitor's state; none for the initial one."""
        if monitor:
            state.monitors[self.number] = monitor
        else:
            state.monitors.pop(self.number, None)

    def monitor(self, state: State) -> frozenset[object]:
        """The monitor's state on this path."""
        mine = state.monitors.get(self.number)
        return mine if isinstance(mine, frozenset) else frozenset()

    def record(self, state: State, occurrence: Occurrence) -> None:
        """Remembers the events of `done` conditions that happen here; where a lock is taken under
        which something is to be tested, what was read of it before is another value.
        """
        if self.rereads and isinstance(occurrence, Locked) and occurrence.acquired:
            self._relocked(state, occurrence)
        if not self.dones:
            return
        mine = self.monitor(state)
        new = mine
        for number, (first, second) in enumerate(self.dones):
            if second is not None:
                new = self._second(state, occurrence, (number, second), new)
            for binding in self.sites.matches(first, occurrence, state, EMPTY):
                awaits = self.sites.awaited(first, occurrence, state)
                instance = Instance(number, binding, occurrence.start, second is None, awaits)
                if not any(instance.same(each) for each in new):
                    new |= {instance}
        if new != mine:
            self.keep(state, new)

    def _relocked(self, state: State, lock: Locked) -> None:
        kind = self.run.world.locks.kind
        same = [each for each in state.taken.values() if lock.name in (each.name, kind(each.name))]
        patterns = tuple(
            value for name, value in self.rereads if name in (lock.name, kind(lock.name))
        )
        if patterns and len(same) < 2:  # A second lock of the class gives nothing back.
            outdate(state, self.run.universe, patterns)

    def _second(
        self,
        state: State,
        occurrence: Occurrence,
        event: tuple[int, EventPattern],
        mine: frozenset[object],
    ) -> frozenset[object]:
        number, second = event
        new = mine
        for each in mine:
            if isinstance(each, Instance) and each.event == number and not each.complete:
                for binding in self.sites.matches(second, occurrence, state, each.binding):
                    whole = replace(each, binding=binding, complete=True)
                    if not any(whole.same(other) for other in new):
                        new |= {whole}
        return new

    def applies(self, state: State, binding: Binding) -> bool:
        """Whether `given` is known here."""
        given = self.clause.common.given
        return given is None or self.conditions.evaluate(given, state, binding).tri is Tri.TRUE

    def excused(self, state: State, binding: Binding) -> Answer | None:
        """The answer that excuses the path, if `unless` is known here."""
        unless = self.clause.common.unless
        if unless is None:
            return None
        answer = self.conditions.evaluate(unless, state, binding)
        return answer if answer.tri is Tri.TRUE else None

    def remember_names(self, state: State, binding: Binding) -> None:
        """Notes the locals that hold the values of a binding now, for messages."""
        for value, name in _names(state, binding).items():
            self.names.setdefault(value, name)

    def settle(
        self, place: tuple[int, int], state: State, binding: Binding, answer: Answer
    ) -> None:
        """Adds the answer of one path to its site; the worst one stands."""
        self.remember_names(state, binding)
        site = self.found.get(place)
        if site is None:
            site = Site(*place, self.run.function.name, binding, answer, state.trail)
            self.found[place] = site
        elif RANK[answer.tri] > RANK[site.answer.tri]:
            site.answer, site.binding, site.bad = answer, binding, state.trail
        if answer.tri is Tri.TRUE:
            site.proofs.update(dict.fromkeys(answer.proofs))
        elif answer.tri is Tri.ABSENT:
            known = way(state, ()) if len(site.questions) < _MAX_WAYS else ()
            site.questions[binding, known] = None


def hindrance(run: Simulation) -> str:
    """Why a function must not be accused, '' if it may be."""
    name = run.function.name
    if not run.precise:
        return f"{name}() has too many states to follow"
    return f"{name}() was not read whole" if run.function.gaps else ""


def _names(state: State, binding: Binding) -> dict[Value, str]:
    """The locals that hold the values of a binding, for messages."""
    wanted = {value for _, value in binding if value.kind not in ("local", "param")}
    names: dict[Value, str] = {}
    for address, value in state.env.items():
        if value in wanted and address.kind == "local":
            name = str(address.args[0])
            if not name.startswith("%"):
                names.setdefault(value, name)
    return names


def _renamed(each: object, rename: Rename) -> object:
    renamer = getattr(each, "renamed", None)
    return renamer(rename) if renamer is not None else each


def is_replayed(occurrence: Occurrence) -> bool:
    """Whether it happened in a callee: an event, but no site of this function."""
    return isinstance(occurrence, Called) and occurrence.replayed


def dones(condition: Condition) -> tuple[tuple[EventPattern, EventPattern | None], ...]:
    """The events that a condition asks about by `done`."""
    match condition:
        case Both(parts) | Either(parts):
            return tuple(each for part in parts for each in dones(part))
        case Not(part) | Known(part) | Under(part):
            return dones(part)
        case Done(event, then):
            return ((event, then),)
        case _:
            return ()


class Watchers:
    """The observer of one function: all clauses that apply there, each told of what it asked
    for.
    """

    def __init__(self, watches: tuple[Watch, ...]) -> None:
        self.watches = watches
        self._by_type: dict[type, tuple[Watch, ...]] = {}
        self._by_name: dict[str, tuple[Watch, ...]] = {}
        self._interests = tuple(
            (watch, Interest.of(watch.all_events(), watch.kinds)) for watch in watches
        )
        self.wants_uses = any(Used in interest.kinds for _, interest in self._interests)

    def observe(self, state: State, occurrence: Occurrence) -> None:
        """Tells the watches that this may concern."""
        kind = type(occurrence)
        if kind is Called:
            assert isinstance(occurrence, Called)
            name = occurrence.name
            watches = self._by_name.get(name)
            if watches is None:
                watches = tuple(w for w, interest in self._interests if interest.call(name))
                self._by_name[name] = watches
        else:
            watches = self._by_type.get(kind)
            if watches is None:
                watches = tuple(w for w, interest in self._interests if kind in interest.kinds)
                self._by_type[kind] = watches
        for watch in watches:
            watch.observe(state, occurrence)

    def rename(self, state: State, rename: Rename) -> None:
        """A loop goes round."""
        for watch in self.watches:
            watch.rename(state, rename)
