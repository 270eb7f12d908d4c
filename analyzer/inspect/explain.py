"""Why a verdict is what it is: the obligations at a line, judged as an audit judges them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from analyzer.core import Obligation, Quote, Step, Story, UserError
from analyzer.pipeline import (
    Request,
    World,
    allow_depth,
    applied_clauses,
    asked_book,
    checkers_of,
    declares_of,
    in_rounds,
    load_book,
    read_world,
)
from analyzer.program import FunctionRef, Program
from analyzer.rounds import Plan
from analyzer.rulebook import Rule, resolve
from analyzer.source import Tree, open_tree

_EXCEPT: Final = re.compile(r"except\s*=")
_MOST_LINES: Final = 12
"""Lines of a function that are named where rules apply."""


def stories_at(request: Request, path: str, line: int) -> tuple[Story, ...]:
    """The stories of the obligations at a line of a file of the tree, in canonical order. Raises
    UserError where no rule applies, with the lines near it where one does.
    """
    allow_depth()
    book = asked_book(request, load_book(request.rules))
    world = read_world(request, book)
    here = _functions_at(world, path, line)
    applied = applied_clauses(resolve(book.rulebook, world.tree.release, declares_of(world, book)))
    tasks = [
        task
        for checker in checkers_of(book, world, applied)
        for task in checker.plan()
        if task.ref in here
    ]
    last = in_rounds(request, book, world, Plan(applied, tasks, ()))
    found = [each for each in last.obligations if each.location.path == path]
    those = tuple(each for each in found if each.location.line == line)
    if not those:
        name = world.program.head(here[0]).name
        lines = sorted({each.location.line for each in found})
        near = ", ".join(map(str, lines[:_MOST_LINES]))
        near += ", and more" if len(lines) > _MOST_LINES else ""
        hint = f"rules apply in {name}() at line {near}" if lines else f"none does in {name}()"
        raise UserError(f"{path}:{line}: no rule applies at this line", hint)
    rules = {rule.info.id: rule for rule in book.rulebook.rules}
    return tuple(_story(each, rules, world.tree) for each in those)


def _functions_at(world: World, path: str, line: int) -> tuple[FunctionRef, ...]:
    """The definitions that a line is in. Raises UserError if there is none."""
    program = world.program
    found = tuple(
        ref for ref in program.refs if ref.path == path and line in _lines_of(program, ref)
    )
    if found:
        return found
    if path in program.paths:
        raise UserError(f"{path}:{line}: no function is at this line", "name a line within one")
    hint = "no rule that is asked for mentions anything in it"
    raise UserError(f"{path}: not looked at", hint)


def _lines_of(program: Program, ref: FunctionRef) -> range:
    """The lines of a definition, 1-based."""
    head, lines = program.head(ref), program.file(ref.path).lines
    return range(lines.line(head.start), lines.line(head.end) + 1)


def story_of(request: Request, obligation: Obligation, identity: str) -> Story:
    """The story of an obligation of an audit, whose fingerprint is `identity`."""
    rules = {rule.info.id: rule for rule in load_book(request.rules).rulebook.rules}
    told = _story(obligation, rules, open_tree(request.root, request.release))
    return replace(told, identity=identity)


def _story(each: Obligation, rules: dict[str, Rule], tree: Tree) -> Story:
    rule = rules[each.rule]
    steps = (Step(each.location, each.function, ""), *each.path, *each.evidence)
    return Story(each, rule.info, _clause(rule, each.clause), _quotes(tree, steps))


def _clause(rule: Rule, number: int) -> str:
    """The text of a clause, as its file has it, without comments and exceptions."""
    first = min(clause.common.line for clause in rule.clauses)
    start = rule.clauses[number - 1].common.line - first
    kept: list[str] = []
    excepted = False
    for at, line in enumerate(rule.text.splitlines()[start:]):
        if at and line.startswith("[["):
            break
        excepted = excepted or bool(_EXCEPT.match(line))
        if line and not excepted and not line.startswith("#"):
            kept.append(line)
        excepted = excepted and not line.endswith("]")
    return "\n".join(kept)


def _quotes(tree: Tree, steps: Iterable[Step]) -> tuple[Quote, ...]:
    """The lines that steps speak of, each once."""
    texts: dict[str, list[str]] = {}
    found: dict[tuple[str, int], Quote] = {}
    for step in steps:
        place = step.location
        if place.path not in texts:
            texts[place.path] = tree.read(place.path).decode("utf-8", "replace").splitlines()
        lines = texts[place.path]
        if 0 < place.line <= len(lines):
            text = " ".join(lines[place.line - 1].split())
            found[place.path, place.line] = Quote(place.path, place.line, text)
    return tuple(found.values())
