"""An obligation: one place where one clause of a rule applies, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from analyzer.core.location import Location, Step
from analyzer.core.triage import Suppression


class Verdict(Enum):
    """What the analysis knows of an obligation."""

    PROVED = "proved"
    VIOLATED = "violated"
    OPEN = "open"


class Level(Enum):
    """How grave a violation is; `LEDGER` is counted and shown on request, never reported as a
    violation.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One site of one clause with its verdict.

    `subject` names what the obligation is about in canonical words (callee, lock, object), free of
    lines and local spelling, so that it can identify the finding across unrelated edits. `evidence`
    are the places that prove it or that state the contract which is broken; `path` is the concrete
    path of a violation, first step first; `reason` says why an open obligation is open. `condition`
    is the presence condition of the code, empty for always. `unread` are the functions whose
    callers are all that an open obligation waits for: they stand in files that were not read.
    `suppression` says why a violation is not reported; `ruled` is the level that the rule gives,
    where a configuration gave another.
    """

    rule: str
    clause: int
    location: Location
    function: str
    subject: str
    verdict: Verdict
    level: Level
    message: str
    reason: str = ""
    evidence: tuple[Step, ...] = ()
    path: tuple[Step, ...] = ()
    condition: str = ""
    unread: tuple[str, ...] = ()
    suppression: Suppression | None = None
    ruled: Level | None = None

    @property
    def is_violation(self) -> bool:
        """True for a violation of a rule that is more than counted."""
        return self.verdict is Verdict.VIOLATED and self.level is not Level.LEDGER

    @property
    def is_finding(self) -> bool:
        """True for what a default run reports: a violation that nothing suppresses."""
        return self.is_violation and self.suppression is None

    @property
    def order(self) -> tuple[str, int, int, str, int, str, str, str]:
        """The canonical order of obligations: by place, rule, clause, function, subject, then
        verdict.
        """
        place = self.location
        return (
            place.path,
            place.line,
            place.column,
            self.rule,
            self.clause,
            self.function,
            self.subject,
            self.verdict.value,
        )


def once_in_order(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Obligations in canonical order, each once. What a function is found to do in both arms of a
    conditional, which are read one after the other, is told once, under the weaker condition.
    """
    found = sorted(dict.fromkeys(obligations), key=lambda each: each.order)
    conditions: dict[tuple[object, ...], list[str]] = {}
    for each in found:
        conditions.setdefault(_said(each), []).append(each.condition)
    return tuple(
        each
        for each in found
        if not each.condition or not _is_implied(each.condition, conditions[_said(each)])
    )


def _said(each: Obligation) -> tuple[object, ...]:
    """All that somebody is told of a site but for how it comes about, and when."""
    place = each.location
    return (*each.order, place.end_line, place.end_column, each.level, each.message, each.reason)


def _is_implied(condition: str, others: list[str]) -> bool:
    """Whether one of some other conditions is weaker, as far as the texts tell."""
    parts = frozenset((condition,) if "||" in condition else condition.split(" && "))
    return any(
        other != condition and (not other or parts.issuperset(other.split(" && ")))
        for other in others
    )
