"""Lowers the expressions of a syntax tree."""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from analyzer.cfront.literals import character, integer, string
from analyzer.cfront.syntax import SyntaxLowering
from analyzer.cfront.treesitter import by_kind, errors, kinds
from analyzer.ir import (
    Binary,
    Constant,
    Deref,
    Expr,
    Field,
    Index,
    Initializer,
    Opaque,
    Text,
    Unary,
    VariableKind,
)

_IDENTIFIER = kinds("identifier")
_CALL = kinds("call_expression")
_PARENTHESES = kinds("parenthesized_expression")
_BINARY = kinds("binary_expression")
_UNARY = kinds("unary_expression")
_COMMA = kinds("comma_expression")
_COMPOUND = kinds("compound_statement")
_UPDATE = kinds("update_expression")
_CHOICE = kinds("conditional_expression")
_DESIGNATORS = kinds("field_designator", "subscript_designator", "subscript_range_designator")
_PAIR = kinds("initializer_pair")
_MAX_DEPTH = 120


class ExpressionLowering(SyntaxLowering):
    """The expressions of one function. `source` is the file's text, one character a byte."""

    def value(self, node: Node) -> Expr:
        """Lowers an expression whose value is used."""
        handler = _VALUES.get(node.kind_id)
        if handler is None:
            return self._unknown(node)
        if self.depth > _MAX_DEPTH:
            return self.too_deep(node)
        self.depth += 1
        result = handler(self, node)
        self.depth -= 1
        return result

    def effect(self, node: Node) -> None:
        """Lowers an expression whose value is not used."""
        kind = node.kind_id
        if self.depth > _MAX_DEPTH:
            self.too_deep(node)
            return
        self.depth += 1
        if kind in _UPDATE:
            self._update(node, old=False)
        elif kind in _COMMA:
            kids = self.kids(node)
            self.effect(kids[0])
            self.effect(kids[2])
        elif kind in _PARENTHESES:
            inner = self.kids(node)[1]
            if inner.kind_id in _COMPOUND:
                self.block_value(inner)
            else:
                self.effect(inner)
        elif kind in _CHOICE:
            self.choice_effect(*self._choice_parts(node))
        elif kind in _BINARY and self.kids(node)[1].type in ("&&", "||") and not self.is_pure(node):
            join = self.graph.new()
            self.condition(node, join, join)
            self.graph.enter(join)
        else:
            self.value(node)
        self.depth -= 1

    def condition(self, node: Node, true: int, false: int) -> None:
        """Lowers an expression as a branch."""
        if self.depth > _MAX_DEPTH:
            self.branch(self.too_deep(node), true, false, (node.start_byte, node.end_byte))
            return
        self.depth += 1
        self._condition(node, true, false)
        self.depth -= 1

    def _condition(self, node: Node, true: int, false: int) -> None:
        kind = node.kind_id
        if kind in _PARENTHESES:
            inner = self.kids(node)[1]
            if inner.kind_id not in _COMPOUND:
                self.condition(inner, true, false)
                return
        elif kind in _UNARY:
            kids = self.kids(node)
            if kids[0].type == "!":
                self.condition(kids[1], false, true)
                return
        elif kind in _BINARY:
            kids = self.kids(node)
            operator = kids[1].type
            if operator in ("&&", "||"):
                self.logical_condition(operator, kids[0], kids[2], true, false)
                return
        elif kind in _COMMA:
            kids = self.kids(node)
            self.effect(kids[0])
            self.condition(kids[2], true, false)
            return
        elif kind in _CALL:
            inside = self.transparent(node)
            if inside is not None:
                self.condition(inside, true, false)
                return
        self.branch(self.value(node), true, false, (node.start_byte, node.end_byte))

    def block_value(self, node: Node) -> Expr:
        """Lowers a statement expression."""
        raise NotImplementedError

    def _unknown(self, node: Node) -> Expr:
        if not errors(node):
            self.gaps.append((node.start_byte, self.spelling(node)[:80]))
        return Opaque(self.spelling(node)[:80])

    def _identifier(self, node: Node) -> Expr:
        start = node.start_byte
        if start in self.normal.types:
            return Opaque(self.spelling(node))
        name = self.source[start : node.end_byte]
        if name in ("NULL", "false"):
            return Constant(0)
        if name == "true":
            return Constant(1)
        return self.scopes.find(name) if name else Opaque("")

    def _number(self, node: Node) -> Expr:
        text = self.name(node)
        value = integer(text)
        return Opaque(text) if value is None else Constant(value)

    def _character(self, node: Node) -> Expr:
        return Constant(character(self.name(node)))

    def _string(self, node: Node) -> Expr:
        return Text(string(self.name(node)))

    def _strings(self, node: Node) -> Expr:
        parts = [
            string(self.name(child)) for child in self.kids(node) if child.type == "string_literal"
        ]
        return Text("".join(parts))

    def _false(self, node: Node) -> Expr:
        return Constant(0)

    def _true(self, node: Node) -> Expr:
        return Constant(1)

    def _parenthesized(self, node: Node) -> Expr:
        inner = self.kids(node)[1]
        return self.block_value(inner) if inner.kind_id in _COMPOUND else self.value(inner)

    def _comma(self, node: Node) -> Expr:
        kids = self.kids(node)
        self.effect(kids[0])
        return self.value(kids[2])

    def _binary(self, node: Node) -> Expr:
        left, operator, right = self.kids(node)
        text = operator.type
        if text in ("&&", "||"):
            return self.logical(node, text, (left, right), (node.start_byte, node.end_byte))
        if left.kind_id in _PARENTHESES and self.is_type(left):
            return self._signed(text, right)
        return Binary(text, self.value(left), self.value(right))

    def _signed(self, operator: str, operand: Node) -> Expr:
        """What looks binary after a cast to typeof: `(typeof(x))-1`."""
        value = self.value(operand)
        if operator == "*":
            return self.deref(value)
        if operator == "&":
            return self.address(value)
        return Unary("-", value) if operator == "-" else value

    def _unary(self, node: Node) -> Expr:
        operator, operand = self.kids(node)
        value = self.value(operand)
        text = operator.type
        if text == "+":
            return value
        if text == "-" and type(value) is Constant:
            return Constant(-value.value)
        return Unary(text, value)

    def _pointer(self, node: Node) -> Expr:
        operator, operand = self.kids(node)
        value = self.value(operand)
        return self.deref(value) if operator.type == "*" else self.address(value)

    def _updated(self, node: Node) -> Expr:
        return self._update(node, old=True)

    def _update(self, node: Node, old: bool) -> Expr:
        first, second = self.kids(node)
        at = (node.start_byte, node.end_byte)
        if first.type in ("++", "--"):
            return self.step(first.type[0], second, at, False)
        return self.step(second.type[0], first, at, old)

    def _assignment(self, node: Node) -> Expr:
        left, operator, right = self.kids(node)
        at = (node.start_byte, node.end_byte)
        return self.assignment(operator.type[:-1], left, right, at)

    def _choice_parts(self, node: Node) -> tuple[Node, Node | None, Node]:
        kids = self.kids(node)
        return (kids[0], kids[2], kids[4]) if len(kids) == 5 else (kids[0], None, kids[3])

    def _choice(self, node: Node) -> Expr:
        test, then, other = self._choice_parts(node)
        return self.choice(test, then, other, (node.start_byte, node.end_byte))

    def _cast(self, node: Node) -> Expr:
        kids = self.kids(node)
        operand = kids[3]
        described = kids[1]
        if described.named_child_count == 1 and operand.kind_id in _SIGNS:
            variable = self.scopes.find(self.name(described))
            if variable.kind is not VariableKind.GLOBAL:
                sign = self.kids(operand)
                return Binary(sign[0].type, variable, self.value(sign[1]))
        return self.value(operand)

    def _opaque(self, node: Node) -> Expr:
        return Opaque(self.spelling(node))

    def _subscript(self, node: Node) -> Expr:
        kids = self.kids(node)
        return Index(self.value(kids[0]), self.value(kids[2]))

    def _field(self, node: Node) -> Expr:
        object_, operator, name = self.kids(node)
        value = self.value(object_)
        if operator.type == "->":
            value = self.deref(value)
        return Field(value, self.name(name))

    def _extension(self, node: Node) -> Expr:
        return self.value(self.kids(node)[-1])

    def _compound_literal(self, node: Node) -> Expr:
        return self.value(self.kids(node)[3])

    def _initializers(self, node: Node) -> Expr:
        entries: list[tuple[tuple[str, ...], Expr]] = []
        spans: list[tuple[int, int]] = []
        for child in self.kids(node):
            if not child.is_named:
                continue
            spans.append((child.start_byte, child.end_byte))
            if child.kind_id in _PAIR:
                kids = self.kids(child)
                path = tuple(self._designator(kid) for kid in kids if kid.kind_id in _DESIGNATORS)
                path = path or (self.name(kids[0]),)
                entries.append((path, self.value(kids[-1])))
            else:
                entries.append(((), self.value(child)))
        return Initializer(tuple(entries), tuple(spans))

    def _designator(self, node: Node) -> str:
        kids = self.kids(node)
        return self.name(kids[1]) if kids[0].type == "." else "[]"

    def _called(self, node: Node) -> Expr:
        function, arguments = self.kids(node)[:2]
        given = self.arguments(arguments)
        at = (node.start_byte, node.end_byte)
        if function.kind_id in _IDENTIFIER:
            name = self.name(function)
            special = self._special_call(name, node, given)
            if special is not None:
                return special
            if self.table.is_assertion(name):
                self.eager += 1
                args = tuple([self.value(argument) for argument in given])
                self.eager -= 1
                return self.named_call(name, args, at[0], at[1])
            callee: Expr = self.scopes.find(name)
        else:
            inside = self.transparent(node)
            if inside is not None:
                return self.value(inside)
            callee = self.value(function)
            if type(callee) is Deref:
                callee = callee.pointer
        return self.call(callee, tuple([self.value(argument) for argument in given]), at[0], at[1])

    def _special_call(self, name: str, node: Node, given: list[Node]) -> Expr | None:
        """Macros that read or write memory rather than call: READ_ONCE, WRITE_ONCE."""
        table = self.table
        position = table.values.get(name)
        if position is not None:
            return self.value(given[position]) if position < len(given) else None
        position = table.loads.get(name)
        if position is not None and position < len(given):
            return self.deref(self.value(given[position]))
        store = table.stores.get(name)
        if store is not None and len(given) == 2:
            place = self.value(given[0])
            if store == "pointer":
                place = self.deref(place)
            self.assign(place, self.value(given[1]), node.start_byte, node.end_byte)
            return place
        return None


