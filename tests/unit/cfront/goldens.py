"""The printed form of the fixtures of lowering; run as a module, writes the goldens anew.

python -m tests.unit.cfront.goldens
"""

from pathlib import Path

from analyzer.cfront.macros import MacroTable
from analyzer.cfront.unit import Unit
from analyzer.cfront.words import MacroWords
from analyzer.ir.print import print_function

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "fixtures" / "lowering"
SOURCES = tuple(sorted(FOLDER.glob("*.c")))
WORDS = ROOT / "rules" / "models" / "macros.toml"


def table() -> MacroTable:
    """The table of macros.toml alone."""
    words = MacroWords.parse(WORDS.read_text(encoding="utf-8"), "rules/models/macros.toml")
    return MacroTable.build((), words)


def parse(data: bytes, path: str = "fixture.c") -> Unit:
    """A unit of some bytes, with the words of macros.toml."""
    return Unit.parse(path, data, table())


def printed(unit: Unit) -> str:
    """All functions of a unit in their printed form."""
    count = len(unit.head.functions)
    return "\n".join(print_function(unit.lower(index)) for index in range(count))


def main() -> None:
    """Writes every golden."""
    for source in SOURCES:
        source.with_suffix(".ir").write_text(printed(parse(source.read_bytes(), source.name)))


if __name__ == "__main__":
    main()
