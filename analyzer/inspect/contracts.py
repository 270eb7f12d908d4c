"""The contracts of a tree and how their calls stand: what the rules of kind `contract` judge,
gathered by contract.
"""

import difflib
from dataclasses import replace
from typing import NamedTuple

from analyzer.checkers.applied import Applied
from analyzer.checkers.property import Contracts
from analyzer.checkers.scope import within
from analyzer.core import Demanded, Obligation, Problem, Standing, UserError, Verdict
from analyzer.dataflow import Analysis, Contract
from analyzer.inspect.demands import Demands
from analyzer.outcome import problems_of
from analyzer.pipeline import (
    Book,
    Request,
    World,
    allow_depth,
    analysis_of,
    applied_clauses,
    checkers_of,
    declares_of,
    in_rounds,
    load_book,
    read_world,
)
from analyzer.program import FunctionRef
from analyzer.rounds import About, Plan
from analyzer.rulebook import Rulebook, resolve


class Stood(NamedTuple):
    """The contracts in the order of files and lines, what was lost on the way, and the rules by
    which a call is violated in what is still in preview.
    """

    standings: tuple[Standing, ...]
    problems: tuple[Problem, ...]
    preview: tuple[str, ...]


class _Entry(NamedTuple):
    """A contract, its words, and what tells its obligations from others."""

    ref: FunctionRef | None
    contract: Contract
    demanded: Demanded


def contracts_of(request: Request, function: str = "") -> Stood:
    """The contracts of a tree, or of one function of it, and the verdicts of all their calls.

    Raises UserError if no function has that name, or if no rule judges contracts.
    """
    allow_depth()
    book = _judging(load_book(request.rules))
    world = read_world(request, book)
    if function:
        _check_name(world, book, function)
    resolution = resolve(book.rulebook, world.tree.release, declares_of(world, book))
    applied = applied_clauses(resolution)
    about = About(frozenset((function,)) if function else frozenset())
    if function:
        applied = tuple(_only(each, function) for each in applied)
    tasks = [task for each in checkers_of(book, world, applied, about) for task in each.plan()]
    if function:
        tasks = [t for t in tasks if function in world.program.head(t.ref).calls]
    analyses = {id(task.checker.analysis): task.checker.analysis for task in tasks}
    entries = _entries(book, world, tuple(analyses.values()), function)
    last = in_rounds(request, book, world, Plan(applied, tasks if entries else []))
    world, obligations = last.world, last.obligations
    problems = tuple(sorted((*problems_of(world), *last.problems)))
    standings = _standings(world, entries, applied, obligations)
    return Stood(standings, problems, _by_preview(book.rulebook, obligations))


def _by_preview(rulebook: Rulebook, obligations: tuple[Obligation, ...]) -> tuple[str, ...]:
    """The rules of which something in preview reports a violation."""
    early = {
        (rule.id, number)
        for rule in rulebook.rules
        for number, clause in enumerate(rule.clauses, 1)
        if rule.preview or clause.common.preview
    }
    violated = (each for each in obligations if each.verdict is Verdict.VIOLATED)
    return tuple(sorted({each.rule for each in violated if (each.rule, each.clause) in early}))


def _judging(book: Book) -> Book:
    """The rules that judge contracts."""
    rules = tuple(
        rule
        for rule in book.rulebook.rules
        if any(isinstance(clause, Contracts) for clause in rule.clauses)
    )
    return Book(Rulebook(rules, book.rulebook.vocabulary), book.models)


def _check_name(world: World, book: Book, function: str) -> None:
    names = {world.program.head(ref).name for ref in world.program.refs}
    names.update(body.name for body, _, _ in book.models.bodies)
    if function in names:
        return
    near = difflib.get_close_matches(function, sorted(names), 1, 0.7)
    hint = f"did you mean '{near[0]}'?" if near else "name a function of the tree, or widen --scope"
    raise UserError(
        f"{function}() is not defined in the {len(world.scope)} files that were read", hint
    )


def _only(applied: Applied, function: str) -> Applied:
    """A clause that looks at one function alone."""
    common = applied.clause.common
    scope = replace(common.scope, functions=(function,))
    return replace(applied, clause=replace(applied.clause, common=replace(common, scope=scope)))


def _entries(
    book: Book, world: World, analyses: tuple[Analysis, ...], function: str
) -> tuple[_Entry, ...]:
    """What functions demand, by themselves and by their models. Each analysis tells of the locks
    that it follows, one that follows all of the others.
    """
    program = world.program
    rest = analysis_of(book, world, None)
    tellers = [(each, Demands(each, book, world)) for each in (*analyses, rest)]
    modelled = tellers[0][1].modelled
    refs = program.named(function) if function else program.refs

    def teller(contract: Contract) -> Analysis:
        return next((each for each in analyses if each.tracked(contract.lock)), rest)

    found: dict[tuple[FunctionRef | None, Demanded], Contract] = {}
    for analysis, demands in tellers:
        told: list[tuple[FunctionRef | None, tuple[Contract, Demanded]]] = []
        for ref in refs:
            name = program.head(ref).name
            if name not in modelled and program.resolve(name, ref.path) == ref:
                told += [(ref, pair) for pair in demands.pairs(ref)]
        for name in (function,) if function else modelled:
            if name in modelled and program.declares(name):
                told += [(None, pair) for pair in demands.declared(name)]
        for of, (contract, demanded) in told:
            if teller(contract) is analysis:
                found[of, demanded] = contract
    entries = (_Entry(ref, each, demanded) for (ref, demanded), each in found.items())
    return tuple(sorted(entries, key=lambda each: (each.demanded.location, each.demanded.lock)))


def _standings(
    world: World,
    entries: tuple[_Entry, ...],
    applied: tuple[Applied, ...],
    obligations: tuple[Obligation, ...],
) -> tuple[Standing, ...]:
    """Each obligation goes to the contract that its last step states."""
    standings = []
    left = list(obligations)
    for entry in entries:
        mine = [each for each in left if _is_of(world, each, entry)]
        left = [each for each in left if each not in mine]
        judged = any(_asks(each, entry) for each in applied)
        standings.append(Standing(entry.demanded, judged or bool(mine), tuple(mine)))
    return tuple(standings)


def _is_of(world: World, obligation: Obligation, entry: _Entry) -> bool:
    steps = obligation.path if obligation.verdict is Verdict.VIOLATED else obligation.evidence
    if not steps:
        return False
    last, contract = steps[-1], entry.contract
    if last.function != entry.demanded.function or not last.text.endswith(f": {contract.source}"):
        return False
    if not last.text.startswith(f"demands {contract.lock}"):
        return False
    if entry.ref is None:
        return True
    start = contract.offset
    return last.location == world.program.location(entry.ref.path, start, start + 1)


def _asks(applied: Applied, entry: _Entry) -> bool:
    """Whether a clause judges the calls of a contract."""
    clause, function = applied.clause, entry.demanded.function
    if not isinstance(clause, Contracts) or entry.contract.lock not in clause.locks:
        return False
    inside = entry.ref is None or within(entry.ref.path, clause.common.scope.files)
    return inside and function not in clause.foreign
