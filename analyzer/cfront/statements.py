"""Lowers the statements and local declarations of a syntax tree."""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from analyzer.cfront.expressions import ExpressionLowering
from analyzer.cfront.treesitter import by_kind, kinds
from analyzer.cfront.types import DECLARATORS, INIT, declared, specifiers, with_suffix
from analyzer.ir import Address, Constant, Expr, Opaque, Range, Return, Variable, VariableKind

_ELSE = kinds("else_clause")
_IF = kinds("if_statement")
_DECLARATION = kinds("declaration")
_PARENTHESES = kinds("parenthesized_expression")
_COMMA = kinds("comma_expression")
_EXPRESSION_STATEMENT = kinds("expression_statement")
_CALL = kinds("call_expression")
_IDENTIFIER = kinds("identifier")
_IGNORED = kinds(
    "struct_specifier",
    "union_specifier",
    "enum_specifier",
    "type_definition",
    "identifier",
    "attributed_statement",
    "attribute_declaration",
    "primitive_type",
    "type_identifier",
    "macro_type_specifier",
)
_STATIC = frozenset({"static", "extern"})
_MAX_DEPTH = 80


class BodyLowering(ExpressionLowering):
    """The body of one function."""

    def lower(self, parameters: tuple[str, ...], body: Node) -> None:
        """Lowers the whole body; the end of it is a return of nothing."""
        for name in parameters:
            if name:
                self.scopes.parameter(name)
        self.open()
        self._items(self.kids(body))
        end = body.end_byte
        self.close(end - 1, end)
        self.graph.end(Return(None, end - 1, end))
        self.finish()

    def statement(self, node: Node) -> None:
        """Lowers a statement."""
        handler = _STATEMENTS.get(node.kind_id)
        if handler is not None:
            if self.depth > _MAX_DEPTH:
                self.too_deep(node)
                return
            self.depth += 1
            handler(self, node)
            self.depth -= 1
        elif node.is_named and not node.is_missing and node.kind_id not in _IGNORED:
            self.value(node)

    def _items(self, items: list[Node]) -> None:
        for item in items:
            if item.is_named:
                self.statement(item)

    def _compound(self, node: Node) -> None:
        self.open()
        self._items(self.kids(node))
        self.close(node.end_byte - 1, node.end_byte)

    def _expression(self, node: Node) -> None:
        expression = node.children[0]
        if not expression.is_named or expression.is_missing:
            return
        kind = expression.kind_id
        if kind in _CALL:
            if self._macro_statement(expression):
                return
        elif kind in _IDENTIFIER:
            return
        if expression.is_error:
            return
        self.effect(expression)

    def _macro_statement(self, node: Node) -> bool:
        """guard(), CLASS() and macros that declare a variable; False for any other call."""
        function, arguments = self.kids(node)[:2]
        at = (node.start_byte, node.end_byte)
        if function.kind_id in _IDENTIFIER:
            declarator = self.table.declarator(self.name(function))
            if declarator is None:
                return False
            given = self.arguments(arguments)
            position = declarator.position
            if position >= len(given) or given[position].kind_id not in _IDENTIFIER:
                return False
            if at[0] in self.normal.statics:
                self.scopes.outside(self.name(given[position]))
                return True
            variable = self.declare(self.name(given[position]), declarator.type, at)
            rest = [argument for index, argument in enumerate(given) if index != position]
            args = (Address(variable), *[self.value(argument) for argument in rest])
            self.named_call(self.name(function), args, *at)
            return True
        if function.kind_id not in _CALL:
            return False
        inner, names = self.kids(function)[:2]
        if inner.kind_id not in _IDENTIFIER:
            return False
        macro = self.name(inner)
        named = [self.name(argument) for argument in self.arguments(names)]
        if macro in self.table.guards and len(named) == 1:
            args = tuple([self.value(argument) for argument in self.arguments(arguments)])
            self.named_call(f"class_{named[0]}_constructor", args, *at, macro)
            self.clean_up(f"class_{named[0]}_destructor", args)
            return True
        if macro in self.table.classes and len(named) == 2:
            args = tuple([self.value(argument) for argument in self.arguments(arguments)])
            result = self.named_call(f"class_{named[0]}_constructor", args, *at, macro)
            variable = self.define(named[1], f"class_{named[0]}_t", result, at)
            self.clean_up(f"class_{named[0]}_destructor", (variable,))
            return True
        return False

    def _declaration(self, node: Node) -> None:
        children = self.kids(node)
        outside = any(
            child.type == "storage_class_specifier" and self.name(child) in _STATIC
            for child in children
        )
        base = ""
        for child in children:
            if child.kind_id not in DECLARATORS:
                continue
            initial = child.kind_id in INIT
            found = declared(self.kids(child)[0] if initial else child)
            if found.name is None:
                continue
            name = self.name(found.name)
            if outside or (found.function is not None and not initial):
                self.scopes.outside(name)
                continue
            base = base or self._base_type(node)
            self._declarator(child, name, with_suffix(base, found.suffix), initial)

    def _base_type(self, node: Node) -> str:
        return specifiers(node, self.source)

    def _declarator(self, node: Node, name: str, kind: str, initial: bool) -> None:
        at = (node.start_byte, node.end_byte)
        if initial:
            # The name is in scope within its own initialiser.
            variable = self.scopes.local(name, kind)
            value = self.value(self.kids(node)[-1])
            self.initialise(variable, value, at)
        else:
            variable = self.declare(name, kind, at)
        for offset, free in self.normal.frees.items():
            if at[0] <= offset < at[1] or self._free_after(offset, at):
                self.clean_up(f"__free_{free}", (Address(variable),))

    def _free_after(self, offset: int, at: tuple[int, int]) -> bool:
        """True for `T *p __free(x);`: nothing but blanks stands between the name and the word."""
        return at[1] <= offset and not self.normal.text[at[1] : offset].strip()

    def _if(self, node: Node) -> None:
        """An if statement with its chain of else-ifs, which may be long."""
        graph = self.graph
        join = graph.new()
        current: Node | None = node
        while current is not None:
            kids = self.kids(current)
            true, false = graph.new(), graph.new()
            if current.start_byte in self.normal.prefixes:
                at = (current.start_byte, kids[1].end_byte)
                name = self.normal.prefixes[current.start_byte]
                self.branch(Opaque(name), true, false, at)
            else:
                self.condition(kids[1], true, false)
            graph.enter(true)
            self.statement(kids[2])
            graph.jump(join)
            graph.enter(false)
            current = None
            if len(kids) > 3 and kids[3].kind_id in _ELSE:
                other = self.kids(kids[3])[1]
                if other.kind_id in _IF:
                    current = other
                else:
                    self.statement(other)
        graph.enter(join)

    def _while(self, node: Node) -> None:
        kids = self.kids(node)
        start = node.start_byte
        name = self.normal.loops.get(start)
        if name is not None:
            args = () if start in self.normal.bare else self._flat(self.kids(kids[1])[1])
            cursors = self.table.loops.get(name, ())
            self.macro_loop(name, args, cursors, kids[2], (start, kids[1].end_byte))
        elif start in self.normal.scopes:
            self._scoped(kids[1], kids[2], node)
        else:
            self.while_loop(kids[1], kids[2])

    def _flat(self, node: Node) -> tuple[Node, ...]:
        """The operands of a chain of commas."""
        found: list[Node] = []
        pending = [node]
        while pending:
            current = pending.pop()
            if current.kind_id in _COMMA:
                left, _, right = self.kids(current)
                pending += (right, left)
            else:
                found.append(current)
        return tuple(found)

    def _scoped(self, head: Node, body: Node, node: Node) -> None:
        parts = self._flat(self.kids(head)[1])
        if self.normal.scopes[node.start_byte] == "scoped_cond_guard":
            parts = (parts[0], *parts[2:])
        args = tuple([self.value(part) for part in parts[1:]])
        at = (node.start_byte, head.end_byte)
        self.scoped(self.name(parts[0]), args, body, at, node.end_byte)

    def _do(self, node: Node) -> None:
        kids = self.kids(node)
        test = kids[3]
        name = self.normal.loops.get(kids[2].start_byte)
        if name is not None:
            args = self._flat(self.kids(test)[1])
            self._do_macro(kids[1], name, args, (kids[2].start_byte, test.end_byte))
        else:
            self.do_loop(kids[1], test)

    def _do_macro(self, body: Node, name: str, args: tuple[Node, ...], at: tuple[int, int]) -> None:
        """`do body while_macro(...)`: goes round or not."""
        graph = self.graph
        inside, check, exit_ = graph.new(), graph.new(), graph.new()
        graph.enter(inside)
        self._loop_body(body, exit_, check)
        graph.enter(check)
        callee = Variable(name, VariableKind.GLOBAL)
        result = self.call(callee, tuple([self.value(arg) for arg in args]), *at, True)
        self.branch(result, inside, exit_, at)
        graph.enter(exit_)

    def _for(self, node: Node) -> None:
        kids = self.kids(node)
        self.open()
        position = 2
        if kids[2].kind_id in _DECLARATION:
            self.statement(kids[2])
            position = 3
        else:
            if kids[2].is_named:
                self.effect(kids[2])
                position = 3
            position += 1
        test = update = None
        if kids[position].is_named:
            test = kids[position]
            position += 1
        position += 1
        if kids[position].is_named:
            update = kids[position]
        self.for_loop(test, update, kids[-1])
        self.close(node.end_byte - 1, node.end_byte)

    def _switch(self, node: Node) -> None:
        kids = self.kids(node)
        self.switch(kids[1], kids[2], (node.start_byte, kids[1].end_byte))

    def _case(self, node: Node) -> None:
        kids = self.kids(node)
        if kids[0].type == "default":
            self.case((), True)
            self._items(kids[2:])
            return
        label = kids[1]
        parts = self.kids(label)
        if self.normal.ranges and len(parts) == 3 and parts[1].type == "||":
            self.case((Range(self.value(parts[0]), self.value(parts[2])),), False)
        else:
            self.case((self.value(label),), False)
        self._items(kids[3:])

    def _return(self, node: Node) -> None:
        kids = self.kids(node)
        value = None
        if len(kids) > 1 and kids[1].is_named and not kids[1].is_missing:
            value = self.value(kids[1])
        self.return_(value, node.start_byte, node.end_byte)

    def _break(self, node: Node) -> None:
        self.break_(node.start_byte, node.end_byte)

    def _continue(self, node: Node) -> None:
        self.continue_(node.start_byte, node.end_byte)

    def _goto(self, node: Node) -> None:
        target = self.kids(node)[1]
        self.goto(self.name(target), node.start_byte, node.end_byte)

    def _labeled(self, node: Node) -> None:
        kids = self.kids(node)
        self.label(self.name(kids[0]))
        self._items(kids[2:])

    def block_value(self, node: Node) -> Expr:
        """Lowers a statement expression; its last expression is its value."""
        self.open()
        items = [item for item in self.kids(node) if item.is_named]
        value: Expr = Constant(0)
        if items and items[-1].kind_id in _EXPRESSION_STATEMENT:
            self._items(items[:-1])
            last = self.kids(items[-1])
            if last and last[0].is_named and not last[0].is_missing:
                value = self.value(last[0])
        else:
            self._items(items)
        scope = self.scopes.stack[-1]
        if scope.cleanups and not isinstance(value, Constant):
            kept = self.scopes.temporary()
            self.assign(kept, value, node.start_byte, node.end_byte)
            value = kept
        self.close(node.end_byte - 1, node.end_byte)
        return value


_Handler = Callable[[BodyLowering, Node], None]
_STATEMENTS: Mapping[int, _Handler] = by_kind(
    {
        "expression_statement": BodyLowering._expression,
        "declaration": BodyLowering._declaration,
        "compound_statement": BodyLowering._compound,
        "if_statement": BodyLowering._if,
        "while_statement": BodyLowering._while,
        "do_statement": BodyLowering._do,
        "for_statement": BodyLowering._for,
        "switch_statement": BodyLowering._switch,
        "case_statement": BodyLowering._case,
        "return_statement": BodyLowering._return,
        "break_statement": BodyLowering._break,
        "continue_statement": BodyLowering._continue,
        "goto_statement": BodyLowering._goto,
        "labeled_statement": BodyLowering._labeled,
    }
)
