"""The scanner of lines agrees with tomllib on what the keys are, and knows where they stand."""

import tomllib

import pytest

from analyzer.rulebook.lines import KeyPath, marks
from tests.unit.rulebook.words import RULES

TEXT = r'''# comment = 1
title = "a # no \" comment = ["    # a comment
"quoted key" = 'a \'
what = """
first = 1
second \""" """
a.b = 1

[table]
key = [
    1,      # one
    [2, 3],
    { x = "}", y = [ "]" ] },
]

[[list]]
n = 1979-05-27T07:32:00Z
[[list]]
n = 2
[list.inner]
deep = true
[[list.more]]
deep = { one = { two = 2 } }
'''

LINES = {
    ("title",): 2,
    ("what",): 4,
    ("a", "b"): 7,
    ("table",): 9,
    ("table", "key"): 10,
    ("table", "key", 1): 12,
    ("table", "key", 1, 1): 12,
    ("table", "key", 2): 13,
    ("table", "key", 2, "y", 0): 13,
    ("list", 0): 16,
    ("list", 0, "n"): 17,
    ("list", 1): 18,
    ("list", 1, "n"): 19,
    ("list", 1, "inner", "deep"): 21,
    ("list", 1, "more", 0): 22,
    ("list", 1, "more", 0, "deep", "one", "two"): 23,
}


@pytest.mark.parametrize("path", LINES)
def test_a_key_is_found_on_its_line(path: KeyPath) -> None:
    assert marks(TEXT)[path].line == LINES[path]


def test_the_text_of_a_multi_line_string_starts_behind_its_quotes() -> None:
    assert marks(TEXT)[("what",)].text_line == 5


def _paths(value: object, path: KeyPath = ()) -> set[KeyPath]:
    found: set[KeyPath] = {path} if path else set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= _paths(inner, (*path, key))
    if isinstance(value, list):
        for n, inner in enumerate(value):
            found |= _paths(inner, (*path, n))
    return found


TEXTS = [TEXT, *(path.read_text() for path in sorted(RULES.glob("*/*.toml")))]


@pytest.mark.parametrize("text", TEXTS)
def test_every_value_that_tomllib_reads_has_a_line(text: str) -> None:
    assert _paths(tomllib.loads(text)) - set(marks(text)) == set()


@pytest.mark.parametrize("text", TEXTS)
def test_every_line_names_its_key(text: str) -> None:
    lines = text.splitlines()
    for path, mark in marks(text).items():
        if isinstance(path[-1], str):
            assert path[-1] in lines[mark.line - 1]


def test_windows_line_ends_change_nothing() -> None:
    assert marks("a = 1\r\nb = 2\r\n")[("b",)].line == 2
