"""What becomes of proofs when what they stand on is deleted."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from analyzer.core.location import Step
from analyzer.core.obligation import Obligation, Verdict
from analyzer.core.problem import Problem


class Fate(Enum):
    """What became of a proof, or of a function that no longer gives a lock back.

    GONE: its site went with what was deleted. SURVIVED: the obligation is proved still, and its
    proof names nothing else. UNNAMED: the proof names nothing that could be deleted. STATED: the
    rule itself says that the place is right.
    """

    VIOLATED = "violated"
    OPEN = "open"
    GONE = "gone"
    SURVIVED = "survived"
    UNNAMED = "no evidence"
    STATED = "stated"


FATES: Final = {Verdict.VIOLATED: Fate.VIOLATED, Verdict.OPEN: Fate.OPEN}
"""What a verdict says of what was deleted, the worst first."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A proved obligation, the evidence that was deleted, all at once, and what came of it."""

    obligation: Obligation
    fate: Fate
    deleted: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """A call that gives a lock back, deleted, and the worst that the rules say of that: SURVIVED if
    they say nothing. `found` is what is violated or open since.
    """

    place: Step
    fate: Fate
    found: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class Proofs:
    """What is proved in a tree, with the trials or the deletions that were asked for, in the order
    of the source. `rules` are all that were applied.
    """

    rules: tuple[str, ...]
    proved: tuple[Obligation, ...]
    trials: tuple[Trial, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    problems: tuple[Problem, ...] = ()
