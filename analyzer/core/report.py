"""What a run gives: obligations, problems, counts; the input of every output format."""

from dataclasses import dataclass

from analyzer.core.obligation import Level, Obligation
from analyzer.core.problem import Coverage, Problem
from analyzer.core.release import Release
from analyzer.core.triage import NO_TRIAGE, Directive, Triage


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a report says of a rule.

    `id` is family/name; `code` is its short name in the catalogue, as ZAP001.

    `what`, `why`, `fix` are prose in Markdown; `bad` and `good` are C examples; `references` are
    message-ids, commits or addresses. `kernel` is the range of releases in words, empty for all.
    """

    id: str
    code: str
    title: str
    level: Level
    what: str
    why: str
    fix: str
    references: tuple[str, ...]
    kernel: str = ""
    bad: str = ""
    good: str = ""

    @property
    def family(self) -> str:
        """The first half of the id."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often each verdict was given for one rule."""

    rule: str
    n_proved: int
    n_violated: int
    n_open: int

    @property
    def n_sites(self) -> int:
        """How many sites the rule has: the sum of the verdicts."""
        return self.n_proved + self.n_violated + self.n_open


@dataclass(frozen=True, slots=True)
class Report:
    """One run over one tree.

    `obligations` are in canonical order and hold every verdict; `rules` are the rules that were
    applied, sorted by id; `skipped` are rules that do not apply to this tree, each with its reason.
    `revision` and `repository` are set when the tree is a git checkout. `root` is the absolute path
    of the tree, for reading source lines; it is never printed in SARIF. `directives` are the
    comments that speak to zaplint in the files that were read; `triage` is what became of them, of
    a baseline and of a configuration.
    """

    root: str
    release: Release
    rules: tuple[RuleInfo, ...]
    skipped: tuple[tuple[str, str], ...]
    obligations: tuple[Obligation, ...]
    counts: tuple[RuleCount, ...]
    problems: tuple[Problem, ...]
    coverage: Coverage
    revision: str = ""
    repository: str = ""
    branch: str = ""
    directives: tuple[Directive, ...] = ()
    triage: Triage = NO_TRIAGE

    @property
    def complete(self) -> bool:
        """True if nothing that was asked for was lost."""
        return not any(problem.incomplete for problem in self.problems)
