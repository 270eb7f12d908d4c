"""Random edits of C files."""

import random
import re

from tests.cli.command import KERNEL

KINDS = ("blank", "comment", "delete", "double", "swap", "call", "new", "gone")

FILES = sorted(path.relative_to(KERNEL).as_posix() for path in KERNEL.rglob("*.c"))
"""The files of the small kernel."""

_HEAD = re.compile(r"^[a-z][\w \*]*?(\w+)\(", re.MULTILINE)


def edited(text: str, kind: str, dice: random.Random) -> str:
    """The text after a random edit: of white space, of a statement, of a function."""
    lines = text.split("\n")
    body = [at for at, line in enumerate(lines) if re.fullmatch(r"\t+[a-z][^:]*\(.*\);", line)]
    at = dice.choice(body)
    start, end = dice.choice(_functions(lines))
    match kind:
        case "blank":
            lines[start:start] = ["", ""]
        case "comment":
            lines[:0] = ["/* In front of everything. */"]
        case "delete":
            del lines[at]
        case "double":
            lines.insert(at, lines[at])
        case "swap":
            other = dice.choice(body)
            lines[at], lines[other] = lines[other], lines[at]
        case "call":
            lines.insert(at, f"\t{dice.choice(_HEAD.findall(text))}();")
        case "new":
            copy = lines[start : end + 1]
            copy[0] = re.sub(r"(\w+)\(", r"\1_again(", copy[0], count=1)
            lines[end + 1 : end + 1] = ["", *copy]
        case _:
            del lines[start : end + 1]
    return "\n".join(lines)


def edit_of(seed: int) -> tuple[str, str, str]:
    """An edit of the small kernel: the file, the kind, the text after it."""
    dice = random.Random(seed)
    path, kind = dice.choice(FILES), KINDS[seed % len(KINDS)]
    return path, kind, edited((KERNEL / path).read_text(), kind, dice)


def _functions(lines: list[str]) -> list[tuple[int, int]]:
    """The first and last line of each function whose head is one line."""
    found = []
    for at, line in enumerate(lines):
        if line == "{" and lines[at - 1].endswith(")"):
            found.append((at - 1, lines.index("}", at)))
    return found
