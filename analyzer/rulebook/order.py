"""Reads what an `[[order]]` has of its own: levels, the switch, pairs that go in order."""

from analyzer.checkers.property import Common, Condition, Order, Switch
from analyzer.rulebook.language import Words, parse_condition, parse_lock
from analyzer.rulebook.table import Table
from analyzer.rulebook.terms import holes

_LEVELS = 'levels = ["mmap_lock", "folio_lock", "pmd_lock", "pte_lock page_table_lock"]'
_PAIRS = 'release_first = [["i_mmap", "folio_lock"]]'
_SWITCH = 'switch = { when = "is_vm_hugetlb_page(_)", levels = ["i_mmap", "folio_lock"] }'


def read_order(table: Table, words: Words, common: Common) -> Order:
    """The clause of a table. Raises UserError, naming the line, for what it cannot read."""
    pairs = _pairs(table, words)
    levels = _levels(table, words)
    if bool(pairs) is bool(levels):
        raise table.error(
            f"{table.label} needs either 'levels' or 'release_first'", f"{_LEVELS}, or {_PAIRS}"
        )
    for key in ("switch", "leaves", "closed"):
        if pairs and key in table.values:
            raise table.error(f"'{key}' goes with 'levels' only", "drop it", key)
    leaves = tuple(
        _lock(table, words, one, ("leaves", number))
        for number, one in enumerate(table.texts("leaves"))
    )
    for leaf in leaves:
        if not any(leaf in level for level in levels):
            raise table.error(f"lock '{leaf}' is in no level", "drop it, or add it", "leaves")
    return Order(common, levels, _switch(table, words), leaves, table.texts("closed"), pairs)


def _levels(table: Table, words: Words) -> tuple[tuple[str, ...], ...]:
    """The classes of each level, outermost first; one may stand in one level only."""
    found: list[tuple[str, ...]] = []
    for number, text in enumerate(table.texts("levels")):
        level = tuple(_lock(table, words, one, ("levels", number)) for one in text.split())
        for lock in level:
            if any(lock in other for other in found):
                raise table.error(f"lock '{lock}' is in two levels", "leave it in one", "levels")
        found.append(level)
    if len(found) == 1:
        raise table.error("'levels' has one level, which orders nothing", _LEVELS, "levels")
    return tuple(found)


def _switch(table: Table, words: Words) -> Switch | None:
    if "switch" not in table.values:
        return None
    inner = table.table("switch", "'switch'")
    inner.allow(("when", "locks", "files", "levels"))
    text = inner.needed("when", _SWITCH)
    when: Condition = inner.read(text, "condition", lambda one: parse_condition(one, words), "when")
    if holes(when):
        raise inner.error("no event binds holes for 'when'", "write _ for any value", "when")
    levels = _levels(inner, words)
    if not levels:
        raise inner.error("'switch' has no 'levels'", _SWITCH)
    locks = tuple(
        _lock(inner, words, one, ("locks", number))
        for number, one in enumerate(inner.texts("locks"))
    )
    return Switch(when, locks, inner.texts("files"), levels)


def _pairs(table: Table, words: Words) -> tuple[tuple[str, str], ...]:
    value = table.values.get("release_first", [])
    found = []
    for pair in value if isinstance(value, list) else [value]:
        if not isinstance(pair, list) or len(pair) != 2 or not all(map(_is_text, pair)):
            raise table.error("'release_first' is not a list of pairs", _PAIRS, "release_first")
        first, second = (_lock(table, words, one, ("release_first",)) for one in pair)
        found.append((first, second))
    return tuple(found)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _lock(table: Table, words: Words, text: str, keys: tuple[str | int, ...]) -> str:
    lock = table.read(text, "lock", lambda one: parse_lock(one, words), *keys)
    return lock.partition(" ")[0]
