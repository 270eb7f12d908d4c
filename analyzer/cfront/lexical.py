"""The first pass over the bytes of a file: comments and strings, without changing any offset."""

import re
from typing import NamedTuple

BLANK = bytes(byte if byte in b"\n\r" else 0x20 for byte in range(256))
"""Translates any text to white space of the same shape."""

_CLEAN = bytes(0x20 if byte == 0 else 0x5F if byte >= 0x80 else byte for byte in range(256))
_TOKEN = re.compile(
    rb"/\*.*?(?:\*/|\Z)|//(?:[^\\\n]|\\.)*"
    rb'|"(?:[^"\\\n]|\\.)*"'
    rb"|'(?:[^'\\\n]|\\.){1,10}'",
    re.DOTALL,
)
_BRACKETS = bytes(byte for byte in range(256) if byte not in b"()[]{}")
_DEEP = 200
_UNBALANCED = 2000


class Lexed(NamedTuple):
    """A file without comments, as long as the file: strings are blank, characters are zeros.

    `comments` are the places of the comments, in order.
    """

    text: bytes
    comments: tuple[tuple[int, int], ...]


def lex(data: bytes) -> Lexed:
    """Blanks comments, the inside of strings, NUL and bytes beyond ASCII."""
    comments: list[tuple[int, int]] = []

    def blank(match: re.Match[bytes]) -> bytes:
        token = match[0]
        if token[0] == 0x2F:
            comments.append(match.span())
            return token.translate(BLANK)
        fill = b" " if token[0] == 0x22 else b"0"
        return token[:1] + fill * (len(token) - 2) + token[-1:]

    text = _TOKEN.sub(blank, data)
    if not text.isascii() or b"\0" in text:
        text = text.translate(_CLEAN)
    return Lexed(text, tuple(comments))


def nesting(text: bytes) -> int:
    """How deep brackets nest in `text`, up to a bound; many that do not match count as deep."""
    brackets = text.translate(None, _BRACKETS)
    depth = 0
    while brackets and depth < _DEEP:
        rest = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(rest) == len(brackets):
            return depth if len(rest) < _UNBALANCED else _DEEP
        brackets = rest
        depth += 1
    return depth


def closing(text: bytes, opening: int) -> int:
    """The offset of the bracket that closes the one at `opening`; -1 if none does."""
    depth = 0
    for match in _PARENTHESIS.finditer(text, opening):
        depth += 1 if match[0] == b"(" else -1
        if not depth:
            return match.start()
    return -1


_PARENTHESIS = re.compile(rb"[()]")


def spaces(text: bytes) -> bytes:
    """White space of the shape of `text`: newlines stay."""
    return text.translate(BLANK)


def bodies(text: bytes) -> list[tuple[int, int]]:
    """The places from a brace at the beginning of a line to the next closing one there."""
    found: list[tuple[int, int]] = []
    start = 0 if text.startswith(b"{") else text.find(b"\n{") + 1
    while start > 0 or (start == 0 and text.startswith(b"{") and not found):
        end = text.find(b"\n}", start)
        if end < 0:
            break
        found.append((start, end + 2))
        start = text.find(b"\n{", end) + 1
    return found


def commas(text: bytes, opening: int, close: int) -> list[int]:
    """The offsets of the commas that part the arguments of a call."""
    found = []
    depth = 0
    for position in range(opening + 1, close):
        byte = text[position]
        if byte in b"([{":
            depth += 1
        elif byte in b")]}":
            depth -= 1
        elif byte == 0x2C and not depth:
            found.append(position)
    return found
