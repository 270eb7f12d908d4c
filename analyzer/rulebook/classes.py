"""Reads the classes of a vocabulary: what a value can be, and which functions tell it."""

from analyzer.dataflow.classtable import NO_CLASSES, Classes, ClassTest
from analyzer.rulebook.table import Table

_KEYS = ("names", "tests", "made", "kept")


def read_classes(vocabulary: Table, before: Classes = NO_CLASSES) -> Classes:
    """The classes of a vocabulary file, added to those `before`. Raises UserError."""
    table = vocabulary.table("classes")
    if not table.values:
        return before
    table.allow(_KEYS)
    names = before.names | frozenset(table.texts("names"))
    tests = [_test(each, names) for each in table.tables("tests", "a test of [classes]")]
    made = [_made(each, names) for each in table.tables("made", "an entry of 'made'")]
    return Classes(
        names,
        (*before.tests, *tests),
        (*before.made, *made),
        (*before.kept, *table.texts("kept")),
    )


def _test(table: Table, names: frozenset[str]) -> ClassTest:
    table.allow(("test", "true", "false"))
    predicate = table.needed("test", 'test = "is_that"')
    true = _classes(table, "true", names)
    false = names - true
    if "false" in table.values:
        false = _classes(table, "false", names)
    return ClassTest(predicate, true, false)


def _made(table: Table, names: frozenset[str]) -> tuple[str, frozenset[str]]:
    table.allow(("function", "gives"))
    return table.needed("function", 'function = "make_that"'), _classes(table, "gives", names)


def _classes(table: Table, key: str, names: frozenset[str]) -> frozenset[str]:
    """The classes of a key; `any` are all of them."""
    found = frozenset(table.texts(key))
    if found == {"any"}:
        return names
    for name in sorted(found - names):
        raise table.error(
            f"'{name}' is no class", f"the classes are: {', '.join(sorted(names))}", key
        )
    return found
