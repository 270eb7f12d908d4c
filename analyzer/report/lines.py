"""The source text behind a report: lines, snippets and line hashes of files with findings."""

from collections.abc import Callable
from functools import cached_property

from analyzer.core import Location
from analyzer.report.fingerprint import line_hashes

_CONTEXT = 2


class SourceText:
    """The text of one file, split where C splits it, with its line hashes made on demand."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("utf-8", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self._text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """One hash per line, as GitHub makes them."""
        return line_hashes(self._text)

    def line(self, number: int) -> str:
        """The line with this 1-based number, empty past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def hash_of(self, number: int) -> str:
        """The hash of the line with this 1-based number, empty past the end."""
        return self.hashes[number - 1] if 0 < number <= len(self.hashes) else ""

    def part(self, location: Location) -> str:
        """The text of a location that lies on one line."""
        units = self.line(location.line).encode("utf-16-le")
        found = units[2 * (location.column - 1) : 2 * (location.end_column - 1)]
        return found.decode("utf-16-le", "replace")

    def before(self, location: Location) -> str:
        """The text of a location's first line up to it."""
        units = self.line(location.line).encode("utf-16-le")
        return units[: 2 * (location.column - 1)].decode("utf-16-le", "replace")

    def around(self, number: int) -> tuple[int, int, str]:
        """First line, last line and text of the surroundings of a line, cut to the file."""
        first = max(1, number - _CONTEXT)
        last = max(number, min(len(self.lines), number + _CONTEXT))
        return first, last, "\n".join(self.lines[first - 1 : last])


class Sources:
    """The files of the analysed tree, read once each, when they are first asked for."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._known: dict[str, SourceText | None] = {}

    def get(self, path: str) -> SourceText | None:
        """The text of a file, None when it cannot be read any more."""
        if path not in self._known:
            try:
                self._known[path] = SourceText(self._read(path))
            except OSError:
                self._known[path] = None
        return self._known[path]

    def quoted(self, path: str, number: int) -> str:
        """A line without the white space around it, that within it folded; empty if there is
        none.
        """
        text = self.get(path)
        return " ".join(text.line(number).split()) if text else ""
