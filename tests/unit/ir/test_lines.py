"""Byte offsets to lines and columns, which count UTF-16 units."""

from itertools import accumulate

import pytest

from analyzer.core import Location
from analyzer.ir import LineTable

TEXT = "int a;\n\t/* \N{GREEK SMALL LETTER MU}\N{MUSICAL SYMBOL G CLEF} */ f(x);\r\nlast"
DATA = TEXT.encode()
TABLE = LineTable((0, *accumulate(len(line) for line in DATA.splitlines(keepends=True)[:-1])))


def place(word: str) -> Location:
    """The location of a word of the text."""
    start = DATA.index(word.encode())
    return TABLE.location("a.c", DATA, start, start + len(word.encode()))


@pytest.mark.parametrize(
    ("word", "line", "columns"),
    [
        ("int", 1, (1, 4)),
        ("a;", 1, (5, 7)),
        ("\N{GREEK SMALL LETTER MU}", 2, (5, 6)),
        ("\N{MUSICAL SYMBOL G CLEF}", 2, (6, 8)),
        ("f(x)", 2, (12, 16)),
        ("last", 3, (1, 5)),
    ],
)
def test_columns_count_utf16_units(word: str, line: int, columns: tuple[int, int]) -> None:
    assert place(word) == Location("a.c", line, columns[0], line, columns[1])


def test_an_empty_stretch_is_one_byte_wide() -> None:
    assert TABLE.location("a.c", DATA, 4, 4) == Location("a.c", 1, 5, 1, 6)


def test_a_stretch_over_lines_ends_on_the_last() -> None:
    assert TABLE.location("a.c", DATA, 0, len(DATA)) == Location("a.c", 1, 1, 3, 5)


def test_the_line_of_an_offset_is_the_one_that_holds_it() -> None:
    newline = DATA.index(b"\n")
    assert [TABLE.line(offset) for offset in (0, newline, newline + 1)] == [1, 1, 2]


def test_bytes_that_are_no_utf8_do_no_harm() -> None:
    data = b"\xff\xfe f();"
    assert LineTable((0,)).location("a.c", data, 3, 6) == Location("a.c", 1, 4, 1, 7)
