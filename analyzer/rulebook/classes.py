"""Reads the classes of a vocabulary: what a value can be, and which functions tell it."""

import re

from analyzer.dataflow.classtable import NO_CLASSES, Bit, Classes, ClassTest
from analyzer.rulebook.table import Table

_BIT = re.compile(r"[a-z]+(_[a-z]+)*")
_KEYS = ("names", "tests", "made", "kept")
_BIT_KEYS = ("tests", "set", "clear", "kept")


def read_classes(vocabulary: Table, before: Classes = NO_CLASSES) -> Classes:
    """The classes of a vocabulary file, added to those `before`. Raises UserError."""
    table = vocabulary.table("classes")
    table.allow(_KEYS)
    bits = tuple(_bit(vocabulary.table("bit"), name) for name in vocabulary.table("bit").values)
    new = frozenset(name for bit in bits for name in bit.both)
    old = frozenset(name for bit in before.bits for name in bit.both)
    plain = before.names - old | frozenset(table.texts("names"))
    tests = [_test(each, plain) for each in table.tables("tests", "a test of [classes]")]
    made = [_made(each, plain) for each in table.tables("made", "an entry of 'made'")]
    return Classes(
        plain | old | new,
        (
            *(_widened(test, new) for test in before.tests),
            *(_widened(test, old | new) for test in tests),
            *_bit_tests(vocabulary.table("bit"), bits, plain | old | new),
        ),
        (
            *((function, gives | new) for function, gives in before.made),
            *((function, gives | old | new) for function, gives in made),
        ),
        (*before.kept, *table.texts("kept")),
        (*before.bits, *bits),
    )


def _bit(tables: Table, name: str) -> Bit:
    if not _BIT.fullmatch(name):
        raise tables.error(
            f"'{name}' is no word", "write it in letters and underscores, as uffd_wp", name
        )
    table = tables.table(name, f"[bit.{name}]")
    table.allow(_BIT_KEYS)
    return Bit(name, table.texts("set"), table.texts("clear"), table.texts("kept"))


def _bit_tests(
    tables: Table, bits: tuple[Bit, ...], names: frozenset[str]
) -> tuple[ClassTest, ...]:
    return tuple(
        ClassTest(predicate, names - {bit.clear}, names - {bit.name})
        for bit in bits
        for predicate in tables.table(bit.name).texts("tests")
    )


def _widened(test: ClassTest, names: frozenset[str]) -> ClassTest:
    """The test, which says nothing of these classes."""
    return ClassTest(test.predicate, test.true | names, test.false | names)


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
