"""The values of C literals."""

import re

_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39}
_OCTAL = re.compile(r"0[0-7]+")


def integer(text: str) -> int | None:
    """The value of an integer constant; None for what is not one."""
    digits = text.rstrip("uUlLzZ").replace("'", "")
    try:
        if _OCTAL.fullmatch(digits):
            return int(digits, 8)
        return int(digits, 0) if len(digits) < 100 else None
    except ValueError:
        return None


def character(text: str) -> int:
    """The value of a character constant, 0 for what cannot be read as one."""
    inner = text[text.find("'") + 1 : -1]
    if inner.startswith("\\") and len(inner) > 1:
        if inner[1] == "x":
            return _based(inner[2:], 16)
        if inner[1] in "01234567":
            return _based(inner[1:], 8)
        return _ESCAPES.get(inner[1], ord(inner[1]))
    return ord(inner[0]) if inner else 0


def string(text: str) -> str:
    """The inside of a string literal, as the source spells it."""
    start = text.find('"')
    inner = text[start + 1 : -1] if start >= 0 and text.endswith('"') and len(text) > 1 else text
    return inner.encode("latin-1", "replace").decode("utf-8", "replace")


def _based(digits: str, base: int) -> int:
    try:
        return int(digits, base)
    except ValueError:
        return 0
