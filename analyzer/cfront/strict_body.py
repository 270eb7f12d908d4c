"""Lowers what pycparser reads: untyped objects whose attributes are asked for by name."""

from collections.abc import Callable, Mapping

from pycparser import c_generator

from analyzer.cfront.control import Lowering
from analyzer.cfront.literals import character, integer, string
from analyzer.cfront.lowering import Span
from analyzer.cfront.macros import MacroTable
from analyzer.ir import (
    Binary,
    Constant,
    Deref,
    Expr,
    Field,
    Index,
    Initializer,
    Opaque,
    Return,
    Text,
    Unary,
)

_EFFECTS = frozenset({"FuncCall", "Assignment", "TernaryOp"})
_STEPS = frozenset({"p++", "p--", "++", "--"})
_OUTSIDE = frozenset({"static", "extern"})


def kind_of(node: object) -> str:
    """The name of a node's class."""
    return type(node).__name__


def part(node: object, name: str) -> object:
    """One attribute of a node."""
    return getattr(node, name, None)


def parts(node: object, name: str) -> list[object]:
    """An attribute that is a list of nodes; empty when there is none."""
    return list(getattr(node, name, None) or ())


def word(node: object, name: str) -> str:
    """An attribute that is a word."""
    return str(getattr(node, name, "") or "")


def spelled(node: object) -> str:
    """A node as C."""
    return " ".join(str(c_generator.CGenerator().visit(node)).split())


def type_text(node: object, inner: str = "") -> str:
    """A type as C, without the name that it declares."""
    kind = kind_of(node)
    if kind == "PtrDecl":
        return type_text(part(node, "type"), f"*{inner}")
    if kind == "ArrayDecl":
        size = part(node, "dim")
        held = f"({inner})" if inner.startswith("*") else inner
        return type_text(part(node, "type"), f"{held}[{spelled(size) if size else ''}]")
    if kind == "FuncDecl":
        args = part(node, "args")
        text = ", ".join(type_text(part(each, "type")) for each in parts(args, "params"))
        held = f"({inner})" if inner.startswith("*") else inner
        return type_text(part(node, "type"), f"{held}({text})")
    if kind in ("Typename", "TypeDecl"):
        quals = "".join(f"{qual} " for qual in parts(node, "quals") if kind == "TypeDecl")
        return quals + type_text(part(node, "type"), inner)
    if kind == "IdentifierType":
        base = " ".join(str(name) for name in parts(node, "names"))
    else:
        base = f"{kind.lower()} {word(node, 'name')}"
    return f"{base} {inner}" if inner else base


