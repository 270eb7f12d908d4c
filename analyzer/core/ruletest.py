"""What became of the tests of one rule: its fixtures and the examples of its page."""

from dataclasses import dataclass

from analyzer.core.location import Step


@dataclass(frozen=True, slots=True)
class Unmet:
    """One expectation that is not met.

    `file` is the path by which messages call it, `line` is 1-based, 0 for the whole file. `got`
    says what came of it, or what to do; `path` is the path of a finding, if there is one.
    """

    file: str
    line: int
    expected: str
    got: str
    path: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTest:
    """The tests of a rule: how many expectations and files they hold, those that are not met in the
    order of their files, and in `notes` what no test touches.
    """

    rule: str
    n_expectations: int
    n_fixtures: int
    unmet: tuple[Unmet, ...]
    notes: tuple[str, ...]
