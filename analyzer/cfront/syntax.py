"""What both expressions and statements ask of a syntax tree."""

import re
from collections.abc import Callable
from operator import attrgetter

from tree_sitter import Node

from analyzer.cfront.control import Lowering
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.normal import Normal
from analyzer.cfront.treesitter import kinds
from analyzer.ir import Expr, Opaque

_IDENTIFIER = kinds("identifier")
_CALL = kinds("call_expression")
_PARENTHESES = kinds("parenthesized_expression")
_EFFECTS = kinds(
    "call_expression",
    "assignment_expression",
    "update_expression",
    "conditional_expression",
    "compound_statement",
    "gnu_asm_expression",
)
_UNEVALUATED = kinds("sizeof_expression", "alignof_expression", "offsetof_expression")
_children: Callable[[Node], list[Node]] = attrgetter("children")


def _undamaged(node: Node) -> list[Node]:
    return [child for child in node.children if not child.is_error]


_TYPE_NAME = re.compile(
    r"\(\s*(?:__)?(?:typeof\b|(?:\w+_t|(?:[us]|[bl]e)(?:8|16|32|64)|bool)\s*\))"
)


class SyntaxLowering(Lowering[Node]):
    """The nodes of one function. `source` is the file's text, one character a byte."""

    def __init__(self, source: str, normal: Normal, table: MacroTable, damaged: bool) -> None:
        super().__init__()
        self.source = source
        self.normal = normal
        self.table = table
        # The children that the grammar knows; what could not be parsed is left out.
        self.kids: Callable[[Node], list[Node]] = _undamaged if damaged else _children
        self.depth = 0

    def spelling(self, node: Node) -> str:
        """What the source says there, white space folded."""
        return " ".join(self.source[node.start_byte : node.end_byte].split())

    def is_pure(self, node: Node) -> bool:
        """True if the expression holds no call, assignment or branch."""
        pending = [node]
        while pending:
            current = pending.pop()
            kind = current.kind_id
            if kind in _EFFECTS:
                inside = self.transparent(current) if kind in _CALL else None
                if inside is None:
                    return False
                pending.append(inside)
            elif kind not in _UNEVALUATED:
                pending.extend(current.named_children)
        return True

    def too_deep(self, node: Node) -> Expr:
        """What nests deeper than is followed: a gap."""
        self.gaps.append((node.start_byte, "nested too deep"))
        return Opaque("nested too deep")

    def name(self, node: Node) -> str:
        """The text of a name."""
        return self.source[node.start_byte : node.end_byte]

    def is_type(self, node: Node) -> bool:
        """True for brackets around typeof or the name of a type: a cast, whatever the parser made
        of it.

        Without the declarations of a build, a name is a type if it is spelled like one of the
        kernel's.
        """
        return _TYPE_NAME.match(self.source, node.start_byte) is not None

    def arguments(self, node: Node) -> list[Node]:
        """The arguments in an argument list."""
        return [child for child in self.kids(node) if child.is_named]

    def transparent(self, node: Node) -> Node | None:
        """The argument that a call of likely() and its kin stands for."""
        function, arguments = self.kids(node)[:2]
        if function.kind_id in _IDENTIFIER:
            position = self.table.values.get(self.name(function))
            if position is not None:
                given = self.arguments(arguments)
                if position < len(given):
                    return given[position]
        elif function.kind_id in _PARENTHESES and self.is_type(function):
            given = self.arguments(arguments)
            if len(given) == 1:
                return given[0]
        return None