class StrictLowering(Lowering[object]):
    """One function body. `span` gives the byte offsets of a node."""

    def __init__(self, table: MacroTable, span: Callable[[object], Span]) -> None:
        super().__init__()
        self._table = table
        self._span = span

    def lower(self, parameters: tuple[str, ...], body: object, end: int) -> None:
        """Lowers the whole body, which ends at byte `end`."""
        for name in parameters:
            if name:
                self.scopes.parameter(name)
        self.open()
        for item in parts(body, "block_items"):
            self.statement(item)
        self.close(end - 1, end)
        self.graph.end(Return(None, end - 1, end))
        self.finish()

    def value(self, node: object) -> Expr:
        """Lowers an expression whose value is used."""
        handler = _VALUES.get(kind_of(node))
        return handler(self, node) if handler is not None else Opaque(spelled(node))

    def effect(self, node: object) -> None:
        """Lowers an expression whose value is not used."""
        kind = kind_of(node)
        if kind == "UnaryOp" and word(node, "op") in _STEPS:
            self.step(word(node, "op").strip("p")[0], part(node, "expr"), self._span(node), False)
        elif kind == "ExprList":
            for each in parts(node, "exprs"):
                self.effect(each)
        elif kind == "TernaryOp":
            self.choice_effect(part(node, "cond"), part(node, "iftrue"), part(node, "iffalse"))
        elif kind == "BinaryOp" and word(node, "op") in ("&&", "||") and not self.is_pure(node):
            join = self.graph.new()
            self.condition(node, join, join)
            self.graph.enter(join)
        else:
            self.value(node)

    def condition(self, node: object, true: int, false: int) -> None:
        """Lowers an expression as a branch."""
        kind = kind_of(node)
        operator = word(node, "op")
        if kind == "UnaryOp" and operator == "!":
            self.condition(part(node, "expr"), false, true)
        elif kind == "BinaryOp" and operator in ("&&", "||"):
            self.logical_condition(operator, part(node, "left"), part(node, "right"), true, false)
        elif kind == "ExprList":
            *first, last = parts(node, "exprs")
            for each in first:
                self.effect(each)
            self.condition(last, true, false)
        elif kind == "FuncCall" and self._transparent(node) is not None:
            self.condition(self._transparent(node), true, false)
        else:
            self.branch(self.value(node), true, false, self._span(node))

    def is_pure(self, node: object) -> bool:
        """True if the expression holds no call, assignment or branch."""
        kind = kind_of(node)
        if kind == "FuncCall" and self._transparent(node) is not None:
            return self.is_pure(self._transparent(node))
        if kind in _EFFECTS or (kind == "UnaryOp" and word(node, "op") in _STEPS):
            return False
        if kind == "UnaryOp" and word(node, "op") == "sizeof":
            return True
        children: list[tuple[str, object]] = getattr(node, "children", list)()
        return all(self.is_pure(child) for _, child in children)

    def statement(self, node: object) -> None:
        """Lowers a statement."""
        handler = _STATEMENTS.get(kind_of(node))
        if handler is not None:
            handler(self, node)
        else:
            self.effect(node)

    # Expressions.

    def _transparent(self, node: object) -> object | None:
        position = self._table.values.get(word(part(node, "name"), "name"))
        args = parts(part(node, "args"), "exprs")
        return args[position] if position is not None and position < len(args) else None

    def _id(self, node: object) -> Expr:
        name = word(node, "name")
        if name in ("NULL", "false", "true"):
            return Constant(int(name == "true"))
        return self.scopes.find(name)

    def _constant(self, node: object) -> Expr:
        text = word(node, "value")
        if word(node, "type") == "string":
            return Text(string(text))
        if word(node, "type") == "char":
            return Constant(character(text))
        value = integer(text)
        return Opaque(text) if value is None else Constant(value)

    def _unary(self, node: object) -> Expr:
        operator = word(node, "op")
        operand = part(node, "expr")
        if operator in _STEPS:
            old = operator.startswith("p")
            return self.step(operator.strip("p")[0], operand, self._span(node), old)
        if operator in ("sizeof", "_Alignof"):
            return Opaque(spelled(node))
        value = self.value(operand)
        if operator == "&":
            return self.address(value)
        if operator == "*":
            return self.deref(value)
        if operator == "+":
            return value
        if operator == "-" and type(value) is Constant:
            return Constant(-value.value)
        return Unary(operator, value)

    def _binary(self, node: object) -> Expr:
        operator = word(node, "op")
        operands = (part(node, "left"), part(node, "right"))
        if operator in ("&&", "||"):
            return self.logical(node, operator, operands, self._span(node))
        return Binary(operator, self.value(operands[0]), self.value(operands[1]))

    def _assignment(self, node: object) -> Expr:
        operator = word(node, "op")[:-1]
        return self.assignment(
            operator, part(node, "lvalue"), part(node, "rvalue"), self._span(node)
        )

    def _choice(self, node: object) -> Expr:
        return self.choice(
            part(node, "cond"), part(node, "iftrue"), part(node, "iffalse"), self._span(node)
        )

    def _field(self, node: object) -> Expr:
        value = self.value(part(node, "name"))
        if word(node, "type") == "->":
            value = self.deref(value)
        return Field(value, word(part(node, "field"), "name"))

    def _index(self, node: object) -> Expr:
        return Index(self.value(part(node, "name")), self.value(part(node, "subscript")))

    def _cast(self, node: object) -> Expr:
        return self.value(part(node, "expr"))

    def _literal(self, node: object) -> Expr:
        return self.value(part(node, "init"))

    def _comma(self, node: object) -> Expr:
        *first, last = parts(node, "exprs")
        for each in first:
            self.effect(each)
        return self.value(last)

    def _initializers(self, node: object) -> Expr:
        entries: list[tuple[tuple[str, ...], Expr]] = []
        for each in parts(node, "exprs"):
            if kind_of(each) == "NamedInitializer":
                path = tuple(word(name, "name") or "[]" for name in parts(each, "name"))
                entries.append((path, self.value(part(each, "expr"))))
            else:
                entries.append(((), self.value(each)))
        return Initializer(tuple(entries))

    def _call(self, node: object) -> Expr:
        inside = self._transparent(node)
        if inside is not None:
            return self.value(inside)
        function = part(node, "name")
        name = word(function, "name") if kind_of(function) == "ID" else ""
        eager = bool(name) and self._table.is_assertion(name)
        callee = self.value(function)
        if type(callee) is Deref and kind_of(function) != "ID":
            callee = callee.pointer
        self.eager += eager
        args = tuple([self.value(each) for each in parts(part(node, "args"), "exprs")])
        self.eager -= eager
        return self.call(callee, args, *self._span(node))

    # Statements.

    def _compound(self, node: object) -> None:
        self.open()
        for item in parts(node, "block_items"):
            self.statement(item)
        start, end = self._span(node)
        self.close(start, end)

    def _declaration(self, node: object) -> None:
        name = word(node, "name")
        kind = part(node, "type")
        if not name:
            return
        at = self._span(node)
        if _OUTSIDE & set(getattr(node, "storage", ())) or kind_of(kind) == "FuncDecl":
            self.scopes.outside(name)
        elif part(node, "init") is None:
            self.declare(name, type_text(kind), at)
        else:
            variable = self.scopes.local(name, type_text(kind))
            self.initialise(variable, self.value(part(node, "init")), at)

    def _declarations(self, node: object) -> None:
        for each in parts(node, "decls"):
            self.statement(each)

    def _if(self, node: object) -> None:
        self.conditional(part(node, "cond"), part(node, "iftrue"), part(node, "iffalse"))

    def _while(self, node: object) -> None:
        self.while_loop(part(node, "cond"), part(node, "stmt"))

    def _do(self, node: object) -> None:
        self.do_loop(part(node, "stmt"), part(node, "cond"))

    def _for(self, node: object) -> None:
        self.open()
        if part(node, "init") is not None:
            self.statement(part(node, "init"))
        self.for_loop(part(node, "cond"), part(node, "next"), part(node, "stmt"))
        start, end = self._span(node)
        self.close(start, end)

    def _switch(self, node: object) -> None:
        self.switch(part(node, "cond"), part(node, "stmt"), self._span(node))

    def _case(self, node: object) -> None:
        self.case((self.value(part(node, "expr")),), False)
        for each in parts(node, "stmts"):
            self.statement(each)

    def _default(self, node: object) -> None:
        self.case((), True)
        for each in parts(node, "stmts"):
            self.statement(each)

    def _return(self, node: object) -> None:
        expression = part(node, "expr")
        value = self.value(expression) if expression is not None else None
        self.return_(value, *self._span(node))

    def _break(self, node: object) -> None:
        self.break_(*self._span(node))

    def _continue(self, node: object) -> None:
        self.continue_(*self._span(node))

    def _goto(self, node: object) -> None:
        self.goto(word(node, "name"), *self._span(node))

    def _label(self, node: object) -> None:
        self.label(word(node, "name"))
        self.statement(part(node, "stmt"))

    def _nothing(self, node: object) -> None:
        """An empty statement or a pragma."""


