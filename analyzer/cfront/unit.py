"""One C file: parsed once, its functions lowered one by one when they are asked for."""

import re
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate

from tree_sitter import Node

from analyzer.cfront.cleanup import scan_guards
from analyzer.cfront.heads import Source, body_of, definitions, exports, head_of
from analyzer.cfront.lexical import Lexed, lex, nesting
from analyzer.cfront.macros import MacroTable, scan_macros
from analyzer.cfront.normal import Normal
from analyzer.cfront.normalise import normalise
from analyzer.cfront.objects import Objects
from analyzer.cfront.preproc import Conditionals, conditionals
from analyzer.cfront.statements import BodyLowering
from analyzer.cfront.treesitter import parse, parse_ranges
from analyzer.cfront.variants import Variants, variants
from analyzer.core import Problem, ProblemKind
from analyzer.ir import FileHead, Function, FunctionHead, LineTable

_DECLARING = re.compile(rb"^(?:static\s+)?([A-Z][A-Z0-9_]*)\s*\(\s*(\w+)", re.MULTILINE)
_MAX_BYTES = 8 << 20
_DEEP = 200
_MAX_CONDITIONS = 3000
_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class _Body:
    """A function of the file that can still be lowered."""

    node: Node
    normal: Normal


class Unit:
    """A parsed file: `head` is known at once, `lower` lowers one of `head.functions`."""

    def __init__(
        self, head: FileHead, source: str, table: MacroTable, bodies: tuple[_Body, ...]
    ) -> None:
        self.head = head
        self._source = source
        self._table = table
        self._bodies = bodies

    @staticmethod
    def parse(path: str, data: bytes, macros: MacroTable) -> "Unit":
        """Reads a file. Any bytes give a unit; what was not understood is in `head`."""
        if len(data) > _MAX_BYTES:
            text = f"not read: the file has {len(data) >> 20} MB; its functions are not checked"
            return _empty(path, data, LineTable((0,)), text)
        lines = file_lines(data)
        if data.count(b"#if") > _MAX_CONDITIONS:
            text = f"not read: more than {_MAX_CONDITIONS} #if; its functions are not checked"
            return _empty(path, data, lines, text)
        lexed = lex(data)
        if nesting(lexed.text) >= _DEEP:
            text = f"not read: brackets nest deeper than {_DEEP}; its functions are not checked"
            return _empty(path, data, lines, text)
        return _parsed(path, data, lines, lexed, macros)

    def lower(self, index: int) -> Function:
        """Lowers the body of `head.functions[index]`."""
        head = self.head.functions[index]
        body = self._bodies[index]
        lowering = BodyLowering(self._source, body.normal, self._table, bool(head.gaps))
        block = body_of(body.node)
        assert block is not None
        lowering.lower(tuple(parameter.name for parameter in head.parameters), block)
        return Function(
            name=head.name,
            path=head.path,
            start=head.start,
            end=head.end,
            parameters=head.parameters,
            result=head.result,
            blocks=lowering.graph.finish(),
            types=tuple(lowering.scopes.types),
            condition=head.condition,
            gaps=tuple(sorted({*head.gaps, *lowering.gaps})),
        )


def file_lines(data: bytes) -> LineTable:
    """Where the lines of a file start."""
    starts = list(accumulate(map(len, BytesIO(data).readlines()), initial=0))
    if not data.endswith(b"\n") and len(starts) > 1:
        starts.pop()
    return LineTable(tuple(starts))


def _empty(path: str, data: bytes, lines: LineTable, text: str) -> Unit:
    problem = Problem.of(ProblemKind.SYNTAX, path, 0, text)
    head = FileHead(path, len(data), lines, (), (), (), (), (), (), (problem,))
    return Unit(head, "", MacroTable(), ())


def _parsed(path: str, data: bytes, lines: LineTable, lexed: Lexed, macros: MacroTable) -> Unit:
    own = scan_macros(data) if b"define" in data else ()
    table = macros.extended(own) if own else macros
    choice = conditionals(lexed.text, table.undefined)
    chosen = choice.maximal()
    normal = normalise(chosen, table)
    root = parse(normal.text).root_node
    text = data.decode("latin-1")
    exported, initial = exports(lexed.text)
    source = Source(
        path,
        data,
        text,
        lexed,
        chosen.decode("latin-1"),
        normal,
        exported,
        initial,
        table.words,
    )
    found = _functions(root, source, choice)
    found += _second(found, source, choice, table)
    found.sort(key=lambda pair: (pair[0].start, pair[0].end))
    objects = Objects(text)
    objects.collect(root, normal.text)
    for match in _DECLARING.finditer(chosen):
        if match[1].decode() in table.declarators:
            objects.declared.add(match[2].decode())
    head = FileHead(
        path=path,
        size=len(data),
        lines=lines,
        functions=tuple(function for function, _ in found),
        macros=own,
        records=tuple(objects.records.values()),
        guards=scan_guards(data),
        tables=tuple(objects.tables),
        declared=tuple(sorted(objects.declared)),
        problems=_problems(root, source, lines),
    )
    return Unit(head, text, table, tuple(body for _, body in found))


def _functions(
    root: Node, source: Source, choice: Conditionals
) -> list[tuple[FunctionHead, _Body]]:
    found: list[tuple[FunctionHead, _Body]] = []
    for node in definitions(root):
        head = head_of(node, source, choice.condition(node.start_byte) if choice.groups else "")
        if head is not None:
            found.append((head, _Body(node, source.normal)))
    return found


def _second(
    first: list[tuple[FunctionHead, _Body]],
    source: Source,
    choice: Conditionals,
    table: MacroTable,
) -> list[tuple[FunctionHead, _Body]]:
    """The functions of arms that were not taken, and those whose body has such arms."""
    spans = tuple((head.start, head.end) for head, _ in first)
    other: Variants | None = variants(choice, source.chosen.encode("latin-1"), spans)
    if other is None:
        return []
    normal = normalise(other.text, table)
    root = parse_ranges(normal.text, other.ranges).root_node
    alternative = Source(
        source.path,
        source.data,
        source.text,
        source.lexed,
        other.text.decode("latin-1"),
        normal,
        source.exported,
        source.initial,
        source.words,
    )
    found: list[tuple[FunctionHead, _Body]] = []
    for node in definitions(root):
        condition = other.conditions.get(node.start_byte)
        head = head_of(node, alternative, condition or choice.condition(node.start_byte))
        if head is not None and not (condition and head.gaps):
            found.append((head, _Body(node, normal)))
    return found


def _problems(root: Node, source: Source, lines: LineTable) -> tuple[Problem, ...]:
    """What was not understood outside of functions."""
    if not root.has_error:
        return ()
    found: list[Problem] = []
    for node in root.children:
        if (node.is_error or node.is_missing) and len(found) < _MAX_PROBLEMS:
            construct = " ".join(source.text[node.start_byte : node.end_byte][:80].split())
            line = lines.line(node.start_byte)
            text = f"not parsed: {construct}; what it defines is not checked"
            found.append(Problem.of(ProblemKind.SYNTAX, source.path, line, text))
    return tuple(found)
