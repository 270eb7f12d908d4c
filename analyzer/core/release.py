"""Kernel releases and ranges of them."""

import re
from dataclasses import dataclass

from analyzer.core.errors import ReleaseError

_BOUND = re.compile(r"\s*(>=|<=|<|>|==)\s*v?(\d+)\.(\d+)\s*")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A kernel release, by version and patch level; sublevels make no difference to a rule."""

    version: int
    patchlevel: int

    @staticmethod
    def parse(text: str) -> "Release":
        """Reads "6.12", "v6.12" or "6.12.117-rc1". Raises ReleaseError, with the text."""
        found = re.fullmatch(r"v?(\d+)\.(\d+)([.-].*)?", text.strip())
        if not found:
            raise ReleaseError(f"'{text}' is not a kernel release", "write it as 6.12")
        return Release(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.version}.{self.patchlevel}"


@dataclass(frozen=True, slots=True)
class ReleaseRange:
    """A conjunction of bounds, as in ">=5.19, <6.5"; empty for every release."""

    bounds: tuple[tuple[str, Release], ...] = ()

    @staticmethod
    def parse(text: str) -> "ReleaseRange":
        """Reads comma-separated bounds. Raises ReleaseError for anything else."""
        bounds = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            found = _BOUND.fullmatch(part)
            if not found:
                raise ReleaseError(
                    f"'{part}' is not a bound on releases", 'write it as ">=6.5" or ">=5.19, <6.5"'
                )
            bounds.append((found[1], Release(int(found[2]), int(found[3]))))
        return ReleaseRange(tuple(bounds))

    def __contains__(self, release: Release) -> bool:
        return all(_holds(operator, release, bound) for operator, bound in self.bounds)

    def __str__(self) -> str:
        return ", ".join(f"{operator}{bound}" for operator, bound in self.bounds)


EVERY_RELEASE = ReleaseRange()
"""The range without bounds."""


def _holds(operator: str, release: Release, bound: Release) -> bool:
    match operator:
        case ">=":
            return release >= bound
        case "<=":
            return release <= bound
        case "<":
            return release < bound
        case ">":
            return release > bound
        case _:
            return release == bound
