"""A kernel tree with some files replaced, made of links to the rest of it."""

from collections.abc import Mapping
from pathlib import Path

SCOPES = (
    "mm",
    "fs/hugetlbfs",
    "fs/userfaultfd.c",
    "fs/proc",
    "fs/dax.c",
    "kernel/fork.c",
    "kernel/events",
)
"""The parts that the backtests look at."""


def overlay(tree: Path, folder: Path, replaced: Mapping[str, bytes]) -> Path:
    """A tree in `folder` that is `tree` but for the files replaced; `tree` is not written to."""
    _link(tree, folder)
    for path, data in replaced.items():
        *folders, name = path.split("/")
        here, there = folder, tree
        for part in folders:
            here, there = here / part, there / part
            if here.is_symlink():
                here.unlink()
                here.mkdir()
                _link(there, here)
        (here / name).unlink()
        (here / name).write_bytes(data)
    return folder


def _link(source: Path, folder: Path) -> None:
    for entry in source.iterdir():
        (folder / entry.name).symlink_to(entry.resolve())
