"""Puts what a tree has in the place of roles, predicates, function lists and flags."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from analyzer.checkers.patterns import CallOf, HasFlag, Pattern
from analyzer.checkers.property import (
    Always,
    AnyOf,
    Both,
    CallEvent,
    Condition,
    Done,
    Either,
    EventPattern,
    Has,
    InClass,
    InFunctions,
    Known,
    Not,
    Predicate,
    RoleEvent,
    StoreEvent,
    Under,
    WhenEvent,
)
from analyzer.checkers.scope import Scope
from analyzer.core import Release
from analyzer.rulebook.model import (
    Vocabulary,
)
from analyzer.rulebook.terms import fill_condition, fill_event, map_parts, walk

NOTHING = AnyOf(())
"""The event that never happens: no name of it is in the tree."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What a rule asks of a tree: its release and its names.

    `declared` tells whether it declares, defines or calls a name, or has a `record.field`.
    """

    release: Release
    declared: Callable[[str], bool]

    def excludes(self, scope: Scope) -> str:
        """Why something of this scope is not in the tree; empty if it is."""
        if self.release not in scope.kernel:
            return f"for Linux {scope.kernel}"
        missing = [name for name in scope.declares if not self.declared(name)]
        if missing:
            return f"needs {', '.join(missing)}, which this tree does not declare"
        present = [name for name in scope.lacks if self.declared(name)]
        if present:
            return f"for trees without {', '.join(present)}"
        return ""


class Expansion:
    """Expands the terms of clauses for one tree; `undeclared` collects the names it dropped."""

    def __init__(self, vocabulary: Vocabulary, tree: Tree) -> None:
        self.tree = tree
        self.undeclared: set[str] = set()
        self._roles = {role.name: role for role in vocabulary.roles}
        self._predicates = {word.name: word for word in vocabulary.predicates}
        self._flags = self._flag_names(vocabulary)
        self._classes = vocabulary.classes

    def event(self, event: EventPattern) -> EventPattern:
        """The event in primitive events only; NOTHING if nothing of it is in the tree."""
        match event:
            case AnyOf(events):
                return _any_of([self.event(one) for one in events])
            case RoleEvent():
                return self._role(event)
            case WhenEvent(condition):
                expanded = self.condition(condition)
                known = isinstance(expanded, Always)
                return NOTHING if known else replace(event, condition=expanded)
            case CallEvent():
                return replace(event, args=tuple(self._value(arg) for arg in event.args))
            case StoreEvent():
                return replace(event, value=self._value(event.value))
            case _:
                return event

    def condition(self, condition: Condition) -> Condition:
        """The condition without predicates; what can never be known in the tree is `false`."""
        match condition:
            case Predicate(name, args):
                return self._predicate(name, args)
            case InFunctions(role, functions):
                names = functions or self.functions((f"@{role}",))
                return InFunctions(role, names) if names else Always(False)
            case Done(event, then):
                first = self.event(event)
                second = self.event(then) if then else None
                return Always(False) if NOTHING in (first, second) else Done(first, second)
            case InClass():
                return replace(condition, table=self._classes)
            case Has(value, flag):
                return Has(value, self._flags.get(flag, flag))
            case _:
                return _simple(map_parts(condition, self.condition))

    def functions(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Function names and globs, with roles replaced by the functions that the tree has."""
        found: list[str] = []
        for name in names:
            if not name.startswith("@"):
                found.append(name)
                continue
            for function, scope in self._roles[name[1:]].functions:
                if not self.tree.excludes(scope) and self._has(function):
                    found.append(function)
        return tuple(dict.fromkeys(found))

    def _role(self, event: RoleEvent) -> EventPattern:
        values = {name: self._value(pattern) for name, pattern in event.bindings}
        found = []
        for one, scope in self._roles[event.role].events:
            if self.tree.excludes(scope):
                continue
            # A primitive whose name the tree does not have could never match.
            if isinstance(one, CallEvent) and not self._has(one.callee):
                continue
            found.append(self.event(fill_event(one, values)))
        return _any_of(found)

    def _predicate(self, name: str, args: tuple[Pattern, ...]) -> Condition:
        word = self._predicates[name]
        values = dict(zip(word.holes, args, strict=False))
        found = [
            self.condition(fill_condition(spelling, values))
            for spelling, scope in word.spellings
            if not self.tree.excludes(scope) and self._known(spelling)
        ]
        return _either(tuple(found))

    def _known(self, spelling: Condition) -> bool:
        """True if the tree has every function that a spelling asks."""
        called = [node.callee for node in walk(spelling) if isinstance(node, CallOf)]
        return all([self._has(name) for name in called])

    def _has(self, name: str) -> bool:
        if "*" in name or name.startswith("$") or self.tree.declared(name):
            return True
        self.undeclared.add(name)
        return False

    def _value(self, pattern: Pattern) -> Pattern:
        return (
            HasFlag(self._flags.get(pattern.flag, pattern.flag))
            if isinstance(pattern, HasFlag)
            else pattern
        )

    def _flag_names(self, vocabulary: Vocabulary) -> Mapping[str, str]:
        """For flags that the tree has under another name only, that name."""
        return {
            flag: other
            for other, flag in vocabulary.flags
            if not self.tree.declared(flag) and self.tree.declared(other)
        }


def _any_of(events: list[EventPattern]) -> EventPattern:
    flat: list[EventPattern] = []
    for event in events:
        flat.extend(event.events if isinstance(event, AnyOf) else (event,))
    flat = [event for n, event in enumerate(flat) if event not in flat[:n]]
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def _simple(condition: Condition) -> Condition:
    """The condition with its constant parts worked out."""
    match condition:
        case Not(Always(value)):
            return Always(not value)
        case Known(Always() as part) | Under(Always() as part):
            return part
        case Both(parts):
            if Always(False) in parts:
                return Always(False)
            rest = tuple(part for part in parts if part != Always(True))
            return Always(True) if not rest else rest[0] if len(rest) == 1 else Both(rest)
        case Either(parts):
            return _either(parts)
        case _:
            return condition


def _either(parts: tuple[Condition, ...]) -> Condition:
    if Always(True) in parts:
        return Always(True)
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Either) else (part,))
    rest = tuple(dict.fromkeys(part for part in flat if part != Always(False)))
    return Always(False) if not rest else rest[0] if len(rest) == 1 else Either(rest)
