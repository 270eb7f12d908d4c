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
class Bit:
    """A bit of such a value: `name` is the class of the values that have it, `clear` of those that
    have it not.

    `sets` and `clears` are functions (globs) whose result has it, or not; `kept` those whose result
    has it if their first argument has.
    """

    name: str
    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def clear(self) -> str:
        """The class of the values that do not have it."""
        return f"no_{self.name}"

    @property
    def both(self) -> frozenset[str]:
        """The two classes, of which each value is of one."""
        return frozenset((self.name, self.clear))


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one sort of value, each value being of exactly one of them.

    `tests` tell them apart. `made` are functions (globs) whose result is of certain classes, `kept`
    those whose result is of the class of their first argument. Each bit is two classes more, of
    which a value is of one whatever else it is: `names` are all, and the sets of `tests` and `made`
    hold both where nothing is said of the bit.
    """

    names: frozenset[str] = frozenset()
    tests: tuple[ClassTest, ...] = ()
    made: tuple[tuple[str, frozenset[str]], ...] = ()
    kept: tuple[str, ...] = ()
    bits: tuple[Bit, ...] = ()

    def sort(self, names: tuple[str, ...]) -> frozenset[str]:
        """The classes that exclude each other and those in `names`."""
        found: frozenset[str] = frozenset()
        rest = self.names
        for bit in self.bits:
            rest -= bit.both
            if bit.both & set(names):
                found |= bit.both
        return found | rest if rest & set(names) else found

    def makes(self, function: str) -> frozenset[str]:
        """The classes that a result of `function` may be of."""
        found = self.names
        for glob, classes in self.made:
            if fnmatchcase(function, glob):
                found &= classes
        for bit in self.bits:
            if _is_one(function, bit.sets):
                found -= {bit.clear}
            elif _is_one(function, bit.clears):
                found -= {bit.name}
        return found

    def keeps(self, function: str) -> frozenset[str]:
        """The classes that a result of `function` has in common with its first argument."""
        found: frozenset[str] = frozenset()
        if _is_one(function, self.kept):
            found = self.names.difference(*(bit.both for bit in self.bits))
        for bit in self.bits:
            if _is_one(function, bit.kept) and not _is_one(function, (*bit.sets, *bit.clears)):
                found |= bit.both
        return found

    def asks(self, function: str) -> bool:
        """Whether `function` is a test."""
        return any(test.predicate == function for test in self.tests)


def _is_one(function: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(function, glob) for glob in globs)


NO_CLASSES: Final = Classes()
"""No classes: nothing is asked of any value."""
