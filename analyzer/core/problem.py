"""What the analysis did not see, and how much it read."""

from dataclasses import dataclass
from enum import Enum


class ProblemKind(Enum):
    """Why something was not seen."""

    UNREADABLE = "unreadable"
    LOST_WORKER = "lost-worker"
    SYNTAX = "syntax"
    IMPRECISE = "imprecise"
    NO_SITE = "no-site"
    MODEL = "model"
    ALLOWANCE = "allowance"
    UNUSED = "unused-allowance"
    CONFIG = "config"

    @property
    def incomplete(self) -> bool:
        """Whether the run as a whole is incomplete because of it."""
        return self in (ProblemKind.UNREADABLE, ProblemKind.LOST_WORKER)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that was not seen.

    `text` says what, and what follows from it; `line` is 1-based, 0 for a whole file.
    """

    path: str
    line: int
    kind: str
    text: str
    function: str = ""

    @staticmethod
    def of(kind: ProblemKind, path: str, line: int, text: str, function: str = "") -> "Problem":
        """A problem of this kind."""
        return Problem(path, line, kind.value, text, function)

    @property
    def incomplete(self) -> bool:
        """Whether the run as a whole is incomplete because of it."""
        return ProblemKind(self.kind).incomplete


@dataclass(frozen=True, slots=True, order=True)
class FunctionGap:
    """A function that could not be read whole, with the construct that was not understood."""

    path: str
    line: int
    function: str
    construct: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read: files and functions, and the functions with gaps.

    `whole` gaps lost the whole function.
    """

    n_files: int
    n_functions: int
    gaps: tuple[FunctionGap, ...]

    @property
    def n_unread(self) -> int:
        """How many functions were lost whole."""
        return sum(1 for gap in self.gaps if gap.whole)

    @property
    def n_partly(self) -> int:
        """How many functions were read with a gap."""
        return sum(1 for gap in self.gaps if not gap.whole)

    @property
    def n_read(self) -> int:
        """How many functions were read whole."""
        return self.n_functions - len(self.gaps)
