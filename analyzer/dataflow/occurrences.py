"""What happens on a path, as told to an observer: the events that rules speak of, with values in
place of text.
"""

from typing import NamedTuple, Protocol, TypeAlias

from analyzer.dataflow.state import State
from analyzer.dataflow.values import Value


class Called(NamedTuple):
    """A call, told twice: before its effect (`result` is None) and after it, once in each resulting
    state.

    `replayed` marks a call that a callee makes on all of its paths; `start`, `end` are those of the
    callee's own call. `name` is the function, or `record.field` for a call through a pointer, whose
    value is `callee`.
    """

    name: str
    args: tuple[Value, ...]
    result: Value | None
    callee: Value | None
    site: int
    start: int
    end: int
    replayed: bool = False


class Stored(NamedTuple):
    """A write of `value` to the place at `address`. `initial` marks the initialiser of a
    declaration.
    """

    address: Value
    value: Value
    initial: bool
    start: int
    end: int


class Used(NamedTuple):
    """A pointer is dereferenced, passed on or returned."""

    value: Value
    start: int
    end: int


class Branched(NamedTuple):
    """An edge is taken on which `condition` is `truth`."""

    condition: Value
    truth: bool
    start: int
    end: int


class Locked(NamedTuple):
    """A lock is taken or released. `odd`: it was held already, or it was not held here."""

    acquired: bool
    odd: bool
    name: str
    mode: str
    object: Value
    start: int
    end: int


class Left(NamedTuple):
    """The function returns."""

    value: Value | None
    start: int
    end: int


class Looped(NamedTuple):
    """An iteration of a loop ends."""

    start: int
    end: int


Occurrence: TypeAlias = Called | Stored | Used | Branched | Locked | Left | Looped


class Observer(Protocol):
    """Is told of every occurrence on every path; keeps what it must remember of a path in
    `state.monitors`.
    """

    wants_uses: bool

    def observe(self, state: State, occurrence: Occurrence) -> None: ...
