"""Classes of values: which of a few classes, as those of page-table entries, the tests on a path
have left for a value. An abstract domain of finite sets, derived from the facts on pure predicates.
"""

from typing import Final

from analyzer.dataflow.classtable import Classes
from analyzer.dataflow.state import State
from analyzer.dataflow.values import Universe, Value

_DEPTH: Final = 8


def left(state: State, universe: Universe, value: Value, depth: int = _DEPTH) -> frozenset[str]:
    """The classes that `value` may be of in a state; none where the path cannot be."""
    classes = universe.classes
    found = state.kinds.get(value, classes.names) & _tested(state, universe, value)
    if value.kind == "app" and depth:
        found &= classes.makes(str(value.args[0]))
        kept = universe.keeps(str(value.args[0]))
        before = value.args[1] if kept else None
        if isinstance(before, Value):
            found &= left(state, universe, before, depth - 1) | (classes.names - kept)
    for function, after in universe.applied(value).items():
        kept = universe.keeps(function)
        if kept:
            found &= _tested(state, universe, after) | (classes.names - kept)
    return found


def grounds(state: State, universe: Universe, value: Value) -> tuple[Value, ...]:
    """The tests whose outcome on this path says of which classes `value` is, and the values that
    say so by what made them.
    """
    classes = universe.classes
    found: dict[Value, None] = {}
    chain = [value]
    while (before := _before(classes, chain[-1])) is not None:
        chain.append(before)
    for each in chain:
        applied = universe.applied(each).items()
        for one in (each, *(after for function, after in applied if universe.keeps(function))):
            for test in classes.tests:
                fact = universe.applied(one).get(test.predicate)
                if fact is not None and state.truth(fact) is not None:
                    found[fact] = None
        if each.kind == "app" and classes.makes(str(each.args[0])) != classes.names:
            found[each] = None
    return tuple(found)


def asked(classes: Classes, fact: Value) -> tuple[Value, ...]:
    """The values whose class a test tells: the one that it asks, and those that it was made of."""
    if fact.kind != "app" or len(fact.args) != 2 or not classes.asks(str(fact.args[0])):
        return ()
    found = []
    value = fact.args[1] if isinstance(fact.args[1], Value) else None
    while value is not None:
        found.append(value)
        value = _before(classes, value)
    return tuple(found)


def join_classes(
    one: State, two: State, phis: list[tuple[Value, Value, Value]], universe: Universe
) -> dict[Value, frozenset[str]]:
    """What a join leaves of the classes: for a phi, and for a value that was tested, the union of
    both sides.
    """
    classes = universe.classes
    if not classes.names:
        return {}
    told = dict.fromkeys((*one.kinds, *two.kinds))
    memo = universe.asked
    for state in (one, two):
        for fact in state.facts:
            if fact.kind == "app":
                values = memo.get(fact)
                if values is None:
                    values = memo[fact] = asked(classes, fact)
                if values:
                    told.update(dict.fromkeys(values))
    pairs = {
        phi: (before, other)
        for phi, before, other in phis
        if any(each in told or each.kind == "app" for each in (before, other))
    }
    for value in told:
        pairs.setdefault(value, (value, value))
    found = {
        value: left(one, universe, before) | left(two, universe, other)
        for value, (before, other) in pairs.items()
    }
    return {value: kinds for value, kinds in found.items() if kinds != classes.names}


def _before(classes: Classes, value: Value) -> Value | None:
    """The value whose class `value` has kept."""
    if value.kind != "app" or len(value.args) < 2 or not classes.keeps(str(value.args[0])):
        return None
    return value.args[1] if isinstance(value.args[1], Value) else None


def _tested(state: State, universe: Universe, value: Value) -> frozenset[str]:
    found = universe.classes.names
    applied = universe.applied(value)
    if not applied:
        return found
    for test in universe.classes.tests:
        fact = applied.get(test.predicate)
        truth = None if fact is None else state.truth(fact)
        if truth is not None:
            found &= test.true if truth else test.false
    return found
