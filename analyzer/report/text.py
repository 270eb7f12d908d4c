"""Plain text for people: one line per finding as compilers print it, its steps, a summary."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.core import Level, Obligation, Problem, ProblemKind, Report, RuleCount, Step, Verdict
from analyzer.report.findings import findings, is_finding
from analyzer.report.wording import counted, one_line

_INDENT = " " * 6
_LISTED_ALWAYS = frozenset(
    {
        ProblemKind.UNREADABLE.value,
        ProblemKind.LOST_WORKER.value,
        ProblemKind.NO_SITE.value,
        ProblemKind.MODEL.value,
    }
)


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What to print.

    `ledger` adds what was proved and what is open, and a table by rule; `problems` lists every gap.
    """

    ledger: bool = False
    problems: bool = False


def render_text(report: Report, options: TextOptions = TextOptions()) -> str:
    """The whole text, with a newline at its end."""
    return "".join(f"{line}\n" for line in text_lines(report, options))


def text_lines(report: Report, options: TextOptions = TextOptions()) -> Iterator[str]:
    """The text line by line: obligations in canonical order, problems, the table, the summary."""
    for obligation in report.obligations:
        if options.ledger or is_finding(obligation):
            yield from _obligation(obligation)
    yield from _problems(report, options)
    if options.ledger:
        yield from _skipped(report)
        yield from _table(report)
    yield from _summary(report, options)


def _obligation(obligation: Obligation) -> Iterator[str]:
    place = obligation.location
    head = f"{place.path}:{place.line}:{place.column}: {_label(obligation)}"
    yield f"{head}: {one_line(obligation.message)} [{obligation.rule}]"
    if obligation.reason and obligation.verdict is Verdict.OPEN:
        yield f"{_INDENT}open because {one_line(obligation.reason)}"
    if obligation.condition:
        yield f"{_INDENT}only if {one_line(obligation.condition)}"
    for step in _steps(obligation):
        yield f"{_INDENT}{_step(step, place.path)}"


def _label(obligation: Obligation) -> str:
    if is_finding(obligation):
        return obligation.level.value
    return f"note: {obligation.verdict.value}"


def _steps(obligation: Obligation) -> Iterator[Step]:
    """The path, then the evidence that lies elsewhere."""
    yield from obligation.path
    passed = {step.location for step in obligation.path}
    for step in obligation.evidence:
        if step.location not in passed:
            yield step


def _step(step: Step, path: str) -> str:
    """A step; the file is named where it is another one than that of the finding."""
    file = "" if step.location.path == path else f"{step.location.path}:"
    return f"{file}{step.location.line}: {one_line(step.text)}"


def _problems(report: Report, options: TextOptions) -> Iterator[str]:
    for problem in sorted(report.problems):
        if options.problems or _always(problem):
            yield _problem(problem)


def _always(problem: Problem) -> bool:
    """Whether a problem is listed unasked: what a run must not hide, and files lost as a whole."""
    return problem.kind in _LISTED_ALWAYS or not problem.line


def _problem(problem: Problem) -> str:
    """A problem with its place. A rule without a site is named in its text, so its file is not."""
    line = f":{problem.line}" if problem.line else ""
    placed = problem.path and problem.kind != ProblemKind.NO_SITE.value
    place = f"{problem.path}{line}: " if placed else ""
    return f"{place}{problem.kind}: {one_line(problem.text)}"


def _skipped(report: Report) -> Iterator[str]:
    for rule, reason in report.skipped:
        yield f"{rule}: not applied: {one_line(reason)}"


def _table(report: Report) -> Iterator[str]:
    """One line per rule and a line of sums."""
    if not report.counts:
        return
    sums = RuleCount(
        "all rules",
        sum(count.n_proved for count in report.counts),
        sum(count.n_violated for count in report.counts),
        sum(count.n_open for count in report.counts),
    )
    rows = (*report.counts, sums)
    width = max(len(row.rule) for row in rows)
    yield ""
    yield f"{'rule':<{width}}  {'proved':>8}  {'violated':>8}  {'open':>8}"
    for row in rows:
        numbers = f"{row.n_proved:>8,}  {row.n_violated:>8,}  {row.n_open:>8,}"
        yield f"{row.rule:<{width}}  {numbers}"
    yield ""


def _summary(report: Report, options: TextOptions) -> Iterator[str]:
    coverage = report.coverage
    yield f"{_findings(report)} {_verdicts(report)}"
    read = (
        f"{counted(coverage.n_functions, 'function')} in {counted(coverage.n_files, 'file')} read"
    )
    if coverage.gaps:
        n_files = len({gap.path for gap in coverage.gaps})
        where = f"{len(coverage.gaps):,} of them, in {counted(n_files, 'file')}, not fully"
        yield f"{read}, {where} (zaplint coverage lists them)."
    else:
        yield f"{read}."
    n_gaps = sum(1 for item in report.problems if not _always(item))
    if n_gaps and not options.problems:
        yield f"{counted(n_gaps, 'gap')} in the analysis may leave obligations open."
    n_lost = sum(1 for item in report.problems if item.incomplete)
    if n_lost:
        yield f"Incomplete: {counted(n_lost, 'part')} of what was asked for could not be analysed."


def _findings(report: Report) -> str:
    """For example: 1 error, 2 warnings in 2 files."""
    found = findings(report)
    if not found:
        return "No findings."
    by_level = Counter(item.level for item in found)
    levels = ", ".join(counted(by_level[level], level.value) for level in Level if by_level[level])
    n_files = len({item.location.path for item in found})
    return f"{levels} in {counted(n_files, 'file')}."


def _verdicts(report: Report) -> str:
    n_sites = sum(count.n_sites for count in report.counts)
    n_proved = sum(count.n_proved for count in report.counts)
    n_open = sum(count.n_open for count in report.counts)
    rules = counted(len(report.rules), "rule")
    return f"{counted(n_sites, 'site')} of {rules}: {n_proved:,} proved, {n_open:,} open."
