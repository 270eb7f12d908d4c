"""The syntax tree of one function of a file, for edits, and how to find what is in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from analyzer.cfront.heads import body_of, definitions
from analyzer.cfront.lexical import lex
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.normalise import normalise
from analyzer.cfront.preproc import conditionals
from analyzer.cfront.treesitter import parse
from analyzer.cfront.types import declared


class NotFound(Exception):
    """What an edit is about is not there, or not there exactly once."""


@dataclass(frozen=True, slots=True)
class Body:
    """A function body: the bytes of its file, and its node; offsets are those of the file."""

    data: bytes
    node: Node

    def text(self, node: Node) -> str:
        """The text of a node as it is in the file."""
        return self.data[node.start_byte : node.end_byte].decode("latin-1")

    def spelled(self, node: Node | None) -> str:
        """The text of a node without white space."""
        return "" if node is None else "".join(self.text(node).split())


def function_body(data: bytes, name: str, table: MacroTable) -> Body:
    """The body of the only function of this name in a file, parsed with some macros. Raises
    NotFound.
    """
    text = conditionals(lex(data).text, table.undefined).maximal()
    root = parse(normalise(text, table).text).root_node
    return Body(
        data, _body(only((node for node in definitions(root) if _name(node) == name), name))
    )


def _body(definition: Node) -> Node:
    body = body_of(definition)
    if body is None or body.has_error:
        raise NotFound(f"a function body without syntax errors in {definition.text!r:.60}")
    return body


def _name(definition: Node) -> str:
    declarator = definition.child_by_field_name("declarator")
    found = declared(declarator).name if declarator is not None else None
    return found.text.decode() if found is not None and found.text is not None else ""


def only(found: Iterator[Node], what: str) -> Node:
    """The single element. Raises NotFound, with `what`, for none and for many."""
    nodes = list(found)
    if len(nodes) != 1:
        raise NotFound(f"{what}: {len(nodes)} of them")
    return nodes[0]


def walk(node: Node, wanted: Callable[[Node], bool]) -> Iterator[Node]:
    """The nodes within `node` that are wanted, in the order of the text."""
    pending = [node]
    while pending:
        current = pending.pop()
        if wanted(current):
            yield current
        pending.extend(reversed(current.named_children))


def calls(body: Body, name: str, within: str = "") -> list[Node]:
    """The calls of a function, in order; with `within` only those in the arguments of that call."""
    found = walk(
        body.node,
        lambda node: (
            node.type == "call_expression"
            and body.spelled(node.child_by_field_name("function")) == name
        ),
    )
    return [
        node
        for node in found
        if not within
        or any(body.spelled(up.child_by_field_name("function")) == within for up in _above(node))
    ]


def call(body: Body, name: str, within: str = "", nth: int = 1, of: int = 1) -> Node:
    """The `nth` of the `of` calls of a function. Raises NotFound for another number of calls."""
    found = calls(body, name, within)
    if len(found) != of:
        raise NotFound(f"{name}(): {len(found)} calls and not {of}")
    return found[nth - 1]


def holds_call(body: Body, node: Node, name: str) -> bool:
    """Whether a call of this function lies within a node."""
    return any(
        node.start_byte <= found.start_byte and found.end_byte <= node.end_byte
        for found in calls(body, name)
    )


def statement(node: Node) -> Node:
    """The statement that holds a node."""
    while not node.type.endswith("_statement"):
        if node.parent is None:
            raise NotFound("a statement around it")
        node = node.parent
    return node


def argument(node: Node, number: int) -> Node:
    """The argument of a call, counted from 1. Raises NotFound."""
    listed = node.child_by_field_name("arguments")
    arguments = [] if listed is None else [each for each in listed.named_children]
    if len(arguments) < number:
        raise NotFound(f"argument {number}")
    return arguments[number - 1]


def _above(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        if node.type == "call_expression":
            yield node
