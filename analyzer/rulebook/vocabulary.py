"""Reads vocabulary files: roles, predicates and flags, the words for what differs by release."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from analyzer.checkers.property import Condition, EventPattern, Predicate, RoleEvent
from analyzer.checkers.scope import Scope
from analyzer.core import UserError
from analyzer.dataflow.classtable import NO_CLASSES
from analyzer.rulebook.classes import read_classes
from analyzer.rulebook.decode import read_scope
from analyzer.rulebook.language import RoleHead, Words, parse_condition, parse_event
from analyzer.rulebook.model import (
    PredicateWord,
    Role,
    Vocabulary,
)
from analyzer.rulebook.table import Table, read_table
from analyzer.rulebook.terms import holes, walk

_WORD = re.compile(r"[A-Za-z]\w*(-\w+)*")
_WHERE = ("kernel", "declares", "lacks")


@dataclass(slots=True)
class _Draft:
    """The tables of one role or predicate, of all files that say something of it."""

    tables: list[Table] = field(default_factory=list)

    def holes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hole for table in self.tables for hole in table.texts("holes")))

    def entries(self, key: str) -> list[tuple[Table, str, Scope, tuple[str | int, ...]]]:
        """The entries of a list of all tables: where each stands, its text, scope and keys."""
        return [one for table in self.tables for one in _entries(table, key)]


def read_vocabulary(
    texts: Iterable[tuple[str, str]], locks: frozenset[str]
) -> tuple[Vocabulary, Words]:
    """The vocabulary of (name, text) files, each of which adds to those before it.

    Raises UserError, naming file and line.
    """
    roles: dict[str, _Draft] = {}
    predicates: dict[str, _Draft] = {}
    flags: dict[str, str] = {}
    classes = NO_CLASSES
    for name, text in texts:
        table = replace(read_table(text, name), label="the vocabulary")
        table.allow(("role", "predicate", "flag", "classes", "bit"))
        classes = read_classes(table, classes)
        _collect(table.table("role"), roles, ("holes", "events", "functions"))
        _collect(table.table("predicate"), predicates, ("holes", "true_when"))
        known = table.table("flag")
        flags.update({other: flag for flag in known.values for other in known.texts(flag)})
    words = Words(
        roles={name: _head(draft) for name, draft in roles.items()},
        predicates={name: draft.holes() for name, draft in predicates.items()},
        locks=locks,
        classes=classes.names,
    )
    vocabulary = Vocabulary(
        roles=tuple(_role(name, draft, words) for name, draft in sorted(roles.items())),
        predicates=tuple(
            _predicate(name, draft, words) for name, draft in sorted(predicates.items())
        ),
        flags=tuple(sorted(flags.items())),
        classes=classes,
    )
    _check_circles(vocabulary, roles, predicates)
    return vocabulary, words


def _collect(tables: Table, drafts: dict[str, _Draft], known: tuple[str, ...]) -> None:
    for name in tables.values:
        if not _WORD.fullmatch(name):
            raise tables.error(
                f"'{name}' is no word", "write it in letters and hyphens, as clear-pte", name
            )
        table = tables.table(name, f"[{tables.path[0]}.{name}]")
        table.allow(known)
        drafts.setdefault(name, _Draft()).tables.append(table)


def _head(draft: _Draft) -> RoleHead:
    events = bool(draft.entries("events"))
    functions = bool(draft.entries("functions"))
    table = draft.tables[0]
    if not events and not functions:
        raise table.error(
            f"{table.label} is empty", 'write events = ["..."] or functions = ["..."]'
        )
    return RoleHead(draft.holes(), events, functions)


def _role(name: str, draft: _Draft, words: Words) -> Role:
    events: list[tuple[EventPattern, Scope]] = []
    for table, text, scope, keys in draft.entries("events"):
        event = table.read(text, "event", lambda one: parse_event(one, words), *keys)
        _check_holes(event, draft, table, keys)
        events.append((event, scope))
    functions = tuple((text, scope) for _, text, scope, _ in draft.entries("functions"))
    return Role(name, draft.holes(), tuple(events), functions)


def _predicate(name: str, draft: _Draft, words: Words) -> PredicateWord:
    spellings: list[tuple[Condition, Scope]] = []
    for table, text, scope, keys in draft.entries("true_when"):
        condition = table.read(text, "condition", lambda one: parse_condition(one, words), *keys)
        _check_holes(condition, draft, table, keys)
        spellings.append((condition, scope))
    if not spellings:
        table = draft.tables[0]
        raise table.error(f"{table.label} is empty", 'write true_when = ["..."]')
    return PredicateWord(name, draft.holes(), tuple(spellings))


def _entries(table: Table, key: str) -> list[tuple[Table, str, Scope, tuple[str | int, ...]]]:
    value = table.values.get(key, [])
    if not isinstance(value, list):
        raise table.error(f"'{key}' is not a list", f'write {key} = ["..."]', key)
    word = {"events": "event", "functions": "function", "true_when": "condition"}[key]
    found: list[tuple[Table, str, Scope, tuple[str | int, ...]]] = []
    for n, one in enumerate(value):
        if isinstance(one, str):
            found.append((table, one, Scope(), (key, n)))
        elif isinstance(one, dict):
            entry = Table(table.source, (*table.path, key, n), f"an entry of '{key}'", one)
            entry.allow((word, *_WHERE))
            found.append(
                (entry, entry.needed(word, f'{word} = "..."'), read_scope(entry, Scope()), (word,))
            )
        else:
            raise table.error(
                f"'{key}' holds something else than texts", f'write {key} = ["..."]', key, n
            )
    return found


def _check_holes(term: object, draft: _Draft, table: Table, keys: tuple[str | int, ...]) -> None:
    declared = draft.holes()
    for name in holes(term):
        if name not in declared:
            hint = f"add it to holes, or write _; holes here: {', '.join(declared) or 'none'}"
            raise table.error(f"${name} is no hole of {draft.tables[0].label}", hint, *keys)


def _check_circles(
    vocabulary: Vocabulary, roles: dict[str, _Draft], predicates: dict[str, _Draft]
) -> None:
    uses: dict[str, set[str]] = {}
    for role in vocabulary.roles:
        uses[f"role {role.name}"] = _mentioned(role.events)
    for word in vocabulary.predicates:
        uses[f"predicate {word.name}"] = _mentioned(word.spellings)
    for name in uses:
        if name in _reach(name, uses):
            what, _, word_name = name.partition(" ")
            draft = (roles if what == "role" else predicates)[word_name]
            raise _circle(draft.tables[0], f"{what} '@{word_name}'")


def _mentioned(terms: object) -> set[str]:
    nodes = list(walk(terms))
    found = {f"role {node.role}" for node in nodes if isinstance(node, RoleEvent)}
    return found | {f"predicate {node.name}" for node in nodes if isinstance(node, Predicate)}


def _reach(start: str, uses: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    rest = list(uses[start])
    while rest:
        name = rest.pop()
        if name not in reached:
            reached.add(name)
            rest.extend(uses.get(name, ()))
    return reached


def _circle(table: Table, name: str) -> UserError:
    return table.error(f"{name} is made of itself", "name the functions instead")
