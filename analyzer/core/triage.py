"""What is said of findings beside their verdict: by comments, a baseline, a configuration, and a
build that does not compile them.
"""

from dataclasses import dataclass
from enum import Enum


class Flaw(Enum):
    """Why a comment that speaks to zaplint has no place that it could be about."""

    NONE = "none"
    BEHIND_CODE = "behind code"
    ABOVE_NOTHING = "above nothing"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment that speaks to zaplint, not yet understood.

    `text` is what it says, without decoration and with white space folded; `line` is where it
    begins; `first` to `last` are the lines of the statement below it, 0 where a `flaw` leaves none.
    """

    path: str
    line: int
    text: str
    first: int
    last: int
    flaw: Flaw = Flaw.NONE


class Use(Enum):
    """What became in a run of a comment, or of a line of a baseline: something is found there,
    nothing is, it is not known whether, or it was not judged.
    """

    USED = "used"
    UNUSED = "unused"
    OPEN = "open"
    UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A comment that allows the findings of one rule in lines `first` to `last`.

    `why` says what its use comes from, where that is not plain.
    """

    path: str
    line: int
    rule: str
    reason: str
    first: int
    last: int
    use: Use = Use.UNJUDGED
    why: str = ""


class Means(Enum):
    """By what a finding is suppressed."""

    COMMENT = "comment"
    BASELINE = "baseline"
    CONFIG = "config"
    BUILD = "build"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding is not reported: by which means, in which file and line, for what reason.

    `path` is that of the tree for a comment, else the name of the file as reports call it; `line`
    is 0 where the file as a whole says so.
    """

    means: Means
    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BaselineLine:
    """A line of a baseline: a finding that is known, by its identity in its file, and why it is
    accepted.
    """

    identity: str
    rule: str
    path: str
    function: str
    reason: str = ""
    line: int = 0
    use: Use = Use.UNJUDGED
    why: str = ""


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """A baseline with the use of each of its lines in a run. `known` are the identities, in the
    run, of what it knows.
    """

    name: str
    lines: tuple[BaselineLine, ...]
    known: frozenset[str] = frozenset()

    def of(self, use: Use) -> tuple[BaselineLine, ...]:
        """The lines of this use."""
        return tuple(each for each in self.lines if each.use is use)


@dataclass(frozen=True, slots=True)
class ConfigUse:
    """The configuration of a run, by name: of how many findings it changed the level, and how many
    it turned off.
    """

    name: str
    n_levels: int
    n_off: int


@dataclass(frozen=True, slots=True)
class BuildUse:
    """The build of a run: the names of its configuration and of what says which files it compiles,
    empty for none, how many files that are, and how many findings are in code that is not compiled.
    """

    kconfig: str
    compiled: str
    n_files: int
    n_out: int


@dataclass(frozen=True, slots=True)
class Triage:
    """All that was said of the findings of a run."""

    allowances: tuple[Allowance, ...] = ()
    n_slips: int = 0
    baseline: BaselineUse | None = None
    config: ConfigUse | None = None
    build: BuildUse | None = None

    @property
    def in_use(self) -> bool:
        """Whether anything was said at all."""
        return self != NO_TRIAGE


NO_TRIAGE = Triage()
"""Nothing was said."""
