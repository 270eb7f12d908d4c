"""The story of one verdict: what is demanded, by whom, and what the analysis found."""

from dataclasses import dataclass

from analyzer.core.obligation import Obligation
from analyzer.core.report import RuleInfo


@dataclass(frozen=True, slots=True)
class Quote:
    """A line of the source, by path and 1-based number."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """An obligation with its rule, the clause of the rule as it is written, and the lines of the
    source that it speaks of. `identity` is its fingerprint, empty where only a whole run can tell.
    """

    obligation: Obligation
    rule: RuleInfo
    clause: str
    quotes: tuple[Quote, ...]
    identity: str = ""
