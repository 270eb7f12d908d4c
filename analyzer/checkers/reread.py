"""What is read again after a lock was taken: a new value, of which nothing is known yet.

The simulation takes two reads of a place for one value. A clause that asks for a test under a lock
needs to tell them apart, so that where the lock is taken what was read before gets another name.
"""

from collections.abc import Iterator

from analyzer.checkers.patterns import FieldOf, Pattern, PointeeOf
from analyzer.checkers.property import Both, Condition, Either, Known, Not, Tested, Under
from analyzer.dataflow import Simulation, State, Value
from analyzer.dataflow.values import Universe, parts
from analyzer.ir import callee_name, calls


def tests_under(condition: Condition) -> Iterator[tuple[str, Pattern]]:
    """The locks under which a condition asks for a test, and of what."""
    match condition:
        case Under(Tested(value), lock):
            yield lock, value
        case Both(each) | Either(each):
            for part in each:
                yield from tests_under(part)
        case Not(part) | Known(part):
            yield from tests_under(part)


def is_read(pattern: Pattern, value: Value) -> Value | None:
    """The object that `value` was read from, if it is a read that the pattern may mean: `$x->field`
    by the name of the field, `*$p` through a pointer to no structure.
    """
    address = value.args[0] if value.kind == "load" else None
    if not isinstance(address, Value):
        return None
    match pattern:
        case FieldOf(_, name):
            base = address.args[0] if address.kind == "sub" and address.args[1] == name else None
            return base if isinstance(base, Value) else None
        case PointeeOf():
            return None if address.kind in ("sub", "local", "global") else address
        case _:
            return None


def outdate(state: State, universe: Universe, patterns: tuple[Pattern, ...]) -> None:
    """Gives what was read before another name, so that a test of it tells nothing of what is read
    from now on.
    """
    memo: dict[Value, Value] = {}

    def older(value: Value) -> Value:
        found = memo.get(value)
        if found is None:
            if any(is_read(pattern, value) is not None for pattern in patterns):
                found = universe.make("prev", "load", *value.args)
            else:
                args = (older(arg) if isinstance(arg, Value) else arg for arg in value.args)
                found = universe.make(value.kind, *args)
            memo[value] = found
        return found

    state.env = {
        address: older(value)
        for address, value in state.env.items()
        if value.kind != "load" or value.args[0] is not address
    }
    state.facts = {value: fact for value, fact in state.facts.items() if older(value) is value}
    state.equal = {value: other for value, other in state.equal.items() if older(value) is value}
    state.cases = {
        value: cases
        for value, cases in state.cases.items()
        if all(older(fact) is fact for _, facts in cases for fact, _ in facts)
    }


def tested(state: State, pattern: Pattern, wanted: Value | None) -> Value | None:
    """A fact about what the pattern reads, of the object `wanted` or, for None, of any."""
    for fact in state.facts:
        if state.truth(fact) is None:
            continue
        for part in parts(fact):
            found = is_read(pattern, part)
            if found is not None and (wanted is None or found is wanted):
                return fact
    return None


def told_by(run: Simulation, state: State, wanted: Value) -> str:
    """A function that was given `wanted` since the last lock was taken and whose result is known:
    it may have tested what is read there. The call at hand does not count.
    """
    answered = {
        call for fact in state.facts for call in fact.calls if state.truth(fact) is not None
    }
    called = {call.id: call for call in calls(run.function)}
    step = state.trail
    while step is not None and step.kind != "acquire":
        call = called.get(int(step.text)) if step.kind == "call" else None
        if call is not None and call.id in answered:
            given = [run.evaluator.value(state, arg) for arg in call.args]
            if wanted in given:
                return callee_name(call)
        step = step.before
    return ""


def younger(state: State, fact: Value, locked: int) -> bool:
    """Whether the calls in `fact` happened after the lock was taken, on the trail of this path.

    The call that took the lock is young enough. Where the trail does not show it (it was taken on
    several paths that have joined), the order in the source decides.
    """
    needed = {each for each in fact.calls if each >= 0}
    tested = bool(needed)
    learned = state.learned(fact)
    step = state.trail
    while step is not None:
        if step.kind == "call":
            needed.discard(int(step.text))
            if step.start == locked:
                return tested and not needed
        elif step.start == learned:
            tested = True
        step = step.before
    return learned > locked
