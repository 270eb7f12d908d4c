"""What the analysis did not see, as SARIF notifications."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice

import sarif_om

from analyzer.core import Problem, ProblemKind, Report
from analyzer.report.locations import whole_file
from analyzer.report.rules_metadata import PROJECT
from analyzer.report.wording import counted, sentence

MOST_PROBLEMS = 1_000

_RULE_SKIPPED = "rule-skipped"
_CUT = "cut"
_KINDS = {
    ProblemKind.UNREADABLE.value: ("FileNotRead", "A file that was asked for was not read."),
    ProblemKind.LOST_WORKER.value: ("WorkerLost", "A part of the analysis gave no result."),
    ProblemKind.SYNTAX.value: ("TextNotParsed", "Source text was not understood."),
    ProblemKind.IMPRECISE.value: ("TooManyStates", "A function has more states than are kept."),
    ProblemKind.NO_SITE.value: ("RuleWithoutSite", "A rule meets no place where it should."),
    ProblemKind.MODEL.value: ("ModelMismatch", "A model does not fit the analysed tree."),
    _RULE_SKIPPED: ("RuleNotApplied", "A rule does not apply to the analysed tree."),
    _CUT: ("OutputCut", "Something was left out to keep to the limits of code scanning."),
}
"""Name and description of every kind of notification, by its id."""

_TRIAGE_KINDS = {
    ProblemKind.ALLOWANCE.value: ("CommentNotUnderstood", "A comment for zaplint allows nothing."),
    ProblemKind.UNUSED.value: ("CommentUnused", "A comment allows what does not happen."),
    ProblemKind.CONFIG.value: ("SettingUnused", "A setting is about nothing in the tree."),
}
"""Those of what is said of findings; they are told of where something is."""

_LEVELS = {
    ProblemKind.UNREADABLE.value: "error",
    ProblemKind.LOST_WORKER.value: "error",
    ProblemKind.NO_SITE.value: "warning",
    ProblemKind.MODEL.value: "warning",
    ProblemKind.ALLOWANCE.value: "warning",
    ProblemKind.CONFIG.value: "warning",
    _CUT: "warning",
}
_OF_CONFIGURATION = frozenset(
    {ProblemKind.NO_SITE.value, ProblemKind.MODEL.value, ProblemKind.CONFIG.value}
)
_IDS = (*_KINDS, *_TRIAGE_KINDS)


def notification_descriptors(report: Report) -> list[sarif_om.ReportingDescriptor]:
    """Every kind of notification that a report can have; a notification refers to its kind by id
    and index.
    """
    kinds = {**_KINDS, **_TRIAGE_KINDS} if report.triage.in_use else _KINDS
    return [
        sarif_om.ReportingDescriptor(
            id=kind,
            name=name,
            short_description=sarif_om.MultiformatMessageString(text=text),
            full_description=sarif_om.MultiformatMessageString(text=text),
            help=sarif_om.MultiformatMessageString(text=text),
            help_uri=f"{PROJECT}#{'peace' if kind in _TRIAGE_KINDS else 'what-was-not-seen'}",
            default_configuration=sarif_om.ReportingConfiguration(level=_LEVELS.get(kind, "note")),
        )
        for kind, (name, text) in kinds.items()
    ]


def invocation(
    report: Report, rule_indices: dict[str, int], cuts: Sequence[str]
) -> sarif_om.Invocation:
    """The run: whether it is complete, what was not seen, which rules were left out, and `cuts`:
    what else was.
    """
    execution = [item for item in report.problems if item.kind not in _OF_CONFIGURATION]
    configuration = [item for item in report.problems if item.kind in _OF_CONFIGURATION]
    said = [*_problems(execution), *map(cut_notification, cuts)]
    return sarif_om.Invocation(
        execution_successful=report.complete,
        tool_execution_notifications=said,
        tool_configuration_notifications=[
            *_problems(configuration),
            *_skipped(report.skipped, rule_indices),
        ],
    )


def cut_notification(text: str) -> sarif_om.Notification:
    """Says that something was left out."""
    return _notification(_CUT, text)


def _problems(problems: Iterable[Problem]) -> Iterable[sarif_om.Notification]:
    """The first thousand problems, how many more there are; what makes the run incomplete leads."""
    ordered = sorted(problems, key=lambda item: (not item.incomplete, item))
    shown = (_problem(item) for item in islice(ordered, MOST_PROBLEMS))
    n_more = len(ordered) - MOST_PROBLEMS
    if n_more <= 0:
        return shown
    text = f"{counted(n_more, 'problem')} more not listed here; 'zaplint coverage' lists them all"
    return chain(shown, [cut_notification(text)])


def _problem(problem: Problem) -> sarif_om.Notification:
    """A problem, with its place unless that is a file of rules or models, outside the tree."""
    said = _notification(problem.kind, problem.text)
    if problem.path and problem.kind not in _OF_CONFIGURATION:
        said.locations = [whole_file(problem.path, problem.line)]
    return said


def _skipped(
    skipped: Iterable[tuple[str, str]], rule_indices: dict[str, int]
) -> Iterable[sarif_om.Notification]:
    for rule, reason in skipped:
        said = _notification(_RULE_SKIPPED, f"rule {rule} was not applied: {reason}")
        if rule in rule_indices:
            said.associated_rule = sarif_om.ReportingDescriptorReference(
                id=rule, index=rule_indices[rule]
            )
        yield said


def _notification(kind: str, text: str) -> sarif_om.Notification:
    return sarif_om.Notification(
        descriptor=sarif_om.ReportingDescriptorReference(id=kind, index=_IDS.index(kind)),
        level=_LEVELS.get(kind, "note"),
        message=sarif_om.Message(text=sentence(text)),
    )
