"""Whether a tree is as a run found it."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from analyzer.kept.places import stamp
from analyzer.kept.results import Files
from analyzer.kept.words import Words
from analyzer.source.tree import Tree

_MAKEFILE = "Makefile"


def stamped(tree: Tree, paths: Iterable[str]) -> dict[str, str]:
    """The stamps of some files of a tree."""
    root = str(tree.root)
    return {path: stamp(f"{root}/{path}") for path in paths}


def files_of_run(tree: Tree, before: Mapping[str, str], texts: Mapping[str, bytes]) -> Files:
    """The files of a tree for a run that read `texts`. `before` are stamps from before the run; a
    file that has none is stamped now, if it still says what was read.
    """
    texts = {**texts, _MAKEFILE: tree.read(_MAKEFILE)}
    digests = {path: _digest(texts[path]) for path in sorted(texts)}
    later = stamped(tree, digests.keys() - before.keys())
    kept = {path: found for path, found in later.items() if _says(tree, path, digests[path])}
    return Files({**kept, **before}, digests)


def as_before(tree: Tree, paths: Iterable[str], files: Files, words: Words) -> bool:
    """Whether a run over the tree, whose .c files are `paths`, must say what it said when these
    were its files.

    What was read must be there and the same; what was not, if it is new or another, must not hold a
    word that a run looks for. A header that is new counts as soon as a file that was read names it.
    """
    now = stamped(tree, {*paths, *files.digests})
    for path, found in now.items():
        known = files.digests.get(path)
        if found and files.stamps.get(path) == found:
            continue
        same = _is_idle(tree, path, words) if known is None else _says(tree, path, known)
        if not same:
            return False
    return True


def _is_idle(tree: Tree, path: str, words: Words) -> bool:
    try:
        return not words.concern(path, tree.read(path))
    except OSError:
        return False


def _says(tree: Tree, path: str, digest: str) -> bool:
    try:
        return _digest(tree.read(path)) == digest
    except OSError:
        return False


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def below(folder: Path) -> list[str]:
    """A folder and all that is in it, by path."""
    return sorted(map(str, (folder, *folder.rglob("*"))))