_VALUES: Mapping[str, Callable[[StrictLowering, object], Expr]] = {
    "ID": StrictLowering._id,
    "Constant": StrictLowering._constant,
    "UnaryOp": StrictLowering._unary,
    "BinaryOp": StrictLowering._binary,
    "Assignment": StrictLowering._assignment,
    "TernaryOp": StrictLowering._choice,
    "StructRef": StrictLowering._field,
    "ArrayRef": StrictLowering._index,
    "Cast": StrictLowering._cast,
    "CompoundLiteral": StrictLowering._literal,
    "ExprList": StrictLowering._comma,
    "InitList": StrictLowering._initializers,
    "FuncCall": StrictLowering._call,
}
_STATEMENTS: Mapping[str, Callable[[StrictLowering, object], None]] = {
    "Compound": StrictLowering._compound,
    "Decl": StrictLowering._declaration,
    "DeclList": StrictLowering._declarations,
    "If": StrictLowering._if,
    "While": StrictLowering._while,
    "DoWhile": StrictLowering._do,
    "For": StrictLowering._for,
    "Switch": StrictLowering._switch,
    "Case": StrictLowering._case,
    "Default": StrictLowering._default,
    "Return": StrictLowering._return,
    "Break": StrictLowering._break,
    "Continue": StrictLowering._continue,
    "Goto": StrictLowering._goto,
    "Label": StrictLowering._label,
    "EmptyStatement": StrictLowering._nothing,
    "Pragma": StrictLowering._nothing,
}
