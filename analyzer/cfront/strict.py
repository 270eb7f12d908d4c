"""The strict front end: standard C through pycparser, for the models and for preprocessed files."""

import re
from dataclasses import dataclass
from itertools import accumulate

from pycparser import CParser
from pycparser.c_parser import ParseError

from analyzer.cfront.lexical import lex, spaces
from analyzer.cfront.lowering import Span
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.strict_body import StrictLowering, kind_of, part, parts, type_text, word
from analyzer.core import UserError
from analyzer.ir import Function, Parameter

_PRAGMA = re.compile(rb"^[ \t]*#[ \t]*pragma[ \t]+([^\n]*)", re.MULTILINE)
_MARKER = re.compile(rb"^[ \t]*#[ \t]*(?:line[ \t]+)?\d+[^\n]*", re.MULTILINE)
_DECLARED = re.compile(
    r"(?:^|[;{}(,])\s*(?:(?:static|extern|inline|const|volatile)\s+)*([A-Za-z_]\w*)\s*"
    r"(?=[\s*]\**\s*[A-Za-z_]\w*\s*(?:[;=,)\[]|\())",
    re.MULTILINE,
)
_CAST = re.compile(r"\(\s*([A-Za-z_]\w*)\s*\*+\s*\)")
_TYPEDEF = re.compile(r"\btypedef\b[^;{}]*?\b(\w+)\s*;")
_LOCATION = re.compile(r"(?:[^:]*):(\d+):(?:(\d+):)?\s*(.*)", re.DOTALL)
_KEYWORDS = frozenset(
    {
        *("auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else"),
        *("enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register"),
        *("restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch"),
        *("typedef", "union", "unsigned", "void", "volatile", "while", "_Bool"),
    }
)


@dataclass(frozen=True, slots=True)
class StrictUnit:
    """A file of standard C: its functions, lowered, and its pragmas as (1-based line, text).

    A function's `start` is the byte offset of its name, so that the pragmas on lines before it
    stand before it.
    """

    path: str
    functions: tuple[Function, ...]
    pragmas: tuple[tuple[int, str], ...]


def lower_strict(path: str, text: str, table: MacroTable | None = None) -> StrictUnit:
    """Reads standard C, with type names from `#pragma types` and from their use.

    Raises UserError, naming the line, for what is not standard C.
    """
    data = text.encode("utf-8")
    plain = _without_comments(data)
    pragmas = tuple(
        (plain.count(b"\n", 0, match.start()) + 1, match[1].decode("utf-8", "replace").strip())
        for match in _PRAGMA.finditer(plain)
    )
    plain = _PRAGMA.sub(lambda match: spaces(match[0]), plain)
    plain = _MARKER.sub(lambda match: spaces(match[0]), plain)
    source = plain.decode("latin-1")
    typedefs = "".join(f"typedef int {name};" for name in _types(source, pragmas))
    try:
        root: object = CParser().parse(f'{typedefs}\n# 1 "{path}"\n{source}', path)
    except ParseError as error:
        raise _syntax_error(path, str(error)) from error
    places = _Places(plain)
    functions = tuple(
        _function(path, node, places, table or MacroTable())
        for node in parts(root, "ext")
        if kind_of(node) == "FuncDef"
    )
    return StrictUnit(path, functions, pragmas)


class _Places:
    """Byte offsets of nodes, from their lines and columns."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._shape = lex(data).text
        self._starts = [0, *accumulate(len(line) + 1 for line in data.split(b"\n"))]

    def start(self, node: object) -> int:
        """The offset that pycparser gives a node; 0 when it gives none."""
        coord = part(node, "coord")
        line = int(getattr(coord, "line", 0) or 0)
        column = int(getattr(coord, "column", 1) or 1)
        return self._starts[min(line, len(self._starts)) - 1] + column - 1 if line > 0 else 0

    def span(self, node: object) -> Span:
        """The offsets of a node; only a call ends exactly, others at the end of the line."""
        start = self.start(node)
        if kind_of(node) == "FuncCall":
            opening = self._shape.find(b"(", start)
            return start, self._closing(opening, b"()")
        end = self._shape.find(b"\n", start)
        return start, end if end >= 0 else len(self._shape)

    def body_end(self, node: object) -> int:
        """The offset past the brace that ends a body."""
        return self._closing(self._shape.find(b"{", self.start(node)), b"{}")

    def _closing(self, opening: int, pair: bytes) -> int:
        depth = 0
        for position in range(max(opening, 0), len(self._shape)):
            byte = self._shape[position]
            depth += (byte == pair[0]) - (byte == pair[1])
            if not depth:
                return position + 1
        return len(self._shape)


def _function(path: str, node: object, places: _Places, table: MacroTable) -> Function:
    declaration = part(node, "decl")
    kind = part(declaration, "type")
    parameters = tuple(
        Parameter(word(each, "name"), type_text(part(each, "type")))
        if kind_of(each) != "EllipsisParam"
        else Parameter("", "...")
        for each in parts(part(kind, "args"), "params")
    )
    if parameters == (Parameter("", "void"),) or [each.type for each in parameters] == ["void"]:
        parameters = ()
    body = part(node, "body")
    end = places.body_end(body)
    lowering = StrictLowering(table, places.span)
    lowering.lower(tuple(each.name for each in parameters), body, end)
    return Function(
        name=word(declaration, "name"),
        path=path,
        start=places.start(declaration),
        end=end,
        parameters=parameters,
        result=type_text(part(kind, "type")),
        blocks=lowering.graph.finish(),
        types=tuple(lowering.scopes.types),
        condition="",
        gaps=(),
    )


def _without_comments(data: bytes) -> bytes:
    out = bytearray(data)
    for start, end in lex(data).comments:
        out[start:end] = spaces(data[start:end])
    return bytes(out)


def _types(source: str, pragmas: tuple[tuple[int, str], ...]) -> tuple[str, ...]:
    """The type names that a file uses and does not declare, sorted."""
    names = set(_CAST.findall(source)) | set(_DECLARED.findall(source))
    for _, text in pragmas:
        first, _, rest = text.partition(" ")
        if first == "types":
            names |= set(rest.split())
    return tuple(sorted(names - _KEYWORDS - set(_TYPEDEF.findall(source))))


def _syntax_error(path: str, message: str) -> UserError:
    found = _LOCATION.fullmatch(message)
    where = f"{path}:{found[1]}" if found else path
    what = (found[3] if found else message).strip()
    what = what.removeprefix("before:").strip() or "the end of the file"
    return UserError(
        f"{where}: not standard C, at '{what}'",
        "this file is read by a strict parser: look at the line named and the one before it",
    )
