"""Lines for a terminal: parts of text with the part that each plays, for a painter to colour."""

import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Role(Enum):
    """What a part of a line is; how it looks is not said here."""

    PLAIN = "plain"
    PLACE = "place"
    FUNCTION = "function"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    PROVED = "proved"
    OPEN = "open"
    RULE = "rule"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line, without a newline."""

    text: str
    role: Role = Role.PLAIN


Line = tuple[Span, ...]

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def line(*parts: Span | str) -> Line:
    """A line of these parts; a string is a plain one."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def plain(styled: Line) -> str:
    """The text of a line with nothing in it that a terminal would obey."""
    return "".join(visible(part.text) for part in styled)


def visible(text: str) -> str:
    """`text` with what is no printed character written as an escape: control characters, and
    marks that turn the direction of writing. Half of a character pair, as a file name that is no
    UTF-8 has it, stays.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(each) if _is_hidden(each) else each for each in text)


def _is_hidden(character: str) -> bool:
    if "\udc80" <= character <= "\udcff":
        return False
    return unicodedata.category(character) in _HIDDEN


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
