"""Declarations in a syntax tree: names, types as text, parameters."""

from typing import NamedTuple

from tree_sitter import Node

from analyzer.cfront.treesitter import kinds
from analyzer.ir import Parameter

POINTER = kinds("pointer_declarator", "abstract_pointer_declarator")
ARRAY = kinds("array_declarator", "abstract_array_declarator")
FUNCTION = kinds("function_declarator", "abstract_function_declarator")
PARENTHESES = kinds("parenthesized_declarator", "abstract_parenthesized_declarator")
INIT = kinds("init_declarator")
NAMES = kinds("identifier", "field_identifier", "type_identifier", "primitive_type")
_IDENTIFIERS = kinds("identifier", "field_identifier")
_ATTRIBUTED = kinds("attributed_declarator")
DECLARATORS = POINTER | ARRAY | FUNCTION | PARENTHESES | INIT | _IDENTIFIERS | _ATTRIBUTED
_PARAMETER = kinds("parameter_declaration")
_PARAMETERS = kinds("parameter_list")
_VARIADIC = kinds("variadic_parameter")
_BITFIELD = kinds("bitfield_clause")
_MAX_DEPTH = 60


class Declared(NamedTuple):
    """What a declarator declares: its name, what it adds to the type, whether it is a function."""

    name: Node | None
    suffix: str
    function: Node | None


def declared(node: Node) -> Declared:
    """Reads a declarator: `*p` adds `*`, `a[3]` adds `[3]`, `(*f)(int)` adds `(*)(int)`."""
    stars = ""
    suffix = ""
    function: Node | None = None
    for _ in range(_MAX_DEPTH):
        kind = node.kind_id
        if kind in NAMES:
            return Declared(node, stars + suffix, function)
        inner = _inner(node)
        if kind in POINTER:
            stars += "*"
            function = None
        elif kind in ARRAY:
            size = node.children[-2]
            text = "[]" if size.type == "[" or inner is size else f"[{_folded(size)}]"
            suffix = text + suffix
            function = None
        elif kind in FUNCTION:
            suffix = _folded(node.children[-1]) + suffix
            function = node
        elif kind in PARENTHESES:
            suffix = f"{stars}({_mark(inner)}){suffix}" if inner is not None else stars + suffix
            found = _name(node)
            is_function = inner is not None and inner.kind_id in FUNCTION | _IDENTIFIERS
            return Declared(found, suffix, function if is_function else None)
        if inner is None:
            return Declared(None, stars + suffix, function)
        node = inner
    return Declared(None, stars + suffix, None)


def with_suffix(base: str, suffix: str) -> str:
    """A type from its specifiers and what a declarator adds."""
    return f"{base} {suffix}" if suffix else base


def specifiers(node: Node, text: str) -> str:
    """The type of a declaration before its declarators, white space folded."""
    parts = []
    for child in node.children:
        kind = child.kind_id
        if kind in DECLARATORS or child.type in (";", ",", "storage_class_specifier"):
            if kind in DECLARATORS or child.type == ";":
                break
            continue
        body = child.child_by_field_name("body")
        end = body.start_byte if body is not None else child.end_byte
        parts.append(" ".join(text[child.start_byte : end].split()))
    return " ".join(parts)


def parameters(function: Node, text: str) -> tuple[Parameter, ...]:
    """The parameters of a function declarator; `(void)` has none."""
    found = []
    for child in function.children[-1].children if function.children else ():
        if child.kind_id in _VARIADIC or child.type == "...":
            found.append(Parameter("", "..."))
        elif child.kind_id in _PARAMETER:
            found.append(_parameter(child, text))
        elif child.type == "identifier":
            found.append(Parameter(text[child.start_byte : child.end_byte], ""))
    if len(found) == 1 and found[0] == ("", "void"):
        return ()
    return tuple(found)


def _parameter(node: Node, text: str) -> Parameter:
    base = specifiers(node, text)
    declarator = node.child_by_field_name("declarator")
    if declarator is None:
        return Parameter("", base)
    name, suffix, _ = declared(declarator)
    spelled = text[name.start_byte : name.end_byte] if name is not None else ""
    return Parameter(spelled, with_suffix(base, suffix))


def _inner(node: Node) -> Node | None:
    for child in node.children:
        if child.kind_id in DECLARATORS:
            return child
    return None


def _name(node: Node) -> Node | None:
    current: Node | None = node
    for _ in range(_MAX_DEPTH):
        if current is None or current.kind_id in NAMES:
            return current
        current = _inner(current)
    return None


def _mark(node: Node | None) -> str:
    """The stars and brackets within parentheses, from the outside in."""
    text = ""
    for _ in range(_MAX_DEPTH):
        if node is None or node.kind_id in NAMES:
            break
        if node.kind_id in POINTER:
            text += "*"
        node = _inner(node)
    return text


def _folded(node: Node) -> str:
    return " ".join((node.text or b"").decode("latin-1").split())
