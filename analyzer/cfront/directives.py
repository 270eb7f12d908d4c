"""Comments that speak to zaplint, each with the statement that it stands above."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from analyzer.cfront.lexical import lex
from analyzer.core import Directive, Flaw

_NAMES = (b"aplint", b"APLINT")
_SPOKEN = re.compile(r"zaplint(?:\s*:|[ \t-]+allow\b)", re.IGNORECASE)
_INSIDE = re.compile(r"zaplint\s*:\s*allow\b")
_STOP = re.compile(rb"[;(){}\[\]]")
_SPACE = b" \t\r\n\f\v"
_OPENED_BY = {b")": b"(", b"]": b"[", b"}": b"{"}
_LONGEST = 1 << 16
"""Bytes of a statement that are looked through for its end."""


def directives_in(texts: Mapping[str, bytes]) -> tuple[Directive, ...]:
    """The comments in some files, by path, that speak to zaplint; in order."""
    named = (path for path in sorted(texts) if any(name in texts[path] for name in _NAMES))
    return tuple(each for path in named for each in _in_file(path, texts[path]))


def speaks(comment: bytes) -> bool:
    """Whether a comment is for zaplint, not for a reader: it begins with the name and a colon, or
    with what was meant for that.
    """
    if not any(name in comment for name in _NAMES):
        return False
    return bool(_SPOKEN.match(_said(comment)))


def _said(comment: bytes) -> str:
    """What a comment says, without decoration, white space folded."""
    return " ".join(" ".join(_lines(comment)).split())


def _lines(comment: bytes) -> list[str]:
    return [_undecorated(line) for line in comment.decode("utf-8", "replace").split("\n")]


def _undecorated(line: str) -> str:
    """A line of a comment without what begins and ends comments."""
    line = line.strip()
    if line.endswith("*/"):
        line = line[:-2].rstrip("*")
    if line.startswith(("/*", "//")):
        line = line[2:].lstrip("*/")
    return line.lstrip("*").strip()


class _File(NamedTuple):
    """A file with comments and strings blanked, and the places of its comments."""

    data: bytes
    text: bytes
    comments: tuple[tuple[int, int], ...]

    def line(self, offset: int) -> int:
        """The 1-based line of a byte."""
        return self.data.count(b"\n", 0, offset) + 1

    def end_of_line(self, offset: int) -> int:
        """The offset of the newline that ends the line of a byte, or of the end of the file."""
        found = self.data.find(b"\n", offset)
        return len(self.data) if found < 0 else found


def _in_file(path: str, data: bytes) -> Iterator[Directive]:
    file = _File(data, *lex(data))
    for start, end in file.comments:
        comment = data[start:end]
        if speaks(comment):
            first, last, flaw = _place(file, start, end)
            yield Directive(path, file.line(start), _said(comment), first, last, flaw)
            continue
        for number, line in enumerate(_lines(comment)):
            if _INSIDE.match(line):
                text = " ".join(line.split())
                yield Directive(path, file.line(start) + number, text, 0, 0, Flaw.INSIDE)


def _place(file: _File, start: int, end: int) -> tuple[int, int, Flaw]:
    """The lines of the statement below a comment, or why it has none."""
    before = file.text[file.text.rfind(b"\n", 0, start) + 1 : start]
    behind = file.text[end : file.end_of_line(end)]
    if _code(before) or _code(behind):
        return 0, 0, Flaw.BEHIND_CODE
    at = file.end_of_line(end) + 1
    while at < len(file.data):
        line_end = file.end_of_line(at)
        line = file.text[at:line_end]
        if _code(line):
            first = line_end - len(line.lstrip(_SPACE))
            return file.line(first), file.line(_last(file, first)), Flaw.NONE
        above = bisect_left(file.comments, (line_end, 0)) - 1
        if file.comments[above][1] <= at:
            break
        at = line_end + 1
    return 0, 0, Flaw.ABOVE_NOTHING


def _code(line: bytes) -> bytes:
    """What of a line is code: a splice at its end, within a macro, is none."""
    return line.strip(_SPACE + b"\\")


def _last(file: _File, first: int) -> int:
    """The offset where the statement that begins at `first` ends: at its semicolon or before its
    block, and for a directive of the preprocessor at the end of its lines.
    """
    if file.text[first : first + 1] == b"#":
        end = file.end_of_line(first)
        while file.text[first:end].rstrip(b"\r").endswith(b"\\") and end < len(file.text):
            end = file.end_of_line(end + 1)
        return max(first, end - 1)
    opened: list[tuple[bytes, int]] = []
    end = min(first + _LONGEST, len(file.text))
    for match in _STOP.finditer(file.text, first, end):
        sign, at = match[0], match.start()
        if sign == b";":
            if not opened or _is_end(file.text, *opened[-1]):
                return at
        elif sign in b"([{":
            if sign == b"{" and not opened and not _before(file.text, at).endswith(b"="):
                return at
            opened.append((sign, at))
        elif not opened or opened.pop()[0] != _OPENED_BY[sign]:
            return at
    return max(first, end - 1)


def _is_end(text: bytes, bracket: bytes, at: int) -> bool:
    """Whether a semicolon within a bracket ends a statement all the same: its arms under an #if
    open more brackets than are closed.
    """
    return bracket != b"{" and not _before(text, at).endswith(b"for")


def _before(text: bytes, at: int) -> bytes:
    """The text that ends at a byte, as far as it tells a word, without the white space there."""
    return text[max(0, at - 80) : at].rstrip(_SPACE)
