"""A report with all that was said of its findings: what is suppressed, and what is out of date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.core import (
    Allowance,
    BaselineLine,
    BaselineUse,
    Build,
    BuildUse,
    ConfigUse,
    Directive,
    Means,
    Obligation,
    Problem,
    ProblemKind,
    Report,
    Suppression,
    Triage,
    Use,
    Verdict,
    identities,
    identities_in_files,
)
from analyzer.triage.allowances import understood
from analyzer.triage.baseline import Baseline
from analyzer.triage.config import Config
from analyzer.triage.names import Judged, Names


@dataclass(frozen=True, slots=True)
class Desk:
    """What is to be heard: comments by the names of rules, a configuration, a baseline, and what a
    build compiles.
    """

    names: Names
    config: Config | None = None
    baseline: Baseline | None = None
    build: Build | None = None


def heard(
    obligations: Iterable[Obligation],
    directives: Iterable[Directive],
    desk: Desk,
    absent: frozenset[str] = frozenset(),
) -> tuple[Obligation, ...]:
    """The obligations of some whole files of a tree, with levels and suppressions by the comments
    in them and by all else that is to be heard. `absent` are the files that the baseline speaks of
    and that are not in the tree.
    """
    allowed, _ = understood(directives, desk.names)
    leveled = [_leveled(each, desk.config) for each in obligations]
    said = [_commented(each, _allowing(each, allowed)) for each in leveled]
    found = [_off(each, desk.config) for each in said]
    files = tuple({each.location.path for each in found})
    found, _ = _known(found, desk, Judged(frozenset(), (), files, absent=absent), frozenset())
    return tuple(_out(each, desk.build) for each in found)


def settled(report: Report, desk: Desk, judged: Judged) -> Report:
    """The report with levels and suppressions, and with problems for what is wrong or unused.

    A finding that a comment allows is not asked of the configuration, nor one that is off of the
    baseline, nor one that is known of the build, so that each is counted once.
    """
    lost = frozenset(each.path for each in report.problems if each.incomplete)
    torn = lost | {gap.path for gap in report.coverage.gaps}
    allowed, slips = understood(report.directives, desk.names)
    leveled = [_leveled(each, desk.config) for each in report.obligations]
    under = [_allowing(each, allowed) for each in leveled]
    used = frozenset(each for each in under if each is not None)
    found = [_off(each, desk.config) for each in map(_commented, leveled, under)]
    found, baseline = _known(found, desk, judged, lost)
    found = [_out(each, desk.build) for each in found]
    known = tuple(each for each in allowed if judged.looks(each.path))
    why = dict(report.skipped)
    standing = tuple(_standing(each, used, found, (judged, torn, why)) for each in known)
    problems = [each.problem for each in slips if judged.looks(each.directive.path)]
    n_slips = len(problems)
    problems += [_unused(each) for each in standing if each.use is Use.UNUSED]
    return replace(
        report,
        obligations=tuple(found),
        problems=tuple(sorted((*report.problems, *problems))),
        triage=Triage(
            standing,
            n_slips,
            baseline,
            _config_use(found, desk.config),
            _build_use(found, desk.build),
        ),
    )


# Comments. ----------------------------------------------------------------------------------------


def _allowing(found: Obligation, allowed: Sequence[Allowance]) -> Allowance | None:
    """The comment that allows a finding, the nearest of several."""
    place = found.location
    if not found.is_violation:
        return None
    near = [
        each
        for each in allowed
        if (each.rule, each.path) == (found.rule, place.path)
        and each.first <= place.line <= each.last
    ]
    return max(near, key=lambda each: each.line, default=None)


def _commented(found: Obligation, allowance: Allowance | None) -> Obligation:
    if allowance is None:
        return found
    by = Suppression(Means.COMMENT, allowance.path, allowance.line, allowance.reason)
    return replace(found, suppression=by)


def _standing(
    each: Allowance,
    used: frozenset[Allowance],
    found: Iterable[Obligation],
    read: tuple[Judged, frozenset[str], Mapping[str, str]],
) -> Allowance:
    """The comment with what became of it. Nothing that is found below it is no reproach where a
    part of the rule, or of what decides it, was left out. `read` is what was judged, the files that
    were not read whole, and why rules do not apply to the tree.
    """
    judged, torn, skipped = read
    if each in used:
        return replace(each, use=Use.USED)
    if each.rule not in judged.rules:
        why = skipped.get(each.rule, "the rule, or what of it is in preview, was not asked for")
        return replace(each, why=why)
    if not judged.whole(each.rule, each.path):
        return replace(each, why="the file was not asked for, or not read")
    here = [
        one
        for one in found
        if (one.rule, one.location.path) == (each.rule, each.path)
        and each.first <= one.location.line <= each.last
    ]
    if any(one.is_violation for one in here):
        return replace(each, use=Use.UNUSED, why="another comment allows it already")
    if any(one.verdict is Verdict.OPEN for one in here):
        why = "the place is open: whether the rule is broken is not known"
        return replace(each, use=Use.OPEN, why=why)
    if not here and each.path in torn:
        return replace(each, why="the file was not read whole")
    why = "it is proved that the rule is kept there" if here else "the rule has no place there"
    near = _nearest(each, found)
    elsewhere = f", it is broken at line {near}" if near else ""
    return replace(each, use=Use.UNUSED, why=why + elsewhere)


def _nearest(each: Allowance, found: Iterable[Obligation]) -> int:
    """The line in the file where the rule is broken and nothing allows it, the nearest; 0 if there
    is none.
    """
    lines = (
        one.location.line
        for one in found
        if one.is_finding and (one.rule, one.location.path) == (each.rule, each.path)
    )
    return min(lines, key=lambda line: abs(line - each.line), default=0)


def _unused(each: Allowance) -> Problem:
    text = f"nothing breaks {each.rule} in the statement below this comment: {each.why}; remove it"
    return Problem.of(ProblemKind.UNUSED, each.path, each.line, text)


# The configuration. -------------------------------------------------------------------------------


def _leveled(found: Obligation, config: Config | None) -> Obligation:
    """With the level that the configuration gives; what is only counted stays so."""
    setting = config.level(found.rule, found.location.path) if config else None
    if setting is None or setting.level in (None, found.level) or not found.is_violation:
        return found
    return replace(found, level=setting.level, ruled=found.level)


def _off(found: Obligation, config: Config | None) -> Obligation:
    if config is None or not found.is_finding:
        return found
    setting = config.off(found.rule, found.location.path)
    if setting is None:
        return found
    by = Suppression(Means.CONFIG, config.name, setting.line, setting.reason)
    return replace(found, suppression=by)


def _config_use(found: Sequence[Obligation], config: Config | None) -> ConfigUse | None:
    if config is None:
        return None
    off = [each for each in found if each.suppression and each.suppression.means is Means.CONFIG]
    return ConfigUse(config.name, sum(1 for each in found if each.ruled is not None), len(off))


# The build. ---------------------------------------------------------------------------------------


def _out(found: Obligation, build: Build | None) -> Obligation:
    by = build.leaves_out(found) if build is not None and found.is_finding else None
    return found if by is None else replace(found, suppression=by)


def _build_use(found: Sequence[Obligation], build: Build | None) -> BuildUse | None:
    if build is None:
        return None
    out = [each for each in found if each.suppression and each.suppression.means is Means.BUILD]
    kconfig = build.kconfig.name if build.kconfig else ""
    compiled, files = (build.compiled.name, build.compiled.files) if build.compiled else ("", ())
    return BuildUse(kconfig, compiled, len(files), len(out))


# The baseline. ------------------------------------------------------------------------------------


def _known(
    found: list[Obligation], desk: Desk, judged: Judged, lost: frozenset[str]
) -> tuple[list[Obligation], BaselineUse | None]:
    """The findings with those suppressed that the baseline knows, and what became of its lines."""
    baseline = desk.baseline
    if baseline is None:
        return found, None
    met = _met(found, baseline, judged)
    told = [_in_baseline(each, met.get(number), baseline.name) for number, each in enumerate(found)]
    by_line = {line: told[number] for number, line in met.items()}
    lines = tuple(
        _line(each, by_line.get(each), judged, lost)
        if each.rule in desk.names.ids
        else replace(each, why=f"no rule is called so; {desk.names.hint(each.rule)}")
        for each in baseline.lines
    )
    known = frozenset(each for at, each in enumerate(identities(found)) if at in met)
    return told, BaselineUse(baseline.name, lines, known)


def _met(found: list[Obligation], baseline: Baseline, judged: Judged) -> dict[int, BaselineLine]:
    """The line for each obligation, by number, that has one: in its file or, for a finding, in
    another file where there is no such place any more, for code moves.
    """
    lines = {(each.identity, each.path): each for each in baseline.lines}
    named = identities_in_files(found)
    met: dict[int, BaselineLine] = {}
    for number, (each, identity) in enumerate(zip(found, named, strict=True)):
        line = lines.pop((identity, each.location.path), None)
        if line is not None:
            met[number] = line
    left: dict[str, list[BaselineLine]] = {}
    for line in lines.values():
        if line.path in judged.absent or judged.whole(line.rule, line.path):
            left.setdefault(line.identity, []).append(line)
    for number, (each, identity) in enumerate(zip(found, named, strict=True)):
        if number not in met and each.is_finding and left.get(identity):
            met[number] = left[identity].pop(0)
    return met


def _in_baseline(found: Obligation, line: BaselineLine | None, name: str) -> Obligation:
    if line is None or not found.is_finding:
        return found
    by = Suppression(Means.BASELINE, name, line.line, line.reason)
    return replace(found, suppression=by)


def _line(
    line: BaselineLine, met: Obligation | None, judged: Judged, lost: frozenset[str]
) -> BaselineLine:
    """A line with what became of it, by the obligation of its identity. It tells the place where
    that is now.
    """
    if met is None:
        if line.path in lost or not judged.whole(line.rule, line.path):
            return line
        return replace(line, use=Use.UNUSED, why="there is no such place any more")
    line = replace(line, path=met.location.path, function=met.function)
    by = met.suppression.means if met.suppression else None
    if by is Means.COMMENT:
        return replace(line, use=Use.UNUSED, why="a comment allows it now")
    if by is Means.CONFIG:
        return line
    if met.verdict is Verdict.OPEN:
        why = "open now: whether the rule is broken is not known"
        return replace(line, use=Use.OPEN, why=why)
    if met.verdict is Verdict.PROVED:
        return replace(line, use=Use.UNUSED, why="it is proved now")
    return replace(line, use=Use.USED)
