"""Paths that a clause keeps apart: those on which tests that its conditions ask for came out
otherwise.

Where paths join, a value that was made on one of them and not on the other is a phi, of which
nobody knows any more which it was. A clause that asks for a bit of a value, and for what decides on
the bit, must not let such paths join before its site.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analyzer.checkers.matching import EMPTY, Matcher
from analyzer.checkers.patterns import CallOf, Pattern
from analyzer.checkers.property import Both, Condition, Either, Has, InClass, Known, Not, Truth
from analyzer.checkers.watch import Rename
from analyzer.dataflow import State, Value
from analyzer.dataflow.occurrences import Branched
from analyzer.dataflow.values import parts

_MAX: Final = 6
"""Of so many tests at a time, for each clause, paths are kept apart."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A test on this path, and how it came out."""

    fact: Value
    truth: bool

    def renamed(self, rename: Rename) -> "Learned | None":
        """None if the test was of a round that is over."""
        return self if rename(self.fact) is self.fact else None


class Apart:
    """What the conditions of one clause ask for; nothing unless they speak of a bit."""

    def __init__(self, matcher: Matcher, conditions: tuple[Condition, ...]) -> None:
        atoms = tuple(atom for each in conditions for atom in _atoms(each))
        classes = matcher.run.universe.classes
        asked = tuple(name for atom in atoms if isinstance(atom, InClass) for name in atom.classes)
        self._matcher = matcher
        self._truths = tuple(atom.value for atom in atoms if isinstance(atom, Truth))
        called = {each.callee for each in self._truths if isinstance(each, CallOf)}
        bits = frozenset(name for bit in classes.bits for name in bit.both)
        self.wanted = bool(bits & set(asked)) or any(
            test.predicate in called and not bits <= test.true for test in classes.tests
        )
        sort = classes.sort(asked)
        self._tests = frozenset(
            test.predicate for test in classes.tests if not sort <= test.true & test.false
        )
        self._flags = frozenset(
            name for atom in atoms if isinstance(atom, Has) for name in matcher.names(atom.flag)
        )

    def learned(self, mine: frozenset[object], state: State, branch: Branched) -> frozenset[object]:
        """`mine` with what the branch has told."""
        new = mine
        for fact in parts(branch.condition):
            truth = state.truth(fact) if self._asks(fact, state) else None
            if truth is not None:
                new -= {Learned(fact, not truth)}
                if sum(isinstance(each, Learned) for each in new) < _MAX:
                    new |= {Learned(fact, truth)}
        return new

    def _asks(self, fact: Value, state: State) -> bool:
        if fact.kind == "app" and str(fact.args[0]) in self._tests:
            return True
        if fact.kind == "op" and fact.args[0] == "&":
            return any(
                isinstance(part, Value) and part.kind == "symbol" and part.args[0] in self._flags
                for part in fact.args[1:]
            )
        return any(self._is_one(pattern, fact, state) for pattern in self._truths)

    def _is_one(self, pattern: Pattern, fact: Value, state: State) -> bool:
        return fact.kind == "app" and self._matcher.match(pattern, fact, state, EMPTY) is not None


def forgotten(mine: frozenset[object]) -> frozenset[object]:
    """`mine` without what tests have told."""
    return frozenset(each for each in mine if not isinstance(each, Learned))


def _atoms(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Both(each) | Either(each):
            for part in each:
                yield from _atoms(part)
        case Not(part) | Known(part):
            yield from _atoms(part)
        case _:
            yield condition
