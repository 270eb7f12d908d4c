"""A kernel tree with one file replaced, made of links to the rest of it."""

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


def overlay(tree: Path, folder: Path, path: str, data: bytes) -> Path:
    """A tree in `folder` that is `tree` but for one file. Nothing in `tree` is written to."""
    *folders, name = path.split("/")
    for part in ("", *folders):
        tree, folder = tree / part, folder / part
        if folder.is_symlink():
            folder.unlink()
        folder.mkdir(exist_ok=True)
        for entry in tree.iterdir():
            (folder / entry.name).symlink_to(entry.resolve())
    (folder / name).unlink()
    (folder / name).write_bytes(data)
    return folder if not folders else folder.parents[len(folders) - 1]
