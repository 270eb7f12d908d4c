"""Where kept things are, and whether files are as they were."""

import os
from collections.abc import Iterable, Mapping
from zlib import crc32

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def kept_file(*about: str) -> str:
    """The path of what is kept about something, for this installation of zaplint."""
    name = "\0".join((_PACKAGE, *about)).encode("utf-8", "surrogateescape")
    return f"{cache_folder()}/kbuild/{about[0]}-{crc32(name):08x}.json"


def cache_folder() -> str:
    """The folder of all that may be thrown away at any time."""
    home = os.path.expanduser("~")
    base = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    return os.environ.get("ZAPLINT_CACHE") or f"{base}/zaplint"


def installation() -> str:
    """The folder of this installation of zaplint."""
    return _PACKAGE


def stamp(path: str) -> str:
    """What changes with a file: its time and size; empty if it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{found.st_mtime_ns}:{found.st_size}"


def stamps(paths: Iterable[str]) -> dict[str, str]:
    """The stamp of each path."""
    return {path: stamp(path) for path in paths}


def unchanged(before: Mapping[str, str]) -> bool:
    """Whether every stamp is what it was."""
    return all(stamp(path) == known for path, known in before.items())
