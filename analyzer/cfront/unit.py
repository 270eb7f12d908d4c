"""One C file: parsed once, its functions lowered one by one when they are asked for."""

import re
from dataclasses import replace
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple

from tree_sitter import Node

from analyzer.cfront.classify import NOTHING, Classes
from analyzer.cfront.cleanup import scan_guards
from analyzer.cfront.heads import Source, body_of, definitions, exports, head_of
from analyzer.cfront.lexical import Lexed, lex, nesting
from analyzer.cfront.macros import MacroTable, scan_macros
from analyzer.cfront.moved import moved
from analyzer.cfront.named import named_apart
from analyzer.cfront.normal import Normal
from analyzer.cfront.normalise import normalise
from analyzer.cfront.objects import Objects
from analyzer.cfront.preproc import Conditionals, conditionals
from analyzer.cfront.statements import BodyLowering
from analyzer.cfront.treesitter import parse, parse_ranges
from analyzer.cfront.variants import Variants, variants
from analyzer.cfront.wrappers import Wrappers, wrappers
from analyzer.core import Problem, ProblemKind
from analyzer.ir import FileHead, Function, FunctionHead, LineTable, Parameter

_DECLARING = re.compile(rb"^(?:static\s+)?([A-Z][A-Z0-9_]*)\s*\(\s*(\w+)", re.MULTILINE)
_MAX_BYTES = 8 << 20
_DEEP = 200
_MAX_CONDITIONS = 3000
_MAX_PROBLEMS = 20


class _Text(NamedTuple):
    """One text of the file as it was parsed: the whole of it, or the `ranges`."""

    normal: Normal
    ranges: tuple[tuple[int, int], ...] | None


class _Body(NamedTuple):
    """A function of the file that can still be lowered: from its node or, where there is none, from
    its bytes. `alone` says that these can be parsed without what stands around them.
    """

    node: Node | None
    text: _Text
    start: int
    end: int
    alone: bool

    @staticmethod
    def of(node: Node, text: _Text) -> "_Body":
        return _Body(node, text, node.start_byte, node.end_byte, not node.has_error)

    def packed(self) -> "_Body":
        """The same without its node."""
        return self._replace(node=None)

    def function(self, head: FunctionHead, source: str, table: MacroTable) -> Function:
        """The function, from the `source` in which it stands."""
        lowering = BodyLowering(source, self.text.normal, table, bool(head.gaps))
        block = body_of(self._parsed())
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

    def _parsed(self) -> Node:
        """The node of the definition."""
        if self.node is not None:
            return self.node
        normal, ranges = self.text
        if self.alone:
            ranges = ((self.start, self.end),)
        tree = parse(normal.text) if ranges is None else parse_ranges(normal.text, ranges)
        for node in definitions(tree.root_node):
            if (node.start_byte, node.end_byte) == (self.start, self.end):
                return node
        assert self.alone
        return self._replace(alone=False)._parsed()


class _Wrapper(NamedTuple):
    """A macro that wraps calls: the function in a `source` of its own, and what offsets there lack
    to be those of the file.
    """

    source: bytes
    body: _Body
    by: int

    def packed(self) -> "_Wrapper":
        """The same without its node."""
        return self._replace(body=self.body.packed())

    def function(self, head: FunctionHead, table: MacroTable) -> Function:
        """The function, where the macro is defined."""
        made = self.body.function(head, self.source.decode("latin-1"), table)
        return moved(made, lambda start, end: (start + self.by, end + self.by))


class PackedUnit(NamedTuple):
    """A unit on its way to another process: without syntax trees, without what is there, too."""

    head: FileHead
    macros: Classes
    bodies: tuple[_Body | _Wrapper, ...]


class Unit:
    """A parsed file: `head` is known at once, `lower` lowers one of `head.functions`.

    `macros` is the table of the headers, `own` what the macros of the file itself stand for.
    """

    def __init__(
        self, data: bytes, packed: PackedUnit, macros: MacroTable, table: MacroTable | None = None
    ) -> None:
        self.head = packed.head
        self._data = data
        self._packed = packed
        self._macros = macros
        self._table = table
        self._source = ""

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

    def again(self, data: bytes) -> "Unit":
        """The unit of the same file with other bytes."""
        return Unit.parse(self.head.path, data, self._macros)

    def packed(self) -> PackedUnit:
        """The unit without its syntax trees; `Unit(data, packed, macros)` is the unit again."""
        bodies = tuple(body.packed() for body in self._packed.bodies)
        return self._packed._replace(bodies=bodies)

    def lower(self, index: int) -> Function:
        """Lowers the body of `head.functions[index]`."""
        head = self.head.functions[index]
        body = self._packed.bodies[index]
        if self._table is None:
            self._table = self._macros.taught(self._packed.macros)
        if isinstance(body, _Wrapper):
            return body.function(head, self._table)
        self._source = self._source or self._data.decode("latin-1")
        return body.function(head, self._source, self._table)


