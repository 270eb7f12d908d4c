"""The logic of answers: true, false, absent (the callers may know), unsure."""

from itertools import product

import pytest

from analyzer.checkers.conditions import Conditions, Tri
from analyzer.checkers.matching import EMPTY, Matcher
from analyzer.checkers.property import (
    Always,
    Both,
    Condition,
    Either,
    InFunctions,
    Known,
    Not,
)
from analyzer.dataflow import State
from tests.unit.dataflow.simulated import run

YES, NO = Always(True), Always(False)
ABSENT = InFunctions("role", ("another",))
HERE = InFunctions("role", ("f",))


@pytest.fixture(scope="module")
def conditions() -> Conditions:
    """Conditions asked in a function `f`."""
    return Conditions(Matcher(run("void f(void) { }"), {}), "f")


def ask(conditions: Conditions, condition: Condition) -> Tri:
    """The answer in a state of which nothing is known."""
    return conditions.evaluate(condition, State(), EMPTY).tri


ANSWERS: dict[Tri, Condition] = {Tri.TRUE: YES, Tri.FALSE: NO, Tri.ABSENT: ABSENT}


@pytest.mark.parametrize(("one", "two"), list(product(ANSWERS, repeat=2)))
def test_both_are_true_if_each_is_and_false_if_one_is(
    conditions: Conditions, one: Tri, two: Tri
) -> None:
    worst = next(tri for tri in (Tri.FALSE, Tri.ABSENT, Tri.TRUE) if tri in (one, two))
    assert ask(conditions, Both((ANSWERS[one], ANSWERS[two]))) is worst


@pytest.mark.parametrize(("one", "two"), list(product(ANSWERS, repeat=2)))
def test_either_is_true_if_one_is_and_false_if_each_is(
    conditions: Conditions, one: Tri, two: Tri
) -> None:
    best = next(tri for tri in (Tri.TRUE, Tri.ABSENT, Tri.FALSE) if tri in (one, two))
    assert ask(conditions, Either((ANSWERS[one], ANSWERS[two]))) is best


@pytest.mark.parametrize(
    ("answer", "turned"),
    [(YES, Tri.FALSE), (NO, Tri.TRUE), (ABSENT, Tri.ABSENT), (HERE, Tri.FALSE)],
)
def test_a_negation_turns_what_is_known(
    conditions: Conditions, answer: Condition, turned: Tri
) -> None:
    assert ask(conditions, Not(answer)) is turned
    assert ask(conditions, Not(Not(answer))) is ask(conditions, answer)


@pytest.mark.parametrize(("one", "two"), list(product(ANSWERS, repeat=2)))
def test_a_negation_goes_inside(conditions: Conditions, one: Tri, two: Tri) -> None:
    parts = (ANSWERS[one], ANSWERS[two])
    turned = tuple(Not(part) for part in parts)
    assert ask(conditions, Not(Both(parts))) is ask(conditions, Either(turned))
    assert ask(conditions, Not(Either(parts))) is ask(conditions, Both(turned))


def test_what_must_be_known_is_false_if_it_is_not(conditions: Conditions) -> None:
    assert [ask(conditions, Known(each)) for each in (YES, NO, ABSENT)] == [
        Tri.TRUE,
        Tri.FALSE,
        Tri.FALSE,
    ]


def test_a_function_is_one_of_a_role_by_its_name(conditions: Conditions) -> None:
    assert (ask(conditions, HERE), ask(conditions, ABSENT)) == (Tri.TRUE, Tri.ABSENT)
