"""Contracts of a function as its assertions state them: which lock, and in which cases it is
demanded.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Final

from analyzer.dataflow.effects import ALWAYS, Contract, Guards, nameable
from analyzer.dataflow.state import State
from analyzer.dataflow.values import ANY, NONZERO, POSITIVE, ZERO, Value
from analyzer.ir import Function
from analyzer.ir.dominance import controlling

_MAX_CASES: Final = 4

_Key = tuple[str, str, Value | None, int]


@dataclass(slots=True)
class Demands:
    """The assertions met in one simulation. What is known where one is met is the case in which it
    counts; of several visits of one property state the last is right.
    """

    function: Function
    _met: dict[_Key, dict[object, Contract]] = field(default_factory=lambda: defaultdict(dict))
    _deciding: dict[int, frozenset[int]] | None = None

    def meet(
        self, state: State, contract: Contract, rest: tuple[tuple[Value, bool], ...] = ()
    ) -> None:
        """Takes note of an assertion that is executed in `state`, and that counts only where none
        of `rest` is true.
        """
        if contract.object is not None and contract.object.kind == "const":
            return  # On a path that nobody takes.
        key = (contract.lock, contract.mode, contract.object, contract.offset)
        tests = self._tests(contract.offset)
        guards, told = _guards(state, tests)
        certain = contract.certain and tests <= told
        for part, truth in rest:
            certain = certain and nameable(part)
            guards = (*guards, (part, ZERO if truth else NONZERO))
        self._met[key][state.property_key()] = replace(contract, guards=(guards,), certain=certain)

    def _tests(self, offset: int) -> frozenset[int]:
        """The offsets of the branches that decide whether the call at `offset` is reached."""
        if self._deciding is None:
            blocks = self.function.blocks
            starts = [getattr(block.terminator, "start", -1) for block in blocks]
            self._deciding = {
                event.start: frozenset(starts[number] for number in numbers)
                for block, numbers in zip(blocks, controlling(self.function), strict=True)
                for event in block.events
            }
        return self._deciding.get(offset, frozenset())

    def contracts(self) -> tuple[Contract, ...]:
        """One contract for each assertion, in the order of the source."""
        found = [_joined(tuple(cases.values())) for cases in self._met.values()]
        return tuple(sorted(found, key=lambda each: (each.offset, each.lock, repr(each.object))))


def alternatives(
    parts: list[Value], truth: bool
) -> tuple[list[tuple[str, Value]], list[tuple[Value, bool]]]:
    """Of conditions of which one is `truth`: the locks that they ask for, and the others with the
    truth that would do.
    """
    locks: list[tuple[str, Value]] = []
    rest: list[tuple[Value, bool]] = []
    work = [(part, truth) for part in reversed(parts)]
    while work:
        part, wanted = work.pop()
        while part.kind == "not" and isinstance(part.args[0], Value):
            part, wanted = part.args[0], not wanted
        inner = [arg for arg in part.args if isinstance(arg, Value)]
        if part.kind == "op" and part.args[0] == ("||" if wanted else "&&"):
            work += [(each, wanted) for each in reversed(inner)]
        elif wanted and part.kind == "app" and str(part.args[0]).startswith("held:"):
            locks.append((str(part.args[0])[5:], inner[0]))
        else:
            rest.append((part, wanted))
    return locks, rest


def _guards(state: State, tests: frozenset[int]) -> tuple[Guards, frozenset[int]]:
    """The facts on entry values here, and the offsets where they were learned.

    That something is a pointer counts where a branch of `tests` told it, not where it was used as
    one.
    """
    found = []
    told = set()
    for value, fact in state.facts.items():
        if fact & ANY == ANY or (value.kind == "app" and str(value.args[0]).startswith("held:")):
            continue
        if fact & ANY == POSITIVE and fact >> 3 not in tests:
            continue
        if nameable(value):
            found.append((value, fact & ANY))
            told.add(fact >> 3)
    return tuple(found), frozenset(told)


def vague(contracts: tuple[Contract, ...]) -> tuple[Contract, ...]:
    """The contracts of a function that was not followed on all paths: one for each assertion, in a
    case that nobody knows.
    """
    found: dict[tuple[str, int], Contract] = {}
    for each in contracts:
        key = (each.lock, each.offset)
        named = each.object is not None and nameable(each.object)
        if key not in found or named:
            found[key] = replace(each, certain=False)
    return tuple(found.values())


def _joined(cases: tuple[Contract, ...]) -> Contract:
    """One assertion that is met in several states: any of their cases demands it."""
    certain = all(case.certain for case in cases)
    guards = list(dict.fromkeys(guards for case in cases for guards in case.guards))
    least = [one for one in guards if not any(set(two) < set(one) for two in guards)]
    if len(least) > _MAX_CASES:
        return replace(cases[-1], guards=ALWAYS, certain=False)
    return replace(cases[-1], guards=tuple(least), certain=certain)
