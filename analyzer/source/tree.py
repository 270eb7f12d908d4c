"""A kernel tree on disk: its release, its files, what they include, which mention a name."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.core import Release, UserError
from analyzer.source.words import files_of, files_with, words_in

_SKIPPED = frozenset({"tools", "scripts", "Documentation", "samples"})
_PROTOCOLS = ("mm", "include/linux", "include/asm-generic", "fs/hugetlbfs")
_MAKEFILE = re.compile(rb"^(VERSION|PATCHLEVEL)[ \t]*=[ \t]*(\d+)[ \t]*$", re.MULTILINE)
_INCLUDE = re.compile(rb'#[ \t]*include[ \t]*([<"])([^>"\n]+)')
_HINT = "name the top folder of a Linux source tree, the one with MAINTAINERS and mm/"


@dataclass(frozen=True, slots=True)
class Tree:
    """A kernel tree. Paths into it are relative to `root`, with forward slashes."""

    root: Path
    release: Release

    @property
    def is_whole(self) -> bool:
        """Whether it is a kernel as released, not some folders of one: it names its maintainers."""
        return (self.root / "MAINTAINERS").is_file()

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises OSError when it cannot be read."""
        return _bytes(self.root / path)

    def c_files(self, scopes: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The .c files under `scopes` (files or folders; none means the whole tree), sorted.

        Folders that no kernel is built from (tools, scripts, Documentation, samples) are left out
        unless a scope names them. Raises UserError for a scope that matches nothing.
        """
        found: set[str] = set()
        for scope in scopes or (".",):
            files = tuple(self._under(scope))
            if not files:
                raise UserError(
                    f"{scope}: no C file of {self.root} matches this scope",
                    "a scope is a .c file or a folder, relative to the tree, as mm or mm/memory.c",
                )
            found.update(files)
        return tuple(sorted(found))

    def mentioning(self, paths: Iterable[str], words: frozenset[str]) -> tuple[str, ...]:
        """Those of `paths` whose bytes hold one of `words` as a whole word, sorted; a word may be a
        glob with stars.

        A file that cannot be read is among them: whoever reads it next will say so.
        """
        return files_with(self.root, tuple(sorted(set(paths))), words)

    def outside(self, read: frozenset[str], words: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """For each of `words` that occurs in .c files of the tree other than `read`, those files,
        sorted.
        """
        unread = tuple(path for path in self.c_files(()) if path not in read)
        return files_of(self.root, unread, words)

    def known(self, words: frozenset[str]) -> frozenset[str]:
        """Those of `words` that occur where the protocols of memory management are defined."""
        return words_in(self.root, _PROTOCOLS, words)

    def headers_of(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The headers of the tree that `paths` include, directly or not, sorted.

        Conditions around an #include are not looked at. Architecture headers are those of x86,
        then the generic ones. Headers that a build generates are not in the tree and left out.
        """
        search = _IncludeSearch(self.root)
        return search.closure(paths)

    def _under(self, scope: str) -> Iterator[str]:
        start = os.path.normpath(self.root / scope)
        top = os.path.normpath(self.root)
        if start != top and not start.startswith(top + os.sep):
            return
        if not Path(start).is_dir() and os.path.lexists(start):
            if start.endswith(".c"):
                yield _relative(start, top)
            return
        for folder, folders, files in os.walk(start):
            folders[:] = sorted(
                name
                for name in folders
                if name != ".git" and not (folder == top and name in _SKIPPED)
            )
            for name in files:
                if name.endswith(".c"):
                    yield _relative(f"{folder}{os.sep}{name}", top)


def _bytes(file: Path) -> bytes:
    """What is in a file. Raises OSError for a pipe or a device, too: to read one is to wait."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(file))
    return file.read_bytes()


def open_tree(path: Path, release: Release | None = None) -> Tree:
    """The tree at `path`, with the release that its Makefile tells unless one is given.

    Raises UserError when there is no such folder or it is not the top of a kernel tree.
    """
    if not path.exists():
        raise UserError(f"{path}: there is no such folder", _HINT)
    if not path.is_dir():
        raise UserError(f"{path}: this is a file, not a kernel tree", _HINT)
    return Tree(path.resolve(), release or _release(path / "Makefile"))


def find_root(file: Path) -> Path:
    """The top of the kernel tree that holds `file`. Raises UserError when it lies in none."""
    start = file.resolve()
    for folder in (start, *start.parents):
        makefile = folder / "Makefile"
        if makefile.is_file() and len(_versions(makefile)) == 2:
            return folder
    raise UserError(
        f"{file}: no kernel tree found above this file",
        "no folder above it has a Makefile with VERSION and PATCHLEVEL; name the tree yourself",
    )


def _release(makefile: Path) -> Release:
    if not makefile.is_file():
        raise UserError(f"{makefile}: there is no such file, so this is not a kernel tree", _HINT)
    versions = _versions(makefile)
    for name in ("VERSION", "PATCHLEVEL"):
        if name not in versions:
            raise UserError(
                f"{makefile}: no line sets {name}, so the release is not known",
                "name a kernel tree, or give the release yourself with --kernel 6.12",
            )
    return Release(versions["VERSION"], versions["PATCHLEVEL"])


def _versions(makefile: Path) -> dict[str, int]:
    try:
        with makefile.open("rb") as stream:
            data = stream.read(65536)
    except OSError as error:
        raise UserError(
            f"{makefile}: cannot be read ({error.strerror})", "check the permissions of the tree"
        ) from error
    return {name.decode(): int(number) for name, number in _MAKEFILE.findall(data)}


def _relative(path: str, top: str) -> str:
    return path[len(top) + 1 :].replace(os.sep, "/")


class _IncludeSearch:
    """Follows #include lines from file to file; every header is looked up and read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: dict[str, str] = {}
        self._folders: dict[str, frozenset[str]] = {}

    def closure(self, paths: Iterable[str]) -> tuple[str, ...]:
        """All headers that `paths` reach, sorted."""
        pending = sorted(set(paths))
        seen = set(pending)
        headers: set[str] = set()
        while pending:
            path = pending.pop()
            for target in self._included(path):
                headers.add(target)
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return tuple(sorted(headers))

    def _included(self, path: str) -> Iterator[str]:
        try:
            data = _bytes(self._root / path)
        except OSError:
            return
        folder = path.rpartition("/")[0]
        for quote, name in _INCLUDE.findall(data):
            text = name.decode("utf-8", "replace")
            target = self._local(folder, text) if quote == b'"' else ""
            target = target or self._global(text)
            if target:
                yield target

    def _local(self, folder: str, name: str) -> str:
        path = os.path.normpath(f"{folder}/{name}") if folder else os.path.normpath(name)
        return path if self._is_file(path) else ""

    def _global(self, name: str) -> str:
        target = self._found.get(name)
        if target is None:
            target = next((path for path in _candidates(name) if self._is_file(path)), "")
            self._found[name] = target
        return target

    def _is_file(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        names = self._folders.get(folder)
        if names is None:
            try:
                names = frozenset(entry.name for entry in (self._root / folder).iterdir())
            except OSError:
                names = frozenset()
            self._folders[folder] = names
        return name in names


def _candidates(name: str) -> Iterator[str]:
    """Where a header named in angle brackets may lie, the most likely place first."""
    path = os.path.normpath(name)
    if path.startswith(("..", "/")):
        return
    if path.startswith("asm/"):
        yield f"arch/x86/include/{path}"
        yield f"arch/x86/include/uapi/{path}"
        yield f"include/asm-generic/{path[4:]}"
        yield f"include/uapi/asm-generic/{path[4:]}"
    yield f"include/{path}"
    yield f"include/uapi/{path}"
    yield path
