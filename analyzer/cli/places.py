"""Files that are named on the command line, in the tree that they are of."""

import re
from pathlib import Path

import click

from analyzer.core import UserError
from analyzer.source import find_root

TOP = click.option(
    "--tree",
    "top",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The kernel tree, if it is not the one around FILE.",
)
_PLACE = re.compile(r"(.+):(\d+)")


def line_in_tree(place: str, top: Path | None) -> tuple[Path, str, int] | None:
    """The tree, the path in it and the line of FILE:LINE; None for another form. Raises UserError
    for a file that is not there.
    """
    found = _PLACE.fullmatch(place)
    if found is None or not int(found[2]):
        return None
    return *file_in_tree(Path(found[1]), top), int(found[2])


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
