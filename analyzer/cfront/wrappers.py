"""Macros that wrap calls, as the static inline functions that they could be.

What `#define note_all(page) do { note(page); count(page); } while (0)` calls is called wherever it
is used. Such a macro becomes a function where a function means the same: where it uses each
parameter for its value alone.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from analyzer.cfront.classify import closing
from analyzer.cfront.lexical import lex
from analyzer.cfront.macros import MacroTable, macro_body
from analyzer.ir import Macro

_SPLICE = re.compile(rb"\\\r?\n")
_CALL = re.compile(r"\b(?!sizeof\b|typeof\b|__typeof__\b|offsetof\b)[A-Za-z_]\w*\s*\(")
_ONCE = re.compile(r"\s*do\s*(\{.*\})\s*while\s*\(\s*(?:0|false)\s*\)\s*;?\s*\Z", re.DOTALL)
_NO_VALUE = re.compile(
    r"(?:struct|union|enum|static|extern|const|volatile|typedef|unsigned|signed|void|int|long|char"
    r"|bool|for|while|if|else|do|switch|case|return|goto|break|continue|default)\b|[^\w(!&*~+-]"
)
_FOREIGN = re.compile(
    r"#|\b(?:__VA_ARGS__|_Generic|asm|__asm__|__label__|return|goto|va_\w+|container_of|offsetof"
    r"|DEFINE_\w+|DECLARE_\w+)\b"
)
_WRITTEN = r"(?:=(?!=)|\+\+|--|(?:[-+*/%|&^]|<<|>>)=(?!=))"


class Wrapper(NamedTuple):
    """A macro as a function: `start` is the offset of the definition in `Wrappers.text`, `by` what
    its offsets there lack to be those of the macro in its file.
    """

    macro: Macro
    start: int
    by: int


class Wrappers(NamedTuple):
    """The macros of one file that wrap calls, and a text of C that defines a function for each."""

    text: bytes
    found: tuple[Wrapper, ...]


def wrappers(
    data: bytes, macros: Iterable[Macro], table: MacroTable, known: frozenset[str]
) -> Wrappers:
    """Those among the `macros` of a file that could be functions. A name that is `known` as one, or
    that has a role in `table`, is left to it.
    """
    text = bytearray()
    found = []
    for macro in macros:
        if macro.name in known or not _may_wrap(macro) or table.has_role(macro.name):
            continue
        start, end = macro_body(data, macro)
        body = lex(_SPLICE.sub(lambda splice: b" " * len(splice[0]), data[start:end])).text
        once = _ONCE.match(body.decode("latin-1"))
        first, last = once.span(1) if once else (0, len(body))
        takes = ", ".join(f"long {name}" for name in macro.parameters or ())
        head = f"static inline long {macro.name}({takes})\n{'' if once else '{ return '}".encode()
        found.append(Wrapper(macro, len(text), start + first - len(text) - len(head)))
        text += head + body[first:last] + (b"\n" if once else b"\n;}\n")
    return Wrappers(bytes(text), tuple(found))


def _may_wrap(macro: Macro) -> bool:
    """Whether the macro is an expression or statements with a call, and uses its parameters as a
    function would.
    """
    body = macro.body
    if macro.parameters is None or _CALL.search(body) is None or _FOREIGN.search(body):
        return False
    if any("." in name for name in macro.parameters):
        return False
    if re.search(rf"\b{re.escape(macro.name)}\b", body):
        return False
    if not _ONCE.match(body) and not _is_value(body):
        return False
    return all(_is_value_of(parameter, body) for parameter in macro.parameters)


def _is_value(body: str) -> bool:
    """Whether a body can stand behind `return`."""
    if _NO_VALUE.match(body):
        return False
    if body.startswith("(") and body[1:].lstrip().startswith("{"):
        return closing(body, 0) == len(body) - 1
    return not any(character in body for character in ";{}")


def _is_value_of(parameter: str, body: str) -> bool:
    """Whether a body does with a parameter what it could do with a copy of the argument, and
    nothing that needs the argument's text or type.
    """
    name = rf"(?<![\w.>])(?:\(\s*)?\b{re.escape(parameter)}\b(?:\s*\))?+"
    place = rf"{name}(?!\s*->)"
    return not (
        re.search(rf"(?:->|\.)\s*{re.escape(parameter)}\b", body)
        or re.search(rf"(?<!&)&\s*{place}", body)
        or re.search(rf"{name}\s*(?:\.|\[|{_WRITTEN})", body)
        or re.search(rf"(?:\+\+|--)\s*{place}", body)
        or re.search(rf"\b(?:sizeof|typeof|__typeof__)\s*\(?\s*{name}", body)
        or re.search(rf"\b(?:struct|union|enum)\s+{re.escape(parameter)}\b", body)
        or re.search(rf"(?:[;{{]|^|\))\s*{name}\s*(?:;|\**\s*[A-Za-z_]\w*\s*[=;,])", body)
        or re.search(rf"{name}\s*\(", body)
    )
