"""Discharge through callers: what a function cannot answer, each call of it must, up to the roots.

The question travels up the call graph, in each caller's terms. Every (function, question) is one
node of a graph whose edges are the ways in; a breadth-first walk finds the shortest chain to a root
that fails to answer, whatever was asked before.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, TypeAlias

from analyzer.checkers.callsites import CallSites
from analyzer.checkers.conditions import Tri
from analyzer.checkers.question import Question
from analyzer.checkers.ways import Way, Ways
from analyzer.core import Step
from analyzer.dataflow import Analysis
from analyzer.program import FunctionRef

_MAX_NODES: Final = 1000
_MAX_DOUBTED: Final = 150
"""Where one way in cannot tell there is no proof any more; a failure is looked for nearby only."""

_MAX_DEPTH: Final = 4
"""How far a question goes that cannot end in a violation, or whose object was lost."""

_NOBODY: Final = "no caller near holds such a lock"
YES: Final = 1
MAYBE: Final = 2
NO: Final = 4
"""What the ways into a function say, as a set of bits."""

_BITS: Final = {Tri.TRUE: YES, Tri.UNSURE: MAYBE, Tri.ABSENT: NO}

_Key: TypeAlias = tuple[FunctionRef, str]


@dataclass(frozen=True, slots=True)
class Failure:
    """The lowest place that no way in is known to reach with what is asked: a call of `callee` in
    `ref`, with the chain from a root to it and the calls below it.
    """

    ref: FunctionRef
    place: tuple[int, int]
    callee: str
    above: tuple[Step, ...]
    below: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the callers say: TRUE with evidence, ABSENT with the chain from a root, or UNSURE with a
    reason.

    `unread` are the functions whose callers stand in files that were not read, if that is all that
    leaves it UNSURE. `whole` says of ABSENT that no way in is known to answer; else `failures` are
    the callers that fail to.
    """

    tri: Tri
    steps: tuple[Step, ...] = ()
    reason: str = ""
    whole: bool = True
    failures: tuple[Failure, ...] = ()
    unread: tuple[str, ...] = ()


class Callers:
    """Asks the callers of a function, and theirs."""

    def __init__(self, analysis: Analysis, flags: dict[str, tuple[str, ...]]) -> None:
        self._ways = Ways(analysis, flags)

    @property
    def sites(self) -> CallSites:
        """The states at the calls of the callers."""
        return self._ways.sites

    def ask(self, ref: FunctionRef, question: Question) -> Reply:
        """What the callers of `ref` say to a question about its parameters."""
        search = _Search(self._ways, (ref, question))
        if not search.complete:
            return Reply(Tri.UNSURE, (), "the callers are too many to follow")
        return search.reply()


@dataclass(slots=True)
class _Node:
    """A question to the callers of a function: the ways in, and the chain down to the origin."""

    ref: FunctionRef
    question: Question
    ways: tuple[Way, ...]
    below: tuple[Step, ...]
    depth: int
    bits: int = 0


def _is_near(question: Question) -> bool:
    """Whether a question goes no further than the callers near."""
    return question.vague or question.at_root is Tri.TRUE or bool(question.doubt())


