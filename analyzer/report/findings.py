"""Which obligations are findings, and which of them are the gravest."""

from collections.abc import Sequence

from analyzer.core import Level, Obligation, Problem, Report, Verdict, identities

_GRAVITY = (Level.ERROR, Level.WARNING, Level.NOTE, Level.LEDGER)
_VERDICTS = (Verdict.VIOLATED, Verdict.OPEN, Verdict.PROVED)


def is_finding(obligation: Obligation) -> bool:
    """True for what a default run reports: a violation that is not suppressed."""
    return obligation.is_finding


def findings(report: Report) -> tuple[Obligation, ...]:
    """The findings of a run, in canonical order."""
    return tuple(item for item in report.obligations if is_finding(item))


def by_identity(obligations: tuple[Obligation, ...]) -> dict[str, Obligation]:
    """The findings among all obligations of a run, by what they are wherever they stand."""
    named = zip(identities(obligations), obligations, strict=True)
    return {identity: each for identity, each in named if is_finding(each)}


def lost(report: Report) -> tuple[Problem, ...]:
    """What was asked for and could not be analysed: no findings mean nothing there."""
    return tuple(problem for problem in sorted(report.problems) if problem.incomplete)


def has_finding(report: Report, level: Level) -> bool:
    """True if there is a finding of this level or of a graver one."""
    return any(is_grave(item, level) for item in findings(report))


def is_grave(finding: Obligation, level: Level) -> bool:
    """True for a finding of this level or of a graver one."""
    return _GRAVITY.index(finding.level) <= _GRAVITY.index(level)


def by_gravity(obligations: Sequence[Obligation]) -> tuple[int, ...]:
    """The indices of all obligations, the gravest first, equal ones as they are given.

    Violations go before what is open, what is open before what is proved; then the level counts.
    What is suppressed goes last.
    """
    return tuple(sorted(range(len(obligations)), key=lambda at: (*_gravity(obligations[at]), at)))


def _gravity(obligation: Obligation) -> tuple[bool, int, int]:
    suppressed = obligation.suppression is not None
    return suppressed, _VERDICTS.index(obligation.verdict), _GRAVITY.index(obligation.level)
