"""What files mention that are not in the program."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Outside(NamedTuple):
    """The functions that files mention which are not in the program, with those files; of names
    that are not among `searched` nobody knows. None for all names.
    """

    files: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    searched: frozenset[str] | None = None

    def may_mention(self, name: str) -> bool:
        """Whether a file that is not in the program may mention a name."""
        return name in self.files or (self.searched is not None and name not in self.searched)


NOTHING: Final = Outside()
"""No function is called outside."""
