"""Where the source says what a condition found: byte offsets in the function at hand."""

from analyzer.checkers.matching import Binding, Matcher
from analyzer.checkers.patterns import AddressOf, FieldOf, Pattern
from analyzer.dataflow import Simulation, State, Value
from analyzer.dataflow.classes import grounds
from analyzer.dataflow.values import parts
from analyzer.ir import Deref, Expr, Field, Index, Initializer, Variable, Write, callee_name, calls


def of_class(run: Simulation, state: State, value: Value) -> tuple[int, ...]:
    """The places that tell of which class a value is: tests on this path, and what made it."""
    found: dict[int, None] = {}
    for ground in grounds(state, run.universe, value):
        if state.learned(ground):
            found[state.learned(ground)] = None
        else:
            found.update(dict.fromkeys(_made(run, ground)))
    return tuple(found) or _of_meeting(run, value)


def _of_meeting(run: Simulation, value: Value) -> tuple[int, ...]:
    """Of a value that is what paths brought which met, the assignments to the place that holds
    it, or to those that it is made of.
    """
    found: dict[int, None] = {}
    for part in parts(value):
        address = part.args[-1] if part.kind in ("phi", "prev") else None
        if isinstance(address, Value):
            found.update(dict.fromkeys(_of_store(run, address)))
    return tuple(found)


def _made(run: Simulation, value: Value) -> tuple[int, ...]:
    """The calls that may have made a value which is a function of others."""
    return tuple(call.start for call in calls(run.function) if callee_name(call) == value.args[0])


def of_fact(state: State, value: Value) -> tuple[int, ...]:
    """The places where what is known of a value was learned, or of what it is made of."""
    learned = state.learned(value)
    if learned:
        return (learned,)
    found: dict[int, None] = {}
    for part in value.args if value.kind in ("op", "not") else ():
        if isinstance(part, Value):
            found.update(dict.fromkeys(of_fact(state, part)))
    return tuple(found)


def of_flag(matcher: Matcher, value: Value, flag: str, state: State) -> tuple[int, ...]:
    """The places where it was learned whether a value contains a flag."""
    run = matcher.run
    symbols = (run.universe.make("symbol", name) for name in matcher.names(flag))
    tests = (run.evaluator.binary("&", value, symbol) for symbol in symbols)
    return tuple(place for each in (value, *tests) for place in of_fact(state, each))


def of_stores(
    matcher: Matcher, patterns: tuple[Pattern, ...], state: State, binding: Binding
) -> tuple[int, ...]:
    """Where the fields that patterns name are written."""
    found: dict[int, None] = {}
    for pattern in patterns:
        address = matcher.build(AddressOf(pattern), state, binding)
        if isinstance(pattern, FieldOf) and address is not None:
            found.update(dict.fromkeys(_of_store(matcher.run, address)))
    return tuple(found)


def _of_store(run: Simulation, address: Value) -> tuple[int, ...]:
    """The assignments and initialisers that write the place at an address: its field, or else all
    of its object.
    """
    name, fields = _path(address)
    exact: dict[int, None] = {}
    wholes: dict[int, None] = {}
    for block in run.function.blocks:
        for event in block.events:
            if not isinstance(event, Write):
                continue
            owner, written = _written(event.place)
            if owner != name:
                continue
            if written == fields:
                exact[event.start] = None
            elif not written and isinstance(event.value, Initializer):
                entries = zip(event.value.entries, event.value.spans, strict=False)
                named = [span[0] for (path, _), span in entries if path == fields]
                (exact if named else wholes).update(dict.fromkeys(named or [event.start]))
    return tuple(exact or wholes)


def _path(address: Value) -> tuple[str, tuple[str, ...]]:
    """The variable that an address starts from, and the fields to it."""
    fields: list[str] = []
    while address.kind in ("sub", "load", "elem") and isinstance(address.args[0], Value):
        if address.kind == "sub":
            fields.append(str(address.args[1]))
        address = address.args[0]
    name = str(address.args[-1]) if address.kind in ("local", "param", "global") else ""
    return name, tuple(reversed(fields))


def _written(place: Expr) -> tuple[str, tuple[str, ...]]:
    fields: list[str] = []
    while True:
        match place:
            case Field(inner, name):
                fields.append(name)
                place = inner
            case Deref(inner) | Index(inner, _):
                place = inner
            case Variable(name):
                return name, tuple(reversed(fields))
            case _:
                return "", tuple(reversed(fields))
