"""What was said of findings, in text and JSON: in the summary, as lists of comments and of lines of
a baseline.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from analyzer.core import (
    Allowance,
    BaselineLine,
    Means,
    Obligation,
    Problem,
    ProblemKind,
    Report,
    Use,
    identities_in_files,
)
from analyzer.report.styled import visible
from analyzer.report.wording import counted, one_line, well_formed

_MEANS: Final = {
    Means.COMMENT: "allowed by the comment at",
    Means.BASELINE: "known to the baseline at",
    Means.CONFIG: "off by the configuration at",
    Means.BUILD: "not compiled, by",
}
"""How a suppression is told, before its place."""

_DIGITS: Final = 12


def triage_lines(report: Report) -> Iterator[str]:
    """The lines of a summary that say what is not reported, and by what; none if nothing was
    said.
    """
    triage = report.triage
    by = Counter(each.suppression.means for each in report.obligations if each.suppression)
    if triage.allowances or triage.n_slips:
        parts = [f"{counted(by[Means.COMMENT], 'finding')} allowed by comments"]
        n_unused = sum(1 for each in triage.allowances if each.use is Use.UNUSED)
        parts += [f"{counted(n_unused, 'comment')} unused"] if n_unused else []
        parts += [f"{counted(triage.n_slips, 'comment')} not understood"] if triage.n_slips else []
        yield f"{', '.join(parts)} (zaplint allowances lists them)."
    yield from _configured(report)
    if triage.baseline is not None:
        name, n_gone = visible(triage.baseline.name), len(triage.baseline.of(Use.UNUSED))
        gone = f", {counted(n_gone, 'line')} of it gone (zaplint baseline check lists them)"
        known = counted(by[Means.BASELINE], "finding")
        yield f"{known} known to the baseline {name}{gone if n_gone else ''}."
    yield from _built(report)


def _configured(report: Report) -> Iterator[str]:
    config = report.triage.config
    if config is not None:
        levels = f"the level of {counted(config.n_levels, 'finding')} changed"
        off = f"{counted(config.n_off, 'finding')} off"
        yield f"Configured by {visible(config.name)}: {levels}, {off}."


def _built(report: Report) -> Iterator[str]:
    build = report.triage.build
    if build is not None:
        files = f"{visible(build.compiled)} ({counted(build.n_files, 'file')})"
        by = [*([visible(build.kconfig)] * bool(build.kconfig)), *([files] * bool(build.compiled))]
        out = f"{counted(build.n_out, 'finding')} left out, in code that is not compiled"
        yield f"Built by {' and '.join(by)}: {out}."


def suppressed(obligation: Obligation) -> str:
    """By what an obligation is suppressed, and why; empty if it is not."""
    by = obligation.suppression
    if by is None:
        return ""
    reason = f": {one_line(by.reason)}" if by.reason else ""
    line = f":{by.line}" if by.line else ""
    return f"{_MEANS[by.means]} {by.path}{line}{reason}"


# Comments. ----------------------------------------------------------------------------------------


def render_allowances(report: Report, style: str) -> str:
    """Every comment with what became of it, then those that are not understood; as JSON for the
    style 'json'.
    """
    slips = [each for each in report.problems if each.kind == ProblemKind.ALLOWANCE.value]
    if style == "json":
        found = {
            "allowances": [_allowance(each) for each in report.triage.allowances],
            "slips": [_slip(each) for each in slips],
        }
        return json.dumps(found, indent=2) + "\n"
    return "".join(f"{visible(each)}\n" for each in _allowances(report, slips))


def _allowances(report: Report, slips: list[Problem]) -> Iterator[str]:
    for each in report.triage.allowances:
        yield f"{each.path}:{each.line}: {each.rule}: {each.use.value}: {each.reason}"
        if each.why and each.use is not Use.USED:
            yield f"      {each.why}"
    for slip in slips:
        yield f"{slip.path}:{slip.line}: {one_line(slip.text)}"
    counts = Counter(each.use for each in report.triage.allowances)
    parts = [f"{counts[use]:,} {use.value}" for use in Use]
    last = f"; {counted(len(slips), 'comment')} not understood" if slips else ""
    allowances = counted(len(report.triage.allowances), "allowance")
    yield f"{allowances}: {', '.join(parts)}{last}."


def _allowance(each: Allowance) -> dict[str, object]:
    return {
        "path": well_formed(each.path),
        "line": each.line,
        "rule": each.rule,
        "reason": each.reason,
        "use": each.use.value,
        "why": each.why,
    }


def _slip(each: Problem) -> dict[str, object]:
    return {"path": well_formed(each.path), "line": each.line, "text": each.text}


# A baseline. --------------------------------------------------------------------------------------


def new_findings(report: Report) -> tuple[tuple[Obligation, str], ...]:
    """The findings that nothing suppresses, each with the identity that a baseline calls it by."""
    named = zip(report.obligations, identities_in_files(report.obligations), strict=True)
    return tuple((each, identity) for each, identity in named if each.is_finding)


def render_baseline_check(report: Report, style: str) -> str:
    """What is new, what is gone, and how the lines of the baseline stand; as JSON for the style
    'json'.
    """
    if style == "json":
        use = report.triage.baseline
        found = {
            "new": [_new(each, identity) for each, identity in new_findings(report)],
            "lines": [_baseline_line(each) for each in (use.lines if use else ())],
        }
        return json.dumps(found, indent=2) + "\n"
    return "".join(f"{visible(each)}\n" for each in _check(report))


def _new(each: Obligation, identity: str) -> dict[str, object]:
    return {
        "fingerprint": identity,
        "rule": each.rule,
        "level": each.level.value,
        "path": well_formed(each.location.path),
        "line": each.location.line,
        "column": each.location.column,
        "function": each.function,
        "message": one_line(each.message),
    }


def _baseline_line(line: BaselineLine) -> dict[str, object]:
    return {
        "fingerprint": line.identity,
        "rule": line.rule,
        "path": well_formed(line.path),
        "function": line.function,
        "reason": line.reason,
        "line": line.line,
        "use": line.use.value,
        "why": line.why,
    }


def _check(report: Report) -> Iterator[str]:
    use = report.triage.baseline
    lines = use.lines if use else ()
    name = use.name if use else ""
    new = new_findings(report)
    for each, identity in new:
        place = each.location
        at = f"{place.path}:{place.line}:{place.column}"
        told = f"{each.level.value}: {one_line(each.message)} [{each.rule}]"
        yield f"new: {at}: {told} {identity[:_DIGITS]}"
    for line in lines:
        if line.use is Use.UNUSED:
            yield f"gone: {name}:{line.line}: {_known(line)}: {line.why}; the line can be dropped"
    for line in lines:
        if line.use in (Use.OPEN, Use.UNJUDGED) and line.why:
            yield f"kept: {name}:{line.line}: {_known(line)}: {line.why}"
    counts = Counter(each.use for each in lines)
    rest = counts[Use.OPEN] + counts[Use.UNJUDGED]
    told = f"{len(new):,} new, {counts[Use.USED]:,} known, {counts[Use.UNUSED]:,} gone"
    yield f"{told}, {rest:,} not decided."
    n_bare = sum(1 for each in lines if not each.reason)
    if n_bare:
        yield f"Without a reason: {counted(n_bare, 'line')} of {name}. Write it behind a #."
    yield from _configured(report)


def _known(line: BaselineLine) -> str:
    function = f"in {line.function}()" if line.function else "outside functions"
    return f"{line.rule} {function} of {line.path} {line.identity[:_DIGITS]}"
