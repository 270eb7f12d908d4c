"""What is left of a rulebook in one tree: the clauses that apply, in the checkers' words."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from analyzer.checkers.property import (
    Always,
    Clause,
    Common,
    Condition,
    Contracts,
    EventPattern,
    Follow,
    Forbid,
    Order,
    Pair,
    Require,
)
from analyzer.core import Problem, ProblemKind, Release
from analyzer.rulebook.expand import NOTHING, Expansion, Tree
from analyzer.rulebook.model import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class IdleClause:
    """A clause that has nothing to do in this tree, by its 1-based number, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ResolvedRule:
    """A rule for one tree.

    `clauses` are (1-based number in the file, clause) and hold no role, no predicate and no `@` in
    their functions; exemptions for other releases are gone. `undeclared` are the names of the
    vocabulary that this tree does not have, sorted.
    """

    rule: Rule
    clauses: tuple[tuple[int, Clause], ...]
    idle: tuple[IdleClause, ...]
    undeclared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """A rulebook for one tree: the rules that apply, and (id, reason) of those that do not."""

    rules: tuple[ResolvedRule, ...]
    skipped: tuple[tuple[str, str], ...]


def resolve(rulebook: Rulebook, release: Release, declared: Callable[[str], bool]) -> Resolution:
    """The rules for one tree.

    `declared` answers for a name whether the tree declares, defines or calls it, and for
    `record.field` whether the struct has the field.
    """
    tree = Tree(release, declared)
    rules: list[ResolvedRule] = []
    skipped: list[tuple[str, str]] = []
    for rule in rulebook.rules:
        expansion = Expansion(rulebook.vocabulary, tree)
        resolved = _rule(rule, expansion)
        if resolved.clauses:
            rules.append(resolved)
        else:
            reason = tree.excludes(rule.scope) or "; ".join(
                dict.fromkeys(one.reason for one in resolved.idle)
            )
            skipped.append((rule.id, reason))
    return Resolution(tuple(rules), tuple(skipped))


def missing_sites(resolved: ResolvedRule, release: Release, n_sites: int) -> Problem | None:
    """The problem of a rule with fewer sites in a whole tree than its file expects, if any."""
    rule = resolved.rule
    for releases, minimum in rule.expect_sites:
        if release in releases and n_sites < minimum:
            found = f"{n_sites} site{'s' if n_sites > 1 else ''}" if n_sites else "no site"
            where = f" in Linux {releases}" if releases.bounds else ""
            text = f"rule {rule.id}: {found} in this tree; expected {minimum} or more{where}"
            if resolved.undeclared:
                text += f"; names not declared here: {', '.join(resolved.undeclared)}"
            return Problem.of(ProblemKind.NO_SITE, rule.file, 0, text)
    return None


class _Idle(Exception):
    """Unwinds from a clause that has nothing to do, with the reason."""


def _rule(rule: Rule, expansion: Expansion) -> ResolvedRule:
    clauses: list[tuple[int, Clause]] = []
    idle: list[IdleClause] = []
    for number, clause in enumerate(rule.clauses, 1):
        try:
            clauses.append((number, _clause(clause, expansion)))
        except _Idle as reason:
            idle.append(IdleClause(number, str(reason)))
    return ResolvedRule(rule, tuple(clauses), tuple(idle), tuple(sorted(expansion.undeclared)))


def _clause(clause: Clause, expansion: Expansion) -> Clause:
    common = _common(clause.common, expansion)
    match clause:
        case Require():
            start = _event(clause.start, "from", expansion) if clause.start else None
            at = _event(clause.at, "at", expansion)
            needs = _sense(clause.needs, expansion, "nothing in this tree could meet 'needs'")
            return replace(clause, common=common, start=start, at=at, needs=needs)
        case Forbid():
            at = _event(clause.at, "at", expansion)
            never = _sense(clause.never, expansion, "nothing in this tree could meet 'never'")
            return replace(clause, common=common, at=at, never=never)
        case Follow():
            deadlines = (expansion.event(event) for event in clause.before)
            before = tuple(event for event in deadlines if event != NOTHING)
            if not before:
                raise _Idle(_none_of("before"))
            after = _event(clause.after, "after", expansion)
            return replace(
                clause,
                common=common,
                after=after,
                then=_event(clause.then, "then", expansion),
                before=before,
            )
        case Contracts():
            return replace(clause, common=common)
        case Order(switch=switch):
            if switch is not None:
                when = expansion.condition(switch.when)
                switch = replace(switch, when=when)
            return replace(clause, common=common, switch=switch)
        case Pair():
            opening = _event(clause.open, "open", expansion)
            return replace(
                clause, common=common, open=opening, close=_event(clause.close, "close", expansion)
            )


def _common(common: Common, expansion: Expansion) -> Common:
    release = expansion.tree.release
    reason = expansion.tree.excludes(common.scope)
    if reason:
        raise _Idle(reason)
    given = expansion.condition(common.given) if common.given else None
    if given == Always(False):
        raise _Idle("nothing in this tree could meet 'given'")
    unless = expansion.condition(common.unless) if common.unless else None
    if unless == Always(True):
        raise _Idle("it is always excused in this tree")
    functions = expansion.functions(common.scope.functions)
    if common.scope.functions and not functions:
        raise _Idle(f"this tree has no function of {', '.join(common.scope.functions)}")
    return replace(
        common,
        scope=replace(common.scope, functions=functions),
        given=None if given == Always(True) else given,
        unless=None if unless == Always(False) else unless,
        exemptions=tuple(one for one in common.exemptions if release in one.kernel),
    )


def _event(event: EventPattern, key: str, expansion: Expansion) -> EventPattern:
    expanded = expansion.event(event)
    if expanded == NOTHING:
        raise _Idle(_none_of(key))
    return expanded


def _none_of(key: str) -> str:
    return f"no event of '{key}' is in this tree"


def _sense(condition: Condition, expansion: Expansion, reason: str) -> Condition:
    """The expanded condition, unless the tree alone has made it `true` or `false`."""
    expanded = expansion.condition(condition)
    if isinstance(expanded, Always) and not isinstance(condition, Always):
        raise _Idle("it is always met in this tree" if expanded.value else reason)
    return expanded
