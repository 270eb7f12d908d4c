"""Where a clause applies: functions, files, names of the tree, releases; and where it does not."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

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


def matches(name: str, globs: tuple[str, ...]) -> bool:
    """Whether a name or path matches one of the globs; a star matches slashes, too."""
    return any(fnmatchcase(name, glob) for glob in globs)


def within(path: str, globs: tuple[str, ...]) -> bool:
    """Whether a file is one of those that the globs name; no globs name all."""
    return not globs or matches(path, globs)


def exemption_of(exemptions: tuple[Exemption, ...], path: str, function: str) -> Exemption | None:
    """The exemption that names a function in the file `path`."""
    for exemption in exemptions:
        files, _, names = exemption.function.rpartition(":")
        if matches(function, (names,)) and within(path, (files,) if files else ()):
            return exemption
    return None
