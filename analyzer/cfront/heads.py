"""What a syntax tree tells of a function before its body is lowered."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from tree_sitter import Node

from analyzer.cfront.directives import speaks
from analyzer.cfront.lexical import Lexed
from analyzer.cfront.normal import Normal
from analyzer.cfront.treesitter import errors, kinds
from analyzer.cfront.types import FUNCTION, NAMES, POINTER, declared, parameters, specifiers
from analyzer.cfront.words import MacroWords
from analyzer.ir import FunctionHead

_DEFINITION = kinds("function_definition")
_BODY = kinds("compound_statement")
_WRAPPERS = kinds("linkage_specification", "declaration_list")
_LABELED = kinds("labeled_statement")
_NAME = re.compile(r"[A-Za-z_]\w*+(?:\s*+\()?")
_EXPORT = re.compile(rb"\bEXPORT_SYMBOL\w*\s*\(\s*(\w+)")
_INIT = re.compile(rb"\b(?:module_init|\w*_initcall(?:_sync)?)\s*\(\s*(\w+)\s*\)")
_DECORATION = re.compile(r"^[ \t]*(?:/\*+|\*+/|\*(?!/)|//+)?[ \t]?|[ \t]*\*+/[ \t]*$", re.MULTILINE)
_KEYWORDS = frozenset(
    {
        *("auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else"),
        *("enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register"),
        *("restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch"),
        *("typedef", "typeof", "union", "unsigned", "void", "volatile", "while", "asm"),
        *("__asm__", "_Bool", "__typeof__", "defined"),
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """One text of a file: as it is on disk, lexed, and one choice of its conditional arms."""

    path: str
    data: bytes
    text: str
    lexed: Lexed
    chosen: str
    normal: Normal
    exported: frozenset[str]
    initial: frozenset[str]
    words: MacroWords


def exports(text: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a file exports, and those that it registers as initcalls."""
    exported = (
        frozenset(name.decode() for name in _EXPORT.findall(text))
        if b"EXPORT_" in text
        else frozenset()
    )
    initial = (
        frozenset(name.decode() for name in _INIT.findall(text)) if b"init" in text else frozenset()
    )
    return exported, initial


def definitions(root: Node) -> list[Node]:
    """The function definitions of a file, in order, also in what could not be parsed."""
    found: list[Node] = []
    pending = list(reversed(root.children))
    while pending:
        node = pending.pop()
        kind = node.kind_id
        if kind in _DEFINITION:
            found.append(node)
        elif kind in _WRAPPERS or node.is_error or (node.has_error and kind in _LABELED):
            pending.extend(reversed(node.children))
    return found


def body_of(node: Node) -> Node | None:
    """The body of a function definition."""
    last = node.children[-1] if node.children else None
    if last is not None and last.kind_id in _BODY:
        return last
    return next((child for child in node.children if child.kind_id in _BODY), None)


def head_of(node: Node, source: Source, condition: str) -> FunctionHead | None:
    """The head of a function definition; None when it has no name or no body."""
    body = body_of(node)
    declarator = node.child_by_field_name("declarator")
    if body is None or declarator is None:
        return None
    stars, function = _function_declarator(declarator)
    found = declared(declarator).name
    if function is None or found is None:
        return None
    start = node.start_byte
    name = source.text[found.start_byte : found.end_byte]
    name_start = found.start_byte
    entry = "init" if name in source.initial else ""
    special = source.normal.specials.get(start)
    if special is not None:
        name, name_start, entry = special
    storage = {child.text for child in node.children if child.type == "storage_class_specifier"}
    calls, names = _words(source.chosen[body.start_byte : body.end_byte], source.words)
    base = specifiers(node, source.text) if special is None else "long"
    return FunctionHead(
        name=name,
        path=source.path,
        start=start,
        end=body.end_byte,
        name_start=name_start,
        static=b"static" in storage,
        inline=b"inline" in storage,
        result=f"{base} {stars}" if stars else base,
        parameters=parameters(function, source.text),
        calls=calls,
        names=names,
        comment=_comment(source, start),
        annotations=_annotations(source.normal, start, body.start_byte),
        condition=condition,
        exported=name in source.exported,
        entry=entry,
        gaps=gaps_of(node, source),
    )


