"""Conditional compilation: the arms of #if groups, and the text of one choice of arms.

The choice is the maximal one: what a condition guards is taken, what its #else guards is not, a
negative condition takes the larger arm, and conditions that no kernel build fulfils (`#if 0`) are
false.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from analyzer.cfront.lexical import spaces

_DIRECTIVE = re.compile(rb"#[ \t]*([A-Za-z_]*)([^\\\n]*(?:\\(?:\r?\n|.|\Z)[^\\\n]*)*)", re.DOTALL)
_WRAPPED = re.compile(
    r"\b(?:defined|IS_ENABLED|IS_BUILTIN|IS_MODULE|IS_REACHABLE)\s*(?:\(\s*(\w+)\s*\)|\s(\w+))"
)
_CONDITIONS = frozenset({b"if", b"ifdef", b"ifndef"})
_SILENT = frozenset({"__KERNEL__", "!__ASSEMBLY__", "!__ASSEMBLER__", "1"})


class Arm(NamedTuple):
    """One arm of a group: its offsets, its condition, whether it is taken and ever can be."""

    start: int
    end: int
    condition: str
    taken: bool
    possible: bool


class Group(NamedTuple):
    """A group from #if to #endif: its offsets, its arms, the index of the group around it or -1."""

    start: int
    end: int
    arms: tuple[Arm, ...]
    parent: int


class Conditionals(NamedTuple):
    """A file's groups, and `text`: the file with its directives blanked and every arm in place."""

    text: bytes
    groups: tuple[Group, ...]

    def maximal(self) -> bytes:
        """The text of the maximal choice."""
        dead = [arm for group in self.groups for arm in group.arms if not arm.taken]
        return without(self.text, dead) if dead else self.text

    def condition(self, offset: int) -> str:
        """The presence condition of a byte: the conditions of the arms around it."""
        parts = []
        for group in self.groups:
            if group.start <= offset < group.end:
                for arm in group.arms:
                    if arm.start <= offset < arm.end and arm.condition not in _SILENT:
                        parts.append(arm.condition)
        return conjunction(parts)

    def is_live(self, group: Group) -> bool:
        """True if the arms around a group are taken."""
        while group.parent >= 0:
            outer = self.groups[group.parent]
            if not any(arm.taken and arm.start <= group.start < arm.end for arm in outer.arms):
                return False
            group = outer
        return True

    def is_outermost(self, group: Group, start: int) -> bool:
        """True if the group around `group` begins before byte `start`, or there is none."""
        return group.parent < 0 or self.groups[group.parent].start < start

    def pair(self, group: Group) -> tuple[Arm, Arm] | None:
        """The arm of a group that is taken and another one that is possible and holds something."""
        taken = next((arm for arm in group.arms if arm.taken), None)
        for arm in group.arms:
            if taken and not arm.taken and arm.possible and self.text[arm.start : arm.end].strip():
                return taken, arm
        return None

    def other_arms(self, group: Group) -> list[Arm]:
        """The arms of a group that are possible, not taken, and may define a function."""
        return [
            arm
            for arm in group.arms
            if not arm.taken and arm.possible and b"{" in self.text[arm.start : arm.end]
        ]

    def arm_text(self, arm: Arm) -> bytes:
        """The text of an arm, with the choices within it made."""
        dead = [
            inner
            for group in self.groups
            if arm.start <= group.start and group.end <= arm.end
            for inner in group.arms
            if not inner.taken
        ]
        text = without(self.text, dead) if dead else self.text
        return text[arm.start : arm.end]


class _Open(NamedTuple):
    """A group whose #endif is still to come."""

    number: int
    start: int
    conditions: list[str]
    starts: list[int]
    ends: list[int]
    guard: bool


