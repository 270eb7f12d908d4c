"""Reads `history.toml`: bugs of the past, each with the operations that put it back."""

from pathlib import Path
from typing import Final

from analyzer.cfront.edits import OPERATIONS, Words
from analyzer.core import Bug, Change, UserError
from analyzer.rulebook.language import close
from analyzer.rulebook.table import Table, read_table

_BUG: Final = ("name", "rule", "commit", "subject", "cve", "at")
_AT: Final = ("file", "function", "reported_in", "kernel", "operations")
_EXAMPLE: Final = 'operations = [{ delete_call = "tlb_finish_mmu", nth = 1, of = 2 }]'


def load_history(file: Path, rules: frozenset[str]) -> tuple[Bug, ...]:
    """The bugs of a file, in its order, about `rules`. Raises UserError, naming the line, for
    anything that is not understood.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{file}: cannot be read: {error.strerror}", "name a file of bugs"
        ) from error
    except UnicodeDecodeError as error:
        problem = f"{file}: not UTF-8, from byte {error.start} on"
        raise UserError(problem, "save the file as UTF-8") from error
    table = read_table(text, file.as_posix())
    table.allow(("bug",))
    names: set[str] = set()
    found = []
    for each in table.tables("bug"):
        bug = _bug(each, rules)
        if bug.name in names:
            raise each.error(
                f"'{bug.name}' is there twice", "give one of them another name", "name"
            )
        names.add(bug.name)
        found.append(bug)
    return tuple(found)


def _bug(table: Table, rules: frozenset[str]) -> Bug:
    table.allow(_BUG)
    rule = table.needed("rule", 'name the rule that must report it, as "tlb/flush-after-unlock"')
    if rule not in rules:
        like = close(rule, tuple(sorted(rules)))
        hint = f"did you mean '{like}'?" if like else "zaplint rules lists them"
        raise table.error(f"there is no rule '{rule}'", hint, "rule")
    changes = tuple(map(_change, table.tables("at", "[[bug.at]]")))
    if not changes:
        raise table.error("[[bug]] has no [[bug.at]]", "say where it was and how to put it back")
    return Bug(
        name=table.needed("name", "say in some words what is wrong"),
        rule=rule,
        changes=changes,
        commit=table.text("commit"),
        subject=table.text("subject"),
        cve=table.text("cve"),
    )


def _change(table: Table) -> Change:
    table.allow(_AT)
    function = table.needed("function", "name the function that the bug is put into")
    value = table.values.get("operations")
    if not isinstance(value, list) or not value:
        raise table.error("[[bug.at]] has no 'operations'", _EXAMPLE, "operations")
    return Change(
        file=table.needed("file", 'name the file, as "mm/memory.c"'),
        function=function,
        operations=tuple(_operation(table, number, each) for number, each in enumerate(value)),
        reported_in=table.texts("reported_in") or (function,),
        releases=table.releases(),
    )


def _operation(table: Table, number: int, words: object) -> Words:
    place = ("operations", number)
    if not isinstance(words, dict) or not all(isinstance(v, str | int) for v in words.values()):
        raise table.error("an operation is a table of texts and numbers", _EXAMPLE, *place)
    named = [key for key in words if key in OPERATIONS]
    if len(named) != 1:
        problem = "an operation names one of the operations" + (", and not two" if named else "")
        raise table.error(problem, "one of: " + ", ".join(OPERATIONS), *place)
    return words
