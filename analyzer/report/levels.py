"""What each format calls a level."""

from typing import Final, NamedTuple

from analyzer.core import Level, Obligation, Verdict
from analyzer.report.styled import Role


class LevelWords(NamedTuple):
    """The words for one level: its role on a terminal, a workflow command, checkpatch's name, and
    GitLab's severity.
    """

    role: Role
    command: str
    checkpatch: str
    severity: str


LEVELS: Final = {
    Level.ERROR: LevelWords(Role.ERROR, "error", "ERROR", "critical"),
    Level.WARNING: LevelWords(Role.WARNING, "warning", "WARNING", "major"),
    Level.NOTE: LevelWords(Role.NOTE, "notice", "CHECK", "minor"),
    Level.LEDGER: LevelWords(Role.NOTE, "notice", "CHECK", "info"),
}


def role_of(obligation: Obligation) -> Role:
    """The role of a verdict's name."""
    if obligation.verdict is Verdict.VIOLATED:
        return LEVELS[obligation.level].role
    return Role.PROVED if obligation.verdict is Verdict.PROVED else Role.OPEN
