"""Text for people: findings by function, each on a line as compilers print it, with its line of
the source and its steps; then a table by rule and a summary.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from analyzer.core import (
    Level,
    Location,
    Obligation,
    Problem,
    ProblemKind,
    Report,
    RuleCount,
    Step,
    Verdict,
)
from analyzer.report.findings import findings, is_finding, lost
from analyzer.report.levels import role_of
from analyzer.report.lines import Sources
from analyzer.report.steps import Quoted, step_lines, unquoted
from analyzer.report.styled import Line, Role, Span, line, plain
from analyzer.report.triage import suppressed, triage_lines
from analyzer.report.wording import counted, one_line

_MARGIN = " " * 4
_LISTED_ALWAYS = frozenset(
    {
        ProblemKind.UNREADABLE.value,
        ProblemKind.LOST_WORKER.value,
        ProblemKind.NO_SITE.value,
        ProblemKind.MODEL.value,
        ProblemKind.ALLOWANCE.value,
        ProblemKind.UNUSED.value,
        ProblemKind.CONFIG.value,
    }
)


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What to print.

    `ledger` adds what was proved and what is open; `table` a table by rule; `problems` lists every
    gap.
    """

    ledger: bool = False
    problems: bool = False
    table: bool = False


def render_text(report: Report, sources: Sources, options: TextOptions = TextOptions()) -> str:
    """The whole text, with a newline at its end."""
    return "".join(f"{plain(each)}\n" for each in text_lines(report, sources, options))


def text_lines(
    report: Report, sources: Sources, options: TextOptions = TextOptions()
) -> Iterator[Line]:
    """The text line by line: findings by function, problems, the table, the summary."""
    shown = [each for each in report.obligations if options.ledger or is_finding(each)]
    for (path, function), group in groupby(shown, lambda each: (each.location.path, each.function)):
        if function:
            yield line(Span(path, Role.PLACE), ": in ", Span(f"{function}()", Role.FUNCTION))
        for obligation in group:
            yield from obligation_lines(obligation, sources)
        yield ()
    yield from map(line, _problems(report, options))
    if options.ledger:
        yield from map(line, _skipped(report))
    if options.table:
        yield from _table(report)
    yield from map(line, _summary(report, options))


def findings_in_words(report: Report) -> str:
    """For example: 1 error, 2 warnings in 2 files."""
    found = findings(report)
    if not found:
        return "No findings."
    by_level = Counter(item.level for item in found)
    levels = ", ".join(counted(by_level[level], level.value) for level in Level if by_level[level])
    n_files = len({item.location.path for item in found})
    return f"{levels} in {counted(n_files, 'file')}."


def problem_in_words(problem: Problem) -> str:
    """A problem with its place. A rule without a site is named in its text, so its file is not."""
    line = f":{problem.line}" if problem.line else ""
    placed = problem.path and problem.kind != ProblemKind.NO_SITE.value
    place = f"{problem.path}{line}: " if placed else ""
    return f"{place}{problem.kind}: {one_line(problem.text)}"


def incomplete_lines(report: Report) -> Iterator[str]:
    """The line of a summary that says how much was lost; none if nothing was."""
    n_lost = len(lost(report))
    if n_lost:
        yield f"Incomplete: {counted(n_lost, 'part')} of what was asked for could not be analysed."


def obligation_lines(obligation: Obligation, sources: Sources) -> Iterator[Line]:
    """An obligation with its line of the source and its steps."""
    place = obligation.location
    yield line(
        Span(f"{place.path}:{place.line}:{place.column}:", Role.PLACE),
        " ",
        Span(f"{_label(obligation)}:", role_of(obligation)),
        f" {one_line(obligation.message)} ",
        Span(f"[{obligation.rule}]", Role.RULE),
    )
    yield from map(line, _said(obligation))
    told = obligation.verdict is Verdict.VIOLATED
    if told:
        yield from _excerpt(obligation, sources)
    if obligation.reason and obligation.verdict is Verdict.OPEN:
        yield line(f"{_MARGIN}open because {one_line(obligation.reason)}")
    if obligation.condition:
        yield line(f"{_MARGIN}only if {one_line(obligation.condition)}")
    quoted = _further(sources, place) if told else unquoted
    within = (place.path, obligation.function)
    yield from step_lines(_path(obligation), quoted, within, len(_MARGIN))
    passed = {step.location for step in obligation.path}
    rest = [step for step in obligation.evidence if step.location not in passed]
    if rest and obligation.path:
        yield line(f"{_MARGIN}what that rests on:")
    yield from step_lines(rest, quoted, within, len(_MARGIN))


