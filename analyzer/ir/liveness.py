"""Which locals and call results are still needed after each block: backward liveness over the flow
graph.
"""

from collections.abc import Iterator

from analyzer.ir.expressions import (
    Address,
    Binary,
    Deref,
    Expr,
    Field,
    Index,
    Initializer,
    Result,
    Unary,
    Variable,
    VariableKind,
)
from analyzer.ir.flow import (
    Branch,
    Call,
    Declare,
    Event,
    Function,
    Jump,
    Range,
    Return,
    Switch,
    Write,
)


def dying(function: Function) -> tuple[frozenset[str | int], ...]:
    """For each block the locals (by name) and results (by call id) that come to its head and that
    nothing reads from there on.

    A local whose address is taken never dies: a pointer may still lead to it.
    """
    escaped: set[str | int] = set()
    reads: list[set[str | int]] = []
    writes: list[set[str | int]] = []
    for block in function.blocks:
        read: set[str | int] = set()
        written: set[str | int] = set()
        for event in block.events:
            read |= set(_event_reads(event, escaped)) - written
            written |= _event_writes(event)
        for expr in _terminator_reads(block.terminator):
            read |= set(_reads(expr, escaped)) - written
        reads.append(read)
        writes.append(written)
    before = _solve(function, reads, writes)
    comes: list[set[str | int]] = [set() for _ in reads]
    for number in range(len(reads)):
        leaves = before[number] | reads[number] | writes[number]
        for target in successors(function, number):
            comes[target] |= leaves
    return tuple(
        frozenset(names - live - escaped) for names, live in zip(comes, before, strict=True)
    )


def _solve(
    function: Function, reads: list[set[str | int]], writes: list[set[str | int]]
) -> list[set[str | int]]:
    before = [set(read) for read in reads]
    after: list[set[str | int]] = [set() for _ in reads]
    changed = True
    while changed:
        changed = False
        for number in range(len(reads) - 1, -1, -1):
            live: set[str | int] = set()
            for target in successors(function, number):
                live |= before[target]
            if live != after[number]:
                after[number] = live
                before[number] = reads[number] | (live - writes[number])
                changed = True
    return before


def successors(function: Function, number: int) -> tuple[int, ...]:
    """The blocks that control can go to from block `number`."""
    match function.blocks[number].terminator:
        case Jump(target):
            return (target,)
        case Branch(_, true, false):
            return (true, false)
        case Switch(_, cases, default):
            return (*(case.target for case in cases), default)
        case _:
            return ()


def _event_writes(event: Event) -> set[str | int]:
    match event:
        case Call():
            return {event.id}
        case Write(Variable(name, kind)) if kind != VariableKind.GLOBAL:
            return {name}
        case Declare(name):
            return {name}
        case _:
            return set()


def _event_reads(event: Event, escaped: set[str | int]) -> Iterator[str | int]:
    match event:
        case Call():
            yield from _reads(event.callee, escaped)
            for arg in event.args:
                yield from _reads(arg, escaped)
        case Write(place, value):
            if not isinstance(place, Variable):
                yield from _reads(place, escaped)
            yield from _reads(value, escaped)


def _terminator_reads(terminator: object) -> Iterator[Expr]:
    match terminator:
        case Branch(condition):
            yield condition
        case Switch(value, cases):
            yield value
            for case in cases:
                for each in case.values:
                    if isinstance(each, Range):
                        yield each.low
                        yield each.high
                    else:
                        yield each
        case Return(value) if value is not None:
            yield value


def _reads(expr: Expr, escaped: set[str | int]) -> Iterator[str | int]:
    stack = [expr]
    while stack:
        node = stack.pop()
        match node:
            case Variable(name, kind):
                if kind != VariableKind.GLOBAL:
                    yield name
            case Result(call):
                yield call
            case Field(inner, _):
                stack.append(inner)
            case Deref(inner) | Unary(_, inner):
                stack.append(inner)
            case Index(array, position):
                stack += (array, position)
            case Binary(_, left, right):
                stack += (left, right)
            case Address(place):
                stack.append(place)
                escaped.update(_roots(place))
            case Initializer(entries):
                stack.extend(value for _, value in entries)


def _roots(place: Expr) -> Iterator[str]:
    while isinstance(place, Field | Index):
        place = place.object if isinstance(place, Field) else place.array
    if isinstance(place, Variable):
        yield place.name