_SIGNS = kinds("pointer_expression", "unary_expression")
_Handler = Callable[[ExpressionLowering, Node], Expr]
_VALUES: Mapping[int, _Handler] = by_kind(
    {
        "identifier": ExpressionLowering._identifier,
        "number_literal": ExpressionLowering._number,
        "char_literal": ExpressionLowering._character,
        "string_literal": ExpressionLowering._string,
        "concatenated_string": ExpressionLowering._strings,
        "true": ExpressionLowering._true,
        "false": ExpressionLowering._false,
        "null": ExpressionLowering._false,
        "parenthesized_expression": ExpressionLowering._parenthesized,
        "comma_expression": ExpressionLowering._comma,
        "binary_expression": ExpressionLowering._binary,
        "unary_expression": ExpressionLowering._unary,
        "pointer_expression": ExpressionLowering._pointer,
        "update_expression": ExpressionLowering._updated,
        "assignment_expression": ExpressionLowering._assignment,
        "conditional_expression": ExpressionLowering._choice,
        "cast_expression": ExpressionLowering._cast,
        "sizeof_expression": ExpressionLowering._opaque,
        "alignof_expression": ExpressionLowering._opaque,
        "offsetof_expression": ExpressionLowering._opaque,
        "generic_expression": ExpressionLowering._opaque,
        "gnu_asm_expression": ExpressionLowering._opaque,
        "type_descriptor": ExpressionLowering._opaque,
        "subscript_expression": ExpressionLowering._subscript,
        "call_expression": ExpressionLowering._called,
        "field_expression": ExpressionLowering._field,
        "compound_literal_expression": ExpressionLowering._compound_literal,
        "initializer_list": ExpressionLowering._initializers,
        "extension_expression": ExpressionLowering._extension,
    }
)
