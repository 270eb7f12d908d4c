"""Files that options name: how they are read, and how reports call them."""

from os.path import relpath
from pathlib import Path

from analyzer.core import UserError


def text_of(path: Path, errors: str = "strict") -> str:
    """The text of a file; `errors` says what becomes of what is not UTF-8. Raises UserError for a
    file that cannot be read.
    """
    try:
        return decoded(path.read_bytes(), str(path), errors)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{path}: cannot be read: {reason}", "name a file that exists") from error


def decoded(data: bytes, place: str, errors: str = "strict") -> str:
    """The text that some bytes are, its lines ended alike; `place` is how an error calls them.
    Raises UserError for what is not UTF-8.
    """
    try:
        return data.decode("utf-8", errors).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{place}: not UTF-8, from byte {error.start} on", "save the file as UTF-8"
        ) from error


def path_in(root: Path, file: Path) -> str | None:
    """The path of a file in a tree, None for one that is elsewhere; a link in the tree is a file of
    it.
    """
    place, top = file.parent.resolve() / file.name, root.resolve()
    return place.relative_to(top).as_posix() if place.is_relative_to(top) else None


def name_of(root: Path, path: Path) -> str:
    """How reports call a file: by its path in the tree or, elsewhere, by its own name, so that no
    report tells of the machine.
    """
    near = Path(relpath(path.resolve(), root.resolve()))
    return path.name if ".." in near.parts else near.as_posix()
