"""rules/models/macros.toml: what macros mean where their definitions in the tree do not tell it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.core import UserError

_KEYS = {
    "attributes": frozenset({"words", "calls"}),
    "annotations": frozenset({"calls"}),
    "types": frozenset({"calls"}),
    "assertions": frozenset({"names"}),
    "declarations": frozenset({"prefixes"}),
    "scopes": frozenset({"guards", "scoped", "classes", "frees"}),
    "conditions": frozenset({"false"}),
}
_OPEN = frozenset({"keywords", "loops", "heads", "values", "loads", "stores"})


@dataclass(frozen=True, slots=True)
class HeadMacro:
    """A macro that defines a function. `entry` is the kind of entry point that it makes.

    `split` says that the type and the name of a parameter are two arguments.
    """

    prefix: str
    entry: str
    split: bool


@dataclass(frozen=True, slots=True)
class MacroWords:
    """The content of macros.toml, by section; see the file for what each section means."""

    attributes: frozenset[str] = frozenset()
    attribute_calls: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()
    keywords: tuple[tuple[str, str], ...] = ()
    types: frozenset[str] = frozenset()
    loops: tuple[tuple[str, tuple[int, ...]], ...] = ()
    heads: tuple[tuple[str, HeadMacro], ...] = ()
    values: tuple[tuple[str, int], ...] = ()
    loads: tuple[tuple[str, int], ...] = ()
    stores: tuple[tuple[str, str], ...] = ()
    assertions: tuple[str, ...] = ()
    declarations: tuple[str, ...] = ()
    guards: frozenset[str] = frozenset()
    scoped: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    frees: frozenset[str] = frozenset()
    undefined: frozenset[str] = frozenset()

    @staticmethod
    def parse(text: str, path: str) -> "MacroWords":
        """Reads the text of the file at `path`. Raises UserError, naming the key."""
        reader = _Reader(path, _load(text, path))
        reader.check()
        return MacroWords(
            attributes=frozenset(reader.names("attributes", "words")),
            attribute_calls=frozenset(reader.names("attributes", "calls")),
            annotations=frozenset(reader.names("annotations", "calls")),
            keywords=tuple((key, reader.text("keywords", key)) for key in reader.keys("keywords")),
            types=frozenset(reader.names("types", "calls")),
            loops=tuple((key, reader.positions("loops", key)) for key in reader.keys("loops")),
            heads=tuple((key, reader.head(key)) for key in reader.keys("heads")),
            values=tuple((key, reader.number("values", key)) for key in reader.keys("values")),
            loads=tuple((key, reader.number("loads", key)) for key in reader.keys("loads")),
            stores=tuple((key, reader.text("stores", key)) for key in reader.keys("stores")),
            assertions=reader.names("assertions", "names"),
            declarations=reader.names("declarations", "prefixes"),
            guards=frozenset(reader.names("scopes", "guards")),
            scoped=frozenset(reader.names("scopes", "scoped")),
            classes=frozenset(reader.names("scopes", "classes")),
            frees=frozenset(reader.names("scopes", "frees")),
            undefined=frozenset(reader.names("conditions", "false")),
        )


def _load(text: str, path: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: {error}", "this file is written in TOML") from error


class _Reader:
    """Typed access to the decoded file; a slip is an error that names file, section and key."""

    def __init__(self, path: str, data: Mapping[str, object]) -> None:
        self._path = path
        self._data = data

    def check(self) -> None:
        """Refuses sections and keys that mean nothing."""
        for section in self._data:
            known = _KEYS.get(section)
            if known is None and section not in _OPEN:
                names = ", ".join(sorted({*_KEYS, *_OPEN}))
                raise self._error(f"unknown section [{section}]", f"the sections are {names}")
            for key in self.keys(section):
                if known is not None and key not in known:
                    raise self._error(
                        f"unknown key '{key}' in [{section}]",
                        f"the keys are {', '.join(sorted(known))}",
                    )

    def keys(self, section: str) -> tuple[str, ...]:
        """The keys of a section, in the order of the file."""
        return tuple(self._section(section))

    def names(self, section: str, key: str) -> tuple[str, ...]:
        """A list of names; empty when the key is absent."""
        value = self._section(section).get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(f"'{key}' in [{section}] is not a list of names", 'write ["a", "b"]')
        return tuple(str(item) for item in value)

    def positions(self, section: str, key: str) -> tuple[int, ...]:
        """A list of argument positions, counted from 0."""
        value = self._section(section)[key]
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise self._error(f"'{key}' in [{section}] is not a list of positions", "write [0, 1]")
        return tuple(int(item) for item in value)

    def number(self, section: str, key: str) -> int:
        """One argument position."""
        value = self._section(section)[key]
        if type(value) is not int:
            raise self._error(f"'{key}' in [{section}] is not a position", "write 0 for the first")
        return value

    def text(self, section: str, key: str) -> str:
        """One word."""
        value = self._section(section)[key]
        if not isinstance(value, str):
            raise self._error(f"'{key}' in [{section}] is not a word in quotes", 'write "place"')
        return value

    def head(self, key: str) -> HeadMacro:
        """One entry of [heads]."""
        value = self._section("heads")[key]
        if isinstance(value, dict) and set(value) == {"prefix", "entry", "split"}:
            return HeadMacro(str(value["prefix"]), str(value["entry"]), value["split"] is True)
        raise self._error(
            f"'{key}' in [heads] lacks prefix, entry or split",
            'write { prefix = "", entry = "", split = true }',
        )

    def _section(self, section: str) -> Mapping[str, object]:
        value = self._data.get(section, {})
        if not isinstance(value, dict):
            raise self._error(f"[{section}] is not a section", f"write [{section}] on a line")
        return value

    def _error(self, message: str, hint: str) -> UserError:
        return UserError(f"{self._path}: {message}", hint)