def _said(obligation: Obligation) -> Iterator[str]:
    """What was said of a finding: another level, or why it is suppressed."""
    if obligation.ruled is not None and obligation.level is not obligation.ruled:
        given = f"{obligation.level.value} by the configuration"
        yield f"{_MARGIN}{given}, {obligation.ruled.value} by the rule"
    if obligation.suppression is not None:
        yield f"{_MARGIN}{suppressed(obligation)}"


def _path(obligation: Obligation) -> tuple[Step, ...]:
    """The steps of a path, none if the only one is the finding itself."""
    alone = len(obligation.path) == 1 and obligation.path[0].location == obligation.location
    return () if alone else obligation.path


def _further(sources: Sources, place: Location) -> Quoted:
    """The lines of the source, but for the one that stands above the steps."""
    first = (place.path, place.line)
    return lambda path, number: "" if (path, number) == first else sources.quoted(path, number)


def _excerpt(obligation: Obligation, sources: Sources) -> Iterator[Line]:
    """The line of a finding with a mark below what it is about."""
    place = obligation.location
    text = sources.get(place.path)
    source = text.line(place.line) if text else ""
    if text is None or not source.strip():
        return
    first, source = len(text.before(place).expandtabs(8)), source.expandtabs(8).rstrip()
    rest = len(source) - first
    size = len(text.part(place).expandtabs(8)) if place.end_line == place.line else rest
    start = max(0, first - (len(source) - len(source.lstrip())))
    size = max(1, min(size, rest))
    yield line(f"{place.line:>6} | ", Span(source.strip(), Role.QUOTE))
    yield line(f"{'':6} | {' ' * start}", Span(f"^{'~' * (size - 1)}", role_of(obligation)))


def _label(obligation: Obligation) -> str:
    if is_finding(obligation):
        return obligation.level.value
    if obligation.suppression is not None:
        return "note: suppressed"
    return f"note: {obligation.verdict.value}"


def _problems(report: Report, options: TextOptions) -> Iterator[str]:
    for problem in sorted(report.problems):
        if options.problems or _always(problem):
            yield problem_in_words(problem)


def _always(problem: Problem) -> bool:
    """Whether a problem is listed unasked: what a run must not hide, and files lost as a whole."""
    return problem.kind in _LISTED_ALWAYS or not problem.line


def _skipped(report: Report) -> Iterator[str]:
    for rule, reason in report.skipped:
        yield f"{rule}: not applied: {one_line(reason)}"


def _table(report: Report) -> Iterator[Line]:
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
    yield line(f"{'rule':<{width}}  {'proved':>8}  {'violated':>8}  {'open':>8}")
    for row in rows:
        violated = Role.ERROR if row.n_violated else Role.PLAIN
        yield line(
            Span(f"{row.rule:<{width}}", Role.RULE if row is not sums else Role.PLAIN),
            f"  {row.n_proved:>8,}  ",
            Span(f"{row.n_violated:>8,}", violated),
            f"  {row.n_open:>8,}",
        )
    yield ()


def _summary(report: Report, options: TextOptions) -> Iterator[str]:
    coverage = report.coverage
    yield f"{findings_in_words(report)} {_verdicts(report)}"
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
    yield from triage_lines(report)
    yield from incomplete_lines(report)


def _verdicts(report: Report) -> str:
    n_sites = sum(count.n_sites for count in report.counts)
    n_proved = sum(count.n_proved for count in report.counts)
    n_open = sum(count.n_open for count in report.counts)
    rules = counted(len(report.rules), "rule")
    return f"{counted(n_sites, 'site')} of {rules}: {n_proved:,} proved, {n_open:,} open."
