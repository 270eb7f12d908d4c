"""What a simulation needs of a flow graph alone: found once, whatever is followed in it."""

from typing import NamedTuple

from analyzer.ir import Function
from analyzer.ir.liveness import dying, successors


class Shape(NamedTuple):
    """For each block its place in reverse post-order, and the locals and results that nothing reads
    from its head on, sorted.
    """

    order: tuple[int, ...]
    dying: tuple[tuple[str | int, ...], ...]


class Shapes:
    """The shapes of functions, each found when it is first asked for.

    A function is told by its identity: two of them are never compared as a whole.
    """

    def __init__(self) -> None:
        self._found: dict[int, tuple[Function, Shape]] = {}

    def of(self, function: Function) -> Shape:
        """The shape of a function."""
        found = self._found.get(id(function))
        if found is None:
            names = tuple(tuple(sorted(each, key=str)) for each in dying(function))
            found = (function, Shape(_reverse_post_order(function), names))
            self._found[id(function)] = found  # It holds the function, so that its id stays taken.
        return found[1]


def _reverse_post_order(function: Function) -> tuple[int, ...]:
    order: list[int] = []
    seen = {0}
    stack = [(0, iter(successors(function, 0)))]
    while stack:
        number, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(successors(function, target))))
                break
        else:
            stack.pop()
            order.append(number)
    place = [len(function.blocks)] * len(function.blocks)
    for position, number in enumerate(reversed(order)):
        place[number] = position
    return tuple(place)
