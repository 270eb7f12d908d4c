"""Events that happened on a path, as the monitor of a clause remembers them for `done`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from analyzer.checkers.matching import Binding
from analyzer.checkers.property import CallEvent
from analyzer.dataflow import State, Value


@dataclass(frozen=True, slots=True)
class Instance:
    """An event of a `done` that happened on the path: its number in `Conditions.dones`, the holes,
    the place. `complete` is False for the first half of `E1 before E2`. `awaits` is the call, and
    its result, whose outcome makes it the event and was not tested yet.
    """

    event: int
    binding: Binding
    offset: int
    complete: bool
    awaits: tuple[CallEvent, Value] | None = None

    def renamed(self, rename: Callable[[Value], Value]) -> "Instance":
        """The same in the next round of a loop."""
        awaits = self.awaits and (self.awaits[0], rename(self.awaits[1]))
        return replace(self, binding=rename_binding(self.binding, rename), awaits=awaits)

    def same(self, other: object) -> bool:
        """Whether the other says the same, of whatever place."""
        return isinstance(other, Instance) and replace(other, offset=self.offset) == self


def recorded(state: State, monitor: int) -> tuple[Instance, ...]:
    """The instances that a monitor holds in this state, in the order of the source."""
    value = state.monitors.get(monitor)
    if not isinstance(value, frozenset):
        return ()
    found = [each for each in value if isinstance(each, Instance)]
    return tuple(sorted(found, key=lambda each: each.offset))


def rename_binding(binding: Binding, rename: Callable[[Value], Value]) -> Binding:
    """The binding with its values renamed."""
    return tuple((name, rename(value)) for name, value in binding)
