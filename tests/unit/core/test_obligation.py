"""What is found in both arms of a conditional is told once."""

from dataclasses import replace

import pytest

from analyzer.core import Obligation, Verdict, once_in_order
from tests.unit.core.made import PLAIN


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
        replace(PLAIN, function="g"),
        replace(PLAIN, verdict=Verdict.PROVED),
        replace(PLAIN, message="another"),
        replace(PLAIN, location=replace(PLAIN.location, end_line=10)),
    ],
)
def test_what_is_another_thing_is_told(other: Obligation) -> None:
    both = (PLAIN, replace(other, condition="!A"))
    assert set(once_in_order(both)) == set(both)
