"""One build of a tree, and the findings that are in code which it does not compile."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.core.kconfig import Kconfig
from analyzer.core.obligation import Obligation
from analyzer.core.triage import Means, Suppression


@dataclass(frozen=True, slots=True)
class Compiled:
    """The .c files of a tree that a build compiles, by their paths there; `name` is how reports
    call the file that says so.
    """

    name: str
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Build:
    """What is known of a build: its configuration, the files that it compiles, or both.

    `conditions` are the presence conditions of files, by path, as far as makefiles state them.
    """

    kconfig: Kconfig | None = None
    compiled: Compiled | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)

    def leaves_out(self, found: Obligation) -> Suppression | None:
        """Why the code of a finding is not compiled; None if it is, or may be, as all headers."""
        path = found.location.path
        if self.compiled is not None and path.endswith(".c") and path not in self.compiled.files:
            return Suppression(Means.BUILD, self.compiled.name, 0, f"{path} is not compiled")
        for what, condition in ((path, self.conditions.get(path)), ("it", found.condition)):
            if self.kconfig is not None and condition and self.kconfig.holds(condition) is False:
                reason = f"{what} is compiled only if {condition}"
                return Suppression(Means.BUILD, self.kconfig.name, 0, reason)
        return None
