"""Sorts macro definitions by what they stand for: loops, attributes, declarations, prefixes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from analyzer.cfront.words import MacroWords
from analyzer.ir import Macro

_MAX_DEPTH = 40
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_KEYWORD = frozenset({"inline", "static", "extern", "const", "volatile", "__inline", "__inline__"})
_CARRIER = frozenset({"__attribute__", "__attribute", "_Pragma", "__section", "__declspec"})
_LOOP_START = re.compile(r"(?:for|while|if)\b\s*\(|[A-Za-z_]\w*\s*\(|for\b")
_LOOP_HEAD = re.compile(r"(for|while)\s*\(")
_TAIL = re.compile(r"(?:if|for|while|switch|[A-Za-z_]\w*)\s*\(")
_BRACKET = re.compile(r"[()]")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_STATEMENT = frozenset(
    {"return", "goto", "do", "if", "for", "while", "switch", "break", "else", "case"}
)
_DECLARATION = re.compile(
    r"(static\s+)?((?:const\s+)?(?:(?:struct|union|enum)\s+)?[A-Za-z_]\w*(?:\s+(?:long|int|char))*)"
    r"\s*(\**)\s*\b([A-Za-z_]\w*)\s*(?:##\s*\w+\s*)?(\[[^\]]*\])?\s*(=|;|$)"
)


@dataclass(frozen=True, slots=True)
class Declarator:
    """A macro that declares a variable: the position of its name, its type, its initialiser."""

    position: int
    type: str
    parameters: tuple[str, ...]
    initial: str


@dataclass(frozen=True, slots=True)
class Classes:
    """Macro names by what they stand for. `prefixes` are `if (...)` without the statement;
    `defined` are those that begin like a declaration, whatever they stand for.
    """

    loops: tuple[tuple[str, tuple[int, ...]], ...]
    prefixes: frozenset[str]
    attributes: frozenset[str]
    attribute_calls: frozenset[str]
    keywords: tuple[tuple[str, str], ...]
    declarators: tuple[tuple[str, Declarator], ...]
    defined: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(
            self.loops
            or self.prefixes
            or self.attributes
            or self.attribute_calls
            or self.keywords
            or self.declarators
            or self.defined
        )


NOTHING: Final = Classes((), frozenset(), frozenset(), frozenset(), (), ())
"""What no macro stands for."""


def classify(
    macros: Iterable[Macro],
    words: MacroWords,
    loops: Mapping[str, tuple[int, ...]],
    declarators: Mapping[str, Declarator],
) -> Classes:
    """Sorts `macros`; `loops` and `declarators` are those known already."""
    by_name: dict[str, list[Macro]] = {}
    for macro in macros:
        by_name.setdefault(macro.name, []).append(macro)
    sorter = _Sorter(by_name, words, loops, declarators)
    return sorter.classes()


class _Sorter:
    """Decides for each macro of a table what it means, looking into the macros that it uses."""

    def __init__(
        self,
        by_name: Mapping[str, list[Macro]],
        words: MacroWords,
        loops: Mapping[str, tuple[int, ...]],
        declarators: Mapping[str, Declarator],
    ) -> None:
        self._by_name = by_name
        self._words = words
        self._known_loops = loops
        self._known_declarators = declarators
        self._loops: dict[str, tuple[int, ...] | None] = {}
        self._attributes: dict[str, bool] = {}
        self._declarators: dict[str, Declarator | None] = {}
        self._depth = 0

    def classes(self) -> Classes:
        """Everything that is known of the macros, by class."""
        loops = []
        prefixes = set()
        attributes = set()
        attribute_calls = set()
        keywords = []
        declarators = []
        for name, macros in self._by_name.items():
            if macros[0].parameters is None:
                if _may_be_attribute(macros) and self._is_attribute(name):
                    keyword = _keyword(macros, name)
                    if keyword:
                        keywords.append((name, keyword))
                    else:
                        attributes.add(name)
                continue
            cursors = self._loop(name)
            if cursors is not None:
                loops.append((name, cursors))
                continue
            declarator = self._declarator(name)
            if declarator is not None:
                declarators.append((name, declarator))
            if any(_is_prefix(macro.body) for macro in macros):
                prefixes.add(name)
            elif any(macro.body for macro in macros) and self._is_attribute(name):
                attribute_calls.add(name)
        return Classes(
            loops=tuple(loops),
            prefixes=frozenset(prefixes),
            attributes=frozenset(attributes),
            attribute_calls=frozenset(attribute_calls),
            keywords=tuple(keywords),
            declarators=tuple(declarators),
            defined=frozenset(filter(self._begins_like_a_declaration, self._by_name)),
        )

    def _loop(self, name: str) -> tuple[int, ...] | None:
        """The positions of the arguments that loop macro `name` assigns; None if it is no loop."""
        if name in self._loops:
            return self._loops[name]
        self._loops[name] = None
        if self._depth > _MAX_DEPTH:
            return None
        self._depth += 1
        found: tuple[int, ...] | None = None
        for macro in self._by_name.get(name, ()):
            if macro.parameters is not None and _LOOP_START.match(macro.body):
                cursors = self._loop_body(macro)
                if cursors is not None:
                    found = tuple(sorted({*(found or ()), *cursors}))
        if found is None and name not in self._by_name:
            found = self._known_loops.get(name)
        self._depth -= 1
        self._loops[name] = found
        return found

    def _loop_body(self, macro: Macro) -> tuple[int, ...] | None:
        body = macro.body
        cursors: set[int] = set()
        rest = _after_if_else(body)
        start = _LOOP_HEAD.match(rest)
        if start:
            end = closing(rest, start.end() - 1)
            if end < 0 or not _open_tail(rest[end + 1 :].strip(), start[1]):
                return None
        else:
            call = _CALL.match(rest)
            if not call or self._loop(call[1]) is None:
                return None
            end = closing(rest, call.end() - 1)
            if end < 0 or not _open_tail(rest[end + 1 :].strip(), "for"):
                return None
        for position, parameter in enumerate(macro.parameters or ()):
            if self._assigns(body, parameter):
                cursors.add(position)
        return tuple(sorted(cursors))

    def _assigns(self, body: str, parameter: str) -> bool:
        name = re.escape(parameter)
        if re.search(rf"(?<![\w.>])\(?\s*{name}\s*\)?\s*(?:=(?!=)|\+\+|--|[-+]=)", body):
            return True
        for call in _CALL.finditer(body):
            cursors = self._loop(call[1])
            if cursors:
                arguments = split_arguments(body, call.end() - 1)
                for position in cursors:
                    if position < len(arguments) and _bare(arguments[position]) == parameter:
                        return True
        return False

    def _is_attribute(self, name: str) -> bool:
        if name in self._words.attributes or name in self._words.attribute_calls:
            return True
        known = self._attributes.get(name)
        if known is None and self._depth <= _MAX_DEPTH:
            self._attributes[name] = False
            macros = self._by_name.get(name, ())
            self._depth += 1
            known = bool(macros) and all(self._attribute_body(macro.body) for macro in macros)
            self._depth -= 1
            self._attributes[name] = known
        return known is True

    def _attribute_body(self, body: str) -> bool:
        position = 0
        while position < len(body):
            word = _IDENTIFIER.match(body, position)
            if not word:
                return False
            position = word.end()
            text = word[0]
            while position < len(body) and body[position].isspace():
                position += 1
            if text in _KEYWORD:
                continue
            if text not in _CARRIER and not self._is_attribute(text):
                return False
            if position < len(body) and body[position] == "(":
                position = closing(body, position) + 1
                if not position:
                    return False
            while position < len(body) and body[position].isspace():
                position += 1
        return True

    def _begins_like_a_declaration(self, name: str) -> bool:
        return name.startswith(self._words.declarations)

    def _declarator(self, name: str) -> Declarator | None:
        """What macro `name` declares, if it does."""
        if name in self._declarators:
            return self._declarators[name]
        self._declarators[name] = None
        if self._depth > _MAX_DEPTH:
            return None
        self._depth += 1
        found = None
        for macro in self._by_name.get(name, ()):
            found = found or self._declared(macro)
        if found is None and name not in self._by_name:
            found = self._known_declarators.get(name)
        self._depth -= 1
        self._declarators[name] = found
        return found

    def _declared(self, macro: Macro) -> Declarator | None:
        parameters = macro.parameters or ()
        match = _DECLARATION.match(macro.body)
        if match and match[4] in parameters and match[2].split()[0] not in _STATEMENT:
            kind = f"{match[2]} {match[3]}".strip() + ((match[5] and " []") or "")
            initial = macro.body[match.end() :].strip().rstrip(";") if match[6] == "=" else ""
            return Declarator(parameters.index(match[4]), kind, parameters, initial)
        call = _CALL.match(macro.body)
        inner = self._declarator(call[1]) if call and call[1] != macro.name else None
        if call is None or inner is None:
            return None
        arguments = split_arguments(macro.body, call.end() - 1)
        if inner.position >= len(arguments) or arguments[inner.position] not in parameters:
            return None
        position = parameters.index(arguments[inner.position])
        return Declarator(position, inner.type, parameters, "")


def _may_be_attribute(macros: Iterable[Macro]) -> bool:
    """A cheap test that leaves out constants and the guards of headers."""
    for macro in macros:
        body = macro.body
        if not body:
            if macro.name.isupper():
                return False
        elif not (body[0] == "_" or body[0].isalpha()) or "." in body:
            return False
    return True


def closing(text: str, opening: int) -> int:
    """The position of the bracket that closes the one at `opening`; -1 if none does."""
    depth = 0
    for match in _BRACKET.finditer(text, opening):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return match.start()
    return -1


def split_arguments(text: str, opening: int) -> tuple[str, ...]:
    """The arguments in the brackets that open at `opening`, stripped."""
    end = closing(text, opening)
    if end < 0:
        return ()
    arguments = []
    depth = 0
    start = opening + 1
    for position in range(opening + 1, end):
        character = text[position]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and not depth:
            arguments.append(text[start:position].strip())
            start = position + 1
    last = text[start:end].strip()
    return (*arguments, last) if arguments or last else ()


def _bare(argument: str) -> str:
    while argument.startswith("(") and argument.endswith(")"):
        argument = argument[1:-1].strip()
    return argument


def _after_if_else(body: str) -> str:
    """What follows `if (...) ... else`, when a macro starts so."""
    if not re.match(r"if\s*\(", body):
        return body
    position = body.rfind(" else ")
    return body[position + 6 :].lstrip() if position >= 0 else body


def _open_tail(rest: str, keyword: str) -> bool:
    """True if what follows a loop's head leaves the body to the user of the macro."""
    if not rest:
        return True
    if rest.endswith("else"):
        return True
    if keyword == "while" and rest == ";":
        return False
    match = _TAIL.match(rest)
    if not match:
        return False
    end = closing(rest, match.end() - 1)
    word = match[0].rstrip("( \t")
    if end < 0 or not (word in ("if", "for", "while") or "for" in word):
        return False
    return end == len(rest) - 1 or _open_tail(rest[end + 1 :].strip(), word)


def _is_prefix(body: str) -> bool:
    """True for `if (...) ... else`: the user's statement is the else branch."""
    return body.startswith("if") and body.endswith("else")


def _keyword(macros: Iterable[Macro], name: str) -> str:
    for macro in macros:
        for word in ("inline", "static", "extern"):
            if re.search(rf"\b(?:__)?{word}(?:__)?\b", macro.body) and len(word) <= len(name):
                return word
    return ""