def conditionals(text: bytes, undefined: frozenset[str]) -> Conditionals:
    """Reads the directives of a file; `undefined` are conditions taken as false."""
    if b"#" not in text:
        return Conditionals(text, ())
    pieces: list[bytes] = []
    position = 0
    stack: list[_Open] = []
    groups: list[Group | None] = []
    last = ""
    for match in _DIRECTIVE.finditer(text):
        word = match[1]
        start, end = match.span()
        if text[text.rfind(b"\n", 0, start) + 1 : start].strip():
            continue
        pieces.append(text[position:start])
        pieces.append(spaces(match[0]))
        position = end
        if word in _CONDITIONS:
            condition = _condition(word, match[2])
            stack.append(_Open(len(groups), start, [condition], [end], [], False))
            groups.append(None)
            last = condition
            continue
        if word in (b"elif", b"else", b"elifdef", b"elifndef") and stack:
            _next_arm(stack[-1], word, match[2], start, end)
        elif word == b"endif" and stack:
            group = stack.pop()
            group.ends.append(start)
            groups[group.number] = _decided(text, group, end, stack, undefined)
        elif word == b"define" and stack and last == f"!{_first_word(match[2])}":
            stack[-1] = stack[-1]._replace(guard=True)
        last = ""
    pieces.append(text[position:])
    while stack:
        group = stack.pop()
        group.ends.append(len(text))
        groups[group.number] = _decided(text, group, len(text), stack, undefined)
    return Conditionals(b"".join(pieces), tuple(group for group in groups if group is not None))


def conjunction(conditions: Iterable[str]) -> str:
    """The condition that holds where all of some conditions do."""
    parts = tuple(dict.fromkeys(conditions))
    if len(parts) == 1:
        return parts[0]
    return " && ".join(f"({part})" if "||" in part else part for part in parts)


def without(text: bytes, arms: Iterable[Arm]) -> bytes:
    """The text with `arms` blanked."""
    out = bytearray(text)
    for arm in arms:
        out[arm.start : arm.end] = spaces(text[arm.start : arm.end])
    return bytes(out)


def _next_arm(group: _Open, word: bytes, rest: bytes, start: int, end: int) -> None:
    previous = [_negated(condition) for condition in group.conditions]
    if word != b"else":
        kind = {b"elif": b"if", b"elifdef": b"ifdef", b"elifndef": b"ifndef"}[word]
        previous.append(_condition(kind, rest))
    group.ends.append(start)
    group.starts.append(end)
    group.conditions.append(" && ".join(previous))


def _decided(
    text: bytes, group: _Open, end: int, stack: list[_Open], undefined: frozenset[str]
) -> Group:
    """The group with its arms, the taken one marked."""
    values = [_value(condition, undefined) for condition in group.conditions]
    taken = -1
    if True in values and values[0] is not None:
        taken = values.index(True)
    else:
        sizes = [
            len(b"".join(text[start:stop].split())) if value is not False else -1
            for start, stop, value in zip(group.starts, group.ends, values, strict=True)
        ]
        if max(sizes) >= 0:
            taken = sizes.index(max(sizes))
    arms = tuple(
        Arm(start, stop, "1" if group.guard else condition, index == taken, value is not False)
        for index, (start, stop, condition, value) in enumerate(
            zip(group.starts, group.ends, group.conditions, values, strict=True)
        )
    )
    return Group(group.start, end, arms, stack[-1].number if stack else -1)


def _value(condition: str, undefined: frozenset[str]) -> bool | None:
    """True or False when a condition is decided, None when another arm may be better."""
    parts = [part.strip() for part in condition.split(" && ")]
    result: bool | None = True
    for part in parts:
        if part == "0" or part in undefined:
            return False
        if part.startswith("!"):
            if part[1:] == "0" or part[1:] in undefined:
                continue
            if part[1:] == "1":
                return False
            result = None
    return result


def _condition(word: bytes, rest: bytes) -> str:
    text = " ".join(rest.decode("latin-1").replace("\\\n", " ").replace("\\\r\n", " ").split())
    if word == b"ifdef":
        return _first_word(rest)
    if word == b"ifndef":
        return f"!{_first_word(rest)}"
    text = _WRAPPED.sub(lambda match: match[1] or match[2], text)
    while text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1].strip()
    return text.replace("! ", "!")


def _first_word(rest: bytes) -> str:
    found = re.match(rb"[\s\\]*(\w+)", rest)
    return found[1].decode("latin-1") if found else ""


def _negated(condition: str) -> str:
    if condition.startswith("!") and re.fullmatch(r"!\w+", condition):
        return condition[1:]
    if re.fullmatch(r"\w+", condition):
        return f"!{condition}"
    return f"!({condition})"
