"""Writes a result file whole or not at all."""

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from analyzer.core import UserError

_MODE = 0o666


def write_atomically(path: Path, data: bytes) -> None:
    """Replaces `path` by `data` in one step.

    Raises UserError, naming the path, when it cannot be written; then nothing is left behind. What
    is not a regular file, as /dev/stdout or a pipe, is written to directly.
    """
    try:
        check_writable(path)
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise _refused(path, error) from error


def check_writable(path: Path) -> None:
    """Raises UserError, as `write_atomically` would, if it can be told that `path` cannot be
    written; to be asked before work that takes long.
    """
    try:
        if path.is_dir():
            raise UserError(f"{path}: cannot be written: it is a folder", "give the name of a file")
        if not path.exists() and not path.resolve().parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        place = path if path.exists() and not path.is_file() else path.resolve().parent
        if not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> UserError:
    reason = (error.strerror or str(error)).lower()
    hint = "give a file in a folder that exists and that you may write to"
    return UserError(f"{path}: cannot be written: {reason}", hint)


def _replace(path: Path, data: bytes) -> None:
    """Writes a file beside `path`, then renames it, so that no reader ever meets half of it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_of(path))
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode_of(path: Path) -> int:
    """The mode of the file that is replaced, or the mode of a new file under the process's mask."""
    if path.exists():
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return _MODE & ~mask
