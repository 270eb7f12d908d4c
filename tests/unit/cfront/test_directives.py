"""Comments that speak to zaplint are told from all other text, and from what they stand above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cfront.directives import directives_in
from analyzer.core import Directive, Flaw
from tests.unit.cfront.goldens import parse

ALLOW = "zaplint: allow zap/x: why"


def found(text: str) -> tuple[Directive, ...]:
    """The comments of a file."""
    return directives_in({"mm/f.c": text.encode()})


def lines(text: str) -> list[tuple[int, int, int, Flaw]]:
    """Where each stands, and what it covers."""
    return [(each.line, each.first, each.last, each.flaw) for each in found(text)]


@pytest.mark.parametrize(
    "comment",
    [
        f"/* {ALLOW} */",
        f"/*{ALLOW}*/",
        f"// {ALLOW}",
        f"/** {ALLOW} */",
        f"/*\n * {ALLOW}\n */",
        "/* zaplint:  allow\n * zap/x:\n *\twhy\n */",
        "/* zaplint: allow zap/x:\n   why */",
    ],
)
def test_every_shape_of_a_comment_says_the_same(comment: str) -> None:
    (one,) = found(f"void f(void)\n{{\n\t{comment}\n\tg();\n}}\n")
    assert one.text == ALLOW
    assert (one.line, one.flaw) == (3, Flaw.NONE)


@pytest.mark.parametrize(
    "text",
    [
        f'char *s = "/* {ALLOW} */";\n',
        f'char *s = "\\"// {ALLOW}";\n',
        f"int zaplint = 0; {ALLOW.replace('zaplint:', 'zaplint(1),')};\n",
        f"/* To be left alone write {ALLOW} above the line. */\nint a;\n",
        f"/* See also 'zaplint: allow', and\n * {ALLOW.replace('allow', 'see')}\n */\nint a;\n",
        "/* zaplint reports this, and is right. */\nint a;\n",
        "/* zaplint allows for a trylock here. */\nint a;\n",
        "/* A zaplint: */\nint a;\n",
        "/* lzaplint: allow zap/x: why */\nint a;\n",
    ],
)
def test_what_mentions_it_is_none(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    "comment",
    [
        "Zaplint: allow zap/x: why",
        "zaplint allow zap/x",
        "zaplint-allow",
        "ZAPLINT: off",
        "zaplint:",
    ],
)
def test_what_was_meant_to_be_one_is_found(comment: str) -> None:
    assert [each.text for each in found(f"/* {comment} */\nint a;\n")] == [comment]


def test_a_line_of_a_longer_comment_is_found_as_such() -> None:
    (one,) = found(f"/*\n * The lock is held.\n *   {ALLOW}\n */\nint a;\n")
    assert one == Directive("mm/f.c", 3, ALLOW, 0, 0, Flaw.INSIDE)


@pytest.mark.parametrize(
    ("code", "covered"),
    [
        ("\tg();\n\th();\n", (2, 2)),
        ("\tg(a,\n\t  b);\n\th();\n", (2, 3)),
        ("\tret = g(a,\n\t\tb) +\n\t\th(c);\n\ti();\n", (2, 4)),
        ("\tif (a &&\n\t    b) {\n\t\tg();\n\t}\n", (2, 3)),
        ("\tif (a)\n\t\tg();\n\th();\n", (2, 3)),
        ("\tfor (i = 0; i < n; i++) {\n\t\tg();\n", (2, 2)),
        ("\tfor (i = 0;\n\t     i < g();\n\t     i++)\n\t\th();\n\tk();\n", (2, 5)),
        ("\tstruct a b = {\n\t\t.c = g(),\n\t};\n\th();\n", (2, 4)),
        ("\tx = ({\n\t\tg();\n\t\th();\n\t});\n\ti();\n", (2, 5)),
        ("\t\tb);\n\tg();\n", (2, 2)),
        ("#define A\n\tg();\n", (2, 2)),
        ("\tg(a,\n#ifdef A\n\t  h(b),\n#else\n\t  h(c,\n#endif\n\t  d);\n\ti();\n", (2, 8)),
        ("\tif (a &&\n#ifdef A\n\t    b) {\n#else\n\t    c) {\n#endif\n", (2, 4)),
        ("\tg(a[1;\n\th();\n}\n", (2, 2)),
        ("}\n\nvoid h(void);\n", (2, 2)),
        ("\tg(\"; {\",\n\t  /* ; */ ';',\n\t  b);\n\th();\n", (2, 4)),
        ("static int f(int a,\n\t\t int b)\n{\n\tg();\n}\n", (2, 4)),
        ("#define F(a)\t\\\n\tdo {\t\\\n\t\tg(a);\t\\\n\t} while (0)\n\th();\n", (2, 5)),
        ("#ifdef A\n\tg();\n#endif\n", (2, 2)),
        ("out:\n\tg();\n\th();\n", (2, 3)),
        ("\tg()", (2, 2)),
    ],
)
def test_a_comment_covers_the_statement_below_it(code: str, covered: tuple[int, int]) -> None:
    assert lines(f"/* {ALLOW} */\n{code}") == [(1, *covered, Flaw.NONE)]


def test_other_comments_may_come_between() -> None:
    text = f"/* {ALLOW} */\n/* {ALLOW} */\n// for a reader\n/* and\n * on */\n\tg();\n"
    assert lines(text) == [(1, 6, 6, Flaw.NONE), (2, 6, 6, Flaw.NONE)]


def test_a_blank_line_within_a_comment_parts_nothing() -> None:
    assert lines(f"/* {ALLOW} */\n/* for\n\n a reader */\n\tg();\n") == [(1, 5, 5, Flaw.NONE)]


def test_a_comment_within_a_macro_covers_its_lines() -> None:
    text = f"#define F(a) \\\n\t/* {ALLOW} */ \\\n\tg(a, \\\n\t  b); \\\n\th(a)\n"
    assert lines(text) == [(2, 3, 4, Flaw.NONE)]


@pytest.mark.parametrize("code", ["\n\tg();\n", "", "\n", "\n\n"])
def test_a_blank_line_is_no_statement(code: str) -> None:
    assert lines(f"/* {ALLOW} */\n{code}") == [(1, 0, 0, Flaw.ABOVE_NOTHING)]


@pytest.mark.parametrize("text", [f"\tg(); /* {ALLOW} */\n\th();\n", f"/* {ALLOW} */ g();\n"])
def test_code_on_its_line_is_a_flaw(text: str) -> None:
    assert lines(text) == [(1, 0, 0, Flaw.BEHIND_CODE)]


def test_lines_that_end_as_on_other_systems() -> None:
    text = f"/*\n * {ALLOW}\n * at length\n */\n\tg(a,\n\t  b);\n// {ALLOW}\n\th();\n"
    plain, other = found(text), found(text.replace("\n", "\r\n"))
    assert plain == other
    assert [(each.text, each.first, each.last) for each in other] == [
        (f"{ALLOW} at length", 5, 6),
        (ALLOW, 8, 8),
    ]


def test_bytes_that_are_no_text() -> None:
    texts = {"mm/f.c": b"/* zaplint: allow zap/x: \xff\xfe */\n\xff();\n/* zaplint: allow"}
    assert [each.line for each in directives_in(texts)] == [1, 3]


PIECES = st.sampled_from(
    [
        ALLOW,
        "/*",
        "*/",
        "//",
        "\n",
        " ",
        "*",
        "\\\n",
        '"',
        "'",
        "{",
        "}",
        "(",
        ")",
        ";",
        "#",
        "x",
        "é",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_gives_comments_within_it(text: str) -> None:
    n_lines = text.count("\n") + 1
    for each in found(text):
        assert each.line <= n_lines
        assert (each.first == 0) is (each.flaw is not Flaw.NONE)
        assert each.flaw is not Flaw.NONE or each.line < each.first <= each.last <= n_lines


def test_a_statement_without_an_end_is_looked_through_once() -> None:
    text = f"/* {ALLOW} */\n{'(' * 200_000}\n"
    assert lines(text) == [(1, 2, 2, Flaw.NONE)]
    table = f"int a[] = {{\n{'0,' * 200_000}\n0\n}};\nint b;\n"
    assert lines(f"/* {ALLOW} */\n{table}") == [(1, 2, 3, Flaw.NONE)]


def test_files_come_in_order() -> None:
    texts = {path: f"/* {ALLOW} */\nint a;\n".encode() for path in ("mm/b.c", "fs/c.c", "mm/a.h")}
    assert [each.path for each in directives_in(texts)] == ["fs/c.c", "mm/a.h", "mm/b.c"]


CONTRACT = b"/* Caller must hold the folio lock. */\n"
ASIDE = b"/* zaplint: allow zap/x: the caller must hold the mmap lock */\n"


@pytest.mark.parametrize("above", [CONTRACT + ASIDE, CONTRACT + ASIDE + ASIDE])
def test_it_states_no_contract_and_hides_none(above: bytes) -> None:
    (head,) = parse(above + b"void f(void)\n{\n}\n").head.functions
    assert head.comment == "Caller must hold the folio lock."


def test_alone_it_states_nothing() -> None:
    (head,) = parse(ASIDE + b"void f(void)\n{\n}\n").head.functions
    assert head.comment == ""
