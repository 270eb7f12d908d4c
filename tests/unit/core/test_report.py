"""Obligations in order, problems that make a run incomplete, coverage that adds up."""

from dataclasses import replace

import pytest

from analyzer.core import (
    Coverage,
    FunctionGap,
    Level,
    Location,
    Obligation,
    Problem,
    ProblemKind,
    RuleCount,
    UserError,
    Verdict,
)

FIRST = Obligation(
    rule="zap/one",
    clause=0,
    location=Location("mm/a.c", 9, 2, 9, 8),
    function="f",
    subject="s",
    verdict=Verdict.OPEN,
    level=Level.ERROR,
    message="m",
)


@pytest.mark.parametrize(
    "later",
    [
        replace(FIRST, location=replace(FIRST.location, path="mm/b.c", line=1)),
        replace(FIRST, location=replace(FIRST.location, line=10)),
        replace(FIRST, location=replace(FIRST.location, column=3)),
        replace(FIRST, rule="zap/two"),
        replace(FIRST, clause=1),
        replace(FIRST, function="g"),
        replace(FIRST, subject="t"),
        replace(FIRST, verdict=Verdict.PROVED),
    ],
    ids=["path", "line", "column", "rule", "clause", "function", "subject", "verdict"],
)
def test_obligations_are_ordered_by_place_first(later: Obligation) -> None:
    assert FIRST.order < later.order


def test_a_line_is_ordered_as_a_number() -> None:
    ten = replace(FIRST, location=replace(FIRST.location, line=10))
    assert sorted([ten, FIRST], key=lambda each: each.order) == [FIRST, ten]


@pytest.mark.parametrize("kind", list(ProblemKind))
def test_lost_files_and_workers_make_a_run_incomplete(kind: ProblemKind) -> None:
    lost = kind in (ProblemKind.UNREADABLE, ProblemKind.LOST_WORKER)
    assert Problem.of(kind, "mm/a.c", 0, "text").incomplete is lost


def test_coverage_adds_up() -> None:
    gaps = tuple(FunctionGap("mm/a.c", line, "f", "X", whole=line < 3) for line in range(1, 6))
    coverage = Coverage(n_files=2, n_functions=20, gaps=gaps)
    assert (coverage.n_unread, coverage.n_partly, coverage.n_read) == (2, 3, 15)


def test_sites_are_the_sum_of_verdicts() -> None:
    assert RuleCount("zap/one", 3, 1, 2).n_sites == 6


def test_an_error_says_its_hint_on_a_line_of_its_own() -> None:
    assert str(UserError("x.toml:3: unknown key", "did you mean y?")) == (
        "x.toml:3: unknown key\n  hint: did you mean y?"
    )
