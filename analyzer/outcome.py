"""What a run comes to: its report."""

from collections import Counter
from typing import Protocol

from analyzer.cfront.directives import directives_in
from analyzer.core import Coverage, Obligation, Problem, Report, RuleCount, Verdict
from analyzer.program.coverage import covered
from analyzer.rulebook import Resolution, missing_sites
from analyzer.source import Tree, provenance
from analyzer.summary import Reading


class WasRead(Protocol):
    """A tree, what was read of it, and the .c files in scope."""

    @property
    def tree(self) -> Tree: ...

    @property
    def reading(self) -> Reading: ...

    @property
    def scope(self) -> tuple[str, ...]: ...


def report_of(
    read: WasRead,
    resolution: Resolution,
    obligations: tuple[Obligation, ...],
    lost: list[Problem],
    everything: bool,
) -> Report:
    """The report of a run of some rules; `everything` says that it judged all of a tree."""
    problems = [*lost, *problems_of(read)]
    counts = _counts(resolution, obligations)
    release = read.tree.release
    if everything and read.tree.is_whole:
        for rule in resolution.rules:
            sites = next(c.n_sites for c in counts if c.rule == rule.rule.id)
            if problem := missing_sites(rule, release, sites):
                problems.append(problem)
    origin = provenance(read.tree.root)
    return Report(
        root=str(read.tree.root),
        release=release,
        rules=tuple(sorted((r.rule.info for r in resolution.rules), key=lambda info: info.id)),
        skipped=tuple(sorted(resolution.skipped)),
        obligations=obligations,
        counts=counts,
        problems=tuple(sorted(problems)),
        coverage=coverage_of(read),
        revision=origin.revision,
        repository=origin.repository,
        branch=origin.branch,
        directives=directives_in(read.reading.texts),
    )


def problems_of(read: WasRead) -> list[Problem]:
    """What could not be read in scope, and what outside functions was not understood."""
    units = read.reading.units
    found = [each for path in read.scope if path in units for each in units[path].head.problems]
    return [*read.reading.problems, *found]


def coverage_of(read: WasRead) -> Coverage:
    """What was read of the .c files in scope."""
    units = read.reading.units
    return covered((units[path].head for path in read.scope if path in units), len(read.scope))


def _counts(resolution: Resolution, obligations: tuple[Obligation, ...]) -> tuple[RuleCount, ...]:
    counted = Counter((each.rule, each.verdict) for each in obligations)
    return tuple(
        RuleCount(
            rule.rule.id,
            counted[rule.rule.id, Verdict.PROVED],
            counted[rule.rule.id, Verdict.VIOLATED],
            counted[rule.rule.id, Verdict.OPEN],
        )
        for rule in sorted(resolution.rules, key=lambda each: each.rule.id)
    )
