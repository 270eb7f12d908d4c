"""The same-length rewrite that turns kernel C into what a C parser reads; every offset stays true.

Attributes become spaces, loop macros become `while`, type arguments become one word, macros that
define a function become the head of one. What was rewritten is kept by offset, so that lowering
knows what the source said.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

from analyzer.cfront.lexical import bodies, closing, commas, spaces
from analyzer.cfront.macros import MacroTable, Role
from analyzer.cfront.normal import Normal, Special
from analyzer.cfront.words import HeadMacro

_WORD = re.compile(rb"[A-Za-z_]\w+")
_TYPE = re.compile(
    rb"[(,]\s*+((?:(?:const|volatile)\s+)*"
    rb"(?:(?:struct|union|enum)\s+\w+"
    rb"|(?:unsigned|signed|long|short|int|char|void|bool|float|double)\b"
    rb"(?:\s+(?:unsigned|signed|long|short|int|char|double)\b)*"
    rb"|[A-Za-z_]\w*(?=\s*\*[\s*]*[,)]))"
    rb"(?:\s*\*|\s+const\b)*)\s*(?=[,)])"
)
_RANGE = re.compile(rb"\bcase\b[^:;{}?]*?(\.\.\.)")
_LABEL = re.compile(rb":(\s)\s*+\}")
_TOP = re.compile(rb"^((?:static|extern|inline|const)[ \t]+)*([A-Za-z_]\w*)[ \t]*\(", re.MULTILINE)
_NOT_WORD = bytes(byte for byte in range(128) if not (chr(byte).isalnum() or chr(byte) == "_"))
_PLAIN = re.compile(rb"[^(){};]*")
_TYPEOF = frozenset({b"typeof", b"__typeof__", b"__typeof", b"typeof_unqual"})
_NOT_CALLS = frozenset(
    {
        b"sizeof",
        b"typeof",
        b"__typeof__",
        b"if",
        b"while",
        b"for",
        b"switch",
        b"return",
        b"offsetof",
        b"_Alignof",
        b"__alignof__",
        b"alignof",
        b"_Generic",
        b"case",
    }
)


def normalise(text: bytes, table: MacroTable) -> Normal:
    """Rewrites a file whose comments and directives are blank."""
    return _Rewriter(text, table).run()


class _Rewriter:
    """Writes over one text in place and remembers what stood there."""

    def __init__(self, text: bytes, table: MacroTable) -> None:
        self._text = text
        self._out = bytearray(text)
        self._table = table
        self._loops: dict[int, str] = {}
        self._scopes: dict[int, str] = {}
        self._prefixes: dict[int, str] = {}
        self._types: set[int] = set()
        self._frees: dict[int, str] = {}
        self._annotations: list[tuple[int, str, str]] = []
        self._specials: dict[int, Special] = {}
        self._bare: set[int] = set()
        self._statics: set[int] = set()
        self._words = frozenset(_WORD.findall(text))
        self._bodies = bodies(text)
        self._body_starts = [start for start, _ in self._bodies]

    def run(self) -> Normal:
        """Applies every rewrite."""
        roles = self._table.roles
        done = 0
        for start, word in self._hits():
            if start >= done:
                done = self._word(roles[word], word, start, start + len(word))
        self._arguments()
        self._declarators()
        self._tops()
        text = bytes(self._out)
        ranges = b"..." in text and self._ranges(text)
        for match in _LABEL.finditer(text):
            self._out[match.start(1)] = 0x3B
        return Normal(
            bytes(self._out),
            self._loops,
            self._scopes,
            self._prefixes,
            frozenset(self._types),
            self._frees,
            tuple(self._annotations),
            self._specials,
            ranges,
            frozenset(self._bare),
            frozenset(self._statics),
        )

    def _hits(self) -> list[tuple[int, bytes]]:
        """The words of the text that have a role, in order."""
        return self._places(self._table.roles.keys() & self._words)

    def _places(self, words: Iterable[bytes]) -> list[tuple[int, bytes]]:
        """Where some words stand, in order."""
        text = self._text
        found = []
        for word in words:
            length = len(word)
            start = text.find(word)
            while start >= 0:
                if not (text[start - 1 : start] + text[start + length : start + length + 1]).strip(
                    _NOT_WORD
                ):
                    found.append((start, word))
                start = text.find(word, start + length)
        found.sort()
        return found

    def _word(self, role: Role, word: bytes, start: int, end: int) -> int:
        """Rewrites one word; gives the offset from which to go on."""
        if role is Role.BLANK:
            if not self._is_member(start):
                self._out[start:end] = b" " * (end - start)
        elif role is Role.KEYWORD:
            self._out[start:end] = self._table.keywords[word].ljust(end - start)
        elif role in (Role.BLANK_CALL, Role.ANNOTATION, Role.FREE):
            return self._call(role, word, start, end)
        elif role in (Role.LOOP, Role.SCOPED, Role.PREFIX):
            self._head(role, word, start, end)
        elif role is Role.TYPEOF:
            opening = self._opening(end)
            close = closing(self._text, opening) if opening >= 0 else -1
            if close >= 0:
                self._out[start : close + 1] = b"typeof".ljust(close + 1 - start, b"_")
                if word not in _TYPEOF:
                    self._types.add(start)
                return close
        elif role is Role.ASM:
            self._asm(start, end)
        return end

    def _is_member(self, start: int) -> bool:
        before = self._text[max(start - 2, 0) : start]
        return before.endswith((b".", b"->"))

    def _opening(self, end: int) -> int:
        """The offset of the bracket that follows a word; -1 if something else does."""
        text = self._text
        while end < len(text) and text[end] in b" \t\r\n":
            end += 1
        return end if end < len(text) and text[end] == 0x28 else -1

    def _call(self, role: Role, word: bytes, start: int, end: int) -> int:
        opening = self._opening(end)
        close = closing(self._text, opening) if opening >= 0 else -1
        if close < 0:
            if role is Role.BLANK_CALL and opening < 0:
                self._out[start:end] = b" " * (end - start)
            return end
        argument = " ".join(self._text[opening + 1 : close].decode("latin-1").split())
        if role is Role.FREE:
            self._frees[start] = argument
        elif role is Role.ANNOTATION:
            self._annotations.append((start, word.decode(), argument))
        self._out[start : close + 1] = spaces(self._text[start : close + 1])
        return close

    def _head(self, role: Role, word: bytes, start: int, end: int) -> None:
        opening = self._opening(end)
        keyword = b"if" if role is Role.PREFIX else b"while"
        if opening < 0 or end - start < len(keyword) or self._is_member(start):
            return
        close = closing(self._text, opening)
        if close < 0 or self._is_definition(start, close):
            return
        self._out[start:end] = keyword.ljust(end - start)
        if not self._text[opening + 1 : close].strip():
            self._out[start : close + 1] = b"while(1)".ljust(close + 1 - start)
            self._bare.add(start)
        if role is Role.LOOP:
            self._loops[start] = word.decode()
        elif role is Role.PREFIX:
            self._prefixes[start] = word.decode()
        else:
            self._scopes[start] = word.decode()
            if word == b"scoped_cond_guard":
                self._drop_second(opening, close)

    def _is_definition(self, start: int, close: int) -> bool:
        """True for a definition or declaration of a function of the macro's name."""
        return (
            not self._in_body(start)
            and not self._text[close + 1 : close + 8].lstrip().startswith(b"\\")
            and bool(
                re.match(rb"[\w\s*]*$", self._text[self._text.rfind(b"\n", 0, start) + 1 : start])
            )
        )

    def _drop_second(self, opening: int, close: int) -> None:
        """Puts a zero for the statement that scoped_cond_guard takes as its second argument."""
        found = commas(self._text, opening, close)
        if found:
            stop = found[1] if len(found) > 1 else close
            self._out[found[0] + 1 : stop] = b"0".rjust(stop - found[0] - 1)

    def _asm(self, start: int, end: int) -> None:
        opening = end
        text = self._text
        while opening < len(text) and (
            text[opening] in b" \t\r\n" or chr(text[opening]).isalpha() or text[opening] == 0x5F
        ):
            opening += 1
        if opening >= len(text) or text[opening] != 0x28:
            return
        close = closing(text, opening)
        if close < 0:
            return
        before = (
            text[:start].rstrip()[-1:] if start < 4096 else text[start - 4096 : start].rstrip()[-1:]
        )
        self._out[start : close + 1] = spaces(text[start : close + 1])
        if before in (b";", b"{", b"}", b":") or (before == b")" and self._in_body(start)):
            self._out[start] = 0x30

    def _in_body(self, offset: int) -> bool:
        index = bisect_right(self._body_starts, offset) - 1
        return index >= 0 and offset < self._bodies[index][1]

    def _arguments(self) -> None:
        """Makes one word of every argument that is a type."""
        text = bytes(self._out)
        callee = b""
        last = -1
        for match in _TYPE.finditer(text):
            start, end = match.span(1)
            between = text[last : match.start()]
            if last < 0 or text[match.start()] == 0x28 or not _PLAIN.fullmatch(between):
                callee = self._callee(text, match.start())
            last = end
            if not callee or callee in _NOT_CALLS:
                continue
            if not self._in_body(start) and self._table.roles.get(callee) is not Role.TYPES:
                continue
            word = re.sub(rb"\W", b"_", match[1])
            self._out[start:end] = word if word != match[1] else b"_" * len(word)
            self._types.add(start)

    def _callee(self, text: bytes, position: int) -> bytes:
        """The name before the bracket that the separator at `position` belongs to."""
        depth = 0
        floor = max(position - 2000, -1)
        while position > floor:
            byte = text[position]
            if byte == 0x29:
                depth += 1
            elif byte == 0x28:
                if not depth:
                    break
                depth -= 1
            elif byte in b";{}":
                return b""
            position -= 1
        found = re.search(rb"([A-Za-z_]\w*)\s*$", text[max(position - 80, 0) : max(position, 0)])
        return found[1] if found else b""

    def _declarators(self) -> None:
        """Leaves of `static DECLARE(x) = { 0 };` in a body the call alone."""
        text = self._text
        names = self._table.declarators
        for start, word in self._places(name for name in self._words if name.decode() in names):
            opening = self._opening(start + len(word))
            if opening < 0 or not self._in_body(start):
                continue
            before = text[max(start - 40, 0) : start].rstrip()
            if before.endswith(b"static"):
                self._out[max(start - 40, 0) + len(before) - 6 : start] = spaces(
                    text[max(start - 40, 0) + len(before) - 6 : start]
                )
                self._statics.add(start)
            close = closing(text, opening)
            stop = text.find(b";", close)
            if close >= 0 and text[close + 1 : stop].lstrip().startswith(b"="):
                self._out[close + 1 : stop] = spaces(text[close + 1 : stop])

    def _tops(self) -> None:
        """Rewrites macro calls at file level: heads of functions, calls without semicolon."""
        text = bytes(self._out)
        gaps = [0, *(offset for span in self._bodies for offset in span), len(text)]
        for first, last in zip(gaps[::2], gaps[1::2], strict=True):
            self._tops_between(text, first, last)

    def _tops_between(self, text: bytes, first: int, last: int) -> None:
        for match in _TOP.finditer(text, first, last):
            opening = match.end() - 1
            close = closing(text, opening)
            if close < 0:
                continue
            head = self._head_macro(match[2])
            following = text[close + 1 : close + 200].lstrip()[:1]
            if head is not None and following in (b"{", b""):
                self._function(head, match.start(2), opening, close)
            elif following == b"{" and match[2].isupper() and not match[1]:
                self._function(HeadMacro("", "", False), match.start(2), opening, close)
            elif head is not None or (
                following not in (b";", b"{", b"=", b",", b"[", b":", b"(")
                and not _is_type_like(match[2])
            ):
                self._out[match.start() : close + 1] = spaces(text[match.start() : close + 1])

    def _head_macro(self, word: bytes) -> HeadMacro | None:
        if not word[:1].isupper():
            return None
        name = word.decode()
        for prefix, head in self._table.heads:
            if name.startswith(prefix) and name[len(prefix) :].isdigit():
                return head
        return None

    def _function(self, head: HeadMacro, start: int, opening: int, close: int) -> None:
        """Turns `MACRO(name, type, arg)` into `long name(type arg)`."""
        text = self._text
        found = commas(text, opening, close)
        stop = found[0] if found else close
        name = text[opening + 1 : stop].strip()
        if not re.fullmatch(rb"[A-Za-z_]\w*", name):
            return
        name_start = text.index(name, opening)
        self._out[start : stop + 1] = b"long".ljust(stop + 1 - start)
        if found:
            self._out[name_start : name_start + len(name)] = name
            self._out[stop] = 0x28
        else:
            self._out[name_start - 1 : name_start - 1 + len(name)] = name
            self._out[stop - 1 : stop + 1] = b"()"
        if head.split:
            for comma in found[1::2]:
                self._out[comma] = 0x20
        self._specials[start] = Special(head.prefix + name.decode(), name_start, head.entry)

    def _ranges(self, text: bytes) -> bool:
        for match in _RANGE.finditer(text):
            self._out[match.start(1) : match.end(1)] = b" ||"
        return True


def _is_type_like(word: bytes) -> bool:
    """True for a word that may begin a declaration with brackets, as in `void (*f)(int)`."""
    return word in (
        b"void",
        b"int",
        b"long",
        b"char",
        b"bool",
        b"unsigned",
        b"short",
        b"struct",
        b"typedef",
    )