def gaps_of(node: Node, source: Source) -> tuple[tuple[int, str], ...]:
    """What was not understood within a function, as offset and spelling."""
    if not node.has_error:
        return ()
    found = []
    for error in errors(node):
        start, end = error.start_byte, error.end_byte
        if error.is_missing:
            line = source.text.find("\n", start)
            end = line if line >= 0 else start + 40
        found.append((start, " ".join(source.text[start : min(end, start + 80)].split())))
    return tuple(found)


def _function_declarator(node: Node) -> tuple[str, Node | None]:
    """The stars of the result and the function declarator within a declarator."""
    stars = ""
    for _ in range(20):
        if node.kind_id in FUNCTION:
            inner = node.children[0]
            if inner.kind_id in NAMES or not any(
                child.kind_id in POINTER | FUNCTION for child in inner.children
            ):
                return stars, node
            return stars, _innermost(node)
        if node.kind_id in POINTER:
            stars += "*"
        inner_node = node.child_by_field_name("declarator")
        if inner_node is None:
            inner_node = next((child for child in node.named_children), None)
        if inner_node is None:
            return stars, None
        node = inner_node
    return stars, None


def _innermost(node: Node) -> Node:
    """The function declarator nearest to the name: the one whose parameters the body sees."""
    found = node
    pending = [node.children[0]]
    while pending:
        current = pending.pop()
        if current.kind_id in FUNCTION:
            found = current
        pending.extend(child for child in current.named_children[:1])
    return found


def _words(text: str, words: MacroWords) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that are called in a body, and all names in it."""
    found = set(_NAME.findall(text))
    calls = {word[:-1].rstrip() for word in found if word[-1] == "("}
    scoped = calls & (words.guards | words.scoped | words.classes | words.frees)
    for macro in scoped:
        calls |= _scope_calls(text, macro, macro in words.frees)
    names = {word for word in found if word[-1] != "("} | calls
    return tuple(sorted(calls - _KEYWORDS)), tuple(sorted(names - _KEYWORDS))


def _scope_calls(text: str, macro: str, frees: bool) -> set[str]:
    """What the scopes that `macro` makes call where they begin and end."""
    guards = re.findall(rf"\b{macro}\s*\(\s*(\w+)", text)
    if frees:
        return {f"__free_{guard}" for guard in guards}
    ends = ("constructor", "destructor")
    return {f"class_{guard}_{end}" for guard in guards for end in ends}


def _comment(source: Source, start: int) -> str:
    """The comment block right above byte `start`, without its decoration. What speaks to zaplint
    states nothing, and what stands above that is right above, too.
    """
    comments = source.lexed.comments
    index = bisect_right(comments, (start, 0)) - 1
    while index >= 0:
        first, last = comments[index]
        between = source.text[last:start]
        line = between.rfind("\n")
        if last > start or between[: line + 1].strip() or between.count("\n") > 2:
            return ""
        if not speaks(source.data[first:last]):
            break
        start, index = first, index - 1
    else:
        return ""
    text = source.data[first:last].decode("utf-8", "replace")
    lines = [_DECORATION.sub("", piece).rstrip() for piece in text.split("\n")]
    return "\n".join(lines).strip()


def _annotations(normal: Normal, start: int, end: int) -> tuple[tuple[str, str], ...]:
    """The sparse annotations between the head of a function and its body."""
    if not normal.annotations:
        return ()
    first = bisect_left(normal.annotations, (start, "", ""))
    found = []
    for offset, name, argument in normal.annotations[first:]:
        if offset >= end:
            break
        found.append((name, argument))
    return tuple(found)
