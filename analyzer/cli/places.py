"""Files that are named on the command line, in the tree that they are of."""

from pathlib import Path

from analyzer.core import UserError
from analyzer.source import find_root


def file_in_tree(file: Path, top: Path | None) -> tuple[Path, str]:
    """The tree and the path in it. A relative path is one of the tree, or of the folder that the
    command is run in.
    """
    root = top
    if root is None:
        root = find_root(file if file.exists() else Path.cwd())
    inside = root / file
    chosen = inside if not file.is_absolute() and inside.is_file() else file
    if not chosen.is_file():
        raise UserError(f"{file}: no such file in {root}", "name a C file of the tree")
    try:
        return root, chosen.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise UserError(f"{file}: lies outside of {root}", "name a file of the tree") from None
