"""Of which configurations a kernel's makefiles build a file, as far as they say it plainly."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from analyzer.source.tree import Tree

_ASSIGNED: Final = re.compile(
    r"\s*(?P<name>[\w.+-]*?)(?:-(?:y|m|objs|\$\((?P<symbol>CONFIG_\w+)\)))?"
    r"\s*[:+?]{0,2}=(?P<value>.*)"
)
_COMMENT: Final = re.compile(r"(?<!\\)#.*")
_DEEP: Final = 4
"""An object of an object of an object is as deep as it gets."""


_Symbols: TypeAlias = tuple[str, ...]
"""What must be set, all of it: symbols, or alternatives in parentheses."""


class _Line(NamedTuple):
    """A line of a makefile: to what it adds, if which symbols are set, and what."""

    name: str
    symbols: _Symbols
    value: str


class Makefiles:
    """The makefiles of a tree, each read once.

    Limit: what a makefile builds from a folder that is not below it is not seen.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._lines: dict[str, tuple[_Line, ...]] = {}

    def condition(self, path: str) -> str:
        """The presence condition of a .c file: which symbols must be set for it to be built at all.
        Empty where it is always built, or where that is not said in lines as `obj-$(CONFIG_X) +=`.
        """
        targets = [f"{path.removesuffix('.c')}.o"]
        while folder := targets[-1].rstrip("/").rpartition("/")[0]:
            targets.append(f"{folder}/")
        return " && ".join(_all(self._of(each, _DEEP) for each in reversed(targets)))

    def _of(self, target: str, depth: int) -> _Symbols:
        """The condition of an object, or of a folder with its slash: that of any line that names
        it will do.
        """
        found = tuple(dict.fromkeys(self._named(target, depth)))
        if not found or () in found:
            return ()
        one = " || ".join(" && ".join(each) for each in found)
        return found[0] if len(found) == 1 else (f"({one})",)

    def _named(self, target: str, depth: int) -> Iterator[_Symbols]:
        """The condition of each line that names a target, in the folders above it."""
        folder = target.rstrip("/")
        while folder:
            folder = folder.rpartition("/")[0]
            name = target[len(folder) + 1 :] if folder else target
            word = re.compile(rf"(?<![\w./-]){re.escape(name)}(?![\w.-])")
            for line in self._read(folder):
                if word.search(line.value):
                    yield self._through(folder, line, depth)

    def _through(self, folder: str, line: _Line, depth: int) -> _Symbols:
        """The condition of a line, with that of the object which what it adds to is linked into."""
        whole = f"{folder}/{line.name}.o".lstrip("/")
        around = self._of(whole, depth - 1) if line.name and depth else ()
        return _all((around, line.symbols))

    def _read(self, folder: str) -> tuple[_Line, ...]:
        if folder not in self._lines:
            self._lines[folder] = tuple(_lines(self._text(folder)))
        return self._lines[folder]

    def _text(self, folder: str) -> str:
        for name in ("Kbuild", "Makefile"):
            try:
                return self._tree.read(f"{folder}/{name}".lstrip("/")).decode("latin-1")
            except OSError:
                continue
        return ""


def _lines(text: str) -> Iterator[_Line]:
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        bare = _COMMENT.sub("", line)
        found = _ASSIGNED.fullmatch(bare)
        if found is None:
            yield _Line("", (), bare)
        else:
            symbols = (found["symbol"],) if found["symbol"] else ()
            yield _Line(found["name"], symbols, found["value"])


def _all(conditions: Iterable[_Symbols]) -> _Symbols:
    return tuple(dict.fromkeys(each for condition in conditions for each in condition))


def conditions_of(tree: Tree, paths: Iterable[str]) -> dict[str, str]:
    """The presence conditions of those .c files that have one."""
    makefiles = Makefiles(tree)
    found = {path: makefiles.condition(path) for path in sorted(set(paths)) if path.endswith(".c")}
    return {path: condition for path, condition in found.items() if condition}
