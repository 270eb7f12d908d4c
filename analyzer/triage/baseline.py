"""Baselines: known findings as lines of text that a reader understands and a merge keeps whole."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analyzer.core import BaselineLine, UserError, every

_HEAD = (
    "# Findings that are known to zaplint, one a line, in the order of their fingerprints.",
    "# Write behind a # why a finding is accepted; it is kept when the file is written anew.",
)
_LINE = re.compile(
    r"(?P<identity>[0-9a-f]{32})\s+(?P<rule>[^\s/]+/\S+)\s+(?P<path>\S(?:.*\S)?):(?P<function>\S*)"
)
_REASON = re.compile(r"\s+#")
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_FORM = "a line is: fingerprint  rule  file:function()  # reason"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The lines of a baseline, sorted, by the name that reports call it; `notes` are further lines
    of comment that somebody wrote.
    """

    name: str
    lines: tuple[BaselineLine, ...]
    notes: tuple[str, ...] = ()


def read_baseline(text: str, name: str) -> Baseline:
    """The baseline of a text. What two branches added may stand in any order, a line more than
    once: then all reasons count. Raises UserError, naming every line that is none.
    """
    found: dict[tuple[str, str], BaselineLine] = {}
    notes: dict[str, None] = {}

    def read(pair: tuple[int, str]) -> None:
        number, line = pair
        line = line.strip()
        if line.startswith("#"):
            notes.update({} if line in _HEAD else {line: None})
        elif line:
            one = _line(line, number, name)
            found[_order(one)] = _together(found.get(_order(one)), one)

    every(read, enumerate(text.removeprefix("\ufeff").split("\n"), 1))
    return Baseline(name, tuple(found[order] for order in sorted(found)), tuple(notes))


def _order(line: BaselineLine) -> tuple[str, str]:
    """What a baseline is sorted by; no two lines are equal in it."""
    return line.identity, line.path


def _line(line: str, number: int, name: str) -> BaselineLine:
    if _CONFLICT.match(line):
        hint = "keep the lines of both sides: their order does not matter"
        raise UserError(f"{name}:{number}: a merge is not finished here", hint)
    finding, *reason = _REASON.split(line, 1)
    match = _LINE.fullmatch(finding)
    if match is None:
        raise UserError(f"{name}:{number}: not a line of a baseline", _FORM)
    return BaselineLine(
        match["identity"],
        match["rule"],
        match["path"],
        match["function"].removesuffix("()"),
        " ".join("".join(reason).split()),
        number,
    )


def _together(one: BaselineLine | None, other: BaselineLine) -> BaselineLine:
    if one is None:
        return other
    reasons = dict.fromkeys(each for each in (one.reason, other.reason) if each)
    return replace(one, reason="; ".join(reasons))


def write_baseline(lines: Iterable[BaselineLine], notes: tuple[str, ...] = ()) -> str:
    """The text of a baseline of these lines."""
    known = {_order(each): each for each in lines}
    rows = [_written(known[order]) for order in sorted(known)]
    return "".join(f"{row}\n" for row in (*_HEAD, *notes, *rows))


def _written(each: BaselineLine) -> str:
    function = f"{each.function}()" if each.function else ""
    reason = f"  # {each.reason}" if each.reason else ""
    return f"{each.identity}  {each.rule}  {each.path}:{function}{reason}"
