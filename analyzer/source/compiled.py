"""Which files of a tree a build compiles, as its compile_commands.json says."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from analyzer.core import UserError
from analyzer.source.tree import Tree

NAME: Final = "compile_commands.json"

_MAKE: Final = f"`make {NAME}` writes it after a build; name it, or the folder that it is in"
_AGAIN: Final = f"let `make {NAME}` write it again, after a build"
_INCLUDED: Final = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+\.c)"', re.MULTILINE)


def compiled_files(tree: Tree, file: Path) -> frozenset[str]:
    """The .c files of a tree that a compilation database names, and those that these include.
    `file` is the database, or a folder with one. What it names elsewhere, as what a build
    generates, is passed over.

    Limit: a .c file that a header includes is not seen. Raises UserError for a file that is no
    database, or that names no file of the tree.
    """
    path = file / NAME if file.is_dir() else file
    named = tuple(dict.fromkeys(_named(path)))
    places = _Places(tree.root)
    inside = [place for each in named if (place := places.within(each)) is not None]
    if not any(_is_there(tree, place) for place in inside):
        raise _elsewhere(tree, path, named, bool(inside))
    return frozenset(_with_included(tree, inside))


def _named(path: Path) -> Iterator[str]:
    """The absolute paths of the .c files that a database names."""
    try:
        entries = json.loads(path.read_bytes())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{path}: cannot be read: {reason}", _MAKE) from error
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: not JSON: {error.msg}", _AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not JSON in UTF-8", _AGAIN) from error
    if not isinstance(entries, list):
        raise UserError(f"{path}: not a list of what was compiled", _AGAIN)
    top = os.path.abspath(path.parent)  # noqa: PTH100 # Links are looked through later.
    for number, entry in enumerate(entries, 1):
        name = _text(path, number, entry, "file")
        if not name:
            raise UserError(f"{path}: entry {number} names no 'file'", _AGAIN)
        folder = _text(path, number, entry, "directory")
        if name.endswith(".c"):
            yield os.path.normpath(os.path.join(top, folder, name))  # noqa: PTH118


def _text(path: Path, number: int, entry: object, key: str) -> str:
    """A value of an entry, empty if it is not there."""
    if not isinstance(entry, dict):
        raise UserError(f"{path}: entry {number} is no object with a 'file'", _AGAIN)
    value = entry.get(key, "")
    if not isinstance(value, str) or "\0" in value:
        raise UserError(f"{path}: entry {number}: '{key}' is no path", _AGAIN)
    return value


class _Places:
    """Finds the paths of files in a tree, whatever links lead there."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.resolve())
        self._folders: dict[str, str] = {}

    def within(self, path: str) -> str | None:
        """The path in the tree; None for a file elsewhere."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            try:
                self._folders[folder] = os.path.realpath(folder)
            except ValueError:  # No file can be called so.
                self._folders[folder] = ""
        real = self._folders[folder]
        if real == self._root:
            return name
        top = f"{self._root}/"
        return f"{real.removeprefix(top)}/{name}" if real.startswith(top) else None


def _is_there(tree: Tree, path: str) -> bool:
    if path in tree.overlay:
        return path in tree.overlay.texts
    return (tree.root / path).is_file()


def _with_included(tree: Tree, files: Iterable[str]) -> set[str]:
    """The files, and the .c files that they include, directly or not."""
    found: set[str] = set()
    pending = list(files)
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.add(path)
        try:
            data = tree.read(path)
        except OSError:  # It is gone, or only staged.
            continue
        if b'.c"' not in data:
            continue
        folder = path.rpartition("/")[0]
        for name in _INCLUDED.findall(data):
            target = os.path.normpath(f"{folder}/{name.decode('utf-8', 'replace')}").lstrip("/")
            if _is_there(tree, target):
                pending.append(target)
    return found


def _elsewhere(tree: Tree, path: Path, named: tuple[str, ...], inside: bool) -> UserError:
    """What is wrong with a database that names no file of the tree."""
    if not named:
        return UserError(f"{path}: names no .c file", _AGAIN)
    if inside:
        told = f"names .c files of {tree.root}, but none that is there"
        return UserError(f"{path}: {told}", _AGAIN)
    more = f" and {len(named) - 1:,} more .c files" if len(named) > 1 else ""
    first = named[0].encode("utf-8", "backslashreplace").decode()
    told = f"names {first}{more}, but none in {tree.root}"
    return UserError(f"{path}: {told}", "name that of a build of this tree, made where it is now")
