"""Obligations as SARIF results: message with links, code flow, fingerprints."""

from collections.abc import Sequence
from typing import NamedTuple

import sarif_om

from analyzer.core import Level, Means, Obligation, Step, Triage, Verdict
from analyzer.report.lines import Sources
from analyzer.report.locations import primary, step, whole_file
from analyzer.report.rules_metadata import sarif_level
from analyzer.report.steps import depths
from analyzer.report.wording import one_line, sentence

MOST_STEPS = 1_000
MOST_EVIDENCE = 20

_KINDS = {Verdict.PROVED: "pass", Verdict.VIOLATED: "fail", Verdict.OPEN: "open"}
_LINK_WORDS = {
    Verdict.PROVED: "Proved by",
    Verdict.VIOLATED: "See",
    Verdict.OPEN: "Known so far:",
}


class Told(NamedTuple):
    """What the results of a run tell beside their verdicts: whether they tell of suppressions, and
    the identities that the baseline knows, None without one.

    All results of a run tell it or none does. SARIF 2.1.0, 3.27.23 and 3.27.24.
    """

    suppressions: bool
    known: frozenset[str] | None

    @staticmethod
    def of(triage: Triage) -> "Told":
        """What is told of a run."""
        return Told(triage.in_use, triage.baseline.known if triage.baseline else None)

    def state(self, identity: str) -> str | None:
        """What a result is to the baseline."""
        if self.known is None:
            return None
        return "unchanged" if identity in self.known else "new"


def result(
    obligation: Obligation, rule_index: int, identity: str, sources: Sources, told: Told
) -> sarif_om.Result:
    """One result. Violations that are more than counted are of kind fail; the rest has no level."""
    kind, level = _kind_and_level(obligation)
    related = obligation.evidence[:MOST_EVIDENCE]
    return sarif_om.Result(
        rule_id=obligation.rule,
        rule_index=rule_index,
        kind=kind,
        level=level,
        message=sarif_om.Message(text=_message(obligation, related)),
        locations=[primary(obligation.location, obligation.function, sources)],
        related_locations=[step(item, number) for number, item in enumerate(related, 1)] or None,
        code_flows=_code_flows(obligation.path),
        partial_fingerprints=_fingerprints(obligation, identity, sources),
        suppressions=_suppressions(obligation) if told.suppressions else None,
        baseline_state=told.state(identity),
        properties=_properties(obligation),
    )


def _kind_and_level(obligation: Obligation) -> tuple[str, str]:
    if obligation.verdict is Verdict.VIOLATED and obligation.level is Level.LEDGER:
        return "informational", "none"
    if obligation.verdict is Verdict.VIOLATED:
        return "fail", sarif_level(obligation.level)
    return _KINDS[obligation.verdict], "none"


def _message(obligation: Obligation, related: Sequence[Step]) -> str:
    """The message, the condition or reason, then the evidence as links to the related locations."""
    parts = [sentence(_unlinked(obligation.message))]
    if obligation.verdict is Verdict.OPEN and obligation.reason:
        parts.append(f"Open: {sentence(_unlinked(obligation.reason))}")
    if obligation.condition:
        parts.append(f"Only if {sentence(_unlinked(obligation.condition))}")
    if related:
        links = ", ".join(_link(item, number) for number, item in enumerate(related, 1))
        more = len(obligation.evidence) - len(related)
        left = f" and {more} more" if more else ""
        parts.append(f"{_LINK_WORDS[obligation.verdict]} {links}{left}.")
    return " ".join(parts)


def _unlinked(text: str) -> str:
    """`text` with nothing in it that reads as a link: `table[i](1)` is C. SARIF 2.1.0, 3.11.6."""
    return text.replace("](", "\\](")


def _link(item: Step, number: int) -> str:
    text = one_line(item.text).rstrip(".")
    for mark in ("\\", "[", "]"):
        text = text.replace(mark, f"\\{mark}")
    return f"[{text}]({number})"


def _code_flows(path: Sequence[Step]) -> list[sarif_om.CodeFlow] | None:
    """One flow of one thread; from a long path the steps before the last are left out."""
    if not path:
        return None
    shown = path if len(path) <= MOST_STEPS else (*path[: MOST_STEPS - 1], path[-1])
    locations = [
        sarif_om.ThreadFlowLocation(
            location=step(item), execution_order=number, nesting_level=depth
        )
        for number, (item, depth) in enumerate(zip(shown, depths(shown), strict=True), 1)
    ]
    return [sarif_om.CodeFlow(thread_flows=[sarif_om.ThreadFlow(locations=locations)])]


def _fingerprints(obligation: Obligation, identity: str, sources: Sources) -> dict[str, str]:
    given = {"zaplint/v1": identity}
    text = sources.get(obligation.location.path)
    line_hash = text.hash_of(obligation.location.line) if text else ""
    if line_hash:
        given["primaryLocationLineHash"] = line_hash
    return given


def _suppressions(obligation: Obligation) -> list[sarif_om.Suppression]:
    """What suppresses a result, if something does: a comment is in the source, all else is not."""
    by = obligation.suppression
    if by is None:
        return []
    in_source = by.means is Means.COMMENT
    return [
        sarif_om.Suppression(
            kind="inSource" if in_source else "external",
            justification=by.reason or None,
            location=whole_file(by.path, by.line) if in_source else None,
            properties={"by": by.means.value, "file": by.path, "line": by.line},
        )
    ]


def _properties(obligation: Obligation) -> dict[str, object]:
    given: dict[str, object] = {
        "clause": obligation.clause,
        "subject": obligation.subject,
        "verdict": obligation.verdict.value,
    }
    if obligation.condition:
        given["condition"] = obligation.condition
    if obligation.reason:
        given["reason"] = obligation.reason
    if obligation.ruled is not None:
        given["levelOfRule"] = obligation.ruled.value
    if len(obligation.path) > MOST_STEPS:
        given["steps"] = len(obligation.path)
    if len(obligation.evidence) > MOST_EVIDENCE:
        given["evidence"] = len(obligation.evidence)
    return given
