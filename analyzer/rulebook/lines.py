"""Finds the lines of keys in a TOML text, which `tomllib` does not give."""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of tables and 0-based positions of arrays."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: the 1-based lines of its key and of its first character.

    For a string, the first character is the one behind the quotes.
    """

    line: int
    text_line: int


def marks(text: str) -> dict[KeyPath, Mark]:
    """The marks of every table, key and array element of a text that `tomllib` has read."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.found


@dataclass(slots=True)
class _Scanner:
    """Walks over correct TOML; what it would say of anything else is of no interest."""

    text: str
    position: int = 0
    found: dict[KeyPath, Mark] = field(default_factory=dict)
    counts: dict[KeyPath, int] = field(default_factory=dict)

    def document(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.position < len(self.text):
            if self.text.startswith("[[", self.position):
                table = self._header(2)
                n = self.counts.get(table, 0)
                self.counts[table] = n + 1
                table = (*table, n)
                self._mark(table)
            elif self.text.startswith("[", self.position):
                table = self._header(1)
                self._mark(table)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self, n_brackets: int) -> KeyPath:
        self.position += n_brackets
        keys = self._keys()
        self.position = self.text.index("]", self.position) + n_brackets
        path: KeyPath = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return (*path, keys[-1])

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        keys = self._keys()
        self.position = self.text.index("=", self.position) + 1
        self._skip(_SPACE)
        for n in range(1, len(keys)):
            self.found.setdefault((*table, *keys[:n]), Mark(line, line))
        self._value((*table, *keys), line)

    def _keys(self) -> tuple[str, ...]:
        keys = []
        while True:
            self._skip(_SPACE)
            quote = self.text[self.position]
            if quote in "\"'":
                keys.append(self._string())
            else:
                match = _BARE.match(self.text, self.position)
                keys.append(match[0] if match else "")
                self.position = match.end() if match else self.position + 1
            self._skip(_SPACE)
            if not self.text.startswith(".", self.position):
                return tuple(keys)
            self.position += 1

    def _value(self, path: KeyPath, line: int) -> None:
        start = self.text[self.position]
        if start in "\"'":
            triple = self.text.startswith(start * 3, self.position)
            opened = self.position + (3 if triple else 1)
            if triple and self.text.startswith("\n", opened):
                opened += 1
            self.found[path] = Mark(line, self.text.count("\n", 0, opened) + 1)
            self._string()
            return
        self.found[path] = Mark(line, self._line())
        if start == "[":
            self._array(path)
        elif start == "{":
            self._inline(path)
        else:
            self._skip(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self.position += 1
        n = 0
        while True:
            self._skip(_BLANK)
            if self.text[self.position] == "]":
                self.position += 1
                return
            if self.text[self.position] == ",":
                self.position += 1
                continue
            self._value((*path, n), self._line())
            n += 1

    def _inline(self, path: KeyPath) -> None:
        self.position += 1
        while True:
            self._skip(_BLANK)
            if self.text[self.position] == "}":
                self.position += 1
                return
            if self.text[self.position] == ",":
                self.position += 1
                continue
            self._pair(path)

    def _string(self) -> str:
        """Walks over a string and gives its text, with escapes as they are written."""
        quote = self.text[self.position]
        mark = quote * 3 if self.text.startswith(quote * 3, self.position) else quote
        position = start = self.position + len(mark)
        while not self.text.startswith(mark, position):
            position += 2 if quote == '"' and self.text[position] == "\\" else 1
        # A multi-line string may end in quotes of its own.
        while len(mark) == 3 and self.text.startswith(quote, position + 3):
            position += 1
        self.position = position + len(mark)
        return self.text[start:position]

    def _mark(self, path: KeyPath) -> None:
        """Marks a table, and the tables around it that have no header of their own."""
        line = self._line()
        for n in range(1, len(path) + 1):
            self.found.setdefault(path[:n], Mark(line, line))

    def _line(self) -> int:
        return self.text.count("\n", 0, self.position) + 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
