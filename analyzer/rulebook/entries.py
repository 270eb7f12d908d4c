"""The entry points of the zap and unmap paths, from rules/models/entries.toml."""

import tomllib
from collections.abc import Callable

from analyzer.rulebook.folder import rules_folder


def load_entries(defined: Callable[[str], object]) -> tuple[str, ...]:
    """The entry points that the tree defines, sorted."""
    path = rules_folder() / "models" / "entries.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    names = {name for group in data["entries"].values() for name in group}
    return tuple(sorted(name for name in names if defined(name)))
