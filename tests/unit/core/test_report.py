"""Obligations in order, problems that make a run incomplete, coverage that adds up."""

from dataclasses import replace

import pytest

from analyzer.core import (
    Coverage,
    FunctionGap,
    Obligation,
    Problem,
    ProblemKind,
    RuleCount,
    UserError,
    Verdict,
)
from tests.unit.core.made import PLAIN


@pytest.mark.parametrize(
    "later",
    [
        replace(PLAIN, location=replace(PLAIN.location, path="mm/b.c", line=1)),
        replace(PLAIN, location=replace(PLAIN.location, line=10)),
        replace(PLAIN, location=replace(PLAIN.location, column=3)),
        replace(PLAIN, rule="zap/two"),
        replace(PLAIN, clause=1),
        replace(PLAIN, function="g"),
        replace(PLAIN, subject="t"),
        replace(PLAIN, verdict=Verdict.PROVED),
    ],
    ids=["path", "line", "column", "rule", "clause", "function", "subject", "verdict"],
)
def test_obligations_are_ordered_by_place_first(later: Obligation) -> None:
    assert PLAIN.order < later.order


def test_a_line_is_ordered_as_a_number() -> None:
    ten = replace(PLAIN, location=replace(PLAIN.location, line=10))
    assert sorted([ten, PLAIN], key=lambda each: each.order) == [PLAIN, ten]


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
