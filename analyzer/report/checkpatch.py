"""Findings in the words of the kernel's scripts/checkpatch.pl, whole and terse."""

from collections import Counter
from collections.abc import Iterator

from analyzer.core import Obligation, Report
from analyzer.report.findings import findings, lost
from analyzer.report.levels import LEVELS
from analyzer.report.lines import Sources
from analyzer.report.styled import visible
from analyzer.report.wording import one_line


def render_checkpatch(report: Report, sources: Sources) -> str:
    """Three lines a finding, with the line of the source, then the totals."""
    return "".join(f"{visible(each)}\n" for each in _whole(report, sources))


def render_terse(report: Report) -> str:
    """One line a finding, and nothing where there is none."""
    return "".join(f"{visible(each)}\n" for each in _terse(report))


def _whole(report: Report, sources: Sources) -> Iterator[str]:
    for number, each in enumerate(findings(report), 1):
        place = each.location
        yield _head(each)
        yield f"#{number}: FILE: {place.path}:{place.line}:"
        text = sources.get(place.path)
        yield f"+{text.line(place.line).expandtabs(8) if text else ''}"
        yield ""
    yield from _lost(report)
    counts = Counter(LEVELS[each.level].checkpatch for each in findings(report))
    totals = f"{counts['ERROR']} errors, {counts['WARNING']} warnings, {counts['CHECK']} checks"
    yield f"total: {totals}, {report.coverage.n_functions} functions checked"


def _terse(report: Report) -> Iterator[str]:
    for each in findings(report):
        yield f"{each.location.path}:{each.location.line}: {_head(each)}"
    yield from _lost(report)


def _head(each: Obligation) -> str:
    return f"{LEVELS[each.level].checkpatch}:{each.rule}: {one_line(each.message)}"


def _lost(report: Report) -> Iterator[str]:
    for problem in lost(report):
        place = f"{problem.path}: " if problem.path else ""
        yield f"{place}ERROR:INCOMPLETE: {one_line(problem.text)}"
