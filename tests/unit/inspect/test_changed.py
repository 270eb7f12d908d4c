"""A changed world says what one made from scratch says, and makes no more than it must."""

import pytest

from analyzer.checkers.applied import Applied
from analyzer.checkers.property import Order
from analyzer.dataflow.changed import Edit
from analyzer.dataflow.recorded import Key
from tests.cli.command import KERNEL
from tests.unit.inspect.changed import Both

_PREVIEW = ("lock/contract-not-met", "lock/order-inverted")


def _is_order(applied: Applied) -> bool:
    return isinstance(applied.clause, Order)


@pytest.fixture(scope="module", params=[(), _PREVIEW], ids=["default", "preview"])
def both(request: pytest.FixtureRequest) -> Both:
    """The small kernel under the rules of a default run, and under those in preview."""
    return Both(KERNEL, select=request.param)


def test_no_edit_changes_nothing(both: Both) -> None:
    assert both.run.after(Edit({})) == both.scratch(Edit({}))


@pytest.mark.parametrize("seed", range(12))
def test_an_edit_is_judged_as_from_scratch(both: Both, seed: int) -> None:
    (spot,) = both.spots(1, seed)
    edit = both.edit(spot)
    assert both.run.after(edit) == both.scratch(edit), spot


def test_two_edits_at_once_are_judged_as_from_scratch(both: Both) -> None:
    one, two = (both.edit(spot) for spot in both.spots(2, 99))
    edit = Edit({**one.bodies, **two.bodies})
    assert both.run.after(edit) == both.scratch(edit)


def test_what_an_edit_does_not_touch_is_taken_over(both: Both) -> None:
    """Judges of an order keep to themselves what they read, so that theirs never stands."""
    (spot,) = both.spots(1, 5)
    world = both.run.changed(both.edit(spot))
    tasks = [task for task in both.run.tasks if not any(map(_is_order, task.checker.clauses))]
    stands = [task for task in tasks if world.stands(task.checker.key(task.ref))]
    assert len(tasks) // 2 < len(stands) <= len(tasks)


def test_a_body_with_the_effect_it_had_touches_no_caller(both: Both) -> None:
    """The same body once more is another body whose effect is the same."""
    run = both.run
    ref = next(task.ref for task in run.tasks if task.checker.base.graph.callers(task.ref))
    body = run.program.function(ref)
    world = run.changed(Edit({ref: body._replace(blocks=tuple(list(body.blocks)))}))
    for task in run.tasks:
        if task.ref == ref:
            assert not world.stands(task.checker.key(ref))
        for caller in task.checker.base.graph.callers(ref) if task.ref == ref else ():
            key = Key("effect", task.checker.base.number, caller)
            assert not world.is_known(key) or world.stands(key)
