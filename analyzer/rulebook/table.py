"""Tables of a TOML file that know the line of every key, so that an error can name it."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from analyzer.core import ReleaseError, ReleaseRange, UserError, every
from analyzer.rulebook.language import LanguageError, close
from analyzer.rulebook.lines import KeyPath, Mark, marks

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML file: the name that errors call it by, and the places of its keys."""

    name: str
    places: Mapping[KeyPath, Mark]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. `label` is what errors call it, as '[[require]]'."""

    source: Source
    path: KeyPath
    label: str
    values: Mapping[str, object]

    def line(self, *keys: str | int) -> int:
        """The 1-based line of a key of this table, or of the table itself."""
        path = (*self.path, *keys)
        while path and path not in self.source.places:
            path = path[:-1]
        return self.source.places[path].line if path else 1

    def error(self, problem: str, hint: str = "", *keys: str | int) -> UserError:
        """A UserError at the line of a key, or of the table without one."""
        return UserError(f"{self.source.name}:{self.line(*keys)}: {problem}", hint)

    def allow(self, known: Iterable[str]) -> None:
        """Raises UserError for keys that are not known, all at once."""
        names = tuple(known)

        def check(key: str) -> None:
            if key not in names:
                like = close(key, names)
                hint = f"did you mean '{like}'?" if like else "one of: " + ", ".join(names)
                raise self.error(f"unknown key '{key}' in {self.label}", hint, key)

        every(check, self.values)

    def text(self, key: str, default: str = "") -> str:
        """The string of a key, or the default. Raises UserError for any other value."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.error(f"'{key}' is not a text", f'write {key} = "..."', key)
        return value

    def needed(self, key: str, hint: str) -> str:
        """The string of a key that must be there and not be empty. Raises UserError."""
        text = self.text(key).strip()
        if not text:
            raise self.error(f"{self.label} has no '{key}'", hint)
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of a key that is one string or a list of them; empty without it."""
        value = self.values.get(key, [])
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.error(
                f"'{key}' is not a list of texts", f'write {key} = ["...", "..."]', key
            )
        return tuple(value)

    def choice(self, key: str, known: tuple[str, ...], default: str) -> str:
        """The string of a key that is one of a few words."""
        value = self.text(key, default)
        if value not in known:
            raise self.error(f"'{value}' is no {key}", "one of: " + ", ".join(known), key)
        return value

    def releases(self, key: str = "kernel") -> ReleaseRange:
        """The range of releases of a key; every release without it."""
        return self.parse_releases(self.text(key), key)

    def parse_releases(self, text: str, key: str) -> ReleaseRange:
        """Reads a range of releases that stands in or at a key."""
        try:
            return ReleaseRange.parse(text)
        except ReleaseError as error:
            raise self.error(error.message, error.hint, key) from error

    def tables(self, key: str, label: str = "") -> tuple["Table", ...]:
        """The tables of a key that holds a list of them; empty without it."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.error(
                f"'{key}' is not a list of tables", f"write [[{key}]] and one key a line", key
            )
        label = label or f"[[{key}]]"
        return tuple(
            Table(self.source, (*self.path, key, n), label, one) for n, one in enumerate(value)
        )

    def table(self, key: str, label: str = "") -> "Table":
        """The table of a key; an empty one without it."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(f"'{key}' is not a table", f"write [{key}] and one key a line", key)
        return Table(self.source, (*self.path, key), label or f"[{key}]", value)

    def read(self, text: str, what: str, reader: Callable[[str], _T], *keys: str | int) -> _T:
        """Reads a text of the rule language at a key. Raises UserError, naming the line."""
        try:
            return reader(text)
        except LanguageError as error:
            problem = (
                error.problem
                if error.alone
                else f"cannot read {what} '{_flat(text)}': {error.problem}"
            )
            place = self.source.places.get((*self.path, *keys))
            line = place.text_line + text.count("\n", 0, error.offset) if place else self.line()
            raise UserError(f"{self.source.name}:{line}: {problem}", error.hint) from error


def read_table(text: str, name: str) -> Table:
    """The whole of a TOML text as a table. Raises UserError, naming the line, if it is no TOML."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).partition(" (at ")
        line = place.split(",")[0].removeprefix("line ") if place.startswith("line ") else ""
        where = f"{name}:{line}" if line else f"{name}:{text.count(chr(10)) + 1}"
        hint = 'texts stand in quotes: key = "value"'
        raise UserError(f"{where}: not TOML: {problem[:1].lower()}{problem[1:]}", hint) from error
    return Table(Source(name, marks(text)), (), "the rule", values)


def _flat(text: str) -> str:
    return " ".join(text.split())
