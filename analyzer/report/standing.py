"""Contracts, as far as the obligations of a report tell of them."""

from collections.abc import Iterable
from typing import Final

from analyzer.core import Obligation, Step, Verdict

_DEMANDS: Final = "demands "


def standings(
    obligations: Iterable[Obligation],
) -> tuple[tuple[Step, tuple[Obligation, ...]], ...]:
    """The step that states each contract and the calls that must keep it, by place.

    It is the last of the steps of such an obligation.
    """
    calls: dict[Step, list[Obligation]] = {}
    for each in obligations:
        steps = each.path if each.verdict is Verdict.VIOLATED else each.evidence
        if steps and steps[-1].text.startswith(_DEMANDS):
            calls.setdefault(steps[-1], []).append(each)
    ranked = sorted(calls, key=lambda step: (step.location, step.function, step.text))
    return tuple((step, tuple(calls[step])) for step in ranked)
