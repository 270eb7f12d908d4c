"""What the macros of a tree mean to the front end, read from their definitions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from analyzer.cfront.classify import Classes, Declarator, classify
from analyzer.cfront.words import HeadMacro, MacroWords
from analyzer.ir import Macro

_DEFINE = re.compile(
    rb"#[ \t]*define[ \t]+([A-Za-z_]\w*)(\([^)]*\))?([^\\\n]*(?:\\(?:\r?\n|.|\Z)[^\\\n]*)*)"
)
_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)|//.*", re.DOTALL)
_SPLICE = re.compile(rb"\\\r?\n")
_SPACE = re.compile(rb"\s+")


class Role(IntEnum):
    """What the normaliser does with a word: see `normalise`."""

    BLANK = 0
    BLANK_CALL = 1
    ANNOTATION = 2
    KEYWORD = 3
    LOOP = 4
    PREFIX = 5
    TYPES = 6
    FREE = 7
    SCOPED = 8
    TYPEOF = 9
    ASM = 10


@dataclass(frozen=True, slots=True)
class MacroTable:
    """What macros mean: the role of a word in normalising, what a call does in lowering.

    `loops` gives the positions of the arguments that a loop macro assigns. `assertions` are exact
    names, `assertion_prefixes` the beginnings of names. `undefined` are conditions of #if taken as
    false. `defined` are the macros that were read of those that begin like a declaration.
    """

    roles: Mapping[bytes, Role] = field(default_factory=dict)
    keywords: Mapping[bytes, bytes] = field(default_factory=dict)
    loops: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    declarators: Mapping[str, Declarator] = field(default_factory=dict)
    heads: tuple[tuple[str, HeadMacro], ...] = ()
    values: Mapping[str, int] = field(default_factory=dict)
    loads: Mapping[str, int] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)
    assertions: frozenset[str] = frozenset()
    assertion_prefixes: tuple[str, ...] = ()
    guards: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    undefined: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    words: MacroWords = field(default_factory=MacroWords)

    def declarator(self, name: str) -> Declarator | None:
        """What a macro declares in a function, if it does; one that was not read is known by how it
        begins.
        """
        found = self.declarators.get(name)
        unread = name.startswith(self.words.declarations) and name not in self.defined
        return _UNREAD if unread else found

    @staticmethod
    def build(macros: Iterable[Macro], words: MacroWords) -> "MacroTable":
        """The table of the definitions `macros` and of what `words` adds; `words` wins."""
        return _base(words).extended(macros)

    def extended(self, macros: Iterable[Macro]) -> "MacroTable":
        """This table with the definitions of one file, which hide others of the same name."""
        return self.taught(self.sorted(macros))

    def sorted(self, macros: Iterable[Macro]) -> Classes:
        """What the definitions of one file stand for, beside those of this table."""
        return classify(macros, self.words, self.loops, self.declarators)

    def taught(self, found: Classes) -> "MacroTable":
        """This table with what the definitions of one file stand for."""
        return _taught(self, found) if found else self

    def has_role(self, name: str) -> bool:
        """True for a name that means something by itself, whatever it is defined as."""
        return (
            name.encode() in self.roles
            or name in self.values
            or name in self.loads
            or name in self.stores
            or name in self.declarators
            or name in self.guards
            or name in self.classes
            or name.startswith(self.words.declarations)
            or any(name.startswith(head) for head, _ in self.heads)
            or self.is_assertion(name)
        )

    def is_assertion(self, name: str) -> bool:
        """True for a call that evaluates its condition whole: BUG_ON and its kin."""
        return name in self.assertions or name.startswith(self.assertion_prefixes)


_UNREAD: Final = Declarator(0, "", (), "")
"""A variable of which nothing is known but the name, which comes first."""


def scan_macros(data: bytes) -> tuple[Macro, ...]:
    """Every macro definition in a file, in order; conditions around them are not looked at."""
    found = []
    for match in _DEFINE.finditer(data):
        name, parameters, body = match.groups()
        text = _folded(body)
        found.append(Macro(name.decode(), _parameters(parameters), text, match.start()))
    return tuple(found)


def macro_body(data: bytes, macro: Macro) -> tuple[int, int]:
    """The byte offsets of a macro's body in the file that defines it."""
    found = _DEFINE.match(data, macro.start)
    assert found is not None
    return found.span(3)


