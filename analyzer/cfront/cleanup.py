"""Finds the definitions of scope-released classes: DEFINE_GUARD, DEFINE_CLASS, DEFINE_FREE."""

import re

from analyzer.cfront.classify import split_arguments
from analyzer.cfront.lexical import lex
from analyzer.ir import Guard

_DEFINE = re.compile(rb"\bDEFINE_((?:LOCK_)?GUARD(?:_[01])?(?:_COND)?|CLASS|FREE)\s*(?=\()")
_MEMBER = re.compile(r"_T->(\w+)")
_BRACKET = re.compile(r"[()]")
_LONGEST = 2000


def scan_guards(data: bytes) -> tuple[Guard, ...]:
    """The guards that a file defines, in order; a conditional one releases as its base does."""
    if b"DEFINE_" not in data:
        return ()
    found: dict[str, Guard] = {}
    for match in _DEFINE.finditer(data):
        line = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        if line.strip():
            continue
        text = lex(data[match.end() : match.end() + _LONGEST]).text.decode("latin-1")
        arguments = split_arguments(" ".join(text.split()), 0)
        guard = _guard(match[1].decode(), arguments, found)
        if guard is not None and not guard.name.startswith("_"):
            end = match.end() + _closing(text)
            found[guard.name] = guard._replace(start=match.start(), end=end)
    return tuple(found.values())


def _closing(text: str) -> int:
    """One past the bracket that closes the one `text` begins with."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return match.end()
    return len(text)


def _guard(macro: str, arguments: tuple[str, ...], known: dict[str, Guard]) -> Guard | None:
    """The guard that one use of a macro defines; None if its arguments do not fit."""
    count = len(arguments)
    if macro.endswith("_COND"):
        return _conditional(arguments, known)
    if macro == "GUARD" and count >= 4:
        name, kind, acquire, release = arguments[:4]
        return Guard(name, kind, acquire, release)
    if macro == "LOCK_GUARD_1" and count >= 4:
        name, kind, acquire, release = arguments[:4]
        return Guard(name, f"{kind} *", _plain(acquire), _plain(release))
    if macro == "LOCK_GUARD_0" and count >= 3:
        name, acquire, release = arguments[:3]
        return Guard(name, "", _plain(acquire), _plain(release))
    if macro == "CLASS" and count >= 5:
        name, kind, release, acquire = arguments[:4]
        return Guard(name, kind, acquire, release, ", ".join(arguments[4:]))
    if macro == "FREE" and count >= 3:
        name, kind, release = arguments[:3]
        return Guard(name, kind, "", release)
    return None


def _conditional(arguments: tuple[str, ...], known: dict[str, Guard]) -> Guard | None:
    if len(arguments) < 3:
        return None
    name, extension, lock = arguments[:3]
    base = known.get(name, Guard(name, "void *", "", ""))
    condition = _plain(lock)
    if len(arguments) > 3:
        condition = arguments[3].replace("_RET", f"({condition})")
    return Guard(name + extension, base.type, f"{condition} ? _T : NULL", base.release)


def _plain(text: str) -> str:
    """An expression over the guard's object, with its other members as names of their own."""
    return _MEMBER.sub(lambda match: "_T" if match[1] == "lock" else f"_T_{match[1]}", text)
