"""What becomes of a violation from one run to the next, by how it stood and how it stands."""

from dataclasses import fields, replace
from itertools import product

import pytest

from analyzer.core import (
    Coverage,
    Difference,
    FunctionGap,
    Level,
    Location,
    Means,
    Obligation,
    Problem,
    ProblemKind,
    Release,
    Report,
    Suppression,
    Verdict,
)
from analyzer.inspect.difference import NewNames, difference, new_gaps, new_problems

FOUND = Obligation(
    "lock/rule",
    1,
    Location("mm/a.c", 5, 2, 5, 9),
    "f",
    "lock",
    Verdict.VIOLATED,
    Level.ERROR,
    "f()",
)
STANDS = {
    "absent": None,
    "proved": replace(FOUND, verdict=Verdict.PROVED),
    "open": replace(FOUND, verdict=Verdict.OPEN),
    "found": FOUND,
    "allowed": replace(FOUND, suppression=Suppression(Means.COMMENT, "mm/a.c", 4, "why")),
    "known": replace(FOUND, suppression=Suppression(Means.BASELINE, "known", 1, "")),
    "off": replace(FOUND, suppression=Suppression(Means.CONFIG, "zaplint.toml", 1, "why")),
}
BECOMES = {
    ("absent", "found"): "introduced",
    ("proved", "found"): "introduced",
    ("open", "found"): "introduced",
    ("allowed", "found"): "uncovered",
    ("known", "found"): "uncovered",
    ("off", "found"): "uncovered",
    ("found", "absent"): "fixed",
    ("found", "proved"): "fixed",
    ("allowed", "absent"): "fixed",
    ("allowed", "proved"): "fixed",
    ("known", "absent"): "fixed",
    ("known", "proved"): "fixed",
    ("found", "open"): "undecided",
    ("found", "allowed"): "allowed",
    ("found", "off"): "allowed",
    ("known", "allowed"): "allowed",
    ("known", "off"): "allowed",
    ("absent", "allowed"): "allowed",
    ("proved", "allowed"): "allowed",
    ("open", "allowed"): "allowed",
    ("found", "found"): "left",
}
"""Of all other pairs nothing is said."""


def report(*obligations: Obligation | None) -> Report:
    found = tuple(each for each in obligations if each is not None)
    return Report("/tree", Release(6, 12), (), (), found, (), (), Coverage(1, 1, ()))


def named(found: Difference) -> list[str]:
    """The lists that something is in."""
    return [each.name for each in fields(found) if getattr(found, each.name)]


@pytest.mark.parametrize(("was", "now"), list(product(STANDS, STANDS)))
def test_each_pair_is_in_its_list(was: str, now: str) -> None:
    wanted = BECOMES.get((was, now))
    found = difference(report(STANDS[was]), report(STANDS[now]))
    assert named(found) == ([wanted] if wanted else [])


def test_what_is_uncovered_tells_what_covered_it() -> None:
    found = difference(report(STANDS["allowed"]), report(FOUND))
    assert found.uncovered == (STANDS["allowed"],)
    assert found.reported == found.uncovered


def test_a_place_is_no_part_of_a_finding() -> None:
    moved = replace(FOUND, location=Location("mm/b.c", 90, 1, 90, 8))
    assert difference(report(FOUND), report(moved)) == Difference(left=(moved,))


def test_a_namesake_in_another_file_is_another_one() -> None:
    other = replace(FOUND, location=Location("arch/a.c", 5, 2, 5, 9))
    found = difference(report(FOUND), report(other, FOUND))
    assert found == Difference(introduced=(other,), left=(FOUND,))
    assert difference(report(other, FOUND), report(FOUND)).fixed == (other,)


def test_a_function_with_a_new_name_is_the_one_that_it_was() -> None:
    other = replace(FOUND, function="g", subject="lock of g")
    before, after = report(replace(FOUND, subject="lock of f")), report(other)
    new = NewNames(frozenset({"f"}), frozenset({"g"}))
    assert difference(before, after, new) == Difference(left=(other,))
    assert named(difference(before, after)) == ["introduced", "fixed"]
    there = NewNames(frozenset(), frozenset({"g"}))
    assert named(difference(before, after, there)) == ["introduced", "fixed"]
    elsewhere = report(replace(other, subject="another lock"))
    assert named(difference(before, elsewhere, new)) == ["introduced", "fixed"]


def test_what_was_not_seen_is_told_once() -> None:
    slip = Problem.of(ProblemKind.ALLOWANCE, "mm/a.c", 5, "this comment allows nothing")
    lost = Problem.of(ProblemKind.UNREADABLE, "mm/b.c", 0, "it is lost")
    gap = FunctionGap("mm/a.c", 7, "f", "FOO(((", False)
    before = replace(report(), problems=(slip,), coverage=Coverage(1, 1, (gap,)))
    moved = replace(gap, line=90)
    after = replace(
        before,
        problems=(replace(slip, line=9), replace(slip, line=12), lost),
        coverage=Coverage(1, 2, (moved, replace(gap, function="g"))),
    )
    assert new_problems(before, after) == (replace(slip, line=12),)
    assert new_gaps(before, after) == (replace(gap, function="g"),)
