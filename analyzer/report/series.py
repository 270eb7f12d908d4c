"""What changes introduce, fix and leave: as text, as JSON, as an answer to a mail, for b4."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from analyzer.core import (
    JudgedChange,
    JudgedSeries,
    Level,
    Location,
    Obligation,
    ProblemKind,
    Report,
)
from analyzer.report.findings import findings
from analyzer.report.lines import Sources
from analyzer.report.reply import reply_to
from analyzer.report.styled import Line, Role, Span, line
from analyzer.report.text import incomplete_lines, obligation_lines, problem_in_words
from analyzer.report.triage import suppressed, triage_lines
from analyzer.report.wording import counted, one_line

_ID = 12


def series_lines(judged: JudgedSeries) -> Iterator[Line]:
    """The text line by line: each change with its findings, a summary at the end."""
    for each in judged.changes:
        yield from _change(each)
    yield from map(line, problems_at_the_end(judged.end))
    yield line(f"{counted(len(judged.changes), 'change')}: {_sums(judged)}.")
    yield from map(line, triage_lines(judged.end))
    yield from map(line, incomplete_lines(judged.end))


def problems_at_the_end(end: Report) -> Iterator[str]:
    """What is to be said of the tree behind all changes: settings that are about nothing, and what
    was not read.
    """
    for problem in sorted(end.problems):
        if problem.incomplete or problem.kind == ProblemKind.CONFIG.value:
            yield problem_in_words(problem)


def _sums(judged: JudgedSeries) -> str:
    each = [one.difference for one in judged.changes]
    n_open = sum(len(one.undecided) for one in each)
    more = (
        (sum(len(one.uncovered) for one in each), "uncovered"),
        (sum(len(one.allowed) for one in each), "allowed"),
        (n_open, "left open"),
    )
    new = counted(sum(len(one.introduced) for one in each), "finding")
    parts = [f"{new} introduced", f"{sum(len(one.fixed) for one in each):,} fixed"]
    parts += [f"{number:,} {what}" for number, what in more if number]
    return ", ".join((*parts, f"{len(findings(judged.end)):,} there at the end"))


def _change(judged: JudgedChange) -> Iterator[Line]:
    change, found = judged.change, judged.difference
    before, after = Sources(judged.before), Sources(judged.after)
    name = f"{change.name[:_ID]} " if change.name else ""
    yield line(Span(f"{name}{one_line(change.subject)}", Role.FUNCTION))
    if not found.introduced and not found.fixed:
        yield line("  nothing introduced, nothing fixed")
    yield from _listed("introduces {}:", found.introduced, lambda one: _whole(one, after))
    yield from _listed("uncovers {}:", found.uncovered, lambda one: _whole(one, after))
    yield from _listed("fixes {}:", found.fixed, lambda one: _head(one, before, _was(one)))
    yield from _listed("allows {}:", found.allowed, lambda one: _head(one, after, suppressed(one)))
    yield from _listed("leaves {} open:", found.undecided, lambda one: _whole(one, after))
    for problem in judged.problems:
        yield line(f"  {problem_in_words(problem)}")
    for gap in judged.gaps:
        yield line(f"  {gap.path}:{gap.line}: not parsed in {gap.function}(): {gap.construct}")
    yield ()


def _listed(
    title: str, found: tuple[Obligation, ...], lines: Callable[[Obligation], Iterable[Line]]
) -> Iterator[Line]:
    if found:
        yield line("  " + title.format(counted(len(found), "finding")))
    for finding in found:
        for each in lines(finding):
            yield (Span("  "), *each) if each else each


def _whole(finding: Obligation, sources: Sources) -> Iterator[Line]:
    """A finding with its steps, and what it was suppressed by."""
    first, *rest = obligation_lines(replace(finding, suppression=None), sources)
    yield first
    if was := _was(finding):
        yield line(f"    {was}")
    yield from rest


def _head(finding: Obligation, sources: Sources, said: str) -> Iterator[Line]:
    """A finding without its steps, and what is said of it."""
    yield next(obligation_lines(replace(finding, suppression=None), sources))
    if said:
        yield line(f"    {said}")


def _was(finding: Obligation) -> str:
    said = suppressed(finding)
    return f"was {said}" if said else ""


def series_json(judged: JudgedSeries) -> str:
    """The same for programs: a list of changes, and how the tree behind them stands."""
    triage = judged.end.triage
    found = {
        "changes": [_json(each) for each in judged.changes],
        "problems": list(problems_at_the_end(judged.end)),
        "configuration": triage.config.name if triage.config else None,
        "baseline": triage.baseline.name if triage.baseline else None,
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _json(judged: JudgedChange) -> dict[str, object]:
    change, found = judged.change, judged.difference
    gaps = ({"path": g.path, "line": g.line, "function": g.function} for g in judged.gaps)
    return {
        "name": change.name,
        "author": change.author,
        "subject": change.subject,
        "introduced": [_finding(each) for each in found.introduced],
        "uncovered": [_finding(each) for each in found.uncovered],
        "fixed": [_finding(each) for each in found.fixed],
        "allowed": [_finding(each) for each in found.allowed],
        "open": [{**_finding(each), "reason": each.reason} for each in found.undecided],
        "left": len(found.left),
        "problems": [problem_in_words(each) for each in judged.problems],
        "gaps": list(gaps),
    }


def _finding(finding: Obligation) -> dict[str, object]:
    by = finding.suppression
    said = (
        {"by": by.means.value, "path": by.path, "line": by.line, "reason": by.reason} if by else {}
    )
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "function": finding.function,
        "message": finding.message,
        **_place(finding.location),
        "steps": [
            {"function": step.function, "text": step.text, **_place(step.location)}
            for step in finding.path
        ],
        **({"suppression": said} if said else {}),
    }


def _place(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line, "column": location.column}


def series_mail(judged: JudgedSeries) -> str:
    """Answers to the mails whose changes introduce something: quoted, with the comment below the
    line that it is about.
    """
    return "\n".join(reply_to(each) for each in judged.changes if each.difference.reported)


def series_b4(judged: JudgedSeries) -> str:
    """A line for each finding that is introduced, as b4 wants it of a check of one patch."""
    lines = []
    for each in judged.changes:
        for finding in each.difference.reported:
            word = "ERROR" if finding.level is Level.ERROR else "WARNING"
            lines.append(f"{word}: {_in_short(finding)}\n")
    return "".join(lines)


def series_b4_json(judged: JudgedSeries) -> str:
    """The outcome of a check, as b4 wants it of one that speaks JSON."""
    found = [finding for each in judged.changes for finding in each.difference.reported]
    worst = any(finding.level is Level.ERROR for finding in found)
    status = ("fail" if worst else "warn") if found else "pass"
    summary = f"{counted(len(found), 'finding')} introduced" if found else "nothing introduced"
    details = "\n".join(map(_in_short, found))
    check = {"tool": "zaplint", "status": status, "summary": summary, "url": "", "details": details}
    return json.dumps([check], ensure_ascii=False) + "\n"


def _in_short(finding: Obligation) -> str:
    was = _was(finding)
    place = f"{finding.location.path}:{finding.location.line}"
    return f"{place}: {one_line(finding.message)} [{finding.rule}]{f' ({was})' if was else ''}"
