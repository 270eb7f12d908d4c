"""A kernel tree on disk: its release, its files, what they include, which mention a name."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.core import Release, UserError
from analyzer.source.overlay import NOTHING_OVER, Overlay
from analyzer.source.words import files_of, files_with, words_in

SKIPPED = frozenset({"tools", "scripts", "Documentation", "samples"})
"""Folders at the top that no kernel is built from."""

_PROTOCOLS = ("mm", "include/linux", "include/asm-generic", "fs/hugetlbfs")
_MAKEFILE = re.compile(rb"^(VERSION|PATCHLEVEL)[ \t]*=[ \t]*(\d+)[ \t]*$", re.MULTILINE)
_INCLUDE = re.compile(rb'#[ \t]*include[ \t]*([<"])([^>"\n]+)')
_HINT = "name the top folder of a Linux source tree, the one with MAINTAINERS and mm/"


@dataclass(frozen=True, slots=True)
class Tree:
    """A kernel tree. Paths into it are relative to `root`, with forward slashes. `overlay` are
    texts that are other than on disk.
    """

    root: Path
    release: Release
    overlay: Overlay = field(default=NOTHING_OVER, compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether it is a kernel as released, not some folders of one: it names its maintainers."""
        return (self.root / "MAINTAINERS").is_file()

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises OSError when it cannot be read."""
        text = self.overlay.texts.get(path)
        if text is not None:
            return text
        if path in self.overlay.gone:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return _bytes(self.root / path)

    def stamp(self, path: str) -> tuple[int, int]:
        """What tells whether a file on disk was written since: its time and size, zeros if it is
        not there.
        """
        try:
            found = (self.root / path).stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def has(self, path: str) -> bool:
        """Whether a file or folder is called so; the empty path is the tree."""
        within = f"{path.rstrip('/')}/"
        above = self.overlay.texts
        if not path or path in above or any(each.startswith(within) for each in above):
            return True
        gone = [each for each in self.overlay.gone if each.startswith(within)]
        if not gone:
            return path not in self.overlay.gone and (self.root / path).exists()
        files = (each for each in (self.root / path).rglob("*") if each.is_file())
        return any(each.relative_to(self.root).as_posix() not in gone for each in files)

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

    def sources(self, scopes: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The .c files and the headers under `scopes`, in the folders that `c_files` looks into."""
        places = scopes or (".",)
        return tuple(sorted({path for each in places for path in self._under(each, (".c", ".h"))}))

    def mentioning(self, paths: Iterable[str], words: frozenset[str]) -> tuple[str, ...]:
        """Those of `paths` whose bytes hold one of `words` as a whole word, sorted; a word may be a
        glob with stars.

        A file that cannot be read is among them: whoever reads it next will say so.
        """
        wanted = tuple(sorted(set(paths)))
        if not self.overlay:
            return files_with(self.root, wanted, words)
        below = tuple(path for path in wanted if path not in self.overlay)
        above = self.overlay.mentioning(wanted, words)
        return tuple(sorted({*files_with(self.root, below, words), *above}))

    def outside(self, read: frozenset[str], words: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """For each of `words` that occurs in .c files of the tree other than `read`, those files,
        sorted.
        """
        unread = tuple(path for path in self.c_files(()) if path not in read)
        return self._files_of(unread, words)

    def _files_of(
        self, paths: tuple[str, ...], words: frozenset[str]
    ) -> dict[str, tuple[str, ...]]:
        """For each of `words` that occurs in some of the files, those files, sorted."""
        if not self.overlay:
            return files_of(self.root, paths, words)
        found = files_of(self.root, tuple(p for p in paths if p not in self.overlay), words)
        for path in paths:
            for word in self.overlay.words_of(path, words):
                found[word] = tuple(sorted((*found.get(word, ()), path)))
        return {word: found[word] for word in sorted(found)}

    def known(self, words: frozenset[str]) -> frozenset[str]:
        """Those of `words` that occur where the protocols of memory management are defined."""
        if not self.overlay:
            return words_in(self.root, _PROTOCOLS, words)
        folders = [folder for folder in _PROTOCOLS if (self.root / folder).is_dir()]
        places = {path for folder in folders for path in self._walk(folder, (".c", ".h"))}
        within = tuple(f"{folder}/" for folder in _PROTOCOLS)
        places |= {path for path in self.overlay.texts if path.startswith(within)}
        return frozenset(self._files_of(tuple(sorted(places)), words))

    def headers_of(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The headers of the tree that `paths` include, directly or not, sorted.

        Conditions around an #include are not looked at. Architecture headers are those of x86,
        then the generic ones. Headers that a build generates are not in the tree and left out.
        """
        return _IncludeSearch(self).closure(paths)

    def names_in(self, folder: str) -> frozenset[str]:
        """The names of what lies in a folder."""
        try:
            names = {entry.name for entry in (self.root / folder).iterdir()}
        except OSError:
            names = set()
        for path in self.overlay.texts if self.overlay else ():
            if path.rpartition("/")[0] == folder:
                names.add(path.rpartition("/")[2])
        prefix = f"{folder}/" if folder else ""
        return frozenset(name for name in names if prefix + name not in self.overlay.gone)

    def _under(self, scope: str, endings: tuple[str, ...] = (".c",)) -> Iterator[str]:
        for path in self._walk(scope, endings):
            if path not in self.overlay:
                yield path
        name = os.path.normpath(scope).replace(os.sep, "/")
        for path in self.overlay.texts:
            whole = name == "." and path.partition("/")[0] not in SKIPPED
            if path.endswith(endings) and (whole or path == name or path.startswith(f"{name}/")):
                yield path

    def _walk(self, scope: str, endings: tuple[str, ...]) -> Iterator[str]:
        """The files on disk under a scope, by the ends of their names."""
        start = os.path.normpath(self.root / scope)
        top = os.path.normpath(self.root)
        if start != top and not start.startswith(top + os.sep):
            return
        if not Path(start).is_dir() and os.path.lexists(start):
            if start.endswith(endings):
                yield _relative(start, top)
            return
        for folder, folders, files in os.walk(start):
            folders[:] = sorted(
                name
                for name in folders
                if name != ".git" and not (folder == top and name in SKIPPED)
            )
            for name in files:
                if name.endswith(endings):
                    yield _relative(f"{folder}{os.sep}{name}", top)


def _bytes(file: Path) -> bytes:
    """What is in a file. Raises OSError for a pipe or a device, too: to read one is to wait."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(file))
    return file.read_bytes()


def open_tree(path: Path, release: Release | None = None, overlay: Overlay = NOTHING_OVER) -> Tree:
    """The tree at `path`, with the release that its Makefile tells unless one is given.

    Raises UserError when there is no such folder or it is not the top of a kernel tree.
    """
    if not path.exists():
        raise UserError(f"{path}: there is no such folder", _HINT)
    if not path.is_dir():
        raise UserError(f"{path}: this is a file, not a kernel tree", _HINT)
    text = overlay.texts.get("Makefile")
    return Tree(path.resolve(), release or _release(path / "Makefile", text), overlay)


def find_root(file: Path) -> Path:
    """The top of the kernel tree that holds `file`. Raises UserError when it lies in none."""
    start = file.resolve()
    for folder in (start, *start.parents):
        makefile = folder / "Makefile"
        if makefile.is_file() and len(_versions(makefile)) == 2:
            return folder
    raise UserError(
        f"{file}: no kernel tree found above this file",
        "go into a tree, whose top has a Makefile with VERSION and PATCHLEVEL, or use --tree",
    )


def _release(makefile: Path, text: bytes | None = None) -> Release:
    if text is None and not makefile.is_file():
        raise UserError(f"{makefile}: there is no such file, so this is not a kernel tree", _HINT)
    versions = _versions(makefile) if text is None else _numbers(text)
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
    return _numbers(data)


def _numbers(makefile: bytes) -> dict[str, int]:
    return {name.decode(): int(number) for name, number in _MAKEFILE.findall(makefile)}


def _relative(path: str, top: str) -> str:
    return path[len(top) + 1 :].replace(os.sep, "/")


class _IncludeSearch:
    """Follows #include lines from file to file; every header is looked up and read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
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
            data = self._tree.read(path)
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
            names = self._folders[folder] = self._tree.names_in(folder)
        return name in names


def header_places(texts: Mapping[str, bytes]) -> frozenset[str]:
    """All places where a header is looked for that one of some files includes."""
    found = set()
    for path, text in texts.items():
        folder = path.rpartition("/")[0]
        for quote, name in _INCLUDE.findall(text):
            header = name.decode("utf-8", "replace")
            if quote == b'"':
                found.add(os.path.normpath(f"{folder}/{header}" if folder else header))
            found.update(_candidates(header))
    return frozenset(found)


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
