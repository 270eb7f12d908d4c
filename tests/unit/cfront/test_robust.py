"""Any bytes give a unit, in bounded time, and offsets stay true."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.cfront.lexical import lex
from analyzer.cfront.normalise import normalise
from analyzer.cfront.preproc import conditionals
from analyzer.cfront.unit import Unit
from tests.unit.cfront.goldens import SOURCES, parse, printed, table

TABLE = table()
N_REAL = 20
DEPTH = 100_000


def _read(data: bytes) -> Unit:
    """Parses and lowers everything; every offset lies within the data."""
    unit = Unit.parse("any.c", data, TABLE)
    for index, head in enumerate(unit.head.functions):
        function = unit.lower(index)
        assert 0 <= head.start <= head.name_start <= head.end <= len(data)
        for block in function.blocks:
            for event in block.events:
                assert 0 <= event.start <= event.end <= len(data)
    return unit


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    _read(data)


@given(st.text("(){}[];,=&*#\\\"'/ \nifax0", max_size=200))
def test_any_punctuation(text: str) -> None:
    _read(f"int f(int a)\n{{\n{text}\n}}\n".encode())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
@settings(max_examples=40)
@given(st.data())
def test_fixtures_with_bytes_put_in_their_place(source: Path, data: st.DataObject) -> None:
    text = source.read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 12, len(text))))
    _read(text[:start] + data.draw(st.binary(max_size=12)) + text[end:])


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_fixtures_cut_at_any_byte(source: Path) -> None:
    text = source.read_bytes()
    for end in range(0, len(text), 17):
        _read(text[:end])


def test_real_files_cut_anywhere(linux_6_12: Path) -> None:
    chosen = random.Random(1)
    files = sorted((linux_6_12 / "mm").glob("*.c"))
    for file in chosen.sample(files, N_REAL):
        text = file.read_bytes()
        end = chosen.randrange(len(text))
        _read(text[:end])
        _read(text[end:])


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_line_ends_make_no_difference(source: Path) -> None:
    text = source.read_bytes()
    assert printed(parse(text.replace(b"\n", b"\r\n"))) == printed(parse(text))


def test_latin_1_and_nul() -> None:
    text = b'/* J\xf6rg \xff */\nint f(void)\n{\n\tsay("\xe9");\n\0\treturn g\xe9(1);\n}\n'
    unit = _read(text)
    assert [head.name for head in unit.head.functions] == ["f"]
    assert unit.head.functions[0].comment == "J\ufffdrg \ufffd"


@pytest.mark.parametrize(
    "line",
    [
        "return " + "(" * DEPTH + "a" + ")" * DEPTH + ";",
        "{" * DEPTH,
        "return " + "!" * DEPTH + "a;",
        "if (a) " * DEPTH + ";",
        "if (a) b(); else " * (DEPTH // 10) + ";",
        "return " + "a + " * DEPTH + "0;",
        "if (" + "a && " * (DEPTH // 10) + "a) b();",
        "return " + "a ? 1 : " * (DEPTH // 10) + "0;",
        "return a" + ".a" * DEPTH + ";",
        "switch (a) {" + "case 1: " * DEPTH + "}",
        "a" + "()" * (DEPTH // 10) + ";",
        "f(" + "struct x *, " * (DEPTH // 10) + "0);",
        "list_for_each_entry(" * (DEPTH // 10),
        "({" * DEPTH,
    ],
    ids=lambda line: line[:24],
)
def test_deep_nesting(line: str) -> None:
    started = time.monotonic()
    unit = _read(f"int f(int a)\n{{\n{line}\n}}\n".encode())
    head = unit.head
    gaps = [gap for index in range(len(head.functions)) for gap in unit.lower(index).gaps]
    assert time.monotonic() - started < 20
    shallow = ("switch", "if (a) b(); else", "f(struct")
    assert bool(gaps or head.problems) != line.startswith(shallow)


@pytest.mark.parametrize("data", [b"int a;\n" * (8 << 20), bytes(50 << 20), b"(" * (50 << 20)])
def test_large_files_are_named_and_left(data: bytes) -> None:
    started = time.monotonic()
    unit = Unit.parse("mm/large.c", data, TABLE)
    assert time.monotonic() - started < 20
    (problem,) = unit.head.problems
    assert problem.path == "mm/large.c"
    assert problem.text.startswith("not read: the file has 5")


@given(st.binary(max_size=600))
def test_every_pass_keeps_the_length(data: bytes) -> None:
    text = lex(data).text
    chosen = conditionals(text, TABLE.undefined)
    maximal = chosen.maximal()
    assert len(text) == len(chosen.text) == len(maximal) == len(data)
    assert len(normalise(maximal, TABLE).text) == len(data)
