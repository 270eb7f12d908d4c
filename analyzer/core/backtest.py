"""Bugs of the past, put back into a tree, and what the rules say of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from analyzer.core.obligation import Obligation
from analyzer.core.problem import Problem
from analyzer.core.release import EVERY_RELEASE, Release, ReleaseRange


@dataclass(frozen=True, slots=True)
class Change:
    """How a bug is put into a function of a file: operations on its syntax tree. `reported_in` are
    the functions of which any may be told; they are callers where the bug breaks a contract.
    """

    file: str
    function: str
    operations: tuple[Mapping[str, str | int], ...]
    reported_in: tuple[str, ...]
    releases: ReleaseRange = EVERY_RELEASE


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug that Linux had, or one of its kind. `commit` is the one that mended it, empty where
    there is none; `changes` are ways to put it back, of which the first that fits a tree is taken.
    """

    name: str
    rule: str
    changes: tuple[Change, ...]
    commit: str = ""
    subject: str = ""
    cve: str = ""


class Outcome(Enum):
    """What the rule says of a bug that was put back.

    ELSEWHERE: a violation, but in another function. OPEN: something is open that was not. PRESENT:
    nothing was put back, for the tree has the bug, and the rule reports it. UNFIT: the code that
    the bug was in is not there.
    """

    CAUGHT = "caught"
    ELSEWHERE = "elsewhere"
    OPEN = "open"
    MISSED = "missed"
    PRESENT = "present"
    UNFIT = "does not fit"


@dataclass(frozen=True, slots=True)
class Replay:
    """One bug and what came of it. `found` is what is violated or open with it and was not
    without; `change` is None where none fits, for `reason`.
    """

    bug: Bug
    outcome: Outcome
    change: Change | None = None
    found: tuple[Obligation, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Backtest:
    """The bugs that were replayed on a tree, in the order of their rules."""

    release: Release
    replays: tuple[Replay, ...]
    problems: tuple[Problem, ...] = ()
