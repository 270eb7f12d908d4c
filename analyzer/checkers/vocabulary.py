"""What the clauses of a run ask of the analysis: which locks to follow, which calls to keep as predicates."""

from dataclasses import fields, is_dataclass

from analyzer.checkers.property import CallOf, Clause, Follow, Held, LockEvent, Under
from analyzer.ir import Call, Function, Variable


def tracked_locks(clauses: tuple[Clause, ...]) -> frozenset[str]:
    """The lock classes that a condition or an event of the clauses names."""
    found = set()
    for node in _nodes(clauses):
        match node:
            case Held(lock) | Under(_, lock) | LockEvent(_, lock):
                found.add(lock)
            case Follow(held=held) if held:
                found.add(held.partition(" ")[0])
    return frozenset(found)


def predicates_of(subject: tuple[Clause, ...] | Function) -> frozenset[str]:
    """The functions that conditions apply to values; of a model, the locks that its intrinsics name."""
    if isinstance(subject, Function):
        return frozenset(
            event.args[0].name
            for block in subject.blocks
            for event in block.events
            if isinstance(event, Call) and event.args and isinstance(event.args[0], Variable)
        )
    return frozenset(node.callee for node in _nodes(subject) if isinstance(node, CallOf))


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
