"""A function without what stands at one place: the call, the test, the assignment that starts
there.

The deletion is one of the flow graph, so that no text must be edited and every byte offset stays
true. What a deleted call returned is unknown, and what a deleted test asked may be so or not.
"""

from collections.abc import Callable
from itertools import count
from typing import Final

from analyzer.ir.calls import calls
from analyzer.ir.expressions import Initializer, Result, Variable, VariableKind
from analyzer.ir.flow import (
    Block,
    Branch,
    Call,
    Declare,
    Event,
    Function,
    Switch,
    Terminator,
    Write,
)

DELETED: Final = "%deleted"
"""The name that stands where a call was. Nobody defines it, so that nothing is known of it."""


def without(function: Function, offset: int) -> Function:
    """The function without what starts at byte `offset`; `function` itself if nothing does.

    The function's name is not at any event: see `renamed`.
    """
    fresh = count(_most(function) + 1)
    blocks = []
    found = False
    for block in function.blocks:
        events: list[Event] = []
        for event in block.events:
            left = _event(event, offset)
            found |= left is not event
            if left is not None:
                events.append(left)
        terminator = block.terminator
        if isinstance(terminator, Branch | Switch) and terminator.start == offset:
            found = True
            asked, terminator = _unasked(terminator, next(fresh))
            events.append(asked)
        blocks.append(Block(tuple(events), terminator, block.loop))
    return function._replace(blocks=tuple(blocks)) if found else function


def turned(function: Function, offset: int) -> Function:
    """The function with the outcome of the test at byte `offset` turned round."""
    return _with_blocks(
        function,
        lambda block: (
            block._replace(terminator=test._replace(true=test.false, false=test.true))
            if isinstance(test := block.terminator, Branch) and test.start == offset
            else block
        ),
    )


def blanked(function: Function, offset: int, index: int) -> Function:
    """The function with nothing known of argument `index` of the calls at byte `offset`."""
    fresh = count(_most(function) + 1)

    def blank(block: Block) -> Block:
        events: list[Event] = []
        for event in block.events:
            if isinstance(event, Call) and event.start == offset and index < len(event.args):
                unknown = _nothing(next(fresh), event.start, event.end)
                args = list(event.args)
                args[index] = Result(unknown.id)
                events += [unknown, event._replace(args=tuple(args))]
            else:
                events.append(event)
        return block._replace(events=tuple(events))

    return _with_blocks(function, blank)


def late(function: Function, offset: int, behind: int) -> Function:
    """The function with the call at byte `offset` behind the call at byte `behind`, where nobody
    learns its result; `function` itself if one of them is no call.
    """
    found = [call for call in calls(function) if call.start == offset]
    if not found or all(call.start != behind for call in calls(function)):
        return function
    moved = found[0]._replace(id=_most(function) + 1)

    def move(block: Block) -> Block:
        events: list[Event] = []
        for event in block.events:
            is_it = isinstance(event, Call) and event.id == found[0].id
            events.append(_nothing(found[0].id, event.start, event.end) if is_it else event)
            if isinstance(event, Call) and event.start == behind:
                events.append(moved)
        return block._replace(events=tuple(events))

    return _with_blocks(function, move)


def _with_blocks(function: Function, change: Callable[[Block], Block]) -> Function:
    blocks = tuple(map(change, function.blocks))
    return function if blocks == function.blocks else function._replace(blocks=blocks)


def places(function: Function) -> tuple[int, ...]:
    """The byte offsets at which something can be deleted, in order."""
    found = set()
    for block in function.blocks:
        for event in block.events:
            found.add(event.start)
            if isinstance(event, Write) and isinstance(event.value, Initializer):
                found.update(start for start, _ in event.value.spans)
        if isinstance(block.terminator, Branch | Switch):
            found.add(block.terminator.start)
    return tuple(sorted(found))


def renamed(function: Function) -> Function:
    """The function under a name that no rule knows."""
    return function._replace(name=DELETED)


def _most(function: Function) -> int:
    """The largest id of a call."""
    numbers = (e.id for block in function.blocks for e in block.events if isinstance(e, Call))
    return max(numbers, default=0)


def _event(event: Event, offset: int) -> Event | None:
    """What deleting the text at `offset` leaves of an event: the event itself if it is not
    there.
    """
    match event:
        case Call(number, _, _, start, end) if start == offset:
            return _nothing(number, start, end)._replace(iterator=event.iterator)
        case Write(Variable(name, VariableKind.LOCAL), _, start, end, True) if start == offset:
            return Declare(name, start, end)
        case Write(_, Initializer() as value) if offset in (each[0] for each in value.spans):
            return event._replace(value=_shorter(value, offset))
        case Write() if event.start == offset:
            return None
        case _:
            return event


def _shorter(value: Initializer, offset: int) -> Initializer:
    pairs = zip(value.entries, value.spans, strict=True)
    kept = [(entry, span) for entry, span in pairs if span[0] != offset]
    return Initializer(tuple(entry for entry, _ in kept), tuple(span for _, span in kept))


def _nothing(number: int, start: int, end: int) -> Call:
    """A call that does nothing and returns what nobody knows."""
    return Call(number, Variable(DELETED, VariableKind.GLOBAL), (), start, end)


def _unasked(terminator: Branch | Switch, number: int) -> tuple[Call, Terminator]:
    """A way on that tells nothing, anew each time; the call that stands for its value."""
    call = _nothing(number, terminator.start, terminator.end)
    value = Result(number)
    if isinstance(terminator, Branch):
        return call, terminator._replace(condition=value)
    return call, terminator._replace(value=value)
