"""The tree-sitter parser and the numbers of its node kinds."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Point, Range, Tree

LANGUAGE = Language(tree_sitter_c.language())
_T = TypeVar("_T")


def parse(text: bytes) -> Tree:
    """The syntax tree of normalised text."""
    return Parser(LANGUAGE).parse(text)


def parse_ranges(text: bytes, ranges: Iterable[tuple[int, int]]) -> Tree:
    """The syntax tree of some stretches of a text; the rest of it is not looked at."""
    origin = Point(0, 0)
    included = [Range(origin, origin, start, end) for start, end in ranges]
    return Parser(LANGUAGE, included_ranges=included).parse(text)


def kinds(*names: str) -> frozenset[int]:
    """The numbers of the named node kinds; one name may have several."""
    wanted = frozenset(names)
    found = frozenset(
        number
        for number in range(LANGUAGE.node_kind_count)
        if LANGUAGE.node_kind_for_id(number) in wanted and LANGUAGE.node_kind_is_named(number)
    )
    missing = wanted - {LANGUAGE.node_kind_for_id(number) for number in found}
    assert not missing, f"no such node kind: {missing}"
    return found


def by_kind(table: Mapping[str, _T]) -> dict[int, _T]:
    """The same table by the numbers of node kinds."""
    return {number: value for name, value in table.items() for number in kinds(name)}


def errors(node: Node) -> list[Node]:
    """The ERROR and MISSING nodes within `node`, outermost only, in order."""
    if not node.has_error:
        return []
    found: list[Node] = []
    pending = [node]
    while pending:
        current = pending.pop()
        if current.is_error or current.is_missing:
            found.append(current)
        elif current.has_error:
            pending.extend(reversed(current.children))
    return found
