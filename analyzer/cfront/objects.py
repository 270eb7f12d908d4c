"""File-level objects: records, tables of functions, names that are declared."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from analyzer.cfront.treesitter import kinds
from analyzer.cfront.types import DECLARATORS, INIT, declared, specifiers, with_suffix
from analyzer.ir import Record, TableEntry

_RECORD = kinds("struct_specifier", "union_specifier")
_FIELDS = kinds("field_declaration_list")
_FIELD = kinds("field_declaration")
_DECLARATION = kinds("declaration")
_TYPE_DEFINITION = kinds("type_definition")
_LIST = kinds("initializer_list")
_PAIR = kinds("initializer_pair")
_DESIGNATOR = kinds("field_designator")
_IDENTIFIER = kinds("identifier")
_UNARY = kinds("pointer_expression", "cast_expression", "parenthesized_expression")
_STATIC = re.compile(rb"^[ \t]+(static)\s[^;(){}]*=\s*\{", re.MULTILINE)
_MAX_DEPTH = 12


class Objects:
    """Collects the file-level objects of one tree. `text` is the source, one character a byte."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.records: dict[str, Record] = {}
        self.tables: list[TableEntry] = []
        self.declared: set[str] = set()

    def collect(self, root: Node, text: bytes) -> None:
        """Reads every declaration at file level, and the static tables of functions.

        `text` is the normalised text that `root` was parsed from.
        """
        children = root.children
        for node in children:
            kind = node.kind_id
            if kind in _RECORD:
                self._record(node, 0)
            elif kind in _DECLARATION or kind in _TYPE_DEFINITION:
                for child in node.children:
                    if child.kind_id in _RECORD:
                        self._record(child, 0)
        for node in children:
            if node.kind_id in _DECLARATION:
                self._declaration(node)
        names = set(self.declared)
        for match in _STATIC.finditer(text):
            inner = root.descendant_for_byte_range(match.end(1) - 1, match.end(1))
            while inner is not None and inner.kind_id not in _DECLARATION:
                inner = inner.parent
            if inner is not None:
                self._declaration(inner)
        self.declared = names

    def _name(self, node: Node) -> str:
        return self._text[node.start_byte : node.end_byte]

    def _record(self, node: Node, depth: int) -> None:
        body = next((child for child in node.children if child.kind_id in _FIELDS), None)
        if body is None or depth > _MAX_DEPTH:
            return
        tag = node.child_by_field_name("name")
        fields = tuple(self._fields(body, depth))
        if tag is not None:
            name = self._name(tag)
            self.records.setdefault(name, Record(name, fields))

    def _fields(self, body: Node, depth: int) -> Iterator[tuple[str, str]]:
        """The fields of a record; those of an unnamed inner record are its own."""
        for node in body.children:
            if node.kind_id not in _FIELD:
                continue
            inner = next((child for child in node.children if child.kind_id in _RECORD), None)
            if inner is not None:
                self._record(inner, depth + 1)
            declarators = [child for child in node.children if child.kind_id in DECLARATORS]
            if not declarators and inner is not None:
                fields = next((child for child in inner.children if child.kind_id in _FIELDS), None)
                if fields is not None and depth < _MAX_DEPTH:
                    yield from self._fields(fields, depth + 1)
            base = specifiers(node, self._text)
            for declarator in declarators:
                found = declared(declarator)
                if found.name is not None:
                    yield self._name(found.name), with_suffix(base, found.suffix)

    def _declaration(self, node: Node) -> None:
        base = ""
        for child in node.children:
            if child.kind_id not in DECLARATORS:
                continue
            initial = child.kind_id in INIT
            found = declared(child.children[0] if initial else child)
            if found.name is None or (found.function is not None and not initial):
                continue
            name = self._name(found.name)
            self.declared.add(name)
            if initial and child.children[-1].kind_id in _LIST:
                base = base or specifiers(node, self._text)
                tag = base.replace("const ", "").replace(" const", "").split()[-1:] or [""]
                values = [child.children[-1]]
                if "[" in found.suffix:
                    values = [_assigned(each) for each in values[0].children if each.is_named]
                for value in values:
                    if value.kind_id in _LIST:
                        self._table(value, (tag[0], ""), name, 0)
                    else:
                        self._entry(value, (tag[0], ""), name, 0)

    def _table(self, node: Node, place: tuple[str, str], object_: str, depth: int) -> None:
        """The functions in an initialiser; `place` is its record and the path within that."""
        record, path = place
        if depth > _MAX_DEPTH:
            return
        position = 0
        for child in node.children:
            if not child.is_named:
                continue
            field = ""
            value = child
            if child.kind_id in _PAIR:
                value = child.children[-1]
                names = [
                    self._name(kid.children[-1])
                    for kid in child.children
                    if kid.kind_id in _DESIGNATOR
                ]
                if not names and child.children[0].type == "field_identifier":
                    names = [self._name(child.children[0])]
                field = ".".join(names)
            else:
                field = self._field_at(record, path, position)
                position += 1
            self._entry(value, (record, _joined(path, field)), object_, depth)

    def _entry(self, value: Node, place: tuple[str, str], object_: str, depth: int) -> None:
        if value.kind_id in _LIST:
            self._table(value, self._inner(place), object_, depth + 1)
            return
        for _ in range(3):
            if value.kind_id in _UNARY and value.child_count >= 2:
                value = value.children[1] if value.child_count < 4 else value.children[3]
        if value.kind_id in _IDENTIFIER:
            name = self._name(value)
            if not name.isupper() and name not in ("NULL", "true", "false"):
                record, field = self._resolved(place)
                self.tables.append(TableEntry(record, field, name, object_, value.start_byte))

    def _inner(self, place: tuple[str, str]) -> tuple[str, str]:
        """The record of a nested initialiser, if the file tells, otherwise the outer one."""
        record, path = place
        kind = dict(self.records[record].fields).get(path, "") if record in self.records else ""
        words = kind.split()
        if len(words) >= 2 and words[-2] in ("struct", "union") and words[-1] in self.records:
            return words[-1], ""
        return record, path

    def _resolved(self, place: tuple[str, str]) -> tuple[str, str]:
        record, path = place
        while "." in path:
            first, _, rest = path.partition(".")
            inner = self._inner((record, first))
            if inner == (record, first):
                break
            record, path = inner[0], rest
        return record, path

    def _field_at(self, record: str, path: str, position: int) -> str:
        """The name of a field by position; empty when the record is not known."""
        known: Mapping[str, Record] = self.records
        if path or record not in known or position >= len(known[record].fields):
            return ""
        return known[record].fields[position][0]


def _assigned(node: Node) -> Node:
    """The value of one entry of an initialiser."""
    return node.children[-1] if node.kind_id in _PAIR else node


def _joined(path: str, field: str) -> str:
    return f"{path}.{field}" if path and field else path or field