def file_lines(data: bytes) -> LineTable:
    """Where the lines of a file start."""
    starts = list(accumulate(map(len, BytesIO(data).readlines()), initial=0))
    if not data.endswith(b"\n") and len(starts) > 1:
        starts.pop()
    return LineTable(tuple(starts))


def _empty(path: str, data: bytes, lines: LineTable, text: str) -> Unit:
    problem = Problem.of(ProblemKind.SYNTAX, path, 0, text)
    head = FileHead(path, len(data), lines, (), (), (), (), (), (), (problem,))
    return Unit(data, PackedUnit(head, NOTHING, ()), MacroTable())


def _parsed(path: str, data: bytes, lines: LineTable, lexed: Lexed, macros: MacroTable) -> Unit:
    own = scan_macros(data) if b"define" in data else ()
    found_macros = macros.sorted(own) if own else NOTHING
    table = macros.taught(found_macros)
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
    found = _functions(root, source, choice, _Text(normal, None))
    found += _second(found, source, choice, table)
    known = frozenset(function.name for function, _ in found)
    wrapping = wrappers(data, own, table, known) if own else None
    bodies: list[tuple[FunctionHead, _Body | _Wrapper]] = [*found]
    if wrapping is not None and wrapping.found:
        bodies += _wrapping(wrapping, source, choice, table)
    bodies.sort(key=lambda pair: (pair[0].start, pair[0].end))
    objects = Objects(text)
    objects.collect(root, normal.text)
    for match in _DECLARING.finditer(chosen):
        if match[1].decode() in table.declarators:
            objects.declared.add(match[2].decode())
    head = FileHead(
        path=path,
        size=len(data),
        lines=lines,
        functions=tuple(function for function, _ in bodies),
        macros=own,
        records=tuple(objects.records.values()),
        guards=scan_guards(data),
        tables=tuple(objects.tables),
        declared=tuple(sorted(objects.declared)),
        problems=_problems(root, source, lines),
        named=_named(lexed.text, bodies, exported | initial),
    )
    packed = PackedUnit(head, found_macros, tuple(body for _, body in bodies))
    return Unit(data, packed, macros, table)


def _named(
    text: bytes, bodies: list[tuple[FunctionHead, "_Body | _Wrapper"]], known: frozenset[str]
) -> tuple[str, ...]:
    """The functions that are values outside of functions; what `known` says of some is enough."""
    spans = ((head.start, head.end) for head, _ in bodies)
    functions = frozenset(head.name for head, _ in bodies)
    return tuple(sorted(named_apart(text, spans, functions - known)))


def _functions(
    root: Node, source: Source, choice: Conditionals, text: _Text
) -> list[tuple[FunctionHead, _Body]]:
    found: list[tuple[FunctionHead, _Body]] = []
    for node in definitions(root):
        head = head_of(node, source, choice.condition(node.start_byte) if choice.groups else "")
        if head is not None:
            found.append((head, _Body.of(node, text)))
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
    text = _Text(normal, tuple(other.ranges))
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
            found.append((head, _Body.of(node, text)))
    return found


def _wrapping(
    made: Wrappers, source: Source, choice: Conditionals, table: MacroTable
) -> list[tuple[FunctionHead, _Body | _Wrapper]]:
    """The functions that macros could be; what cannot be parsed stays a macro."""
    lexed = lex(made.text)
    normal = normalise(lexed.text, table)
    text = _Text(normal, None)
    source = replace(
        source,
        data=made.text,
        text=made.text.decode("latin-1"),
        lexed=lexed,
        chosen=lexed.text.decode("latin-1"),
        normal=normal,
        exported=frozenset(),
        initial=frozenset(),
    )
    nodes = {node.start_byte: node for node in definitions(parse(normal.text).root_node)}
    found: list[tuple[FunctionHead, _Body | _Wrapper]] = []
    for macro, start, by in made.found:
        node = nodes.get(start)
        head = head_of(node, source, choice.condition(macro.start)) if node else None
        if node is None or head is None or head.gaps or head.name != macro.name:
            continue
        names = macro.parameters or ()
        head = head._replace(
            start=macro.start,
            end=head.end + by,
            name_start=macro.start,
            parameters=tuple(Parameter(name, "") for name in names),
            result="",
            comment="",
            macro=True,
        )
        found.append((head, _Wrapper(made.text, _Body.of(node, text), by)))
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
