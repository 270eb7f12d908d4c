"""The body of a function in another place of its file, for functions that macros make."""

from collections.abc import Callable

from analyzer.ir import Block, Branch, Event, Function, Return, Switch, Terminator


def moved(function: Function, place: Callable[[int, int], tuple[int, int]]) -> Function:
    """The function with its events and tests where `place` puts their first and last offset."""

    def put(event: Event) -> Event:
        start, end = place(event.start, event.end)
        return event._replace(start=start, end=end)

    def ended(terminator: Terminator) -> Terminator:
        if not isinstance(terminator, Branch | Switch | Return):
            return terminator
        start, end = place(terminator.start, terminator.end)
        return terminator._replace(start=start, end=end)

    blocks = (
        Block(tuple(put(event) for event in each.events), ended(each.terminator), each.loop)
        for each in function.blocks
    )
    return function._replace(blocks=tuple(blocks))
