"""Locks and contracts in words and in JSON."""

import json
from dataclasses import replace

import pytest

from analyzer.core import (
    Demanded,
    EntryLock,
    HeldLock,
    Level,
    LineLocks,
    Location,
    Obligation,
    Source,
    Standing,
    Step,
    Verdict,
    WayIn,
)
from analyzer.report.inspection import render_contracts, render_locks


def at(line: int, path: str = "mm/a.c") -> Location:
    """A place in a line."""
    return Location(path, line, 2, line, 9)


def held(lock: str, kind: str, of_states: int) -> HeldLock:
    """A lock of one state of `of_states`."""
    since = (Step(at(4), "zap", f"take() takes {lock} of x"),)
    return HeldLock(lock, kind, "read", "x", 1, of_states, "", since, False)


def entry(n_calls: int, n_lacking: int, sure: bool = True) -> EntryLock:
    """A lock on the way in."""
    chain = (Step(at(7, "mm/b.c"), "caller", "calls zap()"),)
    every = not n_lacking and n_calls > 0
    return EntryLock("i_mmap", "rwsem", "write", "m", n_calls, n_lacking, every, sure, (chain,))


WAY = WayIn(2, (), (), ())
NOTHING = LineLocks("mm/a.c", 9, 9, "x = 1;", "zap", "", 1, (), (), (), (), (), WAY)
DEMANDED = Demanded(
    "zap", at(3), Source.ASSERTION, "i_mmap", "write", "m", (), "hard", "assert_it(m)"
)


def obligation(line: int, verdict: Verdict, reason: str = "") -> Obligation:
    """A call of zap() in caller()."""
    steps = (Step(at(line - 1), "caller", "take() takes it"), Step(at(3), "zap", "demands it"))
    return Obligation(
        "lock/x", 1, at(line), "caller", "zap: i_mmap", verdict, Level.ERROR, "m", reason, steps
    )


def lines(found: LineLocks) -> list[str]:
    """The text of locks at a line."""
    return render_locks(found, "text").splitlines()


def test_mode_is_said_where_there_are_two() -> None:
    rows = (held("mmap_lock", "rwsem", 1), held("pte_lock", "spinlock", 1))
    text = lines(replace(NOTHING, held=rows))
    assert "  mmap_lock of x for reading" in text
    assert "  pte_lock of x" in text


def test_window_is_not_passed_off_as_a_lock() -> None:
    assert "  rcu of x (window)" in lines(replace(NOTHING, held=(held("rcu", "window", 1),)))


def test_line_that_is_not_reached_says_so() -> None:
    assert "No path leads to this line." in lines(replace(NOTHING, n_states=0))


def test_line_that_is_told_by_another_says_so() -> None:
    note = "      nothing happens in this line; the locks are those of line 11"
    assert note in lines(replace(NOTHING, told=11))


def test_locks_that_were_not_followed_are_named() -> None:
    assert "Too many states to tell of: rcu, srcu" in lines(
        replace(NOTHING, unsure=("rcu", "srcu"))
    )


@pytest.mark.parametrize(
    ("lock", "heading", "share"),
    [
        (entry(2, 0), "  Every call of zap() is made with:", ""),
        (
            entry(2, 0, sure=False),
            "  On some ways to zap(), and not known to be missing on any:",
            "",
        ),
        (
            entry(1, 1),
            "  Some calls of zap() are made with:",
            " (in 1 of 2 calls, not always in 1)",
        ),
    ],
)
def test_every_call_is_claimed_of_none_but_all(lock: EntryLock, heading: str, share: str) -> None:
    text = lines(replace(NOTHING, way_in=replace(WAY, locks=(lock,))))
    assert heading in text
    assert f"    i_mmap of m for writing{share}" in text


def test_what_was_not_followed_is_said() -> None:
    text = lines(replace(NOTHING, way_in=replace(WAY, unknown=("f() is elsewhere",))))
    assert text[-1] == "  not followed: f() is elsewhere"


def test_contract_of_the_function_is_quoted() -> None:
    text = lines(replace(NOTHING, contracts=(DEMANDED,)))
    assert text[text.index("zap() demands of its callers:") + 1 :][:2] == [
        "  i_mmap of m for writing, when hard",
        "      3: assertion: assert_it(m)",
    ]


def test_calls_of_a_contract_come_worst_first_with_their_reasons() -> None:
    obligations = (
        obligation(20, Verdict.PROVED),
        obligation(30, Verdict.OPEN, "nobody knows"),
        obligation(40, Verdict.VIOLATED),
    )
    text = render_contracts((Standing(DEMANDED, True, obligations),), True, "text").splitlines()
    assert text == [
        "mm/a.c:3: zap() demands i_mmap of m for writing, when hard",
        "      assertion: assert_it(m)",
        "      3 calls: 1 proved, 1 violated, 1 open",
        "    mm/a.c:40: violated: in caller()",
        "    mm/a.c:30: open: in caller()",
        "          open because nobody knows",
        "    mm/a.c:20: proved: in caller()",
        "          19: take() takes it in caller()",
        "1 contract of 1 function; 3 calls: 1 proved, 1 violated, 1 open.",
    ]


def test_contract_that_no_rule_judges_says_so() -> None:
    text = render_contracts((Standing(DEMANDED, False, ()),), False, "text")
    assert "calls are not judged: no rule asks for i_mmap here" in text


def test_json_holds_what_the_text_says() -> None:
    obligations = (obligation(30, Verdict.OPEN, "nobody knows"),)
    (row,) = json.loads(render_contracts((Standing(DEMANDED, True, obligations),), True, "json"))[
        "contracts"
    ]
    assert (row["proved"], row["violated"], row["open"]) == (0, 0, 1)
    assert row["contract"]["source"] == "assertion"
    assert row["calls"][0]["reason"] == "nobody knows"


def test_json_of_a_line_has_every_field() -> None:
    found = json.loads(render_locks(NOTHING, "json"))
    assert list(found) == list(LineLocks.__slots__)
