"""The configuration of a tree, zaplint.toml: other levels for findings, and rules that are off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.checkers.scope import matches
from analyzer.core import Level, UserError, every
from analyzer.rulebook.table import Table, read_table
from analyzer.triage.names import Names, is_under

_LEVELS = (Level.ERROR.value, Level.WARNING.value, Level.NOTE.value)
_KINDS = ("level", "off")
_RULES = 'name rules by id, code or family: rules = ["zap", "TLB001"]'


@dataclass(frozen=True, slots=True)
class Setting:
    """What is said of some rules in some files, everywhere for none: a level, or none for off.

    `line` is where it stands, `places` the lines of the globs.
    """

    rules: frozenset[str]
    files: tuple[str, ...]
    level: Level | None
    reason: str
    line: int
    places: tuple[int, ...] = ()

    def about(self, rule: str, path: str) -> bool:
        """Whether it is about the findings of a rule in a file."""
        if rule not in self.rules:
            return False
        files = self.files
        return not files or matches(path, files) or any(is_under(path, each) for each in files)


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration, by the name that reports call it: its settings in the order of the file."""

    name: str
    settings: tuple[Setting, ...]

    def level(self, rule: str, path: str) -> Setting | None:
        """The last setting that gives the findings of a rule in a file a level."""
        return next(self._about(rule, path, off=False), None)

    def off(self, rule: str, path: str) -> Setting | None:
        """The last setting that turns a rule off in a file."""
        return next(self._about(rule, path, off=True), None)

    def _about(self, rule: str, path: str, *, off: bool) -> Iterator[Setting]:
        for each in reversed(self.settings):
            if (each.level is None) is off and each.about(rule, path):
                yield each


def read_config(text: str, name: str, names: Names) -> Config:
    """The configuration of a TOML text. Raises UserError, naming the line, for what it cannot
    read.
    """
    table = replace(read_table(text, name), label="the configuration")
    _, settings = every(lambda read: read(table, names), (_allowed, _settings))
    return Config(name, tuple(sorted(settings, key=lambda each: each.line)))


def _allowed(table: Table, _names: Names) -> tuple[Setting, ...]:
    table.allow(_KINDS)
    return ()


def _settings(table: Table, names: Names) -> tuple[Setting, ...]:
    tables = [(kind, each) for kind in _KINDS for each in table.tables(kind)]
    return every(lambda one: _setting(one[1], one[0], names), tables)


def _setting(table: Table, kind: str, names: Names) -> Setting:
    is_off = kind == "off"
    table.allow(("rules", "files", "reason") if is_off else ("rules", "files", "level", "reason"))
    level = None
    if is_off:
        table.needed("reason", 'say why it is not wanted: reason = "..."')
    else:
        table.needed("level", "one of: " + ", ".join(_LEVELS))
        level = Level(_level(table))
    files = table.texts("files")
    places = tuple(table.line("files", at) for at in range(len(files)))
    for at, glob in enumerate(files):
        _check_glob(table, glob, at)
    if "files" in table.values and not files:
        raise table.error("'files' is empty", "leave it out to mean every file", "files")
    reason = " ".join(table.text("reason").split())
    return Setting(_rules(table, names), files, level, reason, table.line(), places)


def _level(table: Table) -> str:
    value = table.text("level")
    if value == Level.LEDGER.value:
        hint = "[[off]] turns a rule off, with a reason"
        raise table.error("a finding that is only counted is hidden", hint, "level")
    return table.choice("level", _LEVELS, "")


def _rules(table: Table, names: Names) -> frozenset[str]:
    words = table.texts("rules")
    if not words:
        raise table.error(f"{table.label} names no rules", _RULES, "rules")

    def named(pair: tuple[int, str]) -> tuple[str, ...]:
        at, word = pair
        found = names.rules(word)
        if not found:
            problem = f"no rule or family is called '{word}'"
            raise table.error(problem, names.hint(word), "rules", at)
        return found

    return frozenset(rule for found in every(named, enumerate(words)) for rule in found)


def _check_glob(table: Table, glob: str, at: int) -> None:
    parts = glob.split("/")
    if glob.startswith("/") or "\\" in glob or not glob.strip() or {".", ".."} & set(parts):
        raise _outside(table, glob, at)


def _outside(table: Table, glob: str, at: int) -> UserError:
    hint = "write paths from the top of the tree, as drivers/gpu or drivers/*/ttm_*.c"
    return table.error(f"'{glob}' is no path within the tree", hint, "files", at)
