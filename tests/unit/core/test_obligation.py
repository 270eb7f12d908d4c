"""What is found in both arms of a conditional is told once."""

from dataclasses import replace

import pytest

from analyzer.core import Level, Location, Obligation, Verdict, once_in_order

PLAIN = Obligation(
    rule="zap/rule",
    clause=1,
    location=Location("mm/a.c", 3, 5, 3, 9),
    function="walk",
    subject="take",
    verdict=Verdict.VIOLATED,
    level=Level.ERROR,
    message="walk() takes it",
)


def _under(*conditions: str) -> list[Obligation]:
    return [replace(PLAIN, condition=each) for each in conditions]


@pytest.mark.parametrize(
    ("found", "left"),
    [
        (("", "!A"), ("",)),
        (("!A", ""), ("",)),
        (("B", "B && !A", "B && !A && C"), ("B",)),
        (("!A", "A"), ("!A", "A")),
        (("B && A", "A && C"), ("B && A", "A && C")),
        (("A", "A"), ("A",)),
        (("A", "A && B || C"), ("A", "A && B || C")),
        (("(A || B)", "(A || B) && C"), ("(A || B)", "(A || B) && C")),
    ],
)
def test_the_weaker_condition_counts(found: tuple[str, ...], left: tuple[str, ...]) -> None:
    assert once_in_order(_under(*found)) == tuple(_under(*left))


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, clause=2),
        replace(PLAIN, function="run"),
        replace(PLAIN, verdict=Verdict.PROVED),
        replace(PLAIN, message="walk() takes another"),
        replace(PLAIN, location=Location("mm/a.c", 3, 5, 4, 9)),
    ],
)
def test_what_is_another_thing_is_told(other: Obligation) -> None:
    both = (PLAIN, replace(other, condition="!A"))
    assert set(once_in_order(both)) == set(both)
