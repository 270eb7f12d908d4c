"""Baselines as text: read, written anew and merged, they hold the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.core import BaselineLine, UserError
from analyzer.triage import Baseline, read_baseline, write_baseline

ONE = BaselineLine("1" * 32, "zap/drop-marker", "mm/a.c", "zap", "under the lock # of truncation")
TWO = BaselineLine("2" * 32, "tlb/flush", "mm/a b.c", "flush")
HASH = st.text("0123456789abcdef", min_size=32, max_size=32)
REASON = st.text("ab:#/. ", max_size=12).map(lambda text: " ".join(text.split()))


def read(text: str) -> Baseline:
    """The baseline of a text, its lines without where they stand."""
    found = read_baseline(text, "known")
    return replace(found, lines=tuple(replace(each, line=0) for each in found.lines))


def test_a_line_is_for_a_reader_and_for_a_merge() -> None:
    assert write_baseline([TWO, ONE]).splitlines()[2:] == [
        f"{'1' * 32}  zap/drop-marker  mm/a.c:zap()  # under the lock # of truncation",
        f"{'2' * 32}  tlb/flush  mm/a b.c:flush()",
    ]


@given(st.lists(st.tuples(HASH, REASON), max_size=6, unique_by=lambda pair: pair[0]))
def test_what_is_written_is_read(pairs: list[tuple[str, str]]) -> None:
    lines = [replace(ONE, identity=identity, reason=reason) for identity, reason in pairs]
    text = write_baseline(lines)
    assert read(text).lines == tuple(sorted(lines, key=lambda each: each.identity))
    assert write_baseline(read(text).lines) == text


def test_a_finding_outside_functions_has_a_line() -> None:
    bare = replace(ONE, function="", reason="")
    assert read(write_baseline([bare])).lines == (bare,)


@pytest.mark.parametrize(
    "reason", ["see https://lore.kernel.org/linux-mm/1@x/", "a: b", "zap:zap()"]
)
def test_a_reason_may_look_like_a_place(reason: str) -> None:
    line = replace(ONE, reason=reason)
    assert read(write_baseline([line])).lines == (line,)


def test_lines_know_where_they_stand() -> None:
    found = read_baseline(f"\n# mine\n{write_baseline([TWO])}", "known")
    assert [each.line for each in found.lines] == [5]


def test_notes_of_a_reader_are_kept() -> None:
    text = f"# Ask mm before you add one.\n{write_baseline([ONE])}"
    found = read(text)
    assert found.notes == ("# Ask mm before you add one.",)
    again = write_baseline(found.lines, found.notes)
    assert (read(again), again.count("# Ask mm")) == (found, 1)


def test_a_file_of_another_system_is_the_same() -> None:
    text = write_baseline([ONE, TWO])
    assert read(f"\ufeff{text}".replace("\n", "\r\n")) == read(text)


def test_two_baselines_merge_by_their_lines() -> None:
    ours = write_baseline([ONE, replace(TWO, reason="ours")])
    theirs = write_baseline([replace(TWO, reason="theirs"), replace(ONE, identity="3" * 32)])
    merged = read(ours + theirs)
    assert [(each.identity[0], each.reason) for each in merged.lines] == [
        ("1", ONE.reason),
        ("2", "ours; theirs"),
        ("3", ONE.reason),
    ]
    assert merged.notes == ()


@pytest.mark.parametrize("twice", [(ONE, replace(ONE, reason="")), (replace(ONE, reason=""), ONE)])
def test_a_reason_on_one_side_is_kept(twice: tuple[BaselineLine, ...]) -> None:
    text = "".join(map(write_baseline, ([each] for each in twice)))
    assert read(text).lines == (ONE,)


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base"])
def test_a_merge_that_is_not_finished_is_told(mark: str) -> None:
    with pytest.raises(UserError, match="known:3: a merge is not finished here") as caught:
        read(f"\n\n{mark}\n")
    assert "both sides" in caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        "zap/x mm/a.c:f()",
        f"{'1' * 31} zap/x mm/a.c:f()",
        f"{'1' * 32} zap mm/a.c:f()",
        f"{'1' * 32} zap/x mm/a.c:f() why",
        "1" * 32,
    ],
)
def test_what_is_no_line_is_told(line: str) -> None:
    with pytest.raises(UserError, match="known:1: not a line of a baseline") as caught:
        read(f"{line}\n")
    assert caught.value.hint == "a line is: fingerprint  rule  file:function()  # reason"


def test_every_slip_is_told() -> None:
    with pytest.raises(UserError) as caught:
        read("a\n\nb\n")
    assert str(caught.value).count("not a line of a baseline") == 2
