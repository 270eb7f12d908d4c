"""Edits of a function: operations on its syntax tree, done whole or NotFound.

Each is written as the words of a table: the name of the operation with its target, and what else it
must be told. Unlike a patch, an edit fits every release in which its targets are there, once each.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tree_sitter import Node

from analyzer.cfront.bodies import (
    Body,
    NotFound,
    argument,
    call,
    function_body,
    holds_call,
    only,
    statement,
    walk,
)
from analyzer.cfront.macros import MacroTable

Words: TypeAlias = Mapping[str, str | int]
"""An operation: its name with its target, and further words."""


def edited(data: bytes, function: str, operations: tuple[Words, ...], macros: MacroTable) -> bytes:
    """The bytes of a file with all operations applied to a function, in order. Raises NotFound
    where one does not fit.
    """
    for words in operations:
        (name,) = set(words) & set(OPERATIONS)
        data = OPERATIONS[name](function_body(data, function, macros), words)
    return data


def delete_call(body: Body, words: Words) -> bytes:
    """Deletes the statement of a call: `delete_call`, `nth` of `of`, or that `holding` a call."""
    holding = str(words.get("holding", ""))
    name = str(words["delete_call"])
    if holding:
        found = walk(
            body.node,
            lambda node: (
                node.type == "call_expression"
                and body.spelled(node.child_by_field_name("function")) == name
                and holds_call(body, node, holding)
            ),
        )
        return _replaced(body, statement(only(found, f"{name}() with {holding}()")), "")
    return _replaced(body, statement(_call(body, words, name)), "")


def move_call(body: Body, words: Words) -> bytes:
    """Moves the statement of a call before that of another, or before the `if` or loop around that
    other that it stands behind: `move_call`, `nth` of `of`, `before`.
    """
    moved = statement(_call(body, words, str(words["move_call"])))
    target = statement(call(body, str(words["before"])))
    if moved.start_byte < target.end_byte:
        raise NotFound(f"{words['move_call']}() behind {words['before']}()")
    target = _in_block_of(moved, target)
    text = body.text(moved)
    data = _replaced(body, moved, "")
    return data[: target.start_byte] + text.encode("latin-1") + data[target.start_byte :]


def replace_argument(body: Body, words: Words) -> bytes:
    """Replaces an argument: `replace_argument` by number, `of_call`, `nth` of `of`, `by`."""
    found = _call(body, words, str(words["of_call"]))
    number = words["replace_argument"]
    assert isinstance(number, int)
    return _replaced(body, argument(found, number), str(words["by"]))


def rename_call(body: Body, words: Words) -> bytes:
    """Calls another function with one old argument: `rename_call`, `nth` of `of`, `by`, `keep`,
    `within`.
    """
    found = _call(body, words, str(words["rename_call"]))
    keep = words["keep"]
    assert isinstance(keep, int)
    return _replaced(body, found, f"{words['by']}({body.text(argument(found, keep))})")


def delete_initialiser(body: Body, words: Words) -> bytes:
    """Deletes a field from an initialiser: `delete_initialiser`."""
    field = str(words["delete_initialiser"])
    found = only(
        walk(
            body.node,
            lambda node: (
                node.type == "initializer_pair"
                and body.spelled(node.child_by_field_name("designator")) == f".{field}"
            ),
        ),
        f".{field}",
    )
    comma = found.next_sibling
    end = comma.end_byte if comma is not None and comma.type == "," else found.end_byte
    return body.data[: found.start_byte] + body.data[end:]


def insert_behind_assignment(body: Body, words: Words) -> bytes:
    """Adds a statement behind an assignment: `insert_behind_assignment` to a place, `statement`."""
    place = str(words["insert_behind_assignment"])
    found = only(
        walk(
            body.node,
            lambda node: (
                node.type == "assignment_expression"
                and body.spelled(node.child_by_field_name("left")) == place
            ),
        ),
        f"{place} =",
    )
    end = statement(found).end_byte
    return body.data[:end] + f" {words['statement']}".encode() + body.data[end:]


def drop_operand(body: Body, words: Words) -> bytes:
    """Drops the operand of `&&` or `||` that calls a function: `drop_operand`."""
    found = call(body, str(words["drop_operand"]))
    node: Node = found
    while node.parent is not None and node.parent.type != "binary_expression":
        node = node.parent
    both = node.parent
    if both is None or body.spelled(both.child_by_field_name("operator")) not in ("&&", "||"):
        raise NotFound(f"&& or || around {words['drop_operand']}()")
    left, right = both.child_by_field_name("left"), both.child_by_field_name("right")
    assert left is not None and right is not None
    return _replaced(body, both, body.text(left if right == node else right))


def delete_test(body: Body, words: Words) -> bytes:
    """Deletes the `if (!name)` right behind the statement of a call: `delete_test`, `behind`."""
    behind = statement(call(body, str(words["behind"])))
    found = behind.next_named_sibling
    name = str(words["delete_test"])
    if (
        found is None
        or found.type != "if_statement"
        or body.spelled(found.child_by_field_name("condition")) != f"(!{name})"
    ):
        raise NotFound(f"if (!{name}) behind {words['behind']}()")
    return _replaced(body, found, "")


def delete_if(body: Body, words: Words) -> bytes:
    """Deletes the `if` whose condition calls a function: `delete_if`, `nth` of `of`."""
    name = str(words["delete_if"])

    def asks(node: Node) -> bool:
        condition = node.child_by_field_name("condition")
        return (
            node.type == "if_statement"
            and condition is not None
            and holds_call(body, condition, name)
        )

    nth, of = _which(words)
    found = list(walk(body.node, asks))
    if len(found) != of:
        raise NotFound(f"if (.. {name}() ..): {len(found)} of them and not {of}")
    return _replaced(body, found[nth - 1], "")


def drop_condition(body: Body, words: Words) -> bytes:
    """Does always what stood under an `if` of its own: `drop_condition` around a call."""
    name = str(words["drop_condition"])
    done = statement(call(body, name))
    found = done.parent
    if found is None or found.type != "if_statement":
        raise NotFound(f"if (..) {name}()")
    return _replaced(body, found, body.text(done))


def retarget_goto(body: Body, words: Words) -> bytes:
    """Sends a goto elsewhere: `retarget_goto`, `to`, `under` a condition that calls a function."""
    label, under = str(words["retarget_goto"]), str(words["under"])
    found = only(
        walk(
            body.node,
            lambda node: (
                node.type == "goto_statement"
                and body.spelled(node.child_by_field_name("label")) == label
                and _is_under(body, node, under)
            ),
        ),
        f"goto {label} under {under}()",
    )
    target = found.child_by_field_name("label")
    assert target is not None
    return _replaced(body, target, str(words["to"]))


def _is_under(body: Body, node: Node, name: str) -> bool:
    parent = node.parent
    if parent is None or parent.type != "if_statement":
        return False
    condition = parent.child_by_field_name("condition")
    return condition is not None and holds_call(body, condition, name)


def _call(body: Body, words: Words, name: str) -> Node:
    nth, of = _which(words)
    return call(body, name, str(words.get("within", "")), nth, of)


def _which(words: Words) -> tuple[int, int]:
    """Which of how many is meant."""
    nth, of = words.get("nth", 1), words.get("of", 1)
    assert isinstance(nth, int) and isinstance(of, int)
    return nth, of


def _in_block_of(moved: Node, node: Node) -> Node:
    """What holds a node and stands in the innermost block that holds both it and what is moved."""
    while node.parent is not None and not (
        node.parent.type == "compound_statement" and moved.end_byte <= node.parent.end_byte
    ):
        node = node.parent
    return node


def _replaced(body: Body, node: Node, text: str) -> bytes:
    """The file with a node replaced; an empty statement stays where a statement goes."""
    text = text or ("{}" if node.parent is not None and node.parent.type == "if_statement" else ";")
    data = body.data
    return data[: node.start_byte] + text.encode("latin-1") + data[node.end_byte :]


OPERATIONS: Final[Mapping[str, Callable[[Body, Words], bytes]]] = {
    operation.__name__: operation
    for operation in (
        delete_call,
        move_call,
        replace_argument,
        rename_call,
        delete_initialiser,
        insert_behind_assignment,
        drop_operand,
        delete_test,
        delete_if,
        drop_condition,
        retarget_goto,
    )
}
"""By name, which is the key of its target."""
