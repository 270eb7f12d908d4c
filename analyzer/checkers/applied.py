"""The clauses of a run, and which of them can share an analysis."""

from collections import defaultdict
from dataclasses import dataclass

from analyzer.checkers.property import Clause, Contracts
from analyzer.checkers.vocabulary import tracked_locks, words_of
from analyzer.dataflow.classtable import Classes


@dataclass(frozen=True, slots=True)
class Applied:
    """A clause of a rule in this tree: the rule's id and the clause's number in its file."""

    rule: str
    number: int
    clause: Clause


def grouped(
    applied: tuple[Applied, ...], flags: dict[str, tuple[str, ...]]
) -> tuple[tuple[frozenset[str], Classes, tuple[Applied, ...]], ...]:
    """The clauses that can share an analysis, with the locks that it follows, and no other, and the
    classes of values that it tells apart.

    Fewer locks are fewer property states and fewer functions with an effect: ESP, too, checks one
    property at a time.
    """
    groups: dict[tuple[frozenset[str], Classes], list[Applied]] = defaultdict(list)
    for each in applied:
        clause = (each.clause,)
        groups[tracked_locks(clause), words_of(clause, flags).classes].append(each)
    found = [(locks, classes, tuple(group)) for (locks, classes), group in groups.items()]
    return tuple(sorted(found, key=lambda each: (sorted(each[0]), sorted(each[1].names))))


def asks_callers(group: tuple[Applied, ...]) -> bool:
    """Whether one of some clauses asks the callers of functions for locks."""
    return any(isinstance(each.clause, Contracts) for each in group)
