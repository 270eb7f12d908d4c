"""The identifiers that decide in which files a rulebook can have a site."""

from collections.abc import Iterator

from analyzer.checkers.patterns import CallOf, FieldOf, HasFlag, Name
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    Clause,
    Contracts,
    Either,
    EscapeEvent,
    Follow,
    Forbid,
    Has,
    LockEvent,
    Order,
    Pair,
    Predicate,
    Require,
    RoleEvent,
    StoreEvent,
    WhenEvent,
)
from analyzer.rulebook.model import Rule, Rulebook
from analyzer.rulebook.terms import walk


def words(rulebook: Rulebook) -> frozenset[str]:
    """Every identifier that an event at a site may show in source, in any release.

    These are functions, fields, globals, struct tags and flags, and the functions that a clause
    without any of them is limited to. Lock events show none: `site_locks` gives their locks, and
    the models know which functions take those. Globs are kept as they are.
    """
    names = {name for node in _site_nodes(rulebook) for name in _names(node)}
    for rule in rulebook.rules:
        for clause in rule.clauses:
            if not _identified(rulebook, clause):
                names.update(_functions(rulebook, clause))
    others = {other for other, flag in rulebook.vocabulary.flags if flag in names}
    return frozenset(names | others)


def site_locks(rulebook: Rulebook) -> frozenset[str]:
    """The locks whose taking or releasing is a site."""
    return frozenset(node.lock for node in _site_nodes(rulebook) if isinstance(node, LockEvent))


def everywhere(rulebook: Rulebook) -> tuple[str, ...]:
    """Globs of the files in which a clause can have a site whatever words they hold, sorted; '*' is
    every file.

    Such a clause has an event without a word, as `return` or `use($p)`, and is not limited to some
    functions.
    """
    found: set[str] = set()
    for rule in rulebook.rules:
        for clause in rule.clauses:
            if not _identified(rulebook, clause) and not _functions(rulebook, clause):
                found.update(clause.common.scope.files or ("*",))
    return tuple(sorted(found))


def by_place(rulebook: Rulebook) -> tuple[tuple[tuple[str, ...], Rulebook], ...]:
    """The rules, apart by the globs of the files in which they look; no globs for everywhere."""
    groups: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rulebook.rules:
        places = {clause.common.scope.files for clause in rule.clauses}
        globs = () if () in places else tuple(sorted({glob for each in places for glob in each}))
        groups.setdefault(globs, []).append(rule)
    return tuple((g, Rulebook(tuple(rules), rulebook.vocabulary)) for g, rules in groups.items())


def function_names(rulebook: Rulebook) -> frozenset[str]:
    """The functions that roles list."""
    return frozenset(name for role in rulebook.vocabulary.roles for name, _ in role.functions)


def declared_names(rulebook: Rulebook) -> frozenset[str]:
    """The names that decide by their declaration whether a clause or an event exists in a tree,
    without fields.
    """
    scopes = [rule.scope for rule in rulebook.rules]
    scopes += [clause.common.scope for rule in rulebook.rules for clause in rule.clauses]
    for role in rulebook.vocabulary.roles:
        scopes += [scope for _, scope in role.events]
        scopes += [scope for _, scope in role.functions]
    for word in rulebook.vocabulary.predicates:
        scopes += [scope for _, scope in word.spellings]
    names = {name for scope in scopes for name in (*scope.declares, *scope.lacks)}
    return frozenset(name.partition(".")[0] for name in names)


def _site_nodes(rulebook: Rulebook) -> list[object]:
    """All nodes of the events at sites, with those of the roles and predicates that they name."""
    roles = {role.name: role.events for role in rulebook.vocabulary.roles}
    predicates = {word.name: word.spellings for word in rulebook.vocabulary.predicates}
    found: list[object] = []
    seen: set[str] = set()
    rest: list[object] = [
        event for rule in rulebook.rules for clause in rule.clauses for event in _sites(clause)
    ]
    while rest:
        for node in walk(rest.pop()):
            found.append(node)
            if isinstance(node, RoleEvent) and f"role {node.role}" not in seen:
                seen.add(f"role {node.role}")
                rest.extend(event for event, _ in roles[node.role])
            if isinstance(node, Predicate) and f"predicate {node.name}" not in seen:
                seen.add(f"predicate {node.name}")
                rest.extend(condition for condition, _ in predicates[node.name])
    return found


def _sites(clause: Clause) -> tuple[object, ...]:
    match clause:
        case Require():
            return (clause.start, clause.at)
        case Forbid():
            return (clause.at,)
        case Follow():
            return (clause.after,)
        case Pair():
            return (clause.open, clause.close)
        case Contracts() | Order():
            return ()


def _identified(rulebook: Rulebook, clause: Clause) -> bool:
    """Whether a function with a site shows a word or takes a lock that the clause names.

    A site needs one event of each kind that the clause has, so that one of the two identifies it;
    a pair has sites at both.
    """
    events = [event for event in _sites(clause) if event is not None]
    known = [_shows(rulebook, event) for event in events]
    return all(known) if isinstance(clause, Pair) else any(known)


def _shows(rulebook: Rulebook, term: object) -> bool:
    """Whether whatever matches the event or condition shows a word or a lock of it."""
    match term:
        case AnyOf(parts) | Either(parts):
            return all([_shows(rulebook, part) for part in parts])
        case WhenEvent(condition):
            return _shows(rulebook, condition)
        case RoleEvent(role):
            events = next(each.events for each in rulebook.vocabulary.roles if each.name == role)
            return all([_shows(rulebook, event) for event, _ in events])
        case Predicate(name):
            words = next(each for each in rulebook.vocabulary.predicates if each.name == name)
            return all([_shows(rulebook, condition) for condition, _ in words.spellings])
        case _:
            return any(
                isinstance(node, LockEvent) or any(name.strip("*") for name in _names(node))
                for node in walk(term)
            )


def _functions(rulebook: Rulebook, clause: Clause) -> tuple[str, ...]:
    """The functions that a clause is limited to, in any release; none for no limit."""
    roles = {role.name: role.functions for role in rulebook.vocabulary.roles}
    found: list[str] = []
    for name in clause.common.scope.functions:
        found += [each for each, _ in roles[name[1:]]] if name.startswith("@") else [name]
    return tuple(found)


def _names(node: object) -> Iterator[str]:
    match node:
        case CallEvent(callee) | CallOf(callee):
            name = callee.rpartition(".")[2]
            if not name.startswith("$"):
                yield name
        case HasFlag(flag) | Has(_, flag):
            yield flag
        case EscapeEvent() | StoreEvent() if node.record:
            yield node.record
        case StoreEvent(FieldOf(_, name)) if name != "_":
            yield name
        case StoreEvent(Name(name)):
            yield name
