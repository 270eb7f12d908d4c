"""Where a clause applies: functions, files, names of the tree, releases; and where it does not."""

from dataclasses import dataclass

from analyzer.core import EVERY_RELEASE, ReleaseRange


@dataclass(frozen=True, slots=True)
class Exemption:
    """Correct code that a clause cannot see to be: the reason, and 'proved' or 'open'. `function`
    is a glob of names, behind a glob of files and a colon where they matter.
    """

    function: str
    reason: str
    verdict: str
    kernel: ReleaseRange


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a clause looks and where it applies. Empty tuples mean everywhere.

    `functions` are globs or roles ('@name'); `files` are globs of paths; `declares` are names (or
    `record.field`) that the tree must declare, `lacks` names it must not; `kernel` is a range of
    releases.
    """

    functions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    declares: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    kernel: ReleaseRange = EVERY_RELEASE
