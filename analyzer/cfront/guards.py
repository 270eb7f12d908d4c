"""Scope-released classes of include/linux/cleanup.h: their definitions, and functions that say what they do."""

import re

from analyzer.cfront.classify import split_arguments
from analyzer.ir import Guard

_DEFINE = re.compile(rb"\bDEFINE_((?:LOCK_)?GUARD(?:_[01])?(?:_COND)?|CLASS|FREE)\s*(?=\()")


def scan_guards(data: bytes) -> tuple[Guard, ...]:
    """The guards that a file defines, in order."""
    if b"DEFINE_" not in data:
        return ()
    found = []
    for match in _DEFINE.finditer(data):
        text = data[match.end() : match.end() + 2000].decode("latin-1")
        arguments = split_arguments(" ".join(text.replace("\\\n", " ").split()), 0)
        guard = _guard(match[1].decode(), arguments)
        if guard is not None:
            found.append(guard)
    return tuple(found)


def _guard(macro: str, arguments: tuple[str, ...]) -> Guard | None:
    return None
