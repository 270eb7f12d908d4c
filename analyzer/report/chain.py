"""The calls that an obligation tells of, by its steps and its message."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from analyzer.core import Obligation, Step

_CALLED: Final = re.compile(r"\b([A-Za-z_]\w*)\(")

PLACE: Final = -1
"""In place of the number of a step: the place of the obligation tells of the call."""


def calls_of(obligation: Obligation, rest: Sequence[Step]) -> tuple[tuple[str, str, int], ...]:
    """Caller, callee and the 0-based number of the step that tells of the call, in the order in
    which they are met. The steps are those of the path and then the `rest`.

    A step tells of a call if it names another function of the steps; the message says what the
    place calls. What a path enters without a word, as through a pointer, is called by the function
    before.
    """
    steps = (*obligation.path, *rest)
    functions = {name for step in steps if (name := step.function)} | {obligation.function}
    told = [(step.function, step.text, number) for number, step in enumerate(steps)]
    told.append((obligation.function, obligation.message, PLACE))
    found: dict[tuple[str, str], int] = {}
    for caller, text, number in told:
        for callee in _CALLED.findall(text):
            if caller and callee in functions and callee != caller:
                found.setdefault((caller, callee), number)
    for caller, callee, number in _entered(obligation.path):
        if not any(callee == known for _, known in found):
            found[caller, callee] = number
    return tuple((caller, callee, number) for (caller, callee), number in found.items())


def _entered(path: Sequence[Step]) -> Iterator[tuple[str, str, int]]:
    """Each function that the path goes into, with the one before and the number of its last
    step.
    """
    seen: set[str] = set()
    for number, step in enumerate(path):
        before = path[number - 1].function if number else ""
        if before and step.function and step.function not in seen:
            yield before, step.function, number - 1
        seen.add(step.function)
