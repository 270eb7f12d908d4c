"""Which arms of a conditional are read, and under which condition."""

import pytest

from analyzer.cfront.preproc import conditionals

UNDEFINED = frozenset({"__ASSEMBLY__"})


def _read(text: str) -> list[str]:
    return conditionals(text.encode(), UNDEFINED).maximal().decode().split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#ifdef A\none\n#else\ntwo\n#endif\nthree", ["one", "three"]),
        ("#if defined(A) && B > 3\none\n#elif C\ntwo\n#else\nthree\n#endif", ["one"]),
        ("#ifndef A\none\n#else\ntwo two\n#endif", ["two", "two"]),
        ("#ifndef A\none one\n#else\ntwo\n#endif", ["one", "one"]),
        ("#if !IS_ENABLED(CONFIG_A)\n#else\ntwo\n#endif", ["two"]),
        ("#if 0\none\n#else\ntwo\n#endif", ["two"]),
        ("#if 0\none\n#endif", []),
        ("#if 1\none\n#else\ntwo two\n#endif", ["one"]),
        ("#ifdef __ASSEMBLY__\none\n#else\ntwo\n#endif", ["two"]),
        ("#ifndef __ASSEMBLY__\none\n#else\ntwo two\n#endif", ["one"]),
        ("#ifdef A\n#ifdef B\none\n#else\ntwo\n#endif\n#else\nthree\n#endif", ["one"]),
        ("#ifdef A\none", ["one"]),
        ("#endif\n#else\none", ["one"]),
        ("#define A \\\n  more\none", ["one"]),
        ("one # two", ["one", "#", "two"]),
    ],
)
def test_maximal_choice(text: str, words: list[str]) -> None:
    assert _read(text) == words


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("#ifdef CONFIG_A\nx\n#endif", "CONFIG_A"),
        ("#if IS_ENABLED(CONFIG_A) && defined(B)\nx\n#endif", "CONFIG_A && B"),
        ("#ifdef A\n#else\nx\n#endif", "!A"),
        ("#if A || B\nx\n#endif", "A || B"),
        ("#if A || B\n#ifdef C\nx\n#endif\n#endif", "(A || B) && C"),
        ("#ifndef A\n#else\nx\n#endif", "A"),
        ("#ifdef A\n#elif defined(B)\nx\n#endif", "!A && B"),
        ("#if A > 3\n#else\nx\n#endif", "!(A > 3)"),
        ("#ifndef FILE_H\n#define FILE_H\n#ifdef A\nx\n#endif\n#endif", "A"),
        ("#ifdef __KERNEL__\nx\n#endif", ""),
        ("x\n#ifdef A\n#endif", ""),
    ],
)
def test_presence_condition(text: str, condition: str) -> None:
    assert conditionals(text.encode(), UNDEFINED).condition(text.index("x")) == condition


def test_offsets_and_lines_stay() -> None:
    text = b"a\r\n#ifdef X\r\nb\r\n#else\r\nc\r\n#endif\r\nd\n"
    read = conditionals(text, UNDEFINED).maximal()
    assert len(read) == len(text)
    assert read.count(b"\n") == text.count(b"\n")
    assert read.index(b"d") == text.index(b"d\n")
