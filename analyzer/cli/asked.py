"""What a build asks about a file."""

import os
from dataclasses import dataclass
from pathlib import Path

from analyzer.kept.places import kept_file
from analyzer.source import Tree


@dataclass(frozen=True, slots=True)
class Asked:
    """One file of a tree, by its path there, and which rules are applied to it. `files` are the .c
    files of the tree from which a kernel is built.
    """

    tree: Tree
    files: frozenset[str]
    path: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    rules: tuple[Path, ...]
    jobs: int
    config: Path | None
    baseline: Path | None

    @property
    def kept(self) -> str:
        """The path of what is kept for this tree and these rules."""
        named = (self.config, self.baseline, *self.rules)
        paths = [os.path.abspath(each) if each else "" for each in named]  # noqa: PTH100
        about = (*self.select, "", *self.ignore, "", *paths)
        return kept_file("results", str(self.tree.root), *about)
