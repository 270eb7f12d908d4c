"""What the clauses of a run ask of the analysis: which locks to follow, which calls to keep as
predicates.
"""

from dataclasses import fields, is_dataclass

from analyzer.checkers.patterns import CallOf, HasFlag
from analyzer.checkers.property import (
    CallEvent,
    Clause,
    Contracts,
    Follow,
    Has,
    Held,
    InClass,
    LockEvent,
    Order,
    Switch,
    Under,
)
from analyzer.dataflow import Words
from analyzer.dataflow.classtable import NO_CLASSES
from analyzer.ir import Function, Variable, calls


def tracked_locks(clauses: tuple[Clause, ...]) -> frozenset[str]:
    """The lock classes that a condition or an event of the clauses names."""
    found = set()
    for node in _nodes(clauses):
        match node:
            case Held(lock) | Under(_, lock) | LockEvent(_, lock):
                found.add(lock)
            case Contracts(locks=locks):
                found.update(locks)
            case Order(levels=levels) | Switch(levels=levels):
                found.update(lock for level in levels for lock in level)
                found.update(lock for pair in getattr(node, "release_first", ()) for lock in pair)
            case Follow(held=held) if held:
                found.add(held.partition(" ")[0])
    return frozenset(found)


def words_of(clauses: tuple[Clause, ...], flags: dict[str, tuple[str, ...]]) -> Words:
    """The names that the clauses speak of."""
    predicates: set[str] = set()
    events: set[str] = set()
    named: set[str] = set()
    classes = NO_CLASSES
    for node in _nodes(clauses):
        match node:
            case CallOf(callee):
                predicates.add(callee)
            case CallEvent(callee):
                events.add(callee)
            case HasFlag(flag) | Has(_, flag):
                named.update(flags.get(flag, (flag,)))
            case InClass(table=table):
                classes = table
    return Words(frozenset(predicates), frozenset(events), frozenset(named), classes)


def named_locks(function: Function) -> frozenset[str]:
    """The locks that the intrinsics of a model name."""
    return frozenset(
        call.args[0].name
        for call in calls(function)
        if call.args and isinstance(call.args[0], Variable)
    )


def _nodes(root: object) -> list[object]:
    found: list[object] = []
    rest: list[object] = [root]
    while rest:
        node = rest.pop()
        found.append(node)
        if is_dataclass(node) and not isinstance(node, type):
            rest.extend(getattr(node, each.name) for each in fields(node))
        elif isinstance(node, tuple):
            rest.extend(node)
    return found