class _Search:
    """The graph of one question."""

    def __init__(self, ways: Ways, origin: tuple[FunctionRef, Question]) -> None:
        self._ways = ways
        self._nodes: dict[_Key, _Node] = {}
        self._doubted = False
        self._origin = self._add(*origin, (), 0)
        self.complete = self._explore()
        if self.complete:
            self._spread()

    def _add(
        self, ref: FunctionRef, question: Question, below: tuple[Step, ...], depth: int
    ) -> _Node:
        key = (ref, repr(question))
        node = self._nodes.get(key)
        if node is None:
            if depth < _MAX_DEPTH or not _is_near(question):
                ways = self._ways.into(ref, question)
            elif question.at_root is Tri.TRUE and not question.doubt():
                ways = (Way(Tri.TRUE, (), ""),)
            else:
                ways = (Way(Tri.UNSURE, (), question.doubt() or _NOBODY),)
            node = _Node(ref, question, ways, below, depth)
            self._nodes[key] = node
            self._doubted |= any(way.tri is Tri.UNSURE and not way.above for way in ways)
        return node

    def _above(self, way: Way) -> list[_Node]:
        assert way.caller is not None or not way.above
        return [
            self._nodes[way.caller, repr(question)]
            for question in way.above
            if way.caller is not None
        ]

    def _explore(self) -> bool:
        """Reaches every node, in the order of their distance; False if there are too many."""
        queue = deque((self._origin,))
        while queue:
            node = queue.popleft()
            for way in node.ways:
                for question in way.above:
                    known = len(self._nodes)
                    assert way.caller is not None
                    below = (*way.steps, *node.below)
                    found = self._add(way.caller, question, below, node.depth + 1)
                    if len(self._nodes) > known:
                        queue.append(found)
            if len(self._nodes) > (_MAX_DOUBTED if self._doubted else _MAX_NODES):
                return False
        return True

    def _spread(self) -> None:
        """Tells each node what answers the ways above it come to."""
        changed = True
        while changed:
            changed = False
            for node in reversed(self._nodes.values()):
                bits = node.bits
                for way in node.ways:
                    bits |= self._bits(way)
                if bits != node.bits:
                    node.bits, changed = bits, True

    def _bits(self, way: Way) -> int:
        if not way.above:
            return _BITS[way.tri]
        bits = 0
        for node in self._above(way):
            bits |= node.bits
        return bits

    def reply(self) -> Reply:
        """The worst answer, with the shortest chain that leads to it."""
        failing = self._first(NO)
        if failing is not None:
            whole = not self._origin.bits & YES
            return Reply(Tri.ABSENT, *failing, whole, () if whole else self._failures())
        for wanted, tri in ((MAYBE, Tri.UNSURE), (YES, Tri.TRUE)):
            found = self._first(wanted)
            if found is not None:
                return Reply(tri, *found, unread=self._unread() if wanted == MAYBE else ())
        if self._origin.bits & NO:
            reason = "some callers hold a lock of the class, maybe another one"
            return Reply(Tri.UNSURE, (), reason)
        return Reply(Tri.TRUE)

    def _first(self, wanted: int) -> tuple[tuple[Step, ...], str] | None:
        """The chain from the nearest way in with this answer, and its reason. Of those that answer
        one that says what proves it goes before one that does not come this way, and a doubt that
        stays goes before one that more files may settle.
        """
        moot: tuple[tuple[Step, ...], str] | None = None
        for node in self._reached(wanted):
            for way in node.ways:
                if not way.above and _BITS[way.tri] == wanted:
                    if wanted != YES and not way.unread:
                        return (*way.steps, *node.below), way.reason
                    chain = (*reversed(node.below), *way.steps), way.reason
                    if any(step.proof for step in way.steps):
                        return chain
                    moot = moot or chain
        return moot

    def _unread(self) -> tuple[str, ...]:
        """The functions that are called in files that were not read; none if there is any other
        doubt.
        """
        ways = (way for node in self._reached(MAYBE) for way in node.ways if not way.above)
        names = {way.unread for way in ways if way.tri is Tri.UNSURE}
        return () if "" in names else tuple(sorted(names))

    def _reached(self, wanted: int) -> list[_Node]:
        """The nodes whose failures count: behind a vague one none do unless all ways fail."""
        found: dict[int, _Node] = {}
        queue = deque((self._origin,))
        while queue:
            node = queue.popleft()
            if id(node) in found:
                continue
            if wanted == NO and node.question.vague and node.bits & YES:
                continue
            found[id(node)] = node
            for way in node.ways:
                queue.extend(self._above(way))
        return list(found.values())

    def _failures(self) -> tuple[Failure, ...]:
        """The lowest calls that no way in is known to reach with the answer."""
        found: dict[Failure, None] = {}
        for node in self._reached(NO):
            for way in node.ways:
                bits = self._bits(way)
                if not bits & NO or bits & YES or not node.bits & YES:
                    continue
                if way.caller is None or way.place is None:
                    continue
                chain = self._chain(self._above(way)[0]) if way.above else ()
                step = way.steps[-1:]
                found[Failure(way.caller, way.place, way.callee, (*chain, *step), node.below)] = (
                    None
                )
        return tuple(found)

    def _chain(self, start: _Node) -> tuple[Step, ...]:
        """From the nearest root that fails down to a node."""
        queue = deque((start,))
        seen = {id(start)}
        while queue:
            node = queue.popleft()
            for way in node.ways:
                if not way.above and way.tri is Tri.ABSENT:
                    lower = node.below[: len(node.below) - len(start.below)]
                    return (*way.steps, *lower)
                for each in self._above(way):
                    if id(each) not in seen:
                        seen.add(id(each))
                        queue.append(each)
        return ()


def worst(replies: list[Reply]) -> Reply:
    """What several questions of one place come to."""
    for tri in (Tri.ABSENT, Tri.UNSURE):
        found = sorted((each for each in replies if each.tri is tri), key=_waits)
        if found:
            failures = dict.fromkeys(each for other in replies for each in other.failures)
            whole = all(other.tri is tri and other.whole for other in replies)
            names = {name for each in found for name in each.unread}
            unread = tuple(sorted(names)) if _waits(found[0]) else ()
            return Reply(tri, found[0].steps, found[0].reason, whole, tuple(failures), unread)
    return replies[0] if replies else Reply(Tri.TRUE)


def _waits(reply: Reply) -> bool:
    """Whether nothing but files that were not read leaves it unsure."""
    return bool(reply.unread)
