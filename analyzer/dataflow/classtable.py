"""The table of the classes of a sort of value, as the vocabulary gives it."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True)
class ClassTest:
    """A predicate of one value: the classes that it leaves where it is true, and where it is
    false.
    """

    predicate: str
    true: frozenset[str]
    false: frozenset[str]


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one sort of value, each value being of exactly one of `names`.

    `tests` tell them apart. `made` are functions (globs) whose result is of certain classes, `kept`
    those whose result is of the class of their first argument.
    """

    names: frozenset[str] = frozenset()
    tests: tuple[ClassTest, ...] = ()
    made: tuple[tuple[str, frozenset[str]], ...] = ()
    kept: tuple[str, ...] = ()

    def makes(self, function: str) -> frozenset[str]:
        """The classes that a result of `function` may be of."""
        found = self.names
        for glob, classes in self.made:
            if fnmatchcase(function, glob):
                found &= classes
        return found

    def keeps(self, function: str) -> bool:
        """Whether `function` gives a value of the class of its first argument."""
        return any(fnmatchcase(function, glob) for glob in self.kept)

    def asks(self, function: str) -> bool:
        """Whether `function` is a test."""
        return any(test.predicate == function for test in self.tests)


NO_CLASSES: Final = Classes()
"""No classes: nothing is asked of any value."""
