"""Which locks are held when a function is entered: its callers are walked, and theirs, and each
lock is carried down in the terms of the function that is called.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

from analyzer.checkers.callers import MAYBE, NO, YES
from analyzer.checkers.conditions import Answer, Conditions, Proof, Tri
from analyzer.checkers.property import Condition
from analyzer.checkers.question import Question
from analyzer.checkers.ways import Way, Ways
from analyzer.core import EntryLock, Step, WayIn
from analyzer.dataflow import Analysis, Lock, LockClass, Simulation, State, Value
from analyzer.dataflow.apply import translate
from analyzer.dataflow.effects import Guards, nameable
from analyzer.dataflow.stated import object_of
from analyzer.dataflow.values import NONZERO, Universe
from analyzer.inspect.words import Names
from analyzer.ir import FunctionHead
from analyzer.program import FunctionRef

_MAX_FUNCTIONS: Final = 120
"""So many functions are asked for their callers; behind them is what everybody calls."""

_MAX_DEPTH: Final = 8
_PATIENCE: Final = 40_000
"""Where no depth is given, callers are asked as long as they are no more bytes than this together.
"""

_MAX_CHAINS: Final = 3
_ANY_OBJECT: Final = "*"

_Key: TypeAlias = tuple[str, str]
"""A lock class and its object in words; '*' stands for the class, whatever the object."""


class _Row(NamedTuple):
    """A lock on the way in: `object` is a term over the parameters, None where they do not tell
    it; `bits` are the answers of the ways. `own` says that the caller itself took it.
    """

    lock: str
    mode: str
    object: Value | None
    bits: int
    chain: tuple[Step, ...]
    own: bool = False


class _Entry(NamedTuple):
    """What is known on entry: rows, and what the ways say of a lock that is in none."""

    rows: dict[_Key, _Row]
    rest: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Arrival:
    """A question that is never answered and takes down what is held at each call of a function.

    It is asked as the question itself, without a `run`; what is left of it at a call is one
    arrival, in one state: the locks held there and those of the callers that were given back.
    `when` are facts of the way from here down: that a pointer holds the function which is called
    through it.
    """

    run: Simulation | None = None
    args: tuple[Value, ...] = ()
    state: State | None = None
    when: Guards = ()

    def __repr__(self) -> str:
        return f"which locks are held when {self.when}"

    @property
    def cautious(self) -> bool:
        """Yes: a table of operations may be used under any lock."""
        return True

    @property
    def vague(self) -> bool:
        """No: each caller answers for itself."""
        return False

    @property
    def at_root(self) -> Tri:
        """ABSENT: there is no answer."""
        return Tri.ABSENT

    def conditions(self) -> tuple[Condition, ...]:
        """None: locks are asked for, not events."""
        return ()

    def translated(
        self, run: Simulation, state: State, args: tuple[Value, ...], callee: str
    ) -> Question:
        """The arrival at a call with these arguments."""
        when = tuple(
            (moved, mask)
            for value, mask in self.when
            if (moved := translate(run, state, args, value)) is not None
        )
        return _Arrival(run, args, None, when)

    def through(self, pointer: Value, function: Value, run: Simulation) -> Question:
        """The same where the call goes through a pointer, that must hold the function."""
        same = run.evaluator.binary("==", pointer, function)
        return replace(self, when=((same, NONZERO), *self.when))

    def answer(self, conditions: Conditions, state: State) -> tuple[Answer, Question]:
        """No answer, so that the callers are asked in turn; but a call that leads elsewhere, as the
        pointer holds another function, needs none.
        """
        if any(not state.mask(value) & mask for value, mask in self.when):
            return Answer(Tri.TRUE, (Proof(0, "leads elsewhere"),)), self
        when = tuple((v, mask) for v, mask in self.when if nameable(v) and state.mask(v) & ~mask)
        return Answer(Tri.ABSENT), replace(self, state=state, when=when)

    def doubt(self) -> str:
        """None: a root holds nothing."""
        return ""


class WaysIn:
    """Walks the callers of functions for the locks that they hold, `depth` calls up; for a depth of
    0 as far as it takes no long time.
    """

    def __init__(self, analysis: Analysis, depth: int) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._depth = depth
        self._ways = Ways(analysis, {})
        self._universe = Universe()
        self._entries: dict[tuple[FunctionRef, int, str], _Entry] = {}
        self._stack: list[FunctionRef] = []
        self._asked: set[FunctionRef] = set()
        self._roots: dict[Step, None] = {}
        self._unknown: dict[str, None] = {}
        self._cut: dict[FunctionRef, None] = {}

    def of(self, ref: FunctionRef) -> WayIn:
        """What is held on entry of one function."""
        depth = self._depth or 1
        ways, n_calls = self._from(ref, depth)
        while not self._depth and self._cut and depth < _MAX_DEPTH:
            if self._size({*self._asked, *self._cut}) > _PATIENCE:
                break
            depth += 1
            ways, n_calls = self._from(ref, depth)
        keys = sorted({key for way in ways for key in way.rows})
        found = [self._told(key, ways) for key in keys]
        sure = {each.lock for each in found if each.every and each.object}
        named = {each.lock for each in found if each.object}
        kept = tuple(
            each
            for each in found
            if (each.lock not in sure or (each.object and each.every))
            and (each.object or each.every or each.lock not in named)
        )
        far = ", ".join(f"{self._program.head(each).name}()" for each in self._cut)
        unknown = (*self._unknown, *([f"the callers of {far}: too far away"] if far else []))
        return WayIn(n_calls, kept, tuple(self._roots), unknown)

    def _size(self, refs: set[FunctionRef]) -> int:
        """How many bytes there are to follow for the callers of some functions."""
        callers = {each for ref in refs for each in self._analysis.graph.callers(ref)}
        heads = map(self._program.head, callers)
        return sum(head.end - head.start for head in heads)

    def _told(self, key: _Key, ways: list[_Entry]) -> EntryLock:
        """One lock over all ways."""
        lock, words = key
        bits = [way.rows[key].bits if key in way.rows else way.rest for way in ways]
        rows = [row for way in ways if (row := way.rows.get(key)) and row.bits & YES]
        chains = dict.fromkeys(row.chain for row in rows)
        return EntryLock(
            lock=lock,
            kind=self._analysis.locks.kind(lock),
            mode=_mode({row.mode for row in rows}),
            object="" if words == _ANY_OBJECT else words,
            n_calls=sum(each == YES for each in bits),
            n_lacking=sum(bool(each & NO) for each in bits),
            every=all(each & YES and not each & NO for each in bits),
            sure=all(each == YES for each in bits),
            chains=tuple(sorted(chains, key=len))[:_MAX_CHAINS],
        )

    def _from(self, ref: FunctionRef, depth: int) -> tuple[list[_Entry], int]:
        """The ways into a function, asked anew to a depth; what was found before is kept below."""
        self._cut.clear()
        self._roots.clear()
        self._unknown.clear()
        self._entries.clear()
        return self._into(ref, depth, ())

    # The ways into one function. ------------------------------------------------------------------

    def _entry(self, ref: FunctionRef, depth: int, when: Guards) -> _Entry:
        """What is held on entry of a function that leads to the one asked for, on the ways that do
        not contradict `when`.
        """
        if ref in self._stack:
            return _Entry({}, 0)  # A recursion adds nothing to what the other callers hold.
        key = (ref, depth, repr(when))
        found = self._entries.get(key)
        if found is None:
            if not depth:
                self._cut[ref] = None
                return _Entry({}, MAYBE)
            if ref not in self._asked and len(self._asked) >= _MAX_FUNCTIONS:
                self._unknown["there are too many callers to ask them all"] = None
                return _Entry({}, MAYBE)
            ways, _ = self._into(ref, depth, when)
            found = self._entries[key] = _joined(ways)
        return found

    def _into(self, ref: FunctionRef, depth: int, when: Guards) -> tuple[list[_Entry], int]:
        """What each way into a function holds, and how many calls are among them."""
        self._asked.add(ref)
        self._stack.append(ref)
        ways = []
        n_calls = 0
        for way in self._ways.into(ref, _Arrival(when=when)):
            if way.place is not None:
                n_calls += 1
            ways.append(self._way(ref, way, depth))
        self._stack.pop()
        if not ways:
            self._unknown[f"no caller of {self._program.head(ref).name}() was read"] = None
            ways.append(_Entry({}, MAYBE))
        return ways, n_calls

    def _way(self, ref: FunctionRef, way: Way, depth: int) -> _Entry:
        arrivals = [each for each in way.above if isinstance(each, _Arrival)]
        if arrivals and way.caller is not None:
            found = [
                self._arrival(ref, way, each, self._entry(way.caller, depth - 1, each.when))
                for each in arrivals
            ]
            return _joined(_told_apart(found))
        if way.tri is Tri.ABSENT:
            self._roots.update(dict.fromkeys(way.steps[-1:]))
            return _Entry({}, NO)
        self._unknown[way.reason] = None
        return _Entry({}, MAYBE)

    def _arrival(self, ref: FunctionRef, way: Way, arrival: _Arrival, above: _Entry) -> _Entry:
        """What is held at a call, in the terms of the function that is called."""
        run, state = arrival.run, arrival.state
        assert run is not None and state is not None and way.caller is not None
        head = self._program.head(ref)
        moving = _Moving(run, state, arrival.args, self._universe)
        rows: dict[_Key, _Row] = {}
        for (lock, _), row in above.rows.items():
            target = None if row.object is None else _into(run.universe, row.object)
            gone = any(name == lock and target in (None, value) for name, value in state.given)
            term = None if target is None else moving.term(head, self._class(lock), target)
            key = (lock, _ANY_OBJECT if term is None else repr(term))
            if term is None and row.object is not None:
                continue
            chain = (*row.chain, *way.steps[:1])
            rows[key] = row._replace(
                object=term, chain=chain, bits=NO if gone else row.bits, own=False
            )
        for held in state.taken.values():
            target = held.object
            step = self._taken(way.caller, run, (state, held))
            chain = (step, *way.steps[:1])
            term = moving.term(head, self._class(held.name), target)
            mode, own = mode_of(run, held), not held.entry
            rows[held.name, _ANY_OBJECT] = _Row(held.name, mode, None, YES, chain, own)
            if term is not None:
                rows[held.name, repr(term)] = _Row(held.name, mode, term, YES, chain, own)
        return _Entry(rows, above.rest)

    def _class(self, lock: str) -> LockClass:
        return self._analysis.locks.classes.get(lock) or LockClass(lock, lock)

    def _taken(self, ref: FunctionRef, run: Simulation, at: tuple[State, Lock]) -> Step:
        """Where a caller takes the lock that it holds."""
        state, held = at
        names = Names(self._program, ref)
        place = self._program.location(ref.path, held.offset, held.offset + 1)
        words = names.name(state, held.object)
        return Step(place, run.function.name, since(held, words))


def since(lock: Lock, words: str) -> str:
    """How a lock came to be held, in words; `words` name its object."""
    what = f"{lock.name} of {words}" if words else lock.name
    if not lock.entry:
        return f"{lock.source}() takes {what}"
    if lock.source == "tested here":
        return f"{what} was found to be held"
    if lock.source.startswith(("'", "__")):
        return f"demands {what}: {lock.source}"
    if lock.source.endswith("demands it"):
        return f"{lock.source.removesuffix(' demands it')} demands {what}"
    return f"{lock.source}() asserts {what}"


def mode_of(run: Simulation, lock: Lock) -> str:
    """How a lock is held; '' where only the callers know, for what asserts it does not say."""
    if not lock.entry:
        return lock.mode
    stated = (*run.entry, *run.demands.contracts())
    modes = {each.mode for each in stated if (each.lock, each.offset) == (lock.name, lock.offset)}
    return modes.pop() if len(modes) == 1 else ""


def _told_apart(arrivals: list[_Entry]) -> list[_Entry]:
    """States at one call. What a function takes on one path only, its callers do not hold."""
    own = {key: row for each in arrivals for key, row in each.rows.items() if row.own}
    for each in arrivals:
        for key, row in own.items():
            if key not in each.rows:
                each.rows[key] = row._replace(bits=NO, own=False)
    return arrivals


def _joined(ways: list[_Entry]) -> _Entry:
    """What several ways have in common, and what only some have."""
    rest = 0
    rows: dict[_Key, _Row] = {}
    for way in ways:
        rest |= way.rest
        for key, row in way.rows.items():
            known = rows.get(key)
            if known is None or (row.bits & YES and not known.bits & YES):
                rows[key] = row
    for key, row in rows.items():
        bits = 0
        modes = {row.mode}
        for way in ways:
            mine = way.rows.get(key)
            bits |= way.rest if mine is None else mine.bits
            if mine is not None:
                modes.add(mine.mode)
        rows[key] = row._replace(bits=bits, mode=_mode(modes))
    return _Entry(rows, rest)


def _mode(modes: set[str]) -> str:
    """The mode that can be relied on where a lock is held in one of these; '' for any."""
    return modes.pop() if len(modes) == 1 else "read" if modes == {"read", "write"} else ""


class _Moving(NamedTuple):
    """Carries values of a caller, at a call in one state, into the terms of the function called."""

    run: Simulation
    state: State
    args: tuple[Value, ...]
    universe: Universe

    def term(self, head: FunctionHead, lock: LockClass, target: Value) -> Value | None:
        """The object of a lock over the parameters of the function called."""
        usual = object_of(head, lock)
        if usual is not None and translate(self.run, self.state, self.args, usual) is target:
            return _into(self.universe, usual)
        return self._inward(head, target)

    def _inward(self, head: FunctionHead, value: Value) -> Value | None:
        make = self.universe.make
        if value.kind in ("const", "symbol", "function", "global"):
            return make(value.kind, *value.args)
        for index, parameter in enumerate(head.parameters[: len(self.args)]):
            if parameter.name and self.args[index] is value:
                return make("param", index, parameter.name)
        if value.kind not in ("load", "sub", "elem", "app"):
            return None
        parts: list[str | int | Value] = []
        for arg in value.args:
            part = self._inward(head, arg) if isinstance(arg, Value) else arg
            if part is None:
                return None
            parts.append(part)
        return make(value.kind, *parts)


def _into(universe: Universe, value: Value) -> Value:
    """The same term in another universe."""
    parts = [_into(universe, arg) if isinstance(arg, Value) else arg for arg in value.args]
    return universe.make(value.kind, *parts)
