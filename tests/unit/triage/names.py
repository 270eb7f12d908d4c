"""A few rules by name, and reports on them, for the tests of what is said of findings."""

from dataclasses import replace

from analyzer.core import (
    Coverage,
    Directive,
    Flaw,
    Level,
    Location,
    Obligation,
    Release,
    Report,
    RuleInfo,
    Verdict,
)
from analyzer.triage import Judged, Names

NAMES = Names(
    ("tlb/flush", "zap/drop-marker", "zap/incomplete"),
    {"TLB001": "tlb/flush", "ZAP001": "zap/drop-marker", "ZAP002": "zap/incomplete"},
)
ALL = Judged(frozenset(NAMES.ids))
"""Every rule was judged in every file."""


def obligation(line: int, rule: str = "zap/drop-marker", path: str = "mm/a.c") -> Obligation:
    """A violation at a line."""
    place = Location(path, line, 2, line, 9)
    return Obligation(
        rule, 1, place, f"f{line}", "zap()", Verdict.VIOLATED, Level.ERROR, f"f{line}() zaps"
    )


def with_verdict(line: int, verdict: Verdict) -> Obligation:
    """Another verdict at a line."""
    return replace(obligation(line), verdict=verdict)


def report(*obligations: Obligation, directives: tuple[Directive, ...] = ()) -> Report:
    """A report of these, of a run in which nothing was lost."""
    infos = (RuleInfo(id, "", "", Level.ERROR, "", "", "", ()) for id in NAMES.ids)
    return Report(
        root="/nowhere",
        release=Release(6, 12),
        rules=tuple(infos),
        skipped=(),
        obligations=tuple(sorted(obligations, key=lambda each: each.order)),
        counts=(),
        problems=(),
        coverage=Coverage(1, 1, ()),
        directives=directives,
    )


def comment(line: int, says: str, last: int = 0, flaw: Flaw = Flaw.NONE) -> Directive:
    """A comment of one line that says this to zaplint; it covers the lines up to `last`."""
    first = 0 if flaw is not Flaw.NONE else line + 1
    return Directive("mm/a.c", line, f"zaplint: {says}", first, last or first, flaw)