def _folded(body: bytes) -> str:
    if b"\\" in body:
        body = _SPLICE.sub(b" ", body)
    if b"/" in body:
        body = _COMMENT.sub(b" ", body)
    return body.decode("latin-1").strip()


def _parameters(text: bytes | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    inner = _SPLICE.sub(b" ", text[1:-1])
    if b"/" in inner:
        inner = _COMMENT.sub(b" ", inner)
    inner = inner.strip()
    return tuple(part.strip().decode("latin-1") for part in inner.split(b",")) if inner else ()


def _base(words: MacroWords) -> MacroTable:
    roles: dict[bytes, Role] = {
        b"typeof": Role.TYPEOF,
        b"__typeof__": Role.TYPEOF,
        b"__typeof": Role.TYPEOF,
        b"typeof_unqual": Role.TYPEOF,
        b"__typeof_unqual__": Role.TYPEOF,
        b"offsetof": Role.TYPEOF,
        b"__alignof__": Role.TYPEOF,
        b"__alignof": Role.TYPEOF,
        b"_Alignof": Role.TYPEOF,
        b"asm": Role.ASM,
        b"__asm__": Role.ASM,
        b"__asm": Role.ASM,
        b"asm_volatile_goto": Role.ASM,
        b"asm_inline": Role.ASM,
    }
    for names, role in (
        (words.attributes, Role.BLANK),
        (words.attribute_calls, Role.BLANK_CALL),
        (words.annotations, Role.ANNOTATION),
        (words.types, Role.TYPES),
        (words.frees, Role.FREE),
        (words.scoped, Role.SCOPED),
        ((name for name, _ in words.loops), Role.LOOP),
        ((name for name, _ in words.keywords), Role.KEYWORD),
    ):
        roles.update((name.encode(), role) for name in names)
    return MacroTable(
        roles=roles,
        keywords={name.encode(): word.encode() for name, word in words.keywords},
        loops=dict(words.loops),
        heads=words.heads,
        values=dict(words.values),
        loads=dict(words.loads),
        stores=dict(words.stores),
        assertions=frozenset(name for name in words.assertions if not name.endswith("*")),
        assertion_prefixes=tuple(name[:-1] for name in words.assertions if name.endswith("*")),
        guards=words.guards,
        classes=words.classes,
        undefined=words.undefined,
        words=words,
    )


def _taught(table: MacroTable, found: Classes) -> MacroTable:
    roles = dict(table.roles)
    keywords = dict(table.keywords)
    fixed = _fixed(table.words)
    for names, role in (
        (found.attributes, Role.BLANK),
        (found.attribute_calls, Role.BLANK_CALL),
        (found.prefixes, Role.PREFIX),
    ):
        roles.update((name.encode(), role) for name in names if name not in fixed)
    for name, _ in found.loops:
        if name not in fixed:
            roles[name.encode()] = Role.LOOP
    for name, word in found.keywords:
        if name not in fixed:
            roles[name.encode()] = Role.KEYWORD
            keywords[name.encode()] = word.encode()
    return MacroTable(
        roles=roles,
        keywords=keywords,
        loops={**table.loops, **dict(found.loops), **dict(table.words.loops)},
        declarators={**table.declarators, **dict(found.declarators)},
        heads=table.heads,
        values=table.values,
        loads=table.loads,
        stores=table.stores,
        assertions=table.assertions,
        assertion_prefixes=table.assertion_prefixes,
        guards=table.guards,
        classes=table.classes,
        undefined=table.undefined,
        defined=table.defined | found.defined,
        words=table.words,
    )


def _fixed(words: MacroWords) -> frozenset[str]:
    """Names whose role macros.toml decides, whatever the tree defines them as."""
    return (
        words.attributes
        | words.attribute_calls
        | words.annotations
        | words.frees
        | words.scoped
        | frozenset(name for name, _ in words.keywords)
        | frozenset(name for name, _ in words.values)
        | frozenset(
            {"typeof", "__typeof__", "__typeof", "NULL", "inline", "const", "volatile", "asm"}
        )
        | frozenset({"__asm__", "__asm", "asm_volatile_goto", "asm_inline", "static", "extern"})
    )
