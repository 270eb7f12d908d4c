"""The values that every layer speaks: places in files, obligations, verdicts, problems, reports."""

from analyzer.core.backtest import Backtest, Bug, Change, Outcome, Replay
from analyzer.core.build import Build, Compiled
from analyzer.core.errors import BugError, ReleaseError, UserError, every
from analyzer.core.identity import identities, identities_in_files
from analyzer.core.inspection import (
    CallTold,
    Demanded,
    EntryLock,
    HeldLock,
    LineLocks,
    Returning,
    Source,
    Standing,
    WayIn,
)
from analyzer.core.kconfig import Kconfig
from analyzer.core.location import Location, Step
from analyzer.core.obligation import Level, Obligation, Verdict, once_in_order
from analyzer.core.problem import Coverage, FunctionGap, Problem, ProblemKind
from analyzer.core.proof import FATES, Deletion, Fate, Proofs, Trial
from analyzer.core.release import EVERY_RELEASE, Release, ReleaseRange
from analyzer.core.report import Report, RuleCount, RuleInfo
from analyzer.core.ruletest import RuleTest, Unmet
from analyzer.core.series import Difference, JudgedChange, JudgedSeries, TreeChange
from analyzer.core.story import Quote, Story
from analyzer.core.triage import (
    NO_TRIAGE,
    Allowance,
    BaselineLine,
    BaselineUse,
    BuildUse,
    ConfigUse,
    Directive,
    Flaw,
    Means,
    Suppression,
    Triage,
    Use,
)

__all__ = [
    "EVERY_RELEASE",
    "FATES",
    "NO_TRIAGE",
    "Allowance",
    "Backtest",
    "BaselineLine",
    "BaselineUse",
    "Bug",
    "BugError",
    "Build",
    "BuildUse",
    "CallTold",
    "Change",
    "Compiled",
    "ConfigUse",
    "Coverage",
    "Deletion",
    "Demanded",
    "Difference",
    "Directive",
    "EntryLock",
    "Fate",
    "Flaw",
    "FunctionGap",
    "HeldLock",
    "JudgedChange",
    "JudgedSeries",
    "Kconfig",
    "Level",
    "LineLocks",
    "Location",
    "Means",
    "Obligation",
    "Outcome",
    "Problem",
    "ProblemKind",
    "Proofs",
    "Quote",
    "Release",
    "ReleaseError",
    "ReleaseRange",
    "Replay",
    "Report",
    "Returning",
    "RuleCount",
    "RuleInfo",
    "RuleTest",
    "Source",
    "Standing",
    "Step",
    "Story",
    "Suppression",
    "TreeChange",
    "Triage",
    "Trial",
    "Unmet",
    "Use",
    "UserError",
    "Verdict",
    "WayIn",
    "every",
    "identities",
    "identities_in_files",
    "once_in_order",
]
