"""A series of changes of a tree, as patches or commits, and what becomes of findings by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analyzer.core.obligation import Obligation
from analyzer.core.problem import FunctionGap, Problem
from analyzer.core.report import Report


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One change: its name (a commit's id, empty for a patch), who made it, what it is about, and
    the files that it leaves otherwise than they were, None for one that it removes. `text` is the
    mail that it came in, of a commit the difference, where that is shown.
    """

    name: str
    author: str
    subject: str
    texts: Mapping[str, bytes | None]
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of violations by a change. A finding is a violation that nothing suppresses.

    `introduced` are findings that were no violations, `uncovered` those that were suppressed; they
    say by what. `fixed` are violations that are none any more, where they were, `undecided` those
    of which nobody knows any more. `allowed` were not suppressed and are, by a comment or the
    configuration. `left` were findings and still are.
    """

    introduced: tuple[Obligation, ...] = ()
    uncovered: tuple[Obligation, ...] = ()
    fixed: tuple[Obligation, ...] = ()
    undecided: tuple[Obligation, ...] = ()
    allowed: tuple[Obligation, ...] = ()
    left: tuple[Obligation, ...] = ()

    @property
    def reported(self) -> tuple[Obligation, ...]:
        """The findings that were not reported before the change."""
        return (*self.introduced, *self.uncovered)


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """A change with what it does to the findings. Of what was not seen, or is said in comments to
    no effect, `problems` and `gaps` are what the change brings. `before` and `after` read a file as
    it is then; they raise OSError.
    """

    change: TreeChange
    difference: Difference
    problems: tuple[Problem, ...]
    gaps: tuple[FunctionGap, ...]
    before: Callable[[str], bytes]
    after: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class JudgedSeries:
    """Changes, one on top of the other, and the tree behind the last."""

    changes: tuple[JudgedChange, ...]
    end: Report
