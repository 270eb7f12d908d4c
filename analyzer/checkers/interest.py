"""Which occurrences an event can be, so that a watch is told of no others."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from analyzer.checkers.patterns import HasFlag
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    EndEvent,
    EscapeEvent,
    EventPattern,
    InitialiseEvent,
    LockEvent,
    StoreEvent,
    UseEvent,
    WhenEvent,
)
from analyzer.dataflow.occurrences import Branched, Called, Left, Locked, Looped, Stored, Used


def of_any_record(name: str) -> str:
    """What a call through `record.field` is called where the record is not known: `.field`."""
    record, dot, field = name.partition(".")
    return dot + field if dot else record


@dataclass(frozen=True, slots=True)
class Interest:
    """Kinds of occurrences, and for calls the names; None stands for every call."""

    kinds: frozenset[type]
    names: frozenset[str] | None

    @staticmethod
    def of(events: tuple[EventPattern, ...], more: frozenset[type] = frozenset()) -> "Interest":
        """What can be one of `events`, and everything of the kinds `more`."""
        kinds: set[type] = set(more)
        names: set[str] = set()
        every = Called in more
        rest = list(events)
        while rest:
            match rest.pop():
                case AnyOf(parts):
                    rest.extend(parts)
                case CallEvent(name):
                    names |= {name, of_any_record(name)}
                case StoreEvent(_, value):
                    kinds.add(Stored)
                    every = every or isinstance(value, HasFlag)
                case InitialiseEvent():
                    kinds.add(Stored)
                case EscapeEvent():
                    kinds |= {Stored, Left}
                    every = True
                case UseEvent():
                    kinds.add(Used)
                case WhenEvent():
                    kinds.add(Branched)
                case LockEvent():
                    kinds.add(Locked)
                case EndEvent():
                    kinds |= {Left, Looped}
        if every or names:
            kinds.add(Called)
        return Interest(frozenset(kinds), None if every else frozenset(names))

    def call(self, name: str) -> bool:
        """Whether a call of `name` matters."""
        if self.names is None:
            return True
        return name in self.names or any(
            "*" in glob and fnmatchcase(name, glob) for glob in self.names
        )
