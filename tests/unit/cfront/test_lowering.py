"""Every fixture of fixtures/lowering has the printed form that stands beside it."""

from pathlib import Path

import pytest

from analyzer.ir import Branch, Call, Function, Jump, Return, Stop, Switch
from tests.unit.cfront.goldens import SOURCES, parse, printed


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_printed_form(source: Path) -> None:
    expected = source.with_suffix(".ir").read_text()
    actual = printed(parse(source.read_bytes(), source.name))
    assert actual == expected, "run python -m tests.unit.cfront.goldens and read the difference"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_graph_is_well_formed(source: Path) -> None:
    unit = parse(source.read_bytes(), source.name)
    for index in range(len(unit.head.functions)):
        function = unit.lower(index)
        assert _reachable(function) == set(range(len(function.blocks)))
        calls = [
            event.id
            for block in function.blocks
            for event in block.events
            if isinstance(event, Call)
        ]
        assert len(calls) == len(set(calls))


def test_offsets_are_those_of_the_source() -> None:
    text = b'int f(int a)\n{\n\t/* note */ return g(a, "x") + 1;\n}\n'
    (block,) = parse(text).lower(0).blocks
    (call,) = block.events
    assert text[call.start : call.end] == b'g(a, "x")'
    assert isinstance(block.terminator, Return)
    assert text[block.terminator.start : block.terminator.end] == b'return g(a, "x") + 1;'


def _reachable(function: Function) -> set[int]:
    seen: set[int] = set()
    pending = [0]
    while pending:
        number = pending.pop()
        if number in seen:
            continue
        seen.add(number)
        end = function.blocks[number].terminator
        match end:
            case Jump(target):
                pending.append(target)
            case Branch():
                pending += (end.true, end.false)
            case Switch():
                pending += (*(case.target for case in end.cases), end.default)
            case Return() | Stop():
                pass
    return seen
